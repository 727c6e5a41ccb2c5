"""The words of the consent ledger: purposes and their channels, acts, forms, and the countries with rules of their own.

Their meaning is in docs/reference/consent.md; the default gates are those of the dealer's counsel until told otherwise.
"""

from typing import Final, Literal

from django.utils.translation import gettext as _

from forecourt.kernel.errors import Refusal

Act = Literal["give", "withdraw", "object"]
Basis = Literal["consent", "order", "soft_opt_in"]
Form = Literal["double_opt_in", "link", "app", "import", "paper", "counter", "phone", "web", "unknown"]
DoubleOptIn = Literal["by_country", "always", "never"]

ACTS: Final[tuple[Act, ...]] = ("give", "withdraw", "object")
CHANNELS: Final = ("email", "sms", "phone", "post", "app")
CAR: Final = "car"
#: Every purpose with the channels it has.
CHANNELS_OF: Final = {
    "contract": CHANNELS,
    "recall": CHANNELS,
    "service_reminder": CHANNELS,
    "survey": CHANNELS,
    "offers": CHANNELS,
    "pixel": ("email",),
    "connected_car": (CAR,),
}
PURPOSES: Final = tuple(CHANNELS_OF)
PAIRS: Final = tuple((purpose, channel) for purpose, channels in CHANNELS_OF.items() for channel in channels)
NEED_NOTHING: Final = frozenset({"contract", "recall"})
#: Treated as advertising, surveys too (German Federal Court, VI ZR 225/17).
ADVERTISING: Final = frozenset({"service_reminder", "survey", "offers"})
#: May rest on the customer having ordered them as a service.
ORDERABLE: Final = frozenset({"service_reminder", "survey"})

DEALER: Final = "dealer"
DEALER_RULE: Final = "dealer_rule"
IMPORT: Final = "import:"

DOUBLE_OPT_IN: Final = "double_opt_in"
#: Given where the address itself is proven, or vouched for by whoever hands the record over.
STANDING_FORMS: Final = ("link", "app", "import")
PAPER: Final = "paper"
#: What staff may say of how a consent was given to them.
STAFF_FORMS: Final = ("counter", "phone", "paper")
#: Staff write down what proves these.
PROVEN_FORMS: Final = frozenset({"phone", "paper"})

DOUBLE_OPT_IN_COUNTRIES: Final = frozenset({"AT", "DE"})
#: Where article 13(2) of directive 2002/58/EC holds: the European Economic Area and Great Britain.
SOFT_OPT_IN_COUNTRIES: Final = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GB GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK".split()
)
_ELECTRONIC_MAIL: Final = ("email", "sms", "app")


def soft_opt_in_channels(country: str) -> tuple[str, ...]:
    """The channels that a recorded sale may open in a country."""
    if country not in SOFT_OPT_IN_COUNTRIES:
        return ()
    return ("email",) if country == "IT" else _ELECTRONIC_MAIL


def needs_double_opt_in(*, purpose: str, channel: str, country: str, rule: str) -> bool:
    """Whether a consent for this has to be confirmed or proven otherwise; an unknown country counts as one that asks for it."""
    if channel != "email" or purpose not in ADVERTISING or rule == "never":
        return False
    return rule == "always" or country in DOUBLE_OPT_IN_COUNTRIES or not country


def is_from_the_person(source: str) -> bool:
    return source != DEALER_RULE and not source.startswith(IMPORT)


def check(purpose: str, channel: str) -> None:
    """Refusal("unknown_purpose") for a pair that nobody asks."""
    if channel not in CHANNELS_OF.get(purpose, ()):
        raise Refusal("unknown_purpose", _("There is no such purpose or channel."), purpose=purpose, channel=channel)
