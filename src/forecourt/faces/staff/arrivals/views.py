"""Cars that arrive."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from forecourt.faces.staff.door import StaffRequest, door
from forecourt.journeys.workshop import arrivals


@require_POST
@door("workshop.check_in")
def check_in(request: StaffRequest, appointment_id: UUID) -> HttpResponse:
    job_card = arrivals.check_in(actor=request.actor, appointment_id=appointment_id)
    return redirect("job_cards:card", job_card.pk)


@require_GET
@door("workshop.check_in")
def day(request: StaffRequest) -> HttpResponse:
    return render(request, "staff/nothing.html")
