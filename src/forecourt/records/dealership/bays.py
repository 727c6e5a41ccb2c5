"""Bays: what stands in them and who usually works there. Their time is taken through booking."""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from forecourt.records.dealership.events import BayAdded, BayChanged
from forecourt.records.dealership.models import Bay, Site, StaffMember
from forecourt.runtime import access
from forecourt.runtime.actors import Actor
from forecourt.runtime.events import publish


@transaction.atomic
def add(
    *,
    actor: Actor,
    site_id: UUID,
    name: str,
    department: str = "mechanical",
    equipment: Collection[str] = ("lift",),
    technician_id: UUID | None = None,
    position: int = 0,
) -> Bay:
    site = access.fetch(Site, site_id, actor=actor, right="dealership.manage_bays")
    technician = _technician(actor, technician_id)
    bay = Bay.objects.create(
        site=site, name=name, department=department, equipment=sorted(equipment), technician=technician, position=position
    )
    publish(BayAdded(bay_id=bay.pk, site_id=site.pk), by=actor)
    return bay


@transaction.atomic
def change(
    *,
    actor: Actor,
    bay_id: UUID,
    equipment: Collection[str] | None = None,
    technician_id: UUID | None = None,
    is_active: bool | None = None,
) -> Bay:
    """Change what is given; None leaves it."""
    bay = access.fetch(Bay, bay_id, actor=actor, right="dealership.manage_bays", lock=True)
    if equipment is not None:
        bay.equipment = sorted(equipment)
    if technician_id is not None:
        bay.technician = _technician(actor, technician_id)
    if is_active is not None:
        bay.is_active = is_active
    bay.save()
    publish(BayChanged(bay_id=bay.pk, site_id=bay.site_id), by=actor)
    return bay


def _technician(actor: Actor, technician_id: UUID | None) -> StaffMember | None:
    if technician_id is None:
        return None
    return access.fetch(StaffMember, technician_id, actor=actor, right="dealership.manage_bays")
