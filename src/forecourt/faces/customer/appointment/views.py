"""A customer's appointment: when and where, another time, cancel, a note, photos or a short video, an entry for the calendar."""

from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from forecourt.faces.customer import times, uploads
from forecourt.faces.customer.appointment import calendars
from forecourt.faces.customer.door import CustomerRequest, address, door
from forecourt.faces.ui import asked
from forecourt.journeys.workshop import appointments, slots
from forecourt.journeys.workshop.lifecycles import OPEN_APPOINTMENT
from forecourt.journeys.workshop.models import Appointment, JobCard
from forecourt.kernel.errors import NotFound, Refusal
from forecourt.records.catalogue import work
from forecourt.runtime import files

DAYS_SHOWN = 14


@require_GET
@door("appointment")
def page(request: CustomerRequest, token: str) -> HttpResponse:
    """The appointment as it stands; once the car is here, its visit."""
    appointment = _appointment(request)
    card = JobCard.objects.filter(appointment=appointment).first()
    if card is not None:
        return redirect(address(request, "visit", card.pk))
    return _show(request, appointment, already=request.GET.get("already", ""))


@require_http_methods(["GET", "POST"])
@door("appointment")
def move(request: CustomerRequest, token: str) -> HttpResponse:
    """Choose another time."""
    appointment = _appointment(request)
    problem = ""
    if request.method == "POST":
        starts_at = times.chosen(request.POST.get("slot", ""))
        try:
            if starts_at is None:
                raise Refusal("no_time", _("Please choose a time."))
            seen = asked.number(request.POST.get("version", "")) or 0
            appointments.move(actor=request.actor, appointment_id=appointment.pk, starts_at=starts_at, version=seen)
        except Refusal as refusal:
            problem = str(refusal)
            appointment.refresh_from_db()
        else:
            return redirect("customer_appointment", token)
    wanted: dict[str, Any] = {
        "site_id": appointment.site_id, "work_kinds": appointment.work_kinds, "vehicle_id": None, "days": DAYS_SHOWN,
    }  # fmt: skip
    days = times.by_day(slots.openings(**wanted), appointment.site, wanted=request.POST.get("slot", ""))
    context = _about(appointment) | {"days": days, "problem": problem}
    return render(request, "customer/appointment/move.html", context, status=409 if problem else 200)


@require_POST
@door("appointment")
def cancel(request: CustomerRequest, token: str) -> HttpResponse:
    """Give the time back."""
    appointment = _appointment(request)
    try:
        appointments.cancel(actor=request.actor, appointment_id=appointment.pk, reason="customer_asked")
    except Refusal as refusal:
        return _show(request, appointment, problem=str(refusal), status=409)
    return redirect("customer_appointment", token)


@require_POST
@door("appointment")
def add(request: CustomerRequest, token: str) -> HttpResponse:
    """Add a note, photos or a short video."""
    appointment = _appointment(request)
    note = request.POST.get("note", "").strip()
    try:
        with transaction.atomic():
            uploads.hang(request, appointment.pk, sent=uploads.stored(request), note=note)
    except Refusal as refusal:
        return _show(request, appointment, problem=str(refusal), note=note, status=422)
    return redirect("customer_appointment", token)


@require_GET
@door("appointment")
def calendar(request: CustomerRequest, token: str) -> HttpResponse:
    """The appointment for the customer's own calendar (RFC 5545)."""
    about = _about(_appointment(request))
    body = calendars.entry(about["appointment"], title=", ".join(about["work"]))
    return HttpResponse(
        body, content_type="text/calendar; charset=utf-8", headers={"Content-Disposition": 'attachment; filename="appointment.ics"'}
    )


def _show(
    request: CustomerRequest, appointment: Appointment, *, problem: str = "", note: str = "", already: str = "", status: int = 200
) -> HttpResponse:
    media = appointment.media.select_related("stored_file").order_by("added_at")
    shown = [(files.signed_url(each.stored_file, "small"), files.signed_url(each.stored_file), each.stored_file) for each in media]
    context = _about(appointment) | {"problem": problem, "typed": note, "media": shown, "already": already}
    return render(request, "customer/appointment/page.html", context, status=status)


def _about(appointment: Appointment) -> dict[str, Any]:
    language = get_language() or "en"
    timezone.activate(appointment.site.zone)
    return {
        "appointment": appointment,
        "vehicle": appointment.vehicle,
        "site": appointment.site,
        "starts_at": calendars.local(appointment.starts_at, appointment.site),
        "work": [kind.label(language) for kind in work.kinds(appointment.work_kinds)],
        "is_open": appointment.state in OPEN_APPOINTMENT,
    }


def _appointment(request: CustomerRequest) -> Appointment:
    rows = Appointment.objects.select_related("vehicle", "site")
    found = rows.filter(pk=request.link.subject_id, customer_id=request.customer.pk).first()
    if found is None:
        raise NotFound
    return found
