"""Who came into a segment and who left it, from one noted day to the next, and how many it had on each.

Owns `Membership` and `SegmentDay`. Noted once the facts of a day are worked out, over all sites; a day noted again is put right. Kept five
weeks. Who is in a segment now is always asked anew (`members`): nothing but these pages and figures rests on what is kept here.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from forecourt.engines.audience.models import Membership, Segment, SegmentDay, VehicleFacts
from forecourt.engines.audience.segments import members, spellings
from forecourt.engines.audience.segments.members import Member
from forecourt.kernel import conditions
from forecourt.kernel.conditions import Not
from forecourt.kernel.errors import Refusal
from forecourt.records.dealership.models import Site
from forecourt.runtime import access, clock, scope
from forecourt.runtime.actors import Actor

Way = Literal["came", "left"]
KEPT_DAYS = 35

# ruff: noqa: S608 - put together from our own texts; values go in as parameters

_OF_IT = "organisation_id = %(organisation)s AND segment_id = %(segment)s"
_NOTE = f"""
WITH inside AS MATERIALIZED ({{members}}), gone AS (
    UPDATE audience_membership old SET left_on = %(today)s
     WHERE old.{_OF_IT} AND left_on IS NULL AND came_on < %(today)s AND NOT EXISTS (SELECT 1 FROM inside WHERE inside.vehicle_id = old.vehicle_id)
), never AS (
    DELETE FROM audience_membership old
     WHERE old.{_OF_IT} AND left_on IS NULL AND came_on >= %(today)s AND NOT EXISTS (SELECT 1 FROM inside WHERE inside.vehicle_id = old.vehicle_id)
), again AS (
    UPDATE audience_membership old SET left_on = NULL
     WHERE old.{_OF_IT} AND left_on = %(today)s AND EXISTS (SELECT 1 FROM inside WHERE inside.vehicle_id = old.vehicle_id)
)
INSERT INTO audience_membership (id, organisation_id, segment_id, vehicle_id, came_on)
SELECT gen_random_uuid(), %(organisation)s, %(segment)s, inside.vehicle_id, %(today)s
  FROM inside
 WHERE NOT EXISTS (SELECT 1 FROM audience_membership old WHERE old.{_OF_IT} AND old.vehicle_id = inside.vehicle_id
                      AND (old.left_on IS NULL OR old.left_on = %(today)s))
"""


@dataclass(frozen=True)
class Changes:
    """What changed from one noted day to the next, as far as somebody's sites go."""

    before: date
    day: date
    came: int
    left: int
    has_other_rule: bool  # the segment itself was changed in between


def note(*, segment_ids: Collection[UUID] | None = None, today: date | None = None) -> int:
    """Note who is in these segments today, or in all that are in use; returns how many were noted. Repeatable."""
    today = today or clock.now().date()
    found = Segment.objects.filter(archived_at=None)
    if segment_ids is not None:
        found = found.filter(pk__in=segment_ids)
    noted = [_note(segment, today) for segment in found.order_by("pk")]
    _forget(today - timedelta(days=KEPT_DAYS))
    return sum(noted)


def changes(*, actor: Actor, segment: Segment) -> Changes | None:
    """From the day noted last but one to the last; None before there are two."""
    members.let_see(actor, segment)
    last = list(SegmentDay.objects.filter(segment=segment).order_by("-day")[:2])
    if len(last) < 2:
        return None
    day, before = last
    came, left = (_cars(actor, segment, way, day.day).count() for way in ("came", "left"))
    return Changes(before=before.day, day=day.day, came=came, left=left, has_other_rule=day.version != before.version)


def changed(*, actor: Actor, segment: Segment, way: Way, offset: int = 0, size: int = 50) -> list[Member]:
    """A page of those who came or left, with what holds now, or holds no more."""
    told = changes(actor=actor, segment=segment)
    if told is None:
        return []
    rows = list(_cars(actor, segment, way, told.day).select_related("vehicle").order_by("vehicle__plate_key", "pk")[offset : offset + size])
    rule = conditions.parse(segment.rule)
    known = members.facts_of(rule=rule, vehicle_ids=[row.vehicle_id for row in rows])
    spelled = spellings.resolved(rule)
    asked = spelled if way == "came" else Not(spelled)
    return members.with_keepers(rows, lambda row: conditions.because(asked, known[row.vehicle_id], clock.now().date()))


def trends(*, actor: Actor, segment_ids: Collection[UUID]) -> dict[UUID, list[tuple[date, int]]]:
    """Cars by day, oldest first. They are of all sites, so who works at some of them alone is told none."""
    access.require(actor, "audience.see_segments")
    found: dict[UUID, list[tuple[date, int]]] = {}
    if actor.sites is None or not Site.objects.exclude(pk__in=actor.sites).exists():
        for segment_id, day, cars in (
            SegmentDay.objects.filter(segment_id__in=segment_ids).order_by("day").values_list("segment_id", "day", "cars")
        ):
            found.setdefault(segment_id, []).append((day, cars))
    return found


def _cars(actor: Actor, segment: Segment, way: Way, day: date) -> QuerySet[VehicleFacts]:
    of_day = Membership.objects.filter(segment=segment)
    of_day = of_day.filter(came_on=day, left_on=None) if way == "came" else of_day.filter(left_on=day)
    rows = VehicleFacts.objects.filter(vehicle_id__in=of_day.values("vehicle_id"))
    return rows if actor.sites is None else rows.filter(Q(site_id=None) | Q(site_id__in=actor.sites))


def _forget(before: date) -> None:
    SegmentDay.objects.filter(day__lt=before).delete()
    Membership.objects.filter(Q(left_on__lt=before) | Q(segment__archived_at__date__lt=before)).delete()


@transaction.atomic
def _note(segment: Segment, today: date) -> int:
    try:
        sql, params = members.ids(of=segment, at=today)
    except Refusal:
        return 0  # it asks for something that is no longer known; its own page says so
    values: dict[str, Any] = {"organisation": scope.organisation_id(), "segment": segment.pk, "today": today}
    names = [f"rule_{place}" for place in range(len(params))]
    with connection.cursor() as cursor:
        # Two workers noting the same day would both write who came.
        Segment.objects.select_for_update().get(pk=segment.pk)
        statement = _NOTE.format(members=sql % tuple(f"%({name})s" for name in names))
        cursor.execute(statement, values | dict(zip(names, params, strict=True)))
    of_it = Membership.objects.filter(segment=segment)
    is_first = not SegmentDay.objects.filter(segment=segment, day__lt=today).exists()
    told = {
        "cars": of_it.filter(left_on=None).count(),
        "came": 0 if is_first else of_it.filter(came_on=today, left_on=None).count(),
        "left": of_it.filter(left_on=today).count(),
        "version": segment.version,
    }
    SegmentDay.objects.update_or_create(segment=segment, day=today, defaults=told)
    return 1
