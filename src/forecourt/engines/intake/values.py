"""From a cell to a value: dates, amounts, whole numbers, texts, yes and no, in the ways the world writes them.

A converter raises `BadValue`, which the row's check turns into a `Wrong` with line and column. What a column's style is was
decided before, in `styles`.
"""

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from forecourt.engines.intake.ports import UNSAVED_FORMULA, Cell
from forecourt.engines.intake.styles import ColumnStyle

Words = str | Promise
MonthMeans = Literal["first", "last"]

EARLIEST: Final = date(1900, 1, 2)
LATEST: Final = date(2100, 12, 31)
_SERIAL_START: Final = date(1899, 12, 30)


class BadValue(Exception):
    """The cell cannot be read; `code` is for machines, `reason` for people."""

    def __init__(self, code: str, reason: Words) -> None:
        super().__init__(code)
        self.code = code
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong in one row: the column as the file calls it, the value as it stands there, and why."""

    column: str
    value: str
    reason_code: str
    reason_text: Words


# --- texts -----------------------------------------------------------------------------------------------------------

_CONTROL: Final = re.compile(r"[\x01-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060\ufeff]+")
_SPACES: Final = re.compile(r"[\s\xa0]+")


# A list of rejected rows that comes back begins such cells with an apostrophe, so that no spreadsheet runs them as a formula.
_DEFUSED: Final = frozenset("=+-@")


def plain(value: Cell) -> str:
    """The cell as trimmed text on one line, without control characters; "" if blank. A whole float loses its ".0"."""
    if isinstance(value, str):
        if value[:1] == "'" and value[1:2] in _DEFUSED:
            value = value[1:]
        # Most cells are plain words; the rest is cleaned.
        if value.isascii() and value.isprintable() and "  " not in value:
            return value.strip()
        return _cleaned(value)
    if value is UNSAVED_FORMULA:
        raise BadValue("unsaved_formula", _("The cell holds a formula whose result was not saved."))
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value)


def _cleaned(value: str) -> str:
    if "\x00" in value:
        raise BadValue("zero_byte", _("The cell holds a zero byte."))
    if "\ufffd" in value:
        raise BadValue("unreadable_letters", _("The cell holds letters that cannot be read in the file's encoding."))
    if any("\ud800" <= letter <= "\udfff" for letter in value):
        raise BadValue("unreadable_letters", _("The cell holds letters that cannot be read in the file's encoding."))
    return _SPACES.sub(" ", _CONTROL.sub(" ", value)).strip()


def to_text(value: Cell, *, longest: int) -> str | None:
    """Text of at most `longest` characters; None if blank."""
    text = plain(value)
    if len(text) > longest:
        raise BadValue("too_long", _("The text is longer than it may be here."))
    return text or None


def to_cut_text(value: Cell, *, longest: int) -> str | None:
    """Text cut at `longest` characters, for descriptions where the beginning says enough; None if blank."""
    return plain(value)[:longest] or None


# --- dates -----------------------------------------------------------------------------------------------------------

_DOTTED: Final = re.compile(r"^(\d{1,2})[./\-]\s?(\d{1,2})[./\-]\s?(\d{4}|\d{2})$")
_ISO: Final = re.compile(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$")
_COMPACT: Final = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
_HAN: Final = re.compile(r"^(\d{4})\s*年\s*(\d{1,2})\s*月\s*(?:(\d{1,2})\s*[日号])?$")
_MONTH_YEAR: Final = re.compile(r"^(\d{1,2})\s?[./\-]\s?(\d{4}|\d{2})$")
_YEAR_MONTH: Final = re.compile(r"^(\d{4})-(\d{1,2})$")
_NAMED: Final = re.compile(r"^(\d{1,2})[.\-/\s]*([^\W\d_]{3,})[.\-/\s]*(\d{4}|\d{2})$")
_NAMED_FIRST: Final = re.compile(r"^([^\W\d_]{3,})\.?\s+(\d{1,2}),?\s+(\d{4})$")
_TIME_BEHIND: Final = re.compile(
    r"(?:[T\s]+|(?<=[日号])\s*)\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:[.,]\d+)?\s*(?:[AaPp]\.?[Mm]\.?)?\s*(?:Z|UTC|Uhr|[+-]\d{2}:?\d{2})?$"
)
_NO_DATE: Final = frozenset(
    {"", "-", "--", "0", "00.00.0000", "0000-00-00", "00/00/0000", "00000000", ". .", "/ /", ".  .", "null", "NULL", "n/a"}
)
_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "jan gen ian",
            "feb fév",
            "mar mär mae mrz",
            "apr avr",
            "mai may mag",
            "jun giu iun",
            "jul lug iul",
            "aug ago",
            "sep set",
            "oct okt ott",
            "nov noi",
            "dec dez dic",
        ),
        start=1,
    )
    for name in names.split()
}


def to_date(value: Cell, style: ColumnStyle, *, month_means: MonthMeans | None = None) -> date | None:
    """A day; None if blank or one of the ways to write "no date". A month alone counts where `month_means` says which day."""
    if isinstance(value, datetime):
        return _possible(value.date())
    if isinstance(value, date):
        return _possible(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_serial(float(value))
    text = plain(value)
    if text in _NO_DATE:
        return None
    if len(text) > 10 or ":" in text:
        text = _TIME_BEHIND.sub("", text).strip()
    if style.has_serial_dates and text[:5].isdigit() and len(re.split("[.,]", text)[0]) == 5:
        return _from_serial(float(text.replace(",", ".")))
    try:
        return _possible(_day(text, style, month_means))
    except ValueError as error:
        raise BadValue("no_such_day", _("This day does not exist.")) from error


def _day(text: str, style: ColumnStyle, month_means: MonthMeans | None) -> date | None:  # noqa: PLR0911 - one line for each way
    if match := _DOTTED.match(text):
        first, second, year = int(match[1]), int(match[2]), _year(match[3])
        # A dot is never the American way to write a date.
        if style.date_order == "mdy" and "." not in text:
            first, second = second, first
        return _dated(year, second, first)
    if match := _ISO.match(text) or _COMPACT.match(text):
        return _dated(int(match[1]), int(match[2]), int(match[3]))
    if match := _HAN.match(text):
        return _dated(int(match[1]), int(match[2]), int(match[3])) if match[3] else _month(int(match[1]), int(match[2]), month_means)
    if match := _NAMED.match(text):
        return _dated(_year(match[3]), _named_month(match[2]), int(match[1]))
    if match := _NAMED_FIRST.match(text):
        return _dated(int(match[3]), _named_month(match[1]), int(match[2]))
    if match := _MONTH_YEAR.match(text):
        return _month(_year(match[2]), int(match[1]), month_means)
    if match := _YEAR_MONTH.match(text):
        return _month(int(match[1]), int(match[2]), month_means)
    raise BadValue("no_date", _("This is not a date."))


def _dated(year: int, month: int, day: int) -> date | None:
    # Years 0, 1 and 9999 are how databases write "none".
    return None if year in (0, 1, 9999) else date(year, month, day)


def _month(year: int, month: int, means: MonthMeans | None) -> date | None:
    if means is None:
        raise BadValue("no_date", _("This is not a date."))
    if not 1 <= month <= 12:
        raise ValueError(month)
    return _dated(year, month, 1 if means == "first" else calendar.monthrange(year, month)[1])


def _named_month(name: str) -> int:
    month = _MONTHS.get(name[:3].casefold())
    if month is None:
        raise BadValue("no_date", _("This is not a date."))
    return month


def _year(text: str) -> int:
    if len(text) == 4:
        return int(text)
    # Two digits: 00 to 49 are this century, for cars are not older and dates not later.
    return int(text) + (2000 if int(text) < 50 else 1900)


def _from_serial(number: float) -> date | None:
    if number == 0:
        return None
    if not 1 <= number < 73_415:
        raise BadValue("no_date", _("This is not a date."))
    return _possible(_SERIAL_START + timedelta(days=int(number)))


def _possible(day: date | None) -> date | None:
    """A day of our time; 1 January 1900 and before is how old systems write "none"."""
    if day is None or day < EARLIEST:
        if day is not None and day < date(1899, 12, 30) and day.year > 1:
            raise BadValue("date_out_of_range", _("This date is too far in the past."))
        return None
    if day > LATEST:
        raise BadValue("date_out_of_range", _("This date is too far in the future."))
    return day


# --- numbers ---------------------------------------------------------------------------------------------------------

_AROUND: Final = re.compile(r"(?i)€|\$|£|¥|元|\b(?:eur|usd|chf|gbp|ron|lei|leu|cny|rmb|std|h|hrs?|stk|stck|pz|buc|ore|km|mi|miles)\b\.?")
_GROUPS: Final = {ord(sign): None for sign in " \u00a0\u202f\u2009'’"}
_BY_COMMA: Final = re.compile(r"^(?:\d+|\d{1,3}(?:\.\d{3})+)?(?:,\d*)?$")
_BY_POINT: Final = re.compile(r"^(?:\d+|\d{1,3}(?:,\d{3})+)?(?:\.\d*)?$")
_NO_NUMBER: Final = frozenset({"", "-", "--", "null", "NULL", "n/a"})


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


def to_integer(value: Cell, style: ColumnStyle, *, smallest: int = 0, largest: int = 10**9) -> int | None:
    """A whole number, such as "45.210 km"; None if blank."""
    if isinstance(value, bool):
        raise BadValue("no_number", _("This is not a number."))
    number = Decimal(repr(value)) if isinstance(value, int | float) else _whole(plain(value), style)
    if number is None:
        return None
    if not number.is_finite() or abs(number) > 10**15:
        raise BadValue("number_too_large", _("This number is too large."))
    whole = int(number.to_integral_value(ROUND_HALF_UP))
    if whole < smallest:
        raise BadValue("number_too_small", _("This number is too small."))
    if whole > largest:
        raise BadValue("number_too_large", _("This number is too large."))
    return whole


def _whole(text: str, style: ColumnStyle) -> Decimal | None:
    if text.isdecimal() and text.isascii():
        return Decimal(text)
    bare = _AROUND.sub("", text).translate(_GROUPS)
    # Whole numbers have no third decimal: "45.210" and "45,210" are both forty-five thousand.
    if re.fullmatch(r"\d{1,3}([.,])\d{3}(?:\1\d{3})*", bare):
        return Decimal(bare.replace(".", "").replace(",", ""))
    return _number(text, style)


def _number(text: str, style: ColumnStyle) -> Decimal | None:
    if text in _NO_NUMBER:
        return None
    bare = _AROUND.sub("", text).translate(_GROUPS).strip()
    sign = ""
    if bare[:1] in "+-−–(" and bare:
        sign = "" if bare[0] == "+" else "-"
        bare = bare[1:].removesuffix(")")
    elif bare[-1:] in "+-−" and bare:
        sign = "" if bare[-1] == "+" else "-"
        bare = bare[:-1]
    shape = _BY_COMMA if style.decimal == "," else _BY_POINT
    if not bare.isascii() or not any(letter.isdigit() for letter in bare) or not shape.match(bare):
        raise BadValue("no_number", _("This is not a number."))
    if style.decimal == ",":
        return Decimal(sign + bare.replace(".", "").replace(",", "."))
    return Decimal(sign + bare.replace(",", ""))


# --- yes and no ------------------------------------------------------------------------------------------------------

_YES: Final = frozenset(
    [
        "1",
        "x",
        "ja",
        "j",
        "yes",
        "y",
        "si",
        "sì",
        "s",
        "da",
        "d",
        "true",
        "wahr",
        "vero",
        "adevărat",
        "adevarat",
        "ok",
        "✓",
        "✔",
        "是",
        "有",
        "erteilt",
        "opt-in",
    ]
)
_NO: Final = frozenset(["0", "nein", "n", "no", "nu", "false", "falsch", "falso", "fals", "-", "否", "无", "widerrufen", "opt-out"])


def to_yes_no(value: Cell) -> bool | None:
    """Ja/nein, sì/no, yes/no, da/nu, 是/否, 1/0, x; None if blank."""
    if isinstance(value, bool):
        return value
    word = plain(value).casefold()
    if not word:
        return None
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise BadValue("no_yes_or_no", _("This is neither yes nor no."))


Converter = Callable[[Cell], object]
