from forecourt.runtime.context import Context


class Cases(Context):
    name = "forecourt.engines.cases"
    label = "cases"
