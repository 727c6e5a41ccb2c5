"""When a car could come: turns kinds of work into free times.

It alone knows that skill and equipment decide, that a bay's usual technician is preferred and how long before a customer may book.
Booking does the arithmetic; `appointments` takes what was chosen.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from forecourt.engines.booking import slots as free_time
from forecourt.engines.booking.models import Resource
from forecourt.engines.booking.slots import Requirement, Slot
from forecourt.journeys.workshop import resources
from forecourt.journeys.workshop.resources import BAY, CAR, TECHNICIAN, Crew, Need
from forecourt.kernel.errors import NotFound
from forecourt.kernel.periods import Period
from forecourt.records.catalogue import work
from forecourt.records.dealership.models import Site
from forecourt.runtime import clock

STEP_MINUTES = 15
_APART = timedelta(hours=1)
_LOOK_DAYS = (5, 30)
_NEXT_DAYS = 10
"""Mostly these settle what is offered."""
_PARTS_OF_DAY = (11, 14, 24)
"""Hours at which morning, midday and afternoon end."""


@dataclass(frozen=True)
class Opening:
    """A time at which the work could be done, with the bays and technicians that are free for it, the best first."""

    starts_at: datetime
    ends_at: datetime
    bay_ids: tuple[UUID, ...]  # dealership.Bay
    technician_ids: tuple[UUID, ...]  # dealership.StaffMember


@dataclass(frozen=True)
class Demand:
    """What is asked for: work at a site, for a car."""

    site: Site
    need: Need
    crew: Crew
    requirements: tuple[Requirement, ...]
    things: dict[UUID, UUID]  # resource -> bay or member of staff
    resources: tuple[Resource, ...]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.site.zone)

    def asking(self, requirements: tuple[Requirement, ...]) -> "Demand":
        """The same demand, narrowed to these."""
        return replace(self, requirements=requirements)


def offer(
    *,
    site_id: UUID,
    work_kinds: Sequence[str],
    vehicle_id: UUID | None = None,
    earliest: datetime | None = None,
    days: int = 21,
    at_most: int = 3,
    spread: bool = True,
) -> list[Opening]:
    """The best free times; `spread` puts them on different days and parts of the day, else they are the next ones.

    The next ten days come first: an afternoon this week serves better than the only morning of next month.
    Refusal("unknown_work", "not_possible_here") as the work cannot be done here; an empty list if nothing is free.
    """
    demand = demand_of(site_id=site_id, work_kinds=work_kinds, vehicle_id=vehicle_id)
    chosen: list[Slot] = []
    for look in (_NEXT_DAYS, days) if days > _NEXT_DAYS else (days,):
        found = _free(demand, earliest, look)
        chosen, is_settled = _spread(found, at_most, demand.zone) if spread else _next(found, at_most)
        if is_settled:
            break
    return [_opening(demand, slot) for slot in chosen]


def openings(
    *,
    site_id: UUID,
    work_kinds: Sequence[str],
    vehicle_id: UUID | None = None,
    earliest: datetime | None = None,
    days: int = 21,
    step_minutes: int = 30,
    at_most: int | None = None,
) -> list[Opening]:
    """Every free time, for a picker; in order of time."""
    demand = demand_of(site_id=site_id, work_kinds=work_kinds, vehicle_id=vehicle_id)
    return [_opening(demand, slot) for slot in _free(demand, earliest, days, step_minutes, at_most)]


def nearest(*, demand: Demand, to: datetime, at_most: int = 3) -> list[Opening]:
    """The free times closest to one that is gone, at least an hour apart, in order of time."""
    chosen: list[Slot] = []
    for days in _LOOK_DAYS:  # mostly the next week has some, and a crowd on one slot asks at once
        found = _free(demand, to - timedelta(days=1), days)
        found.sort(key=lambda slot: (abs(slot.period.starts_at - to), slot.period.starts_at))
        chosen = _apart(found, at_most)
        if len(chosen) == at_most:
            break
    return sorted((_opening(demand, slot) for slot in chosen), key=lambda opening: opening.starts_at)


def demand_of(
    *, site_id: UUID, work_kinds: Sequence[str], vehicle_id: UUID | None = None, minutes: int | None = None, car: Resource | None = None
) -> Demand:
    """What this work asks for. NotFound for another dealer's site; Refusal("unknown_work", "not_possible_here")."""
    site = Site.objects.filter(pk=site_id).first()
    if site is None:
        raise NotFound
    need = resources.need(work.kinds(work_kinds))
    if minutes is not None:
        need = Need(minutes, need.equipment, need.skills)
    crew = resources.crew(site_id=site.pk, need=need, vehicle_id=vehicle_id)
    car = car or crew.car
    wanted = [
        Requirement(BAY, tuple(each.pk for each in crew.bays)),
        Requirement(TECHNICIAN, tuple(each.pk for each in crew.technicians)),
    ]
    if car is not None:
        wanted.append(Requirement(CAR, (car.pk,)))
    people = (*crew.bays, *crew.technicians)
    known = (*people, car) if car is not None else people
    return Demand(site, need, crew, tuple(wanted), {each.pk: each.ref_id for each in people}, known)


def earliest_start(site: Site) -> datetime:
    """From when on a customer may come: now and the site's lead time."""
    return clock.now() + timedelta(minutes=site.lead_minutes)


def pair(demand: Demand, free: dict[str, tuple[UUID, ...]]) -> dict[str, tuple[UUID, ...]]:
    """The same choices, the first bay whose usual technician is free and that technician first."""
    bays, technicians = free[BAY], free[TECHNICIAN]
    for bay in bays:
        usual = demand.crew.usual.get(bay)
        if usual in technicians:
            return {**free, BAY: _first(bay, bays), TECHNICIAN: _first(usual, technicians)}
    return free


def _free(demand: Demand, earliest: datetime | None, days: int, step_minutes: int = STEP_MINUTES, at_most: int | None = None) -> list[Slot]:
    from_instant = earliest_start(demand.site)
    if earliest is not None:
        from_instant = max(from_instant, earliest)
    window = Period(from_instant, from_instant + timedelta(days=days))
    return free_time.free(
        requirements=demand.requirements,
        minutes=demand.need.minutes,
        window=window,
        step_minutes=step_minutes,
        at_most=at_most,
        known=demand.resources,
    )


def _opening(demand: Demand, slot: Slot) -> Opening:
    choices = pair(demand, slot.choices)
    return Opening(
        slot.period.starts_at,
        slot.period.ends_at,
        tuple(demand.things[resource_id] for resource_id in choices[BAY]),
        tuple(demand.things[resource_id] for resource_id in choices[TECHNICIAN]),
    )


def _apart(slots: Iterable[Slot], at_most: int) -> list[Slot]:
    chosen: list[Slot] = []
    for slot in slots:
        if len(chosen) == at_most:
            break
        if all(abs(slot.period.starts_at - other.period.starts_at) >= _APART for other in chosen):
            chosen.append(slot)
    return chosen


def _next(slots: Iterable[Slot], at_most: int) -> tuple[list[Slot], bool]:
    """The earliest, and whether there are enough, so that there is no need to look further ahead."""
    chosen = _apart(slots, at_most)
    return chosen, len(chosen) == at_most


def _spread(slots: Sequence[Slot], at_most: int, zone: ZoneInfo) -> tuple[list[Slot], bool]:
    """First another day and another part of the day, then another day, then another time; full and half hours before quarters.

    Also says whether they are on days of their own, so that there is no need to look further ahead.
    """
    local = [_Candidate(slot, slot.period.starts_at.astimezone(zone)) for slot in slots]
    local.sort(key=lambda each: (each.day, each.at.minute % 30 != 0, each.at))
    chosen: list[_Candidate] = []
    unlike: tuple[Callable[[_Candidate, _Candidate], bool], ...] = (
        lambda one, other: one.day != other.day and one.part != other.part,
        lambda one, other: one.day != other.day,
        lambda one, other: abs(one.slot.period.starts_at - other.slot.period.starts_at) >= _APART,
    )
    is_settled = False
    for number, differs in enumerate(unlike):
        for candidate in local:
            if len(chosen) == at_most:
                break
            if all(differs(candidate, other) for other in chosen):
                chosen.append(candidate)
        if number == 1:
            is_settled = len(chosen) == at_most
    return sorted((each.slot for each in chosen), key=lambda slot: slot.period.starts_at), is_settled


class _Candidate:
    """A slot with what the wall clock says, worked out once."""

    __slots__ = ("at", "day", "part", "slot")

    def __init__(self, slot: Slot, at: datetime) -> None:
        self.slot, self.at, self.day = slot, at, at.date()
        self.part = next(number for number, end in enumerate(_PARTS_OF_DAY) if at.hour < end)


def _first(resource_id: UUID, of: tuple[UUID, ...]) -> tuple[UUID, ...]:
    return (resource_id, *(each for each in of if each != resource_id))
