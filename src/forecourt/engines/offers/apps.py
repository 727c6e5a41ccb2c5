from forecourt.runtime.context import Context


class Offers(Context):
    name = "forecourt.engines.offers"
    label = "offers"
