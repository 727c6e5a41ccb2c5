from forecourt.runtime.context import Context


class Intake(Context):
    name = "forecourt.engines.intake"
    label = "intake"
