from forecourt.runtime.context import Context


class People(Context):
    name = "forecourt.records.people"
    label = "people"
