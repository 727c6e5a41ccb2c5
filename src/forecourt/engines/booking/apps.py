from forecourt.runtime.context import Context


class Booking(Context):
    name = "forecourt.engines.booking"
    label = "booking"
