"""One value of a criterion, from what somebody wrote into a form, and back."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from forecourt.engines.audience.register import Criterion
from forecourt.kernel.conditions import Scalar, Value
from forecourt.kernel.conditions.tree import day_of

UNITS: Final = (
    ("days", gettext_lazy("days"), 1.0),
    ("weeks", gettext_lazy("weeks"), 7.0),
    ("months", gettext_lazy("months"), 365.25 / 12),
    ("years", gettext_lazy("years"), 365.25),
)


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
            number = _number(text)
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


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text.replace("\u202f", "").replace("\xa0", "").replace(" ", "").replace(",", "."))
    except InvalidOperation:
        raise ValueError(_("Write a number.")) from None
    if not number.is_finite() or abs(number) > 10**12:
        raise ValueError(_("Write a number."))
    return number


def days_of(text: str, unit: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 6 or unit not in {code for code, _words, _days in UNITS}:
        raise ValueError(_("Write a whole number."))
    days = in_days(int(text), unit)
    if not 0 < days <= 36_525:
        raise ValueError(_("Write a number from one day to a hundred years."))
    return days
