"""Job cards: the work on a visit."""

from uuid import UUID

from django.db.models import QuerySet
from ninja import Router
from ninja.pagination import paginate

from forecourt.faces.api import looks
from forecourt.faces.api.door import ApiRequest, right
from forecourt.faces.api.pages import Pages
from forecourt.faces.api.shapes import JobCardOut
from forecourt.journeys.workshop.models import JobCard
from forecourt.runtime import access

router = Router()


@router.get("", response=list[JobCardOut], **right("workshop.see_job_card", names_a_thing=False))
@paginate(Pages)
def job_cards(request: ApiRequest, stage: str = "", vehicle_id: UUID | None = None) -> QuerySet[JobCard]:
    """Job cards, newest first; narrow by stage or car."""
    rows = JobCard.objects.prefetch_related("lines").order_by("-number")
    if stage:
        rows = rows.filter(stage=stage)
    if vehicle_id:
        rows = rows.filter(vehicle_id=vehicle_id)
    return rows


@router.get("/{uuid:job_card_id}", response=JobCardOut, **right("workshop.see_job_card"))
def job_card(request: ApiRequest, job_card_id: UUID) -> JobCard:
    """One job card with its lines."""
    found = access.fetch(JobCard, job_card_id, actor=request.actor, right="workshop.see_job_card")
    looks.opened(request, found)
    return found
