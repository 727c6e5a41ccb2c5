"""Times that are free for a kind of work."""

from ninja import Query, Router

from forecourt.faces.api.door import ApiRequest, right
from forecourt.faces.api.shapes import Problem, Slot, SlotsWanted
from forecourt.journeys.workshop import slots as workshop_slots
from forecourt.kernel.errors import NotFound
from forecourt.records.dealership.models import Site

router = Router()


@router.get("", response={200: list[Slot], 409: Problem}, **right("workshop.book"))
def slots(request: ApiRequest, wanted: Query[SlotsWanted]) -> list[Slot]:
    """The best free slots, spread over days and times of day."""
    if not Site.objects.filter(pk=wanted.site_id).exists():
        raise NotFound
    return [Slot(starts_at=each.starts_at, ends_at=each.ends_at) for each in workshop_slots.offer(**wanted.dict())]
