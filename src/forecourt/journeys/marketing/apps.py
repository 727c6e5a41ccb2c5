from forecourt.runtime.context import Context


class Marketing(Context):
    name = "forecourt.journeys.marketing"
    label = "marketing"
