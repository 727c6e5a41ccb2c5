"""How a column writes dates and numbers, decided for the whole column from many values, never cell by cell.

"01.02.2025" and "1.234" alone say nothing; beside "31.12.2025" and "1.234,56" they do.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from forecourt.engines.intake.ports import Cell
from forecourt.engines.intake.words import NameOrder, is_firm, order_of_names

DateOrder = Literal["dmy", "mdy"]
DecimalSign = Literal[",", "."]
DistanceUnit = Literal["km", "mi"]

# Eight digits in which only the last four can be a year.
_YEAR_LAST: Final = re.compile(r"^\s*(\d{2})(\d{2})(?:19|20)\d{2}\s*$")
_SHORT_YEAR: Final = re.compile(r"^\s*(\d{2})[./\-](\d{2})[./\-](\d{2})\b")
_AMERICAN_CLOCK: Final = re.compile(r"^\s*\d{1,2}/\d{1,2}/\d{2,4}\s.*\d\s*[AP]\.?M\.?$", re.IGNORECASE)
_ONE_GROUP: Final = re.compile(r"^\s*[-+]?\d{1,3}([.,])\d{3}\s*[-+]?$")
_THREE_PARTS: Final = re.compile(r"^\s*(\d{1,2})[./\-\s]\s?(\d{1,2})[./\-\s]\s?(\d{2,4})\b")
_SERIAL: Final = re.compile(r"^\d{5}(?:[.,]\d+)?$")
_GROUP_SIGNS: Final = " \u00a0\u202f\u2009'’"
_MILES: Final = re.compile(r"(?<![^\W\d_])(?:mi|mls|miles?|meilen|miglia)(?![^\W\d_])|英里", re.IGNORECASE)
_KILOMETRES: Final = re.compile(r"(?<![^\W\d_])(?:km|kilomet)", re.IGNORECASE)
_NUMBER: Final = re.compile(r"\d[\d.,]*")


@dataclass(frozen=True)
class ColumnStyle:
    """How one column is to be read."""

    date_order: DateOrder = "dmy"
    decimal: DecimalSign = ","
    # A person said so: then also a date with dots may begin with its month.
    is_order_chosen: bool = False
    # "25-01-31" is the 31st: years of two digits stand first.
    has_year_first: bool = False
    # Days since 1899-12-30, as spreadsheets count, written as plain numbers.
    has_serial_dates: bool = False
    # Of a mileage: what is stored is kilometres.
    is_in_miles: bool = False
    name_order: NameOrder = "first"


def date_order(values: Iterable[Cell]) -> DateOrder | None:
    """Day or month first, from values in which only one of the two is possible; None if nothing tells."""
    day_first = month_first = 0
    for value, times in Counter(values).items():
        match = _THREE_PARTS.match(value) or _YEAR_LAST.match(value) if isinstance(value, str) else None
        if match is None:
            continue
        first, second = int(match[1]), int(match[2])
        day_first += times * (first > 12 >= second)
        month_first += times * (second > 12 >= first)
    if day_first != month_first:
        return "dmy" if day_first > month_first else "mdy"
    return None


def has_american_clock(values: Iterable[Cell]) -> bool:
    """Whether times behind the days end in AM or PM: days of such a column begin with the month where nothing else tells."""
    return any(isinstance(value, str) and _AMERICAN_CLOCK.match(value) for value in values)


def has_year_first(values: Iterable[Cell], *, not_after: date | None = None, is_likely: bool = False) -> bool:
    """Whether "25-01-31" begins with its year: it must be possible for all, and for some the only way, or the only likely one.

    `not_after`: no day of the column is later. Years are then few and end about now, where days go on to 31. `is_likely`: the file's orders are written so.
    """
    matches = [match for value in set(values) if isinstance(value, str) and (match := _SHORT_YEAR.match(value))]
    parts = [(int(match[1]), int(match[2]), int(match[3])) for match in matches]
    if not parts or not all(1 <= month <= 12 and 1 <= day <= 31 for _year, month, day in parts):
        return False
    first, last = {year for year, _month, _day in parts}, {day for _year, _month, day in parts}
    if is_likely or max(first) > 31:
        return True
    if not_after is None:
        return False
    now = not_after.year % 100
    return max(first) <= now and (max(last) > now or (max(first) >= now - 2 and len(first) <= 3 and len(last) > 2 * len(first)))


def has_serial_dates(values: Iterable[Cell]) -> bool:
    """Whether the column holds plain numbers between 1954 and 2119 and nothing else."""
    texts = [value for value in values if isinstance(value, str) and value.strip()]
    return bool(texts) and all(_SERIAL.match(text.strip()) and 20_000 <= int(text.strip()[:5]) <= 80_000 for text in texts)


def is_in_miles(column: str, values: Iterable[Cell]) -> bool:
    """Whether the column's name says so, or at least half of its cells do."""
    if _MILES.search(column) and not _KILOMETRES.search(column):
        return True
    texts = [value for value in values if isinstance(value, str) and value.strip()]
    return bool(texts) and 2 * sum(bool(_MILES.search(text)) for text in texts) >= len(texts)


def decimal_sign(values: Iterable[Cell]) -> DecimalSign | None:
    """Comma or point, by the values that can be read in only one way; None if nothing tells."""
    comma = point = 0
    for value, times in Counter(values).items():
        if not isinstance(value, str):
            continue
        text = usual_width(value).translate(_WITHOUT_GROUPS)
        match = _NUMBER.search(text)
        if match is None:
            continue
        told = _told_by(match.group().rstrip(".,"))
        comma += times * (told == ",")
        point += times * (told == ".")
    if comma == point:
        return None
    return "," if comma > point else "."


def three_places(values: Iterable[Cell]) -> DecimalSign | None:
    """The sign of a column of small figures in which each has three digits behind it: "1.000" and "4.500" pieces are 1 and 4.5."""
    texts = [value for value in values if isinstance(value, str) and value.strip()]
    signs = {match[1] if (match := _ONE_GROUP.match(text)) else "" for text in texts}
    if signs == {","}:
        return ","
    return "." if signs == {"."} else None


def usual_width(text: str) -> str:
    """Full-width digits and signs, as Chinese keyboards write them, in the usual width."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


_WITHOUT_GROUPS: Final = {ord(sign): None for sign in _GROUP_SIGNS}


def _told_by(number: str) -> DecimalSign | None:
    commas, points = number.count(","), number.count(".")
    if commas and points:
        return "," if number.rindex(",") > number.rindex(".") else "."
    if commas + points > 1:
        return "." if commas else ","
    if commas + points == 1:
        sign: DecimalSign = "," if commas else "."
        behind = len(number) - number.index(sign) - 1
        # Three digits behind a single sign may be thousands, but not behind a nought.
        return None if behind == 3 and number.index(sign) <= 3 and not number.startswith("0") else sign
    return None


_NAMES_TO_TELL: Final = 30
_CLEARLY: Final = 1.25


def name_order(column: str, values: Iterable[Cell]) -> NameOrder:
    """Which name stands first in a column of whole names: as the column is called, else by which place holds more different words.

    Method: there are fewer first names than last names, so that of many people the first names repeat. Fewer than 30 people of two words
    each, or as many different words in both places, tell nothing: then the first name stands first.
    """
    if told := order_of_names(column):
        return told
    whole = {tuple(value.casefold().split()) for value in values if isinstance(value, str) and "," not in value and not is_firm(value)}
    pairs = [words for words in whole if len(words) == 2 and all(len(word.strip(".")) > 1 for word in words)]
    if len(pairs) < _NAMES_TO_TELL:
        return "first"
    standing_first, standing_last = len({first for first, _last in pairs}), len({last for _first, last in pairs})
    return "last" if standing_first > standing_last * _CLEARLY else "first"
