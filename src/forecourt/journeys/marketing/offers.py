"""Which free times an invitation carries, and how much time the workshop has for those it has not written to.

The workshop says what is free; here it is shared out, so that not everyone who is written to in one night is offered the same hour,
and no flow writes to more people than there is time for (requirement M4).
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from forecourt.engines.booking import taken
from forecourt.engines.booking.models import Resource
from forecourt.journeys.marketing.models import Invitation
from forecourt.journeys.workshop import resources, slots
from forecourt.journeys.workshop.slots import Opening
from forecourt.kernel.errors import Refusal
from forecourt.kernel.periods import Period
from forecourt.records.catalogue.models import WorkKind
from forecourt.records.dealership.models import Site
from forecourt.runtime import clock, scope

SLOTS_IN_A_MAIL = 3
AT_LEAST_AHEAD = timedelta(days=1)
DAYS_OFFERED = 14
#: An offer older than this no longer keeps others from the same hour.
OFFER_COUNTS_FOR = timedelta(days=4)
_PARTS_OF_DAY = (11, 14)
_MICROSECONDS_A_MINUTE = 60_000_000

Differs = Callable[[Opening, Opening], bool]


def choose(invitation: Invitation) -> tuple[list[Opening], list[str]]:
    """Up to three free times on different days, those least offered to others first, and the work they are for.

    Where all of the work cannot be done in one go, the first of it is offered alone. Refusal as of the workshop's slots.
    """
    site = Site.objects.get(pk=invitation.site_id)
    kinds = list(invitation.work_kinds)
    try:
        free = _free(invitation, kinds)
    except Refusal as refusal:
        if refusal.code != "not_possible_here" or len(kinds) < 2:
            raise
        kinds = kinds[:1]
        free = _free(invitation, kinds)
    return _spread(free, _offered(site.pk), ZoneInfo(site.zone)), kinds


def free_minutes(site_id: UUID, kinds: Iterable[WorkKind], *, days: int = DAYS_OFFERED) -> int:
    """How much work of these kinds the site could still take in the next days: the free time of its bays or people, whichever is less."""
    bays: dict[UUID, Resource] = {}
    people: dict[UUID, Resource] = {}
    for kind in kinds:
        try:
            crew = resources.crew(site_id=site_id, need=resources.need([kind]))
        except Refusal:
            continue
        bays |= {bay.pk: bay for bay in crew.bays}
        people |= {each.pk: each for each in crew.technicians}
    now = clock.now()
    window = Period(now, now + timedelta(days=days))
    return min(_free_time(list(bays.values()), window), _free_time(list(people.values()), window))


def spoken_for(*, days: int = DAYS_OFFERED) -> dict[UUID, int]:
    """Minutes per site that are offered in invitations nobody has answered yet."""
    minutes = dict(WorkKind.objects.values_list("code", "minutes"))
    since = clock.now() - timedelta(days=days)
    waiting = Invitation.objects.filter(state__in=("planned", "sent"), planned_at__gte=since)
    total: dict[UUID, int] = {}
    for site_id, kinds in waiting.values_list("site_id", "work_kinds"):
        total[site_id] = total.get(site_id, 0) + sum(minutes.get(kind, 0) for kind in kinds)
    return total


def _free(invitation: Invitation, kinds: Sequence[str]) -> list[Opening]:
    return slots.openings(
        site_id=invitation.site_id,
        work_kinds=kinds,
        vehicle_id=invitation.vehicle_id,
        earliest=clock.now() + AT_LEAST_AHEAD,
        days=DAYS_OFFERED,
    )


def _offered(site_id: UUID) -> dict[datetime, int]:
    """How many open invitations carry each time."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT (slot ->> 'starts_at')::timestamptz, count(*)
                 FROM marketing_invitation invitation, jsonb_array_elements(invitation.slots) slot
                WHERE organisation_id = %s AND site_id = %s AND state IN ('planned', 'sent') AND planned_at > %s
                GROUP BY 1""",
            [scope.organisation_id(), site_id, clock.now() - OFFER_COUNTS_FOR],
        )
        return dict(cursor.fetchall())


def _spread(free: Sequence[Opening], offered: dict[datetime, int], zone: ZoneInfo) -> list[Opening]:
    """First another day and another part of the day, then another day, then another time."""
    room = {each.starts_at: min(len(each.bay_ids), len(each.technician_ids)) for each in free}

    def rank(opening: Opening) -> tuple[int, datetime, bool]:
        rounds = offered.get(opening.starts_at, 0) // max(1, room[opening.starts_at])
        return rounds, opening.starts_at, opening.starts_at.minute % 30 != 0

    ordered = sorted(free, key=rank)
    chosen: list[Opening] = []
    unlike: tuple[Differs, ...] = (
        lambda one, other: _day(one, zone) != _day(other, zone) and _part(one, zone) != _part(other, zone),
        lambda one, other: _day(one, zone) != _day(other, zone),
        lambda one, other: abs(one.starts_at - other.starts_at) >= timedelta(hours=1),
    )
    for differs in unlike:
        for opening in ordered:
            if len(chosen) < SLOTS_IN_A_MAIL and all(differs(opening, other) for other in chosen):
                chosen.append(opening)
    return sorted(chosen, key=lambda opening: opening.starts_at)


def _day(opening: Opening, zone: ZoneInfo) -> object:
    return opening.starts_at.astimezone(zone).date()


def _part(opening: Opening, zone: ZoneInfo) -> int:
    hour = opening.starts_at.astimezone(zone).hour
    return sum(hour >= end for end in _PARTS_OF_DAY)


def _free_time(members: Sequence[Resource], window: Period) -> int:
    """Minutes of the window in which these are neither closed nor taken, added up."""
    first, last = taken.instant(window.starts_at), taken.instant(window.ends_at)
    total = 0
    for intervals in taken.by_resource(members, window):
        reached = first
        for starts, ends in sorted(intervals.tolist()):
            total += max(0, min(starts, last) - reached)
            reached = max(reached, min(ends, last))
        total += max(0, last - reached)
    return total // _MICROSECONDS_A_MINUTE
