"""From a cell to a day, in the ways the world writes days; what old systems write for "none" is none."""

import calendar
import re
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final, Literal

from django.utils.translation import gettext_noop as _

from forecourt.engines.intake.ports import Cell
from forecourt.engines.intake.styles import ColumnStyle, usual_width
from forecourt.engines.intake.values import BadValue, plain

MonthMeans = Literal["first", "last"]

EARLIEST: Final = date(1900, 1, 2)
LATEST: Final = date(2100, 12, 31)
# The first or last days of databases: of SQL Server and Navision, of Windows, of Clarion, and what people type.
_NO_YEARS: Final = frozenset({0, 1, 9999})
_EMPTY_DAYS: Final = frozenset({date(1753, 1, 1), date(1754, 1, 1), date(1601, 1, 1), date(1800, 12, 28), date(2999, 12, 31)})
_SERIAL_START: Final = date(1899, 12, 30)

_DOTTED: Final = re.compile(r"^(\d{1,2})[./\-]\s?(\d{1,2})[./\-]\s?(\d{4}|\d{2})$")
_ISO: Final = re.compile(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$")
_COMPACT: Final = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
# No month is 19 or 20: these eight digits end with their year.
_YEAR_LAST: Final = re.compile(r"^(\d{2})(\d{2})((?:19|20)\d{2})$")
_COMPACT_FROM, _COMPACT_TO = 1_000_000, 100_000_000
_HAN: Final = re.compile(r"^(\d{4})\s*年\s*(\d{1,2})\s*月\s*(?:(\d{1,2})\s*[日号])?$")
_MONTH_YEAR: Final = re.compile(r"^(\d{1,2})\s?[./\-]\s?(\d{4}|\d{2})$")
_YEAR_MONTH: Final = re.compile(r"^(\d{4})-(\d{1,2})$")
_NAMED: Final = re.compile(r"^(\d{1,2})[.\-/\s]*([^\W\d_]{3,})[.\-/\s]*(\d{4}|\d{2})$")
_NAMED_FIRST: Final = re.compile(r"^([^\W\d_]{3,})\.?\s+(\d{1,2}),?\s+(\d{4})$")
_TIME_BEHIND: Final = re.compile(
    r"(?:[T\s]+|(?<=[日号])\s*)\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:[.,]\d+)?\s*(?:[AaPp]\.?[Mm]\.?)?\s*(?:Z|UTC|Uhr|[+-]\d{2}:?\d{2})?$"
)
_INSTANT: Final = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s?(?:Z|UTC|[+-]\d{2}:?\d{2})")
_ZONE_BEHIND: Final = re.compile(r"^(\d{4}-\d{2}-\d{2})(?:Z|[+-]\d{2}:\d{2})$")
_COMPACT_TIME: Final = re.compile(r"^((?:19|20)\d{6})T?\d{4}(?:\d{2})?Z?$")
_WEEKDAY: Final = re.compile(
    r"^(?:(?:mo|di|mi|do|fr|sa|so|lu|ma|jo|vi|du|mon|tue|wed|thu|fri|sat|sun|lun|mar|mer|gio|ven|sab|dom|mie|joi|vin|sâm|sam)"
    r"[^\W\d_]*[.,]*\s+|(?:星期|周)[一二三四五六日天]\s*)(?=\d{1,4}[./\-])",
    re.IGNORECASE,
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


def to_date(value: Cell, style: ColumnStyle, *, month_means: MonthMeans | None = None, zone: tzinfo | None = None) -> date | None:
    """A day; None if blank or one of the ways to write "no date". A month alone counts where `month_means` says which day.

    An instant ("2025-01-30T23:00:00Z") is on the day that it was in `zone`.
    """
    if isinstance(value, datetime):
        return _possible(_day_of(value, zone))
    if isinstance(value, date):
        return _possible(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        if not (_COMPACT_FROM <= value < _COMPACT_TO and value == int(value)):
            return _from_serial(float(value))
        value = str(int(value)).zfill(8)
    text = usual_width(plain(value))
    if _INSTANT.fullmatch(text):
        return _possible(_day_of(_instant(text), zone))
    return None if text in _NO_DATE else _from_text(text, style, month_means)


def _from_text(text: str, style: ColumnStyle, month_means: MonthMeans | None) -> date | None:
    if len(text) > 10 or ":" in text:
        text = _bare_day(text)
    if style.has_serial_dates and text[:5].isdigit() and len(re.split("[.,]", text)[0]) == 5:
        return _from_serial(float(text.replace(",", ".")))
    try:
        return _possible(_day(text, style, month_means))
    except ValueError as error:
        raise BadValue("no_such_day", _("This day does not exist.")) from error


def _bare_day(text: str) -> str:
    """Without the day of the week, the time and its zone."""
    if match := _ZONE_BEHIND.match(text) or _COMPACT_TIME.match(text):
        return match[1]
    return _TIME_BEHIND.sub("", _WEEKDAY.sub("", text)).strip()


def _instant(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text.replace("UTC", "Z").replace(" Z", "Z"))
    except ValueError as error:
        raise BadValue("no_such_day", _("This day does not exist.")) from error


def _day_of(moment: datetime, zone: tzinfo | None) -> date:
    """Midnight is how a day is written where a time is asked for; other instants are somewhere else on another day."""
    if moment.tzinfo is None or zone is None or moment.time() == time() or moment.year in _NO_YEARS:
        return moment.date()
    return moment.astimezone(zone).date()


def _day(text: str, style: ColumnStyle, month_means: MonthMeans | None) -> date | None:  # noqa: PLR0911 - one line for each way
    if match := _DOTTED.match(text):
        return _in_order(match, style, is_dotted="." in text)
    if match := _YEAR_LAST.match(text):
        return _in_order(match, style, is_dotted=False)
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


def _in_order(match: re.Match[str], style: ColumnStyle, *, is_dotted: bool) -> date | None:
    first, second = int(match[1]), int(match[2])
    if style.has_year_first and len(match[3]) == 2:
        return _dated(_year(match[1]), second, int(match[3]))
    # A dot is never the American way to write a date.
    if style.date_order == "mdy" and (style.is_order_chosen or not is_dotted):
        first, second = second, first
    return _dated(_year(match[3]), second, first)


def _dated(year: int, month: int, day: int) -> date | None:
    return None if year in _NO_YEARS else date(year, month, day)


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
    # Before 1910 it is no day of a car's life, but a year or a number in the wrong column.
    if not 3_654 <= number < 73_415:
        raise BadValue("no_date", _("This is not a date."))
    return _possible(_SERIAL_START + timedelta(days=int(number)))


def _possible(day: date | None) -> date | None:
    """A day of our time; 1 January 1900 and before is how old systems write "none"."""
    if day is None or day in _EMPTY_DAYS or day.year in _NO_YEARS or day < EARLIEST:
        if day is not None and day not in _EMPTY_DAYS and day < date(1899, 12, 30) and day.year > 1:
            raise BadValue("date_out_of_range", _("This date is too far in the past."))
        return None
    if day > LATEST:
        raise BadValue("date_out_of_range", _("This date is too far in the future."))
    return day
