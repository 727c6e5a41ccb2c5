"""Times that are free for a kind of work."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from ninja import Query, Router
from pydantic import Field

from forecourt.faces.api.door import ApiRequest, right
from forecourt.faces.api.shapes import Slot
from forecourt.journeys.workshop import slots as workshop_slots
from forecourt.kernel.errors import NotFound
from forecourt.records.dealership.models import Site
from forecourt.runtime import access

router = Router()


@router.get("", response=list[Slot], **right("workshop.book"))
def slots(
    request: ApiRequest,
    site_id: UUID,
    work_kinds: Query[list[str]],
    vehicle_id: UUID | None = None,
    earliest: datetime | None = None,
    days: Query[Annotated[int, Field(ge=1, le=60)]] = 21,
    at_most: Query[Annotated[int, Field(ge=1, le=50)]] = 3,
) -> list[Slot]:
    """The best free slots, spread over days and times of day."""
    access.require(request.actor, "workshop.book")
    if not Site.objects.filter(pk=site_id).exists():
        raise NotFound
    free = workshop_slots.offer(
        site_id=site_id, work_kinds=work_kinds, vehicle_id=vehicle_id, earliest=earliest, days=days, at_most=at_most
    )
    return [Slot(starts_at=each.starts_at, ends_at=each.ends_at) for each in free]
