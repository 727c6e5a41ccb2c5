from forecourt.runtime.context import Context


class Dealership(Context):
    name = "forecourt.records.dealership"
    label = "dealership"
