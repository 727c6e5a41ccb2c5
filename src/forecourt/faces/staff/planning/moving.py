"""Moving an appointment: by a drop on the board, answered with fragments, or by a page that needs no script."""

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from forecourt.faces.staff import looks
from forecourt.faces.staff.door import StaffRequest, door
from forecourt.faces.staff.planning import pieces
from forecourt.faces.staff.planning.forms import WALL_CLOCK, MoveForm
from forecourt.journeys.workshop import appointments, slots
from forecourt.journeys.workshop.models import Appointment
from forecourt.journeys.workshop.slots import Opening
from forecourt.kernel.errors import Refusal
from forecourt.runtime import access

RIGHT = "workshop.move_appointment"
OFFERED = 6


@require_POST
@door(RIGHT)
def move(request: StaffRequest, appointment_id: UUID) -> HttpResponse:
    """Move it, or answer 409 with the reason and the card as it stands (422 for what cannot be read)."""
    appointment = _fetch(request, appointment_id)
    with timezone.override(appointment.site.zone):
        form = MoveForm(request.POST)
        form.offer(appointment.site)
        if not form.is_valid():
            return _not_understood(request, appointment, form)
        asked = form.cleaned_data
        was = appointment.bay_id
        try:
            moved = appointments.move(
                actor=request.actor, appointment_id=appointment.pk, starts_at=asked["starts_at"], version=asked["version"],
                bay_id=asked["resource"], technician_id=asked["technician"], minutes=asked["minutes"],
            )  # fmt: skip
        except Refusal as refusal:
            return _refused(request, form, refusal, appointment_id)
        if not request.headers.get("HX-Request"):
            return redirect(f"{reverse('planning:day')}?day={_local(moved).date().isoformat()}")
        shown = pieces.day_of(moved.site_id, _local(moved).date())
        lanes = [lane for lane in shown.lanes if lane.bay_id in {was, moved.bay_id}]
        return HttpResponse(pieces.changed(shown, moved.pk, may_move=True, lanes=lanes))


@require_GET
@door(RIGHT)
def move_form(request: StaffRequest, appointment_id: UUID) -> HttpResponse:
    """The same by hand: day, time, bay, technician, length."""
    appointment = _fetch(request, appointment_id)
    looks.opened(request, "appointment", appointment.pk, [appointment.customer_id])
    with timezone.override(appointment.site.zone):
        starts_at = _asked(request.GET.get("starts_at", "")) or _local(appointment)
        form = MoveForm(initial=_initial(appointment) | {"starts_at": starts_at})
        form.offer(appointment.site)
        return _show(request, appointment, form)


def _fetch(request: StaffRequest, appointment_id: UUID) -> Appointment:
    related = ("site", "customer", "vehicle")
    return access.fetch(Appointment, appointment_id, actor=request.actor, right=RIGHT, related=related)


def _initial(appointment: Appointment) -> dict[str, Any]:
    return {
        "resource": appointment.bay_id,
        "technician": appointment.technician_id,
        "minutes": appointment.minutes,
        "version": appointment.version,
    }


def _not_understood(request: StaffRequest, appointment: Appointment, form: MoveForm) -> HttpResponse:
    if request.headers.get("HX-Request"):
        problems = [str(problem) for problems in form.errors.values() for problem in problems]
        context = {"problems": problems, "card": _card(appointment)}
        return render(request, "staff/planning/_refused.html", context, status=422)
    return _show(request, appointment, form, status=422)


def _refused(request: StaffRequest, form: MoveForm, refusal: Refusal, appointment_id: UUID) -> HttpResponse:
    """The reason, what is free instead, and the card in its true place."""
    appointment = _fetch(request, appointment_id)
    free = _choices(refusal.facts.get("alternatives"), appointment)
    if request.headers.get("HX-Request"):
        context = {"problems": [str(refusal)], "free": free, "appointment": appointment, "card": _card(appointment)}
        return render(request, "staff/planning/_refused.html", context, status=409)
    # What was typed stays; only the version is the current one, so that a second try is a decision on what is shown now.
    again = MoveForm(initial={name: form[name].value() for name in form.fields} | {"version": appointment.version})
    again.offer(appointment.site)
    return _show(request, appointment, again, problem=str(refusal), free=free, status=409)


def _show(
    request: StaffRequest, appointment: Appointment, form: MoveForm, *, problem: str = "", free: Any = None, status: int = 200
) -> HttpResponse:
    if free is None:
        free = _choices(_offered(appointment), appointment)
    context = {"appointment": appointment, "form": form, "problem": problem, "free": free, "starts_at": _local(appointment)}
    return render(request, "staff/planning/move.html", context, status=status)


def _offered(appointment: Appointment) -> list[Opening]:
    try:
        return slots.offer(site_id=appointment.site_id, work_kinds=appointment.work_kinds, at_most=OFFERED, spread=False)
    except Refusal:
        return []


def _choices(openings: Any, appointment: Appointment) -> list[tuple[str, datetime]]:
    zone = ZoneInfo(appointment.site.zone)
    times = [each.starts_at.astimezone(zone) for each in openings or ()]
    return [(f"{at:{WALL_CLOCK}}", at) for at in times]


def _card(appointment: Appointment) -> str:
    shown = pieces.day_of(appointment.site_id, _local(appointment).date())
    return pieces.only_card(shown, appointment.pk, may_move=True)


def _local(appointment: Appointment) -> datetime:
    return appointment.starts_at.astimezone(ZoneInfo(appointment.site.zone))


def _asked(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, WALL_CLOCK)  # noqa: DTZ007 - a wall clock; the form reads it in the site's zone
    except ValueError:
        return None
