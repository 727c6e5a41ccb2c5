"""What the codes of connections are called."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from forecourt.engines.exchange import vocabulary

OUTCOMES: Final[dict[str, str | Promise]] = {
    "delivered": _("Taken"),
    "refused": _("Not taken"),
    "redirect": _("It points elsewhere; we do not follow"),
    "gone": _("It says that it is gone for good"),
    "busy": _("It asks to come again later"),
    "private": _("The address leads into a private network"),
    "not_https": _("The address does not begin with https://"),
    "no_address": _("That is no address"),
    "unknown_name": _("The name is not known"),
    "certificate": _("The certificate is not valid"),
    "too_slow": _("No answer in time"),
    "no_connection": _("No connection"),
    "not_http": _("What answers there speaks another language"),
    "unsealable": _("Our secret cannot be opened; please make a new one"),
}
TESTS: Final = _("A test")


def outcome(code: str) -> str:
    return str(OUTCOMES.get(code, code))


def event(name: str) -> str:
    if name == vocabulary.TEST:
        return str(TESTS)
    told = vocabulary.names().get(name)
    return str(told.title) if told else name


def events() -> list[tuple[str, str]]:
    """All that a program can be told, by name."""
    return [(name, str(told.title)) for name, told in sorted(vocabulary.names().items())]
