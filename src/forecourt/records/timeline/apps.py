from forecourt.runtime.context import Context


class Timeline(Context):
    name = "forecourt.records.timeline"
    label = "timeline"
