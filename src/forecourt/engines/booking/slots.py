"""When everything that is needed is free at once: arithmetic on arrays over a grid of possible starts.

A start is blocked for a resource if the time from it on would meet anything taken; one pass of counting marks all blocked starts of
all resources. The answer is exact to the microsecond for every start on the grid, over changes of clocks too, since all of it is in
UTC. Taking what was found is `reservations.take`; between the two it may be gone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from forecourt.engines.booking import taken
from forecourt.engines.booking.models import Resource
from forecourt.kernel.periods import Period

_MINUTE = 60_000_000


@dataclass(frozen=True)
class Requirement:
    """One resource is needed of these, the first the best; no resource stands under two roles."""

    role: str
    resource_ids: tuple[UUID, ...]


Members = tuple[tuple[str, tuple[tuple[UUID, int], ...]], ...]
"""Per role the resources that may fill it, each with its row of the grid."""


@dataclass(frozen=True, slots=True, eq=False)
class Slot:
    """A period in which every role can be filled."""

    period: Period
    _is_free: NDArray[np.bool_]
    _members: Members

    @property
    def choices(self) -> dict[str, tuple[UUID, ...]]:
        """By whom each role can be filled, the best first; worked out when asked, since few of many slots are."""
        return {role: tuple(resource_id for resource_id, row in members if self._is_free[row]) for role, members in self._members}


@dataclass(frozen=True, slots=True)
class _Grid:
    """Possible starts: the first, the way to the next, how many, and how long each is taken; microseconds."""

    first: int
    step: int
    starts: int
    length: int


def free(
    *,
    requirements: Sequence[Requirement],
    minutes: int,
    window: Period,
    step_minutes: int = 15,
    at_most: int | None = None,
    known: Sequence[Resource] | None = None,
) -> list[Slot]:
    """All periods of so many minutes within the window in which each requirement can be met, in order of time.

    Starts lie on whole steps of the hour. `known` spares asking for resources that the caller has just read.
    Raises ValueError for less than a minute of work or of step.
    """
    if minutes < 1 or step_minutes < 1:
        raise ValueError("work and step take at least a minute")
    grid = _grid(window, step_minutes * _MINUTE, minutes * _MINUTE)
    if grid.starts < 1:
        return []
    resources = _resources(requirements) if known is None else list(known)
    is_free = _free_starts(taken.by_resource(resources, window), grid)
    return _slots(requirements, resources, is_free, grid)[:at_most]


def choices(
    *, requirements: Sequence[Requirement], period: Period, besides: UUID | None = None, known: Sequence[Resource] | None = None
) -> dict[str, tuple[UUID, ...]]:
    """For each role who is free in exactly this period; `besides` leaves out what this holder has taken itself."""
    resources = _resources(requirements) if known is None else list(known)
    first = taken.instant(period.starts_at)
    grid = _Grid(first, _MINUTE, 1, taken.instant(period.ends_at) - first)
    is_free = _free_starts(taken.by_resource(resources, period, besides=besides), grid)[:, 0]
    free_ids = {resource.pk for resource, free in zip(resources, is_free, strict=True) if free}
    return {each.role: tuple(resource_id for resource_id in each.resource_ids if resource_id in free_ids) for each in requirements}


def _resources(requirements: Sequence[Requirement]) -> list[Resource]:
    wanted = set(chain.from_iterable(each.resource_ids for each in requirements))
    return list(Resource.objects.filter(pk__in=wanted, is_active=True).order_by())


def _grid(window: Period, step: int, length: int) -> _Grid:
    first = -(-taken.instant(window.starts_at) // step) * step
    return _Grid(first, step, (taken.instant(window.ends_at) - length - first) // step + 1, length)


def _free_starts(busy: Sequence[taken.Instants], grid: _Grid) -> NDArray[np.bool_]:
    """resources × starts. Start k lies at `first + k * step`; it is blocked where taken start - length < start < taken end."""
    width = grid.starts + 1
    if not busy:
        return np.ones((0, grid.starts), dtype=np.bool_)
    row = np.repeat(np.arange(len(busy)), [len(intervals) for intervals in busy]) * width
    intervals = np.concatenate(busy)
    blocked_from = np.clip((intervals[:, 0] - grid.length - grid.first) // grid.step + 1, 0, grid.starts)
    blocked_until = np.clip(-((grid.first - intervals[:, 1]) // grid.step), 0, grid.starts)
    real = blocked_from < blocked_until
    size = len(busy) * width
    change = np.zeros(size, dtype=np.int16)
    np.add.at(change, row[real] + blocked_from[real], 1)
    np.subtract.at(change, row[real] + blocked_until[real], 1)
    # What begins in a row also ends in it, so that one sum runs through all rows.
    blocked = np.cumsum(change, dtype=np.int16).reshape(len(busy), width)
    return np.asarray(blocked[:, : grid.starts] == 0)


def _slots(requirements: Sequence[Requirement], resources: Sequence[Resource], is_free: NDArray[np.bool_], grid: _Grid) -> list[Slot]:
    row = {resource.pk: number for number, resource in enumerate(resources)}
    members: Members = tuple(
        (each.role, tuple((resource_id, row[resource_id]) for resource_id in each.resource_ids if resource_id in row))
        for each in requirements
    )
    possible = np.ones(is_free.shape[1], dtype=np.bool_)
    for _, who in members:
        possible &= is_free[[number for _, number in who]].any(axis=0)
    duration, slots = timedelta(microseconds=grid.length), []
    for number in np.flatnonzero(possible).tolist():
        starts_at = taken.moment(grid.first + number * grid.step)
        slots.append(Slot(Period(starts_at, starts_at + duration), is_free[:, number], members))
    return slots
