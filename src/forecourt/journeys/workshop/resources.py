"""Bays, technicians and cars as resources whose time booking can take, and which of them a kind of work needs.

Dealership says who and what is there; booking takes the time. What ties the two stands here: a bay's equipment and a technician's
skills are the abilities of their resources, and a car is a resource too, so that it is never in two places.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from forecourt.engines.booking import resources
from forecourt.engines.booking.models import Resource
from forecourt.kernel.errors import Refusal
from forecourt.kernel.periods import Period
from forecourt.records.catalogue.models import WorkKind
from forecourt.records.dealership.models import Absence, Bay, Site, StaffMember
from forecourt.records.vehicles.models import Vehicle

BAY, TECHNICIAN, CAR = "bay", "technician", "car"
_SHORTEST_MINUTES = 15


@dataclass(frozen=True)
class Need:
    """What some work asks for, in one go: time, equipment of the bay, skills of the technician."""

    minutes: int
    equipment: frozenset[str]
    skills: frozenset[str]


@dataclass(frozen=True)
class Crew:
    """The bays and technicians of a site that can do the work, those with the least to spare first."""

    bays: tuple[Resource, ...]
    technicians: tuple[Resource, ...]
    usual: dict[UUID, UUID]  # bay's resource -> its usual technician's resource
    car: Resource | None = None  # none yet: it was never booked, so it is nowhere else


@transaction.atomic
def refresh(*, site_id: UUID) -> None:
    """Bring the resources of a site in line with its bays, technicians, hours and absences. Repeatable."""
    site = Site.objects.get(pk=site_id)
    resources.lock(site_id=site.pk)
    bays = list(Bay.objects.filter(site=site, is_active=True))
    for bay in bays:
        resources.ensure(kind=BAY, ref_id=bay.pk, name=bay.name, abilities=bay.equipment, position=bay.position, **_there(site))
    technicians = list(StaffMember.objects.filter(home_site=site, role="technician", is_active=True))
    for member in technicians:
        there = _there(site, member.working_hours)
        resource = resources.ensure(kind=TECHNICIAN, ref_id=member.pk, name=member.name, abilities=member.skills, **there)
        absences = Absence.objects.filter(staff_member=member)
        resources.close(resource_id=resource.pk, periods=[Period(each.starts_at, each.ends_at) for each in absences], reason="absence")
    _retire(site, BAY, {bay.pk for bay in bays})
    _retire(site, TECHNICIAN, {member.pk for member in technicians})


def car(vehicle: Vehicle) -> Resource:
    """The car as a resource; it is always open."""
    return resources.ensure(kind=CAR, ref_id=vehicle.pk, site_id=None, name=vehicle.plate or vehicle.vin or str(vehicle))


def need(kinds: Iterable[WorkKind]) -> Need:
    """What these kinds of work ask for when done one after the other in one bay by one technician."""
    chosen = list(kinds)
    minutes = max(_SHORTEST_MINUTES, sum(kind.minutes for kind in chosen))
    return Need(
        minutes, frozenset(kind.equipment for kind in chosen if kind.equipment), frozenset(kind.skill for kind in chosen if kind.skill)
    )


def crew(*, site_id: UUID, need: Need, vehicle_id: UUID | None = None) -> Crew:
    """Who can do it here. Refusal("not_possible_here") if no bay or no technician can do all of it.

    Those with the least to spare come first, so that an oil change leaves the test lane to those who need it.
    """
    here, the_car = Q(site_id=site_id, kind__in=(BAY, TECHNICIAN)), Q(kind=CAR, ref_id=vehicle_id)
    usual_technician = Bay.objects.filter(pk=OuterRef("ref_id")).values("technician_id")
    known = list(
        Resource.objects.filter(here | the_car if vehicle_id else here, is_active=True)
        .annotate(usual=Subquery(usual_technician))
        .order_by()
    )
    bays = _able(known, BAY, need.equipment)
    technicians = _able(known, TECHNICIAN, need.skills)
    if not bays or not technicians:
        raise Refusal(
            "not_possible_here",
            _("This work cannot be done here in one go. Please book it separately, or call us."),
            lacks="equipment" if not bays else "skills",
        )
    by_member = {each.ref_id: each.pk for each in technicians}
    usual = {each.pk: by_member.get(each.usual) for each in known}
    pairs = {bay.pk: technician for bay in bays if (technician := usual[bay.pk]) is not None}
    return Crew(bays, technicians, pairs, next((each for each in known if each.kind == CAR), None))


def _able(known: Sequence[Resource], kind: str, wanted: frozenset[str]) -> tuple[Resource, ...]:
    able = [each for each in known if each.kind == kind and wanted <= set(each.abilities)]
    return tuple(sorted(able, key=lambda each: (len(each.abilities), each.position, each.name)))


def _there(site: Site, hours: str = "") -> dict[str, Any]:
    """When whoever works at this site is there: by their own hours, else the site's."""
    return {"site_id": site.pk, "hours": hours or site.opening_hours, "zone": site.zone, "closed_on": site.closed_on}


def _retire(site: Site, kind: str, present: set[UUID]) -> None:
    known = Resource.objects.filter(site_id=site.pk, kind=kind, is_active=True).values_list("ref_id", flat=True)
    gone = [ref_id for ref_id in known if ref_id not in present]
    if gone:
        resources.retire(kind=kind, ref_ids=gone)
