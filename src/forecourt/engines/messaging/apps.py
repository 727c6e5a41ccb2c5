from forecourt.runtime.context import Context


class Messaging(Context):
    name = "forecourt.engines.messaging"
    label = "messaging"
