"""From a cell to an exact number: amounts and quantities in the style of their column, and whole numbers such as "45.210 km"."""

import re
from datetime import time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from django.utils.translation import gettext_noop as _

from forecourt.engines.intake.ports import Cell
from forecourt.engines.intake.styles import ColumnStyle, usual_width
from forecourt.engines.intake.values import BadValue, plain

_AROUND: Final = re.compile(
    r"(?i)€|\$|£|¥|元|\b(?:eur|usd|chf|gbp|ron|lei|leu|cny|rmb|std|h|hrs?|stk|stck|pz|buc|ore|km|mi|miles)\b\.?|公里|千米|小时|[件个]"
)
_GROUPS: Final = {ord(sign): None for sign in " \u00a0\u202f\u2009'’"}
_THOUSANDS: Final = re.compile(r"^\d{1,3}([.,])\d{3}(?:\1\d{3})*$")
_BY_COMMA: Final = re.compile(r"^(?:\d+|\d{1,3}(?:\.\d{3})+)?(?:,\d*)?$")
_BY_POINT: Final = re.compile(r"^(?:\d+|\d{1,3}(?:,\d{3})+)?(?:\.\d*)?$")
# "125.-" and "80,--" are Swiss and German for "and no cents", no minus.
_NO_CENTS: Final = re.compile(r"[.,](?:[-–—−]{1,2})$")
_CLOCK: Final = re.compile(r"(\d{1,3}):([0-5]\d)(?::([0-5]\d))?")
_NO_NUMBER: Final = frozenset({"", "-", "--", "null", "NULL", "n/a"})
_KM_PER_MILE: Final = Decimal("1.609344")  # the international mile of 1959


def to_amount(value: Cell, style: ColumnStyle, *, places: int = 2, largest: Decimal = Decimal(10**9)) -> Decimal | None:
    """An exact number rounded half up to `places`; None if blank."""
    if isinstance(value, bool):
        raise BadValue("no_number", _("This is not a number."))
    number = Decimal(repr(value)) if isinstance(value, int | float) else _number(plain(value), style)
    if number is None:
        return None
    if not number.is_finite():
        raise BadValue("no_number", _("This is not a number."))
    if abs(number) >= largest:
        raise BadValue("number_too_large", _("This number is too large."))
    return number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def to_percent(value: Cell, style: ColumnStyle) -> Decimal | None:
    """Percent from 0 to 100: "19", "19 %" and a spreadsheet's 0.19 are the same; None if blank."""
    bare = value.replace("%", " ").strip() if isinstance(value, str) else value
    percent = to_amount(bare, style, places=4, largest=Decimal(100))
    if percent is not None and percent < 0:
        raise BadValue("number_too_small", _("This number is too small."))
    return percent * 100 if percent is not None and percent < 1 else percent


def net_of(gross: Decimal, percent: Decimal) -> Decimal:
    """Without the VAT that is in it, rounded half up to cents."""
    return (gross * 100 / (100 + percent)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def to_hours(value: Cell, style: ColumnStyle, *, largest: Decimal) -> Decimal | None:
    """Hours as a number, or as a clock shows them: "1:30" and a spreadsheet's time are one and a half."""
    seconds = None
    if isinstance(value, timedelta):
        seconds = int(value.total_seconds())
    elif isinstance(value, time):
        seconds = value.hour * 3600 + value.minute * 60 + value.second
    elif isinstance(value, str) and (match := _CLOCK.fullmatch(value.strip())):
        seconds = int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3] or 0)
    if seconds is None:
        return to_amount(value, style, largest=largest)
    hours = Decimal(seconds) / 3600
    if hours >= largest:
        raise BadValue("number_too_large", _("This number is too large."))
    return hours.quantize(Decimal("0.01"), ROUND_HALF_UP)


def to_integer(value: Cell, style: ColumnStyle, *, smallest: int = 0, largest: int = 10**9) -> int | None:
    """A whole number, such as "45.210 km"; None if blank."""
    if isinstance(value, bool):
        raise BadValue("no_number", _("This is not a number."))
    number = Decimal(repr(value)) if isinstance(value, int | float) else _whole(plain(value), style)
    if number is None:
        return None
    if style.is_in_miles:
        number = number * _KM_PER_MILE
    if isinstance(number, int):
        whole = number
    elif not number.is_finite() or abs(number) > 10**15:
        raise BadValue("number_too_large", _("This number is too large."))
    else:
        whole = int(number.to_integral_value(ROUND_HALF_UP))
    if whole < smallest:
        raise BadValue("number_too_small", _("This number is too small."))
    if whole > largest:
        raise BadValue("number_too_large", _("This number is too large."))
    return whole


def _whole(text: str, style: ColumnStyle) -> int | Decimal | None:
    # Longer ones than any that is taken: int() would not read thousands of digits.
    if len(text) < 20 and text.isascii() and (text.isdecimal() or _THOUSANDS.match(text)):
        return int(text.replace(".", "").replace(",", ""))
    text = usual_width(text)
    bare = text if _THOUSANDS.match(text) else _AROUND.sub("", text).translate(_GROUPS)
    # Whole numbers have no third decimal: "45.210" and "45,210" are both forty-five thousand.
    if _THOUSANDS.match(bare):
        return Decimal(bare.replace(".", "").replace(",", ""))
    return _number(text, style)


def _number(text: str, style: ColumnStyle) -> Decimal | None:
    if text in _NO_NUMBER:
        return None
    bare = _NO_CENTS.sub("", _AROUND.sub("", usual_width(text)).translate(_GROUPS).strip())
    sign = ""
    if bare[:1] in "+-−–(" and bare:
        sign = "" if bare[0] == "+" else "-"
        bare = bare[1:].removesuffix(")")
    elif bare[-1:] in "+-−–" and bare:
        sign = "" if bare[-1] == "+" else "-"
        bare = bare[:-1]
    shape = _BY_COMMA if style.decimal == "," else _BY_POINT
    if not bare.isascii() or not any(letter.isdigit() for letter in bare) or not shape.match(bare):
        raise BadValue("no_number", _("This is not a number."))
    if style.decimal == ",":
        return Decimal(sign + bare.replace(".", "").replace(",", "."))
    return Decimal(sign + bare.replace(",", ""))
