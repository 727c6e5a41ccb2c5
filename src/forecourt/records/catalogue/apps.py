from forecourt.runtime.context import Context


class Catalogue(Context):
    name = "forecourt.records.catalogue"
    label = "catalogue"
