"""Opening and working hours: wall-clock hours of a week, with the days that differ.

Owns the arithmetic of working time (deadlines "within four working hours"). Days are those of
the zone; instants come back in UTC. Which hours a site or person keeps is said by dealership.

Written form: the part of OpenStreetMap's `opening_hours` that a dealer needs, with ISO dates:
`Mo-Fr 07:30-12:00,13:00-17:30; Sa 08:00-12:00; 2025-12-24 08:00-12:00; 2025-12-25 off`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType
from zoneinfo import ZoneInfo

from forecourt.kernel.periods import Period, merged

DayHours = tuple[tuple[time, time], ...]

WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
#: After so many closed days in a row a place counts as closed for good.
LONGEST_CLOSURE_DAYS = 400

_ONE_DAY = timedelta(days=1)
_NO_TIME = timedelta(0)
_MIDNIGHT = time(0)


@dataclass(frozen=True)
class WeekHours:
    """Wall-clock intervals per weekday (0 is Monday), in a zone.

    An interval that ends at 00:00 ends at midnight after its day; one over midnight is written
    as two. `extra` replaces a date's hours, also on a closed day; `closed_on` closes a date.
    Raises ValueError for an unknown zone, a wrong weekday, or intervals that overlap or run
    backwards.
    """

    zone: str
    days: Mapping[int, DayHours]
    closed_on: frozenset[date] = frozenset()
    extra: Mapping[date, DayHours] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _zone(self.zone)
        if wrong := [day for day in self.days if day not in range(7)]:
            raise ValueError(f"no weekday: {wrong[0]}")
        days = {day: _checked(self.days[day]) for day in sorted(self.days) if self.days[day]}
        extra = {day: _checked(self.extra[day]) for day in sorted(self.extra)}
        object.__setattr__(self, "days", MappingProxyType(days))
        object.__setattr__(self, "extra", MappingProxyType(extra))
        object.__setattr__(self, "closed_on", frozenset(self.closed_on))

    def __hash__(self) -> int:
        return hash((self.zone, tuple(self.days.items()), self.closed_on, tuple(self.extra.items())))

    def __reduce__(self) -> tuple[object, ...]:
        return (WeekHours, (self.zone, dict(self.days), self.closed_on, dict(self.extra)))

    @classmethod
    def from_text(cls, text: str, zone: str) -> WeekHours:
        """Read the written form; raises ValueError naming the part that is not understood."""
        days: dict[int, DayHours] = {}
        extra: dict[date, DayHours] = {}
        closed_on: set[date] = set()
        for rule in filter(None, (part.strip() for part in text.split(";"))):
            when, _, what = rule.partition(" ")
            intervals = _read_intervals(what.strip(), rule)
            if when[0].isdigit():
                day = _read_date(when, rule)
                if intervals:
                    extra[day] = intervals
                else:
                    closed_on.add(day)
            else:
                days.update(dict.fromkeys(_read_weekdays(when, rule), intervals))
        return cls(zone, days, frozenset(closed_on), extra)

    def to_text(self) -> str:
        """The written form; `from_text` gives equal hours back."""
        rules = [f"{_show_weekdays(days)} {_show_intervals(intervals)}" for days, intervals in _runs_of_days(self.days)]
        dated = dict.fromkeys(self.closed_on, "off")
        dated |= {day: _show_intervals(intervals) for day, intervals in self.extra.items()}
        rules += [f"{day.isoformat()} {shown}" for day, shown in sorted(dated.items())]
        return "; ".join(rules)

    def intervals(self, day: date) -> list[Period]:
        """The open periods of a day of the zone, in order.

        A wall-clock time that the change of clocks skips counts as one hour later, one that
        comes twice as the first.
        """
        zone = _zone(self.zone)
        periods = []
        for opens, closes in self._wall_clock(day):
            last_day = day if closes > _MIDNIGHT else day + _ONE_DAY
            starts_at = datetime.combine(day, opens, zone).astimezone(UTC)
            ends_at = datetime.combine(last_day, closes, zone).astimezone(UTC)
            if starts_at < ends_at:  # the hour skipped in spring may swallow an interval
                periods.append(Period(starts_at, ends_at))
        return merged(periods)

    def is_open(self, at: datetime) -> bool:
        return any(period.contains(at) for period in self.intervals(self.day_of(at)))

    def next_open(self, at: datetime) -> datetime | None:
        """The first open instant not before `at` (itself if open), None if closed for good."""
        for period in self._open_from(at):
            return period.starts_at
        return None

    def add_working_time(self, start: datetime, amount: timedelta) -> datetime:
        """The instant at which that much open time has passed since `start`.

        Ends with the working day rather than at the next one's start. Raises ValueError for
        a negative amount and where the place closes for good before it is reached.
        """
        if amount < _NO_TIME:
            raise ValueError("working time is added, not taken away")
        if not amount:
            return start
        left = amount
        for period in self._open_from(start):
            if left <= period.duration:
                return period.starts_at + left
            left -= period.duration
        raise ValueError("closed for good before so much working time has passed")

    def working_time_between(self, a: datetime, b: datetime) -> timedelta:
        """Open time from `a` to `b`; negative where `b` is the earlier."""
        if b < a:
            return -self.working_time_between(b, a)
        total = _NO_TIME
        day, last_day = self.day_of(a), self.day_of(b)
        while day <= last_day:
            for period in self.intervals(day):
                total += max(_NO_TIME, min(b, period.ends_at) - max(a, period.starts_at))
            day += _ONE_DAY
        return total

    def day_of(self, at: datetime) -> date:
        """The zone's day of an instant."""
        if at.tzinfo is None:
            raise ValueError("a time without a zone is no instant")
        return at.astimezone(_zone(self.zone)).date()

    def _wall_clock(self, day: date) -> DayHours:
        if day in self.extra:
            return self.extra[day]
        if day in self.closed_on:
            return ()
        return self.days.get(day.weekday(), ())

    def _open_from(self, at: datetime) -> Iterator[Period]:
        """Open time after `at`, the first period cut; ends when closed for good."""
        day, closed_days = self.day_of(at), 0
        while closed_days < LONGEST_CLOSURE_DAYS:
            periods = [period for period in self.intervals(day) if period.ends_at > at]
            for period in periods:
                yield period if at <= period.starts_at else Period(at, period.ends_at)
            closed_days = 0 if periods else closed_days + 1
            day += _ONE_DAY


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, OSError) as unknown:
        raise ValueError(f"unknown time zone {name!r}") from unknown


def _checked(intervals: Iterable[tuple[time, time]]) -> DayHours:
    ordered = tuple(sorted((opens, closes) for opens, closes in intervals))
    for opens, closes in ordered:
        if closes <= opens and closes != _MIDNIGHT:
            raise ValueError(f"{opens:%H:%M}-{closes:%H:%M} ends before it starts")
    for (_, closes), (opens, _) in pairwise(ordered):
        if opens < closes or closes == _MIDNIGHT:
            raise ValueError(f"hours overlap at {opens:%H:%M}")
    return ordered


_INTERVAL = re.compile(r"(\d\d?):(\d\d)\s*-\s*(\d\d?):(\d\d)")


def _read_intervals(text: str, rule: str) -> DayHours:
    if text.lower() in {"off", "closed"}:
        return ()
    intervals = []
    for part in text.split(","):
        found = _INTERVAL.fullmatch(part.strip())
        if not found:
            raise ValueError(f"not hours like 08:00-12:00: {part.strip() or rule!r}")
        from_hour, from_minute, to_hour, to_minute = map(int, found.groups())
        if (to_hour, to_minute) == (24, 0):
            to_hour = 0
        try:
            intervals.append((time(from_hour, from_minute), time(to_hour, to_minute)))
        except ValueError:
            raise ValueError(f"no such time of day: {part.strip()}") from None
    return tuple(intervals)


def _read_date(text: str, rule: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"not a date like 2025-12-24: {rule!r}") from None


def _read_weekdays(text: str, rule: str) -> list[int]:
    days: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        try:
            start, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
        except ValueError:
            raise ValueError(f"not a weekday ({', '.join(WEEKDAYS)}): {rule!r}") from None
        days.extend((start + step) % 7 for step in range((end - start) % 7 + 1))
    return days


def _show_intervals(intervals: DayHours) -> str:
    return ",".join(
        f"{opens:%H:%M}-{'24:00' if closes == _MIDNIGHT else f'{closes:%H:%M}'}"
        for opens, closes in intervals
    ) or "off"  # fmt: skip


def _show_weekdays(days: list[int]) -> str:
    first, last = WEEKDAYS[days[0]], WEEKDAYS[days[-1]]
    return first if first == last else f"{first}-{last}"


def _runs_of_days(days: Mapping[int, DayHours]) -> list[tuple[list[int], DayHours]]:
    runs: list[tuple[list[int], DayHours]] = []
    for day, intervals in days.items():
        if runs and runs[-1][1] == intervals and runs[-1][0][-1] == day - 1:
            runs[-1][0].append(day)
        else:
            runs.append(([day], intervals))
    return runs


# The same few hours are read for every slot that is looked for; they are values, so one copy serves all.
from_text = lru_cache(maxsize=1_024)(WeekHours.from_text)
to_text = WeekHours.to_text
