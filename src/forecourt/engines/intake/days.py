"""From a cell to a day, in the ways the world writes days; what old systems write for "none" is none."""

import calendar
import re
from datetime import date, datetime, timedelta
from typing import Final, Literal

from django.utils.translation import gettext_noop as _

from forecourt.engines.intake.ports import Cell
from forecourt.engines.intake.styles import ColumnStyle
from forecourt.engines.intake.values import BadValue, plain

MonthMeans = Literal["first", "last"]

EARLIEST: Final = date(1900, 1, 2)
LATEST: Final = date(2100, 12, 31)
_SERIAL_START: Final = date(1899, 12, 30)

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
        if style.date_order == "mdy" and (style.is_order_chosen or "." not in text):
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
