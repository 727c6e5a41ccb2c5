"""Job cards: the list, and the page of one."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from forecourt.faces.staff.door import StaffRequest, door
from forecourt.journeys.workshop.models import JobCard
from forecourt.runtime import access


@require_GET
@door("workshop.see_job_card")
def card(request: StaffRequest, job_card_id: UUID) -> HttpResponse:
    access.fetch(JobCard, job_card_id, actor=request.actor, right="workshop.see_job_card")
    return render(request, "staff/nothing.html")


@require_GET
@door("workshop.see_job_card")
def card_list(request: StaffRequest) -> HttpResponse:
    return render(request, "staff/nothing.html")
