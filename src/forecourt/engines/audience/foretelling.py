"""How right due dates would have been: a car's history is cut off at a day, and what was foretold is held against what came.

Plain Python, so that invented histories can be tried without a database; where the pasts come from is for `hindsight`.

Method: one case per car and kind with at least two visits for it. The day of the cut lies anywhere between the first and the last of
them, by a digest of the car's id, so that a long wait is met more often than a short one, as it is in life. Only what was known on
that day is used. Half of the cars decide which rule is better, the other half tell how good it is, so that luck is not taken for skill.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import blake2b
from statistics import median, quantiles
from typing import Final

from forecourt.kernel.quantities import km_per_year, next_due

FEWEST_CASES: Final = 60  # below it nothing is said: half of them decide, half tell
NEAR_DAYS: Final = 30
SAME_OCCASION_DAYS: Final = 30
"""A second visit for the same work so soon belongs to the first one."""


@dataclass(frozen=True)
class Past:
    """One car's visits for one kind of work and its odometer readings; intervals as the catalogue has them."""

    car: str
    work_kind: str
    months: int
    km: int | None
    days: Sequence[date]
    readings: Sequence[tuple[date, int]]


@dataclass(frozen=True)
class Case:
    """What two rules foretold on the day of the cut, and what came, as days after the last visit before it."""

    work_kind: str
    came: int
    plain: int
    with_distance: int
    is_for_deciding: bool


@dataclass(frozen=True)
class Found:
    """What the cases of one kind say. Errors are medians without sign, in days; shares are from 0 to 1 within `NEAR_DAYS`."""

    work_kind: str
    cases: int
    uses_distance: bool
    plain_error: float
    used_error: float
    plain_near: float
    used_near: float
    usual: int  # days after the date on which half of the cars have come: people are asked back later than they are due
    expected_error: float  # of the date moved by `usual`
    expected_near: float
    early: int  # days after the date by which one car of ten has come; negative: before it
    late: int  # days after the date by which nine of ten have come


def case(past: Past) -> Case | None:
    """Cut one history off; None where less than two occasions are left."""
    days = _occasions(past.days)
    if len(days) < 2:
        return None
    digest = int.from_bytes(blake2b(f"{past.car} {past.work_kind}".encode(), digest_size=8).digest(), "big")
    cut = days[0] + timedelta(days=digest // 2 % (days[-1] - days[0]).days)
    last = max(day for day in days if day <= cut)
    came = min(day for day in days if day > cut)
    yearly = km_per_year(reading for reading in past.readings if reading[0] <= cut)
    plain = next_due(last, None, months=past.months, km=None, km_per_year=None, today=cut)
    ours = next_due(last, None, months=past.months, km=past.km, km_per_year=yearly, today=cut)
    assert plain is not None
    assert ours is not None
    return Case(past.work_kind, (came - last).days, (plain.on - last).days, (ours.on - last).days, digest % 2 == 0)


def judge(cases: Iterable[Case]) -> list[Found]:
    """By kind of work, those with enough cases."""
    by_kind: dict[str, list[Case]] = {}
    for each in cases:
        by_kind.setdefault(each.work_kind, []).append(each)
    return [_judged(kind, found) for kind, found in sorted(by_kind.items()) if _is_enough(found)]


def _occasions(days: Sequence[date]) -> list[date]:
    kept: list[date] = []
    for day in sorted(days):
        if not kept or (day - kept[-1]).days > SAME_OCCASION_DAYS:
            kept.append(day)
    return kept


def _is_enough(cases: Sequence[Case]) -> bool:
    deciding = sum(each.is_for_deciding for each in cases)
    return min(deciding, len(cases) - deciding) >= FEWEST_CASES // 2


def _judged(kind: str, cases: Sequence[Case]) -> Found:
    deciding = [each for each in cases if each.is_for_deciding]
    telling = [each for each in cases if not each.is_for_deciding]
    uses_distance = median(_misses(deciding, uses_distance=True)) < median(_misses(deciding, uses_distance=False))
    lags = _lags(deciding, uses_distance=uses_distance)
    tenths, usual = quantiles(lags, n=10, method="inclusive"), round(median(lags))
    plain, used = _misses(telling, uses_distance=False), _misses(telling, uses_distance=uses_distance)
    expected = [abs(lag - usual) for lag in _lags(telling, uses_distance=uses_distance)]
    return Found(
        kind, len(cases), uses_distance, median(plain), median(used), _near(plain), _near(used), usual, median(expected),
        _near(expected), round(tenths[0]), round(tenths[-1]),
    )  # fmt: skip


def _lags(cases: Sequence[Case], *, uses_distance: bool) -> list[int]:
    """Days from the foretold date to the visit."""
    return [each.came - (each.with_distance if uses_distance else each.plain) for each in cases]


def _misses(cases: Sequence[Case], *, uses_distance: bool) -> list[int]:
    return [abs(lag) for lag in _lags(cases, uses_distance=uses_distance)]


def _near(misses: Sequence[int]) -> float:
    return sum(miss <= NEAR_DAYS for miss in misses) / len(misses)
