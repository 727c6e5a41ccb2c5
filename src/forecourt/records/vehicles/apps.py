from forecourt.runtime.context import Context


class Vehicles(Context):
    name = "forecourt.records.vehicles"
    label = "vehicles"
