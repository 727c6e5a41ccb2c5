"""What is taken of resources within a window, read in one lean query into arrays.

PostgreSQL packs the instants into bytes in its own binary form, so that ten thousand reservations cost neither ten thousand Python
rows nor their parsing. Rows answer to the organisation in scope, as everywhere. A hold whose time is over takes nothing, whether or
not it was swept away yet. Time that a resource is closed counts as taken.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import numpy as np
from django.db.models import Aggregate, BinaryField, Q, QuerySet
from numpy.typing import NDArray

from forecourt.engines.booking.models import TAKEN, Closure, Reservation, Resource
from forecourt.kernel import hours as week_hours
from forecourt.kernel.periods import Period
from forecourt.runtime import clock

Instants = NDArray[np.int64]
"""Microseconds since PostgreSQL's epoch, the form in which it sends them."""

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LONG_AGO, _FAR_AHEAD = -(2**60), 2**60


class _Packed(Aggregate):
    """Start and end of every row, eight bytes each."""

    template = "string_agg(timestamptz_send(%(expressions)s), ''::bytea)"
    arg_joiner = ") || timestamptz_send("
    output_field = BinaryField()
    allow_distinct = False


def instant(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND


def moment(instant: int) -> datetime:
    return _EPOCH + timedelta(microseconds=instant)


def by_resource(resources: Sequence[Resource], window: Period, *, besides: UUID | None = None) -> list[Instants]:
    """For each resource the intervals in which it cannot be had, as an array of (start, end), unordered.

    `besides` leaves out what this holder has taken. Three sources: reservations, closures, hours.
    """
    ids = [resource.pk for resource in resources]
    reservations = _reservations(ids, window, besides)
    closures = Closure.objects.filter(_meets(window), resource_id__in=ids)
    intervals = {resource.pk: [closed_hours(resource, window)] for resource in resources}
    for resource_id, packed in _packed(reservations).union(_packed(closures), all=True):
        intervals[resource_id].append(np.frombuffer(packed, dtype=">i8").astype(np.int64).reshape(-1, 2))
    return [np.concatenate(intervals[resource_id]) for resource_id in ids]


def live(now: datetime) -> Q:
    """Reservations that count: of a taking state, and no hold that is over."""
    return Q(state__in=TAKEN) & ~Q(state="held", expires_at__isnull=False, expires_at__lte=now)


def closed_hours(resource: Resource, window: Period) -> Instants:
    """When the resource's own hours leave it closed, around and within the window."""
    if not resource.hours and not resource.closed_on:
        return np.empty((0, 2), dtype=np.int64)
    hours = resource.hours or "Mo-Su 00:00-24:00"
    # Whole days either side, in UTC: the zone's first and last day lie within, and the answer serves every window of these days.
    first, last = window.starts_at.date() - timedelta(days=1), window.ends_at.date() + timedelta(days=1)
    return _closed(hours, resource.zone, tuple(resource.closed_on), first, last)


@lru_cache(maxsize=512)
def _closed(hours: str, zone: str, closed_on: tuple[date, ...], first: date, last: date) -> Instants:
    week = week_hours.from_text(hours, zone)
    week = week_hours.WeekHours(zone, week.days, week.closed_on | frozenset(closed_on), week.extra)
    edges = [_LONG_AGO]
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        for opened in week.intervals(date.fromordinal(ordinal)):
            edges += [instant(opened.starts_at), instant(opened.ends_at)]
    found = np.array([*edges, _FAR_AHEAD], dtype=np.int64).reshape(-1, 2)
    found = found[found[:, 0] < found[:, 1]]  # days that touch at midnight leave nothing between
    found.flags.writeable = False
    return found


def _reservations(ids: Collection[UUID], window: Period, besides: UUID | None) -> QuerySet[Reservation]:
    rows = Reservation.objects.filter(_meets(window), live(clock.now()), resource_id__in=ids)
    return rows.exclude(holder_id=besides) if besides else rows


def _meets(window: Period) -> Q:
    # Two comparisons, not a range overlap: under row-level security only leakproof operators use an index.
    return Q(ends_at__gt=window.starts_at, starts_at__lt=window.ends_at)


def _packed(rows: QuerySet[Any]) -> QuerySet[Any, Any]:
    """Pairs of a resource's id and its packed intervals."""
    grouped: QuerySet[Any, Any] = rows.order_by().values("resource_id").annotate(packed=_Packed("starts_at", "ends_at"))
    return grouped.values_list("resource_id", "packed")
