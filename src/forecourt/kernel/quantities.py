"""Distances and intervals of service: how much a car is driven, when something is due again.

Owns the arithmetic; readings and intervals come from vehicles and the catalogue.
"""

from __future__ import annotations

import calendar
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

SHORTEST_SPAN_DAYS = 60
#: Older readings tell of another life of the car, and are used only where newer ones are few.
RECENT_DAYS = 3 * 365
#: A taxi on two shifts; more than this is a mistyped reading.
HIGHEST_KM_PER_YEAR = 250_000

#: What is read on the way in and on the way out, or on another display, is no contradiction.
READING_TOLERANCE_KM = 100
#: Nobody drives further on one day, and goes on so to the next reading.
HIGHEST_KM_PER_DAY = 1_000

_DAYS_PER_YEAR = 365.25
#: More readings of one car than this are no car's life, but a plate for many.
_MOST_WEIGHED = 500
_FURTHEST_DAYS = 50 * 366


@dataclass(frozen=True, slots=True)
class Due:
    """`on` may lie in the past; `because` says which limit comes first."""

    on: date
    because: Literal["time", "distance"]
    days_left: int
    at_km: int | None = None

    @property
    def is_overdue(self) -> bool:
        return self.days_left < 0


def km_per_year(readings: Iterable[tuple[date, int]]) -> int | None:
    """Kilometres a year from odometer readings (day, km), or None where they tell too little.

    Method: mistyped and falling readings are dropped by keeping the longest run that never
    falls; the slope from first to last of the recent three years, or of all where those span
    less than 60 days.
    """
    rising = rising_readings((on.toordinal(), km) for on, km in readings)
    return km_per_year_of_rising(rising) if rising else None


def rising_readings(readings: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest run of readings (day as a number, km) that never falls: without those that are mistyped. Its last one is the latest that counts."""
    return _longest_rising(sorted(readings))


def km_per_year_of_rising(rising: Sequence[tuple[int, int]]) -> int | None:
    """Kilometres a year of `rising_readings`, at least one, of days as `date.toordinal` counts them."""
    last_on, last_km = rising[-1]
    recent = next(each for each in rising if last_on - each[0] <= RECENT_DAYS)
    for first_on, first_km in (recent, rising[0]):
        days = last_on - first_on
        if days >= SHORTEST_SPAN_DAYS:
            yearly = round((last_km - first_km) * _DAYS_PER_YEAR / days)
            return yearly if yearly <= HIGHEST_KM_PER_YEAR else None
    return None


def odd_readings(readings: list[tuple[date, int]]) -> list[int]:
    """Which of the readings (day, km; sorted) cannot be, by their places: those without which the rest goes together.

    Method: the longest run in which no reading falls or leaps; of equally long ones that which rises least, then the earliest, for a digit
    too many is what is typed most, and a fall is seen at the later reading. A plate for many cars tells nothing of one.
    """
    if len(readings) > _MOST_WEIGHED:
        return []
    # Of the best run that ends here: its length, how far it rises (negative, for more is better), and the place before.
    best: list[tuple[int, int, int | None]] = []
    for at, (on, km) in enumerate(readings):
        chosen: tuple[int, int, int | None] = (1, 0, None)
        for before in range(at):
            earlier_on, earlier_km = readings[before]
            length, rise, _ = best[before]
            if _goes_together(earlier_on, earlier_km, on, km):
                longer = (length + 1, rise - (km - earlier_km), before)
                if longer[:2] > chosen[:2]:
                    chosen = longer
        best.append(chosen)
    kept: set[int] = set()
    place = max(range(len(best)), key=lambda each: best[each][:2], default=None)
    while place is not None:
        kept.add(place)
        place = best[place][2]
    return [each for each in range(len(readings)) if each not in kept]


def _goes_together(earlier_on: date, earlier_km: int, on: date, km: int) -> bool:
    return -READING_TOLERANCE_KM <= km - earlier_km <= HIGHEST_KM_PER_DAY * ((on - earlier_on).days + 1)


def next_due(
    last_on: date,
    last_km: int | None,
    *,
    months: int | None,
    km: int | None,
    km_per_year: int | None,
    today: date,
) -> Due | None:
    """When work done on `last_on` is due again: after `months` or `km`, whichever comes first.

    None where no interval applies. Distance counts only where the yearly distance is known.
    """
    at_km = last_km + km if km and last_km is not None else None
    limits: list[tuple[date, Literal["time", "distance"]]] = []
    if months:
        limits.append((months_later(last_on, months), "time"))
    if km and km_per_year and km_per_year > 0:
        days = int(km * _DAYS_PER_YEAR / km_per_year)
        if days <= _FURTHEST_DAYS:
            limits.append((last_on + timedelta(days=days), "distance"))
    if not limits:
        return None
    on, because = min(limits, key=lambda limit: limit[0])
    return Due(on, because, (on - today).days, at_km)


def months_later(day: date, months: int) -> date:
    """The same day so many months on, or the last of that month where it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _longest_rising(readings: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest subsequence whose km never fall (patience sorting, O(n log n))."""
    tails: list[int] = []
    tail_at: list[int] = []
    before: list[int | None] = []
    for index, (_, km) in enumerate(readings):
        length = bisect_right(tails, km)
        before.append(tail_at[length - 1] if length else None)
        tails[length : length + 1] = [km]
        tail_at[length : length + 1] = [index]
    kept: list[tuple[int, int]] = []
    at = tail_at[-1] if tail_at else None
    while at is not None:
        kept.append(readings[at])
        at = before[at]
    return kept[::-1]
