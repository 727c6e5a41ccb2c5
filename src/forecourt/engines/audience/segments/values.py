"""One value of a criterion, from what somebody wrote into a form, and back."""

import re
from datetime import date
from decimal import Decimal
from typing import Final

from babel.numbers import get_group_symbol
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from forecourt.engines.audience.due import locale
from forecourt.engines.audience.register import Criterion
from forecourt.kernel.conditions import Scalar, Value
from forecourt.kernel.conditions.tree import day_of

UNITS: Final = (
    ("days", gettext_lazy("days"), 1.0),
    ("weeks", gettext_lazy("weeks"), 7.0),
    ("months", gettext_lazy("months"), 365.25 / 12),
    ("years", gettext_lazy("years"), 365.25),
)


# Between thousands, and around the number; "20 19" is no number.
_GROUPS: Final = re.compile(r"(?<=\d)[\s'’](?=\d{3}(?!\d))|(?<!\d)\s+|\s+(?!\d)")
_AROUND: Final = re.compile(r"(?i)^(?:€|£|¥|chf|eur)|(?:€|£|¥|km|eur|chf|ron|lei|cny|元|公里|%)$")
_NUMBER: Final = re.compile(r"-?(?:\d{1,15}(?:[.,]\d{1,6})?|\d{1,3}(?:\.\d{3})+(?:,\d{1,6})?|\d{1,3}(?:,\d{3})+(?:\.\d{1,6})?)", re.ASCII)
_THOUSANDS: Final = re.compile(r"-?[1-9]\d{0,2}[.,]\d{3}", re.ASCII)


def in_days(number: int, unit: str) -> int:
    """A span in whole days."""
    return round(number * next(days for code, _words, days in UNITS if code == unit))


def plain(value: Value) -> str:
    """A value as a form holds it."""
    match value:
        case bool():
            return "yes" if value else "no"
        case tuple():
            return ", ".join(map(str, value))
        case date():
            return value.isoformat()
    return str(value)


def listed(text: str) -> list[str]:
    """Several values as a form holds them, each once."""
    return list(dict.fromkeys(each.strip() for each in text.split(",") if each.strip()))


def scalar(criterion: Criterion, text: str) -> Scalar:
    """One value from what somebody wrote; ValueError, in their words."""
    if not text:
        raise ValueError(_("Fill this in."))
    if criterion.choices and text not in {code for code, _words in criterion.choices()}:
        raise ValueError(_("Choose one of the list."))
    match criterion.kind:
        case "flag":
            if text not in {"yes", "no"}:
                raise ValueError(_("Choose yes or no."))
            return text == "yes"
        case "number":
            number = _number(text, criterion)
            if criterion.is_in_km and number < 0:
                raise ValueError(_("Write a number of kilometres from 0 on."))
            return number
        case "day":
            try:
                return day_of(text)
            except ValueError:
                raise ValueError(_("Choose a day.")) from None
    if "\x00" in text or len(text) > 120:
        raise ValueError(_("This text cannot be looked for."))
    return text


def _number(text: str, criterion: Criterion) -> Decimal:
    """As people write it: "15.000", "15,000", "15’000" and "15 000 km" are fifteen thousand, "1.234,50 €" has cents.

    A single sign before three digits parts thousands, for there are no thousandths of kilometres, visits or years; of money that hangs on
    the language, as in "1.500" and "1,500".
    """
    bare = _AROUND.sub("", _GROUPS.sub("", text))
    match = _NUMBER.fullmatch(bare)
    if match is None:
        raise ValueError(_("Write a number."))
    sign = _decimal_sign(bare, criterion)
    number = Decimal("".join("." if letter == sign else letter for letter in bare if letter not in ",." or letter == sign))
    if abs(number) > 10**12:
        raise ValueError(_("Write a number."))
    return number


def _decimal_sign(bare: str, criterion: Criterion) -> str:
    """Which of comma and point parts the decimals here; "" if none does."""
    signs = [letter for letter in bare if letter in ",."]
    if len(set(signs)) == 2:
        return signs[-1] if signs.count(signs[-1]) == 1 else ""
    if len(signs) != 1:
        return ""
    if not _THOUSANDS.fullmatch(bare):
        return signs[0]
    is_grouped = criterion.unit != "money" or signs[0] == get_group_symbol(locale())
    return "" if is_grouped else signs[0]


def days_of(text: str, unit: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 6 or unit not in {code for code, _words, _days in UNITS}:
        raise ValueError(_("Write a whole number."))
    days = in_days(int(text), unit)
    if not 0 < days <= 36_525:
        raise ValueError(_("Write a number from one day to a hundred years."))
    return days
