from forecourt.runtime.context import Context


class History(Context):
    name = "forecourt.records.history"
    label = "history"
