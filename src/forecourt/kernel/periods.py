"""Spans of time from one instant to another, the end not included.

Owns their arithmetic. Opening hours are in `hours`; who holds a period is said by booking.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, order=True, slots=True)
class Period:
    """From `starts_at` up to, not including, `ends_at`; kept in UTC, ordered by start.

    Raises ValueError for times without a zone and for an end that is not after the start.
    """

    starts_at: datetime
    ends_at: datetime

    def __post_init__(self) -> None:
        # Two times of one zone are compared by wall clock in Python, wrongly on a day on which
        # clocks change; UTC has no such day.
        object.__setattr__(self, "starts_at", _in_utc(self.starts_at))
        object.__setattr__(self, "ends_at", _in_utc(self.ends_at))
        if self.ends_at <= self.starts_at:
            raise ValueError("a period must end after it starts")

    @classmethod
    def of(cls, starts_at: datetime, duration: timedelta) -> Period:
        """The period of a duration that has really passed, also over a change of clocks."""
        starts_at = _in_utc(starts_at)
        return cls(starts_at, starts_at + duration)

    @property
    def duration(self) -> timedelta:
        return self.ends_at - self.starts_at

    def overlaps(self, other: Period) -> bool:
        """Whether they share time; periods that only touch do not."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at

    def contains(self, inner: datetime | Period) -> bool:
        """Whether an instant, or a whole period, lies within."""
        if isinstance(inner, Period):
            return self.starts_at <= inner.starts_at and inner.ends_at <= self.ends_at
        return self.starts_at <= inner < self.ends_at

    def shifted(self, by: timedelta) -> Period:
        return Period(self.starts_at + by, self.ends_at + by)

    def intersection(self, other: Period) -> Period | None:
        """The shared time, or None."""
        if not self.overlaps(other):
            return None
        return Period(max(self.starts_at, other.starts_at), min(self.ends_at, other.ends_at))


def merged(periods: Iterable[Period]) -> list[Period]:
    """The same time as ordered periods with gaps between them; touching ones are joined."""
    joined: list[Period] = []
    for period in sorted(periods):
        if joined and period.starts_at <= joined[-1].ends_at:
            if period.ends_at > joined[-1].ends_at:
                joined[-1] = Period(joined[-1].starts_at, period.ends_at)
        else:
            joined.append(period)
    return joined


def without(base: Iterable[Period], taken: Iterable[Period]) -> list[Period]:
    """What is left of `base` when `taken` is cut out; ordered, merged."""
    obstacles = merged(taken)
    left: list[Period] = []
    first = 0
    for period in merged(base):
        while first < len(obstacles) and obstacles[first].ends_at <= period.starts_at:
            first += 1
        free_from = period.starts_at
        for obstacle in obstacles[first:]:
            if obstacle.starts_at >= period.ends_at:
                break
            if obstacle.starts_at > free_from:
                left.append(Period(free_from, obstacle.starts_at))
            free_from = obstacle.ends_at
        if free_from < period.ends_at:
            left.append(Period(free_from, period.ends_at))
    return left


def _in_utc(at: datetime) -> datetime:
    if at.tzinfo is UTC:
        return at
    if at.tzinfo is None:
        raise ValueError("a time without a zone is no instant")
    return at.astimezone(UTC)
