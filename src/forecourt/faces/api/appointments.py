"""Appointments: the same actions as the pages call."""

from uuid import UUID

from django.db.models import QuerySet
from ninja import Router, Status
from ninja.pagination import paginate

from forecourt.faces.api import looks
from forecourt.faces.api.door import ApiRequest, right
from forecourt.faces.api.pages import Pages
from forecourt.faces.api.shapes import AppointmentCancel, AppointmentIn, AppointmentMove, AppointmentOut, Instant, Problem
from forecourt.journeys.workshop import appointments as workshop_appointments
from forecourt.journeys.workshop.models import Appointment
from forecourt.runtime import access

router = Router()


@router.get("", response=list[AppointmentOut], **right("workshop.see_board", names_a_thing=False))
@paginate(Pages)
def appointments(
    request: ApiRequest, site_id: UUID | None = None, starts_from: Instant | None = None, starts_before: Instant | None = None
) -> QuerySet[Appointment]:
    """Appointments by time; narrow by site and period."""
    rows = Appointment.objects.order_by("starts_at", "pk")
    if site_id:
        rows = rows.filter(site_id=site_id)
    if starts_from:
        rows = rows.filter(starts_at__gte=starts_from)
    if starts_before:
        rows = rows.filter(starts_at__lt=starts_before)
    return rows


@router.post("", response={201: AppointmentOut, 409: Problem}, **right("workshop.book"))
def book(request: ApiRequest, wanted: AppointmentIn) -> Status[Appointment]:
    """Book; 409 with the next best three where the slot has just been taken, with `appointment_id` where you booked it yourself before."""
    return Status(201, workshop_appointments.book(actor=request.actor, source="api", **wanted.dict()))


@router.get("/{uuid:appointment_id}", response=AppointmentOut, **right("workshop.see_board"))
def appointment(request: ApiRequest, appointment_id: UUID) -> Appointment:
    """One appointment."""
    found = access.fetch(Appointment, appointment_id, actor=request.actor, right="workshop.see_board")
    looks.opened(request, found)
    return found


@router.post("/{uuid:appointment_id}/move", response={200: AppointmentOut, 409: Problem}, **right("workshop.move_appointment"))
def move(request: ApiRequest, appointment_id: UUID, wanted: AppointmentMove) -> Appointment:
    """Move to another time; `version` is the one you last saw."""
    return workshop_appointments.move(actor=request.actor, appointment_id=appointment_id, **wanted.dict())


@router.post("/{uuid:appointment_id}/cancel", response={200: AppointmentOut, 409: Problem}, **right("workshop.cancel_appointment"))
def cancel(request: ApiRequest, appointment_id: UUID, wanted: AppointmentCancel) -> Appointment:
    """Cancel; the customer is told."""
    return workshop_appointments.cancel(actor=request.actor, appointment_id=appointment_id, reason=wanted.reason)
