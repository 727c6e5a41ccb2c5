"""What is taken of resources within a window, read in one lean query into arrays.

PostgreSQL packs the instants into bytes in its own binary form, so that ten thousand reservations cost neither ten thousand Python
rows nor their parsing. A hold whose time is over takes nothing, whether or not it was swept away yet. Time that a resource is closed
counts as taken. This is the one question of the house put in SQL by hand, since composing it costs as much as answering it; it names
the organisation in scope itself, as the manager does for all others.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from uuid import UUID

import numpy as np
from django.db import connection
from django.db.models import Q
from numpy.typing import NDArray

from forecourt.engines.booking.models import TAKEN, Resource
from forecourt.kernel import hours as week_hours
from forecourt.kernel.periods import Period
from forecourt.runtime import clock, scope

Instants = NDArray[np.int64]
"""Microseconds since PostgreSQL's epoch, the form in which it sends them."""

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LONG_AGO, _FAR_AHEAD = -(2**60), 2**60


# Two comparisons of leakproof types rather than a range overlap: under row-level security only those use an index.
_TAKEN = """
    SELECT resource_id, string_agg(timestamptz_send(starts_at), ''::bytea), string_agg(timestamptz_send(ends_at), ''::bytea)
    FROM booking_reservation
    WHERE organisation_id = %(organisation)s AND resource_id = ANY(%(resources)s)
        AND ends_at > %(begins)s AND starts_at < %(ends)s
        AND state IN ('held', 'requested', 'confirmed')
        AND (expires_at IS NULL OR expires_at > %(now)s OR state <> 'held')
        AND holder_id IS DISTINCT FROM %(besides)s
    GROUP BY resource_id
    UNION ALL
    SELECT resource_id, string_agg(timestamptz_send(starts_at), ''::bytea), string_agg(timestamptz_send(ends_at), ''::bytea)
    FROM booking_closure
    WHERE organisation_id = %(organisation)s AND resource_id = ANY(%(resources)s)
        AND ends_at > %(begins)s AND starts_at < %(ends)s
    GROUP BY resource_id
"""


def instant(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND


def moment(instant: int) -> datetime:
    return _EPOCH + timedelta(microseconds=instant)


def by_resource(resources: Sequence[Resource], window: Period, *, besides: UUID | None = None) -> list[Instants]:
    """For each resource the intervals in which it cannot be had, as an array of (start, end), unordered.

    `besides` leaves out what this holder has taken. Three sources: reservations, closures, hours.
    """
    intervals = {resource.pk: [closed_hours(resource, window)] for resource in resources}
    with connection.cursor() as cursor:
        cursor.execute(
            _TAKEN,
            {
                "organisation": scope.organisation_id(),
                "resources": list(intervals),
                "begins": window.starts_at,
                "ends": window.ends_at,
                "now": clock.now(),
                "besides": besides,
            },
        )
        for resource_id, starts, ends in cursor.fetchall():
            intervals[resource_id].append(np.stack([np.frombuffer(packed, dtype=">i8") for packed in (starts, ends)], axis=1))
    return [np.concatenate(parts) for parts in intervals.values()]


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
