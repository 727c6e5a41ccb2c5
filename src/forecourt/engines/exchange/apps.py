from forecourt.runtime.context import Context


class Exchange(Context):
    name = "forecourt.engines.exchange"
    label = "exchange"
