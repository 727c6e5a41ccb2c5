from forecourt.runtime.context import Context


class Workshop(Context):
    name = "forecourt.journeys.workshop"
    label = "workshop"
