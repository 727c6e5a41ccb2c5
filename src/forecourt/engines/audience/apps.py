from forecourt.runtime.context import Context


class Audience(Context):
    name = "forecourt.engines.audience"
    label = "audience"
