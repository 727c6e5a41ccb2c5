"""When a car will be ready: a range, computed from what is left to do.

`forecast` is pure arithmetic over open time of the site. `recompute` applies it to a job card and tells of a change of ten minutes
or more; smaller ones leave what was told as it is, so that many small ones cannot add up unseen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from forecourt.engines.offers.models import Item
from forecourt.journeys.workshop import visits
from forecourt.journeys.workshop.models import JobCard
from forecourt.journeys.workshop.visit_events import ExpectedTimeChanged
from forecourt.kernel.hours import WeekHours
from forecourt.records.dealership import sites
from forecourt.runtime import clock
from forecourt.runtime.actors import Actor
from forecourt.runtime.events import publish

OPEN_STAGES: Final = ("arrived", "accepted", "in_work", "waiting_parts", "waiting_approval", "quality_check", "washed")
NOTICED: Final = timedelta(minutes=10)
CLOSING_MINUTES: Final = {"quality_check": 15, "washed": 5}
"""Final check and washing, by stage; before the check it is all of it."""
_CLOSING_BEFORE: Final = 20
_WAITING_MINUTES: Final = {"waiting_approval": 60, "waiting_parts": 120}
_FAST, _SLOW, _SPARE_MINUTES = 0.85, 1.3, 15
_SHORTEST_MINUTES: Final = 5
_FULL_MINUTES: Final = 5


@dataclass(frozen=True)
class Left:
    """A line that is not finished: how long it takes, and since when somebody works on it."""

    minutes: int
    started_at: datetime | None = None


@dataclass(frozen=True)
class Expected:
    earliest: datetime
    likely: datetime
    latest: datetime


def forecast(
    *, lines: Sequence[Left], undecided_minutes: int, stage: str, now: datetime, hours: WeekHours, not_before: datetime | None = None
) -> Expected | None:
    """The range in open time of the site; None where it never opens again. Work starts now, or at `not_before`.

    What the customer has not decided on counts as approved in `likely` and `latest`, as rejected in `earliest`.
    """
    begins_at = max(now, not_before) if not_before else now
    sure = sum(_left(line, now, hours) for line in lines)
    closing = CLOSING_MINUTES.get(stage, _CLOSING_BEFORE)
    spare = _SPARE_MINUTES + _WAITING_MINUTES.get(stage, 0)
    try:
        return Expected(
            earliest=_after(begins_at, sure * _FAST + closing * _FAST, hours),
            likely=_after(begins_at, sure + undecided_minutes + closing, hours),
            latest=_after(begins_at, (sure + undecided_minutes) * _SLOW + closing + spare, hours),
        )
    except ValueError:
        return None


def recompute(job_card: JobCard, *, actor: Actor, reason: str) -> bool:
    """Bring the expected time of a locked job card up to date; whether it changed. Inside the transaction of its cause."""
    if job_card.stage not in OPEN_STAGES:
        return False
    expected = of(job_card)
    if expected is None or not _is_news(job_card, expected):
        return False
    earlier = job_card.expected_at
    job_card.expected_earliest_at, job_card.expected_at, job_card.expected_latest_at = expected.earliest, expected.likely, expected.latest
    job_card.save(update_fields=["expected_earliest_at", "expected_at", "expected_latest_at"])
    if earlier is not None:
        changed = ExpectedTimeChanged(
            **visits.about(job_card),
            expected_earliest_at=expected.earliest,
            expected_at=expected.likely,
            expected_latest_at=expected.latest,
            earlier_expected_at=earlier,
            reason=reason,
        )
        publish(changed, by=actor)
    return True


def of(job_card: JobCard) -> Expected | None:
    """The forecast for a job card as it stands now."""
    lines = [
        Left(line.minutes, _minute(line.started_at) if line.started_at else None)
        for line in job_card.lines.filter(state__in=("planned", "in_work"))
    ]
    undecided = Item.objects.filter(
        request__subject_kind=visits.SUBJECT, request__subject_id=job_card.pk, request__state__in=("draft", "open"), request__kind="extra",
        state="pending",
    )  # fmt: skip
    is_waiting = job_card.stage in {"arrived", "accepted"}
    return forecast(
        lines=lines,
        undecided_minutes=sum(undecided.values_list("minutes", flat=True)),
        stage=job_card.stage,
        now=_minute(clock.now()),
        hours=sites.hours_of(job_card.site),
        not_before=job_card.appointment.starts_at if is_waiting else None,
    )


def _minute(at: datetime) -> datetime:
    """Seconds would only push a time over the next full five minutes."""
    return at.replace(second=0, microsecond=0)


def _is_news(job_card: JobCard, expected: Expected) -> bool:
    if job_card.expected_at is None:
        return True
    return abs(expected.likely - job_card.expected_at) >= NOTICED


def _left(line: Left, now: datetime, hours: WeekHours) -> float:
    """Minutes of open time still needed; a line that takes longer than planned is nearly done until it is."""
    if line.started_at is None:
        return line.minutes
    worked = hours.working_time_between(line.started_at, now) / timedelta(minutes=1)
    return max(line.minutes - worked, _SHORTEST_MINUTES)


def _after(begins_at: datetime, minutes: float, hours: WeekHours) -> datetime:
    """That much open time later, at full five minutes."""
    at = hours.add_working_time(begins_at, timedelta(minutes=minutes))
    step = timedelta(minutes=_FULL_MINUTES)
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + ceil((at - midnight) / step) * step
