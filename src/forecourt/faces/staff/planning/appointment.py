"""One appointment: who, what, when, note, pictures, history, and what can be done with it."""

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from forecourt.faces.staff import looks
from forecourt.faces.staff.door import StaffRequest, door
from forecourt.faces.staff.planning.forms import CancelForm
from forecourt.journeys.workshop import appointments
from forecourt.journeys.workshop.lifecycles import OPEN_APPOINTMENT
from forecourt.journeys.workshop.models import Appointment, JobCard, Media
from forecourt.kernel.errors import Refusal
from forecourt.records.catalogue import work
from forecourt.records.dealership.models import Bay, StaffMember
from forecourt.records.timeline import reading
from forecourt.runtime import access, clock, files

TIMELINE_LENGTH = 40


@require_GET
@door("workshop.see_board")
def page(request: StaffRequest, appointment_id: UUID) -> HttpResponse:
    """Everything about it."""
    appointment = _fetch(request, appointment_id, "workshop.see_board")
    looks.opened(request, "appointment", appointment.pk, [appointment.customer_id])
    return _show(request, appointment)


@require_POST
@door("workshop.cancel_appointment")
def cancel(request: StaffRequest, appointment_id: UUID) -> HttpResponse:
    appointment = _fetch(request, appointment_id, "workshop.cancel_appointment")
    form = CancelForm(request.POST)
    if not form.is_valid():
        return _show(request, appointment, problem=_("Please say why."), status=422)
    try:
        appointments.cancel(actor=request.actor, appointment_id=appointment.pk, reason=form.cleaned_data["reason"])
    except Refusal as refusal:
        return _show(request, _fetch(request, appointment_id, "workshop.see_board"), problem=str(refusal), status=409)
    messages.success(request, _("The appointment is cancelled and its time is free again."))
    return redirect("planning:appointment", appointment.pk)


@require_POST
@door("workshop.miss_appointment")
def missed(request: StaffRequest, appointment_id: UUID) -> HttpResponse:
    """The car did not come."""
    appointment = _fetch(request, appointment_id, "workshop.miss_appointment")
    try:
        appointments.missed(actor=request.actor, appointment_id=appointment.pk)
    except Refusal as refusal:
        return _show(request, appointment, problem=str(refusal), status=409)
    return redirect("planning:appointment", appointment.pk)


@require_POST
@door("workshop.book")
def add(request: StaffRequest, appointment_id: UUID) -> HttpResponse:
    """A note, photos or a short video."""
    appointment = _fetch(request, appointment_id, "workshop.book")
    note = request.POST.get("note", "").strip()
    try:
        with transaction.atomic():
            sent = [
                files.store(actor=request.actor, name=each.name or "upload", stream=each, kinds=("image", "video"))
                for each in request.FILES.getlist("photos")
            ]
            if note:
                appointments.add_note(actor=request.actor, appointment_id=appointment.pk, note=note)
            if sent:
                appointments.add_media(actor=request.actor, appointment_id=appointment.pk, files=sent)
    except Refusal as refusal:
        return _show(request, appointment, problem=str(refusal), typed=note, status=422)
    return redirect("planning:appointment", appointment.pk)


def _fetch(request: StaffRequest, appointment_id: UUID, right: str) -> Appointment:
    return access.fetch(Appointment, appointment_id, actor=request.actor, right=right, related=("site", "customer", "vehicle"))


def _show(request: StaffRequest, appointment: Appointment, *, problem: str = "", typed: str = "", status: int = 200) -> HttpResponse:
    labels = work.labels(get_language() or "en")
    is_open = appointment.state in OPEN_APPOINTMENT
    may = {name: is_open and access.may(request.actor, right, appointment) for name, right in _DEEDS.items()}
    media = Media.objects.filter(appointment=appointment).select_related("stored_file").order_by("added_at")
    context = {
        "appointment": appointment,
        "job_card": JobCard.objects.filter(appointment=appointment).first(),
        "work": [labels.get(code, code) for code in appointment.work_kinds],
        "day": appointment.starts_at.astimezone(ZoneInfo(appointment.site.zone)).date(),
        "bay": Bay.objects.filter(pk=appointment.bay_id or appointment.pk).first(),
        "technician": StaffMember.objects.filter(pk=appointment.technician_id or appointment.pk).first(),
        "media": [(files.signed_url(each.stored_file, "small"), files.signed_url(each.stored_file), each) for each in media],
        "timeline": reading.of("appointment", appointment.pk, actor=request.actor, limit=TIMELINE_LENGTH),
        "may": may | {"miss": may["miss"] and clock.now() >= appointment.starts_at},
        "reasons": CancelForm().fields["reason"].choices,  # type: ignore[attr-defined]
        "problem": problem,
        "typed": typed,
    }
    with timezone.override(appointment.site.zone):
        return render(request, "staff/planning/appointment.html", context, status=status)


_DEEDS: dict[str, Any] = {
    "check_in": "workshop.check_in",
    "move": "workshop.move_appointment",
    "cancel": "workshop.cancel_appointment",
    "miss": "workshop.miss_appointment",
    "add": "workshop.book",
}
