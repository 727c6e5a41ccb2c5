from forecourt.runtime.context import Context


class Care(Context):
    name = "forecourt.journeys.care"
    label = "care"
