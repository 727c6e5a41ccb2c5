"""The car arrives: who is expected today, check in, accept with condition and signature. Made for a phone beside the car."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from forecourt.faces.staff import looks
from forecourt.faces.staff.arrivals import pictures
from forecourt.faces.staff.arrivals.forms import AcceptanceForm
from forecourt.faces.staff.arrivals.pictures import Pictures
from forecourt.faces.staff.door import StaffRequest, door
from forecourt.journeys.workshop import arrivals
from forecourt.journeys.workshop.models import Appointment, JobCard
from forecourt.kernel.errors import Refusal
from forecourt.records.catalogue import work
from forecourt.records.dealership.models import Site
from forecourt.records.people import customers
from forecourt.records.vehicles import vehicles
from forecourt.runtime import access, clock

TO_ACCEPT = "arrived"
_FIELD_OF = {"mileage_falls": "mileage", "mileage_wrong": "mileage", "fuel_wrong": "fuel_percent", "not_signed": "signed_name"}


@dataclass(frozen=True)
class Expected:
    """A car of today: when, what for, how far it has come."""

    appointment: Appointment
    work: str
    job_card: JobCard | None
    is_late: bool

    @property
    def stage(self) -> str:
        return self.job_card.stage if self.job_card else "booked"


@require_GET
@door("workshop.check_in")
def day(request: StaffRequest) -> HttpResponse:
    """Today's cars: those still to come, those to be accepted, those that are in."""
    if not request.sites:
        return render(request, "staff/nothing.html")
    text = request.GET.get("q", "").strip()
    cars = _expected(request.site, text)
    looks.listed(request, "arrivals", [each.appointment.customer_id for each in cars], asked=text)
    context = {
        "q": text,
        "today": clock.now(),
        "to_accept": [each for each in cars if each.stage == TO_ACCEPT],
        "to_come": [each for each in cars if each.job_card is None],
        "here": [each for each in cars if each.job_card and each.stage != TO_ACCEPT],
    }
    return render(request, "staff/arrivals/day.html", context)


@require_POST
@door("workshop.check_in")
def check_in(request: StaffRequest, appointment_id: UUID) -> HttpResponse:
    """The car is here; acceptance follows. Tapped twice, or done by a colleague meanwhile, it leads to the acceptance there is."""
    try:
        job_card_id = arrivals.check_in(actor=request.actor, appointment_id=appointment_id).pk
    except Refusal:
        known = JobCard.objects.filter(appointment_id=appointment_id).values_list("pk", flat=True).first()
        if known is None:
            raise
        job_card_id = known
    return redirect("arrivals:accept", job_card_id)


@require_http_methods(["GET", "POST"])
@door("workshop.accept")
def accept(request: StaffRequest, job_card_id: UUID) -> HttpResponse:
    """Photos, mileage, fuel, damage, valuables, signature."""
    job_card = access.fetch(
        JobCard, job_card_id, actor=request.actor, right="workshop.accept", related=("site", "customer", "vehicle", "appointment")
    )
    with timezone.override(job_card.site.zone):
        if request.method == "POST":
            return _accept(request, job_card)
        if job_card.stage != TO_ACCEPT:
            return redirect("job_cards:card", job_card.pk)
        looks.opened(request, "job_card", job_card.pk, [job_card.customer_id])
        form = AcceptanceForm(initial={"signed_name": job_card.customer.name})
        return _show(request, job_card, form, Pictures(job_card.pk))


def _accept(request: StaffRequest, job_card: JobCard) -> HttpResponse:
    taken = pictures.carried(request, job_card.pk)
    form = AcceptanceForm(request.POST)
    problem, needs_tick = "", False
    try:
        pictures.take(request, taken)
    except Refusal as refusal:
        problem = str(refusal)
    if not taken.signature:
        problem = problem or _("The signature is missing.")
    if form.is_valid() and not problem:
        try:
            _hand_over(request, job_card, form, taken)
        except Refusal as refusal:
            needs_tick = refusal.code == "mileage_falls"
            form.add_error(_FIELD_OF.get(refusal.code), str(refusal))
        else:
            messages.success(request, _("The car is accepted."))
            return redirect("job_cards:card", job_card.pk)
    return _show(request, job_card, form, taken, problem=problem, needs_tick=needs_tick, status=422)


def _hand_over(request: StaffRequest, job_card: JobCard, form: AcceptanceForm, taken: Pictures) -> None:
    asked = form.cleaned_data
    assert taken.signature is not None
    arrivals.accept(
        actor=request.actor,
        job_card_id=job_card.pk,
        mileage=asked["mileage"],
        fuel_percent=asked["fuel_percent"],
        valuables=asked["valuables"],
        damage=form.marks(),
        photos=taken.photos,
        signature=taken.signature,
        signed_name=asked["signed_name"],
        is_mileage_confirmed=asked["is_mileage_confirmed"],
    )


def _show(
    request: StaffRequest,
    job_card: JobCard,
    form: AcceptanceForm,
    taken: Pictures,
    *,
    problem: str = "",
    needs_tick: bool = False,
    status: int = 200,
) -> HttpResponse:
    labels = work.labels()
    context: dict[str, Any] = {
        "job_card": job_card,
        "vehicle": job_card.vehicle,
        "work": [labels.get(code, code) for code in job_card.appointment.work_kinds],
        "form": form,
        "damage": _readable(form["damage"].value()),
        "taken": taken,
        "problem": problem,
        "needs_tick": needs_tick or bool(form.is_bound and form.data.get("is_mileage_confirmed")),
        "signature_typed": request.POST.get("signature_typed", ""),
    }
    return render(request, "staff/arrivals/accept.html", context, status=status)


def _readable(marks: Any) -> str:
    """Marks that the page can draw again; what cannot be read is drawn as none."""
    try:
        return json.dumps(json.loads(marks or "[]"))
    except (TypeError, ValueError):
        return "[]"


def _expected(site: Site, text: str) -> list[Expected]:
    zone = ZoneInfo(site.zone)
    today = clock.today(site.zone)
    starts_at = datetime(today.year, today.month, today.day, tzinfo=zone)
    rows = Appointment.objects.filter(
        site=site, starts_at__gte=starts_at, starts_at__lt=starts_at + timedelta(days=1), state__in=("requested", "confirmed", "arrived")
    )
    if text:
        rows = rows.filter(vehicles.matching(text, vehicle="vehicle__") | Q(customer_id__in=customers.matching(text).values("pk")))
    labels, now = work.labels(), clock.now()
    return [
        _expectation(each, labels, now) for each in rows.select_related("vehicle", "customer", "job_card").order_by("starts_at", "number")
    ]


def _expectation(appointment: Appointment, labels: dict[str, str], now: datetime) -> Expected:
    job_card: JobCard | None = getattr(appointment, "job_card", None)
    shown = ", ".join(labels.get(code, code) for code in appointment.work_kinds)
    return Expected(appointment, shown, job_card, job_card is None and appointment.starts_at < now)
