"""Booking at the desk: find the car, choose the work, see what is free, book."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from forecourt.faces.staff import looks
from forecourt.faces.staff.door import StaffRequest, door
from forecourt.faces.staff.planning.forms import NewForm
from forecourt.faces.ui import asked as read
from forecourt.faces.ui import formats
from forecourt.journeys.workshop import appointments, slots
from forecourt.journeys.workshop.slots import Opening
from forecourt.kernel.errors import Refusal
from forecourt.records.catalogue.models import WorkKind
from forecourt.records.dealership.models import Site
from forecourt.records.people.models import Customer
from forecourt.records.vehicles import vehicles
from forecourt.records.vehicles.models import Vehicle
from forecourt.runtime import clock

FOUND_AT_MOST = 12
DAYS_SHOWN = 10
Choice = tuple[str, datetime]


@require_http_methods(["GET", "POST"])
@door("workshop.book")
def new(request: StaffRequest) -> HttpResponse:
    """One page from car to confirmation; every step can be linked to (`?vehicle=`, `?q=`)."""
    if not request.sites:
        return render(request, "staff/nothing.html")
    form = NewForm(request.POST or request.GET)
    kinds = _kinds()
    form.fields["kinds"].choices = kinds  # type: ignore[attr-defined]
    form.is_valid()
    vehicle, customer = _parties(form)
    wanted = Wanted(request.site, form, vehicle, customer)
    return _book(request, wanted) if request.method == "POST" else _show(request, wanted)


@dataclass(frozen=True)
class Wanted:
    """What has been said so far."""

    site: Site
    form: NewForm
    vehicle: Vehicle | None
    customer: Customer | None


def _book(request: StaffRequest, wanted: Wanted) -> HttpResponse:
    form, vehicle, customer = wanted.form, wanted.vehicle, wanted.customer
    asked = form.cleaned_data
    starts_at = read.instant(asked.get("slot") or "")
    problem = _missing(vehicle, customer, asked.get("kinds"), starts_at)
    if problem or vehicle is None or customer is None or starts_at is None:
        return _show(request, wanted, problem=problem, status=422)
    try:
        booked = appointments.book(
            actor=request.actor, customer_id=customer.pk, vehicle_id=vehicle.pk, site_id=wanted.site.pk, work_kinds=asked["kinds"],
            starts_at=starts_at, note=asked.get("note") or "", source="staff",
        )  # fmt: skip
    except Refusal as refusal:
        alternatives: Any = refusal.facts.get("alternatives", ())
        return _show(request, wanted, problem=str(refusal), instead=list(alternatives), status=409)
    day = booked.starts_at.astimezone(ZoneInfo(wanted.site.zone)).date()
    messages.success(request, _("Booked: %(plate)s, %(time)s") % {"plate": vehicle.plate, "time": formats.moment(booked.starts_at, "near")})
    return redirect(f"{reverse('planning:day')}?day={day.isoformat()}")


def _missing(vehicle: Vehicle | None, customer: Customer | None, kinds: Any, starts_at: datetime | None) -> str:
    if vehicle is None:
        return _("Please choose a car first.")
    if customer is None:
        return _("Nobody keeps this car; please choose its customer first.")
    if not kinds:
        return _("Please say what is to be done.")
    return "" if starts_at else _("Please choose a time.")


def _show(
    request: StaffRequest, wanted: Wanted, *, problem: str = "", instead: list[Opening] | None = None, status: int = 200
) -> HttpResponse:
    site, vehicle, asked = wanted.site, wanted.vehicle, wanted.form.cleaned_data
    text = (asked.get("q") or "").strip()
    free: list[tuple[date, list[Choice]]] = []
    if vehicle is not None and asked.get("kinds"):
        try:
            free = _free(site, vehicle, asked["kinds"], asked.get("from_day"))
        except Refusal as refusal:
            problem = problem or str(refusal)
    results = _results(text) if text and vehicle is None else []
    if results or wanted.customer:
        shown = [keeper for _car, keeper in results] or [wanted.customer]
        looks.listed(request, "vehicles", [person.pk for person in shown if person], asked=text)
    context = {
        "q": text,
        "vehicle": vehicle,
        "customer": wanted.customer,
        "results": results,
        "work": [(code, label, code in (asked.get("kinds") or ())) for code, label in _kinds()],
        "chosen": asked.get("slot") or "",
        "from_day": asked.get("from_day") or clock.today(site.zone),
        "note": asked.get("note") or "",
        "free": free,
        "has_asked": bool(asked.get("kinds")),
        "instead": _choices(instead or [], site),
        "problem": problem,
    }
    return render(request, "staff/planning/new.html", context, status=status)


def _kinds() -> list[tuple[str, str]]:
    language = get_language() or "en"
    return [(kind.code, kind.label(language)) for kind in WorkKind.objects.filter(is_active=True)]


def _parties(form: NewForm) -> tuple[Vehicle | None, Customer | None]:
    """The car and who brings it: the customer asked for, else its keeper."""
    vehicle_id, customer_id = form.identifier("vehicle"), form.identifier("customer")
    vehicle = vehicles.standing(pk=vehicle_id) if vehicle_id else None
    if customer_id:
        return vehicle, Customer.objects.filter(pk=customer_id).first()
    return vehicle, vehicles.keeper_of(vehicle.pk) if vehicle else None


def _results(text: str) -> list[tuple[Vehicle, Customer | None]]:
    """Cars by plate, VIN or keeper, each with its keeper."""
    found = Vehicle.objects.filter(vehicles.matching(text)).order_by("plate_key", "id")[:FOUND_AT_MOST]
    cars = list(found)
    keepers = {held.vehicle_id: held.customer for held in vehicles.current_keepers().filter(vehicle__in=cars).select_related("customer")}
    return [(car, keepers.get(car.pk)) for car in cars]


def _free(site: Site, vehicle: Vehicle, kinds: list[str], from_day: date | None) -> list[tuple[date, list[Choice]]]:
    zone = ZoneInfo(site.zone)
    earliest = datetime(from_day.year, from_day.month, from_day.day, tzinfo=zone) if from_day else None
    openings = slots.openings(site_id=site.pk, work_kinds=kinds, vehicle_id=vehicle.pk, earliest=earliest, days=DAYS_SHOWN)
    return [(day, list(times)) for day, times in groupby(_choices(openings, site), key=lambda choice: choice[1].date())]


def _choices(openings: list[Opening], site: Site) -> list[Choice]:
    zone = ZoneInfo(site.zone)
    return [(each.starts_at.isoformat(), each.starts_at.astimezone(zone)) for each in openings]
