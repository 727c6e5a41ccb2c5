"""The purposes, channels, acts and forms in plain words, as pages show them and as the ledger keeps them."""

from django.utils.translation import gettext as _

from forecourt.records.people.consent.choices import Choice

#: In the order of the page.
ASKED = ("service_reminder", "offers", "survey", "pixel", "connected_car")


def title(purpose: str) -> str:
    return {
        "service_reminder": _("Service reminders"),
        "offers": _("Offers and news"),
        "survey": _("Questions after a visit"),
        "pixel": _("Whether you open our e-mails"),
        "connected_car": _("Data from your car"),
        "contract": _("About your visits"),
        "recall": _("Safety recalls"),
    }.get(purpose, purpose)


def name(purpose: str) -> str:
    """The title as staff say it."""
    return {
        "pixel": _("Whether e-mails are opened"),
        "connected_car": _("Data from the car"),
        "contract": _("About the visits"),
    }.get(purpose) or title(purpose)


def meaning(purpose: str) -> str:
    return {
        "service_reminder": _("When your car is due for a service, its tyres or its official test, with free times to choose from."),
        "offers": _("Offers, events and news, now and then."),
        "survey": _("One question after a visit: how was it?"),
        "pixel": _("A tiny picture in our e-mails tells us that you opened them. Without it they look the same."),
        "connected_car": _("Mileage, warnings and battery, sent by your car, so that we can tell you what it needs."),
        "contract": _("Appointments, estimates and invoices: what you ordered. No advertising in them."),
        "recall": _("If your car is recalled for safety, we always tell you."),
    }.get(purpose, "")


def way(channel: str) -> str:
    return {
        "email": _("by e-mail"),
        "sms": _("by text message"),
        "phone": _("by telephone"),
        "post": _("by post"),
        "app": _("in the app"),
        "car": _("from the car"),
    }.get(channel, channel)


def act(code: str) -> str:
    return {
        "give": _("agreed"),
        "confirm": _("confirmed"),
        "withdraw": _("withdrawn"),
        "object": _("objected"),
    }.get(code, code)


def form(code: str) -> str:
    return {
        "double_opt_in": _("to be confirmed by e-mail"),
        "link": _("on a page opened from a link"),
        "app": _("signed in"),
        "import": _("taken over from another system"),
        "paper": _("signed on paper"),
        "counter": _("said at the counter"),
        "phone": _("said on the telephone"),
        "web": _("on a web form"),
    }.get(code, _("not noted"))


def stop_all(dealer: str) -> str:
    return _("%(dealer)s sends me no advertising any more, in no way.") % {"dealer": dealer}


def beside(choice: Choice, dealer: str) -> str:
    """What is agreed to with one box: who, what, what that means, and how."""
    return f"{dealer}: {title(choice.purpose)}, {way(choice.channel)}. {meaning(choice.purpose)}"
