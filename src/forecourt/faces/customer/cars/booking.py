"""Booking work for one of my cars: choose what is to be done, then a time that is free."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from forecourt.faces.customer import account_door, own, times
from forecourt.faces.customer.account_door import AccountRequest
from forecourt.faces.ui import asked
from forecourt.journeys.workshop import appointments, slots
from forecourt.kernel.errors import NotPermitted, Refusal
from forecourt.records.catalogue.models import WorkKind
from forecourt.records.dealership.models import Site
from forecourt.records.people.models import Customer
from forecourt.records.vehicles import vehicles
from forecourt.records.vehicles.models import Vehicle
from forecourt.runtime.actors import Actor

DAYS_SHOWN = 14


@require_http_methods(["GET", "POST"])
@account_door.door
def book(request: AccountRequest, link_id: UUID, vehicle_id: UUID) -> HttpResponseBase:
    """Work, place and time on one page; without script it is sent once for the times and once to book."""
    with account_door.linked(request, link_id, vehicle_id=vehicle_id) as (link, actor):
        if "workshop.book" not in actor.rights:
            raise NotPermitted("workshop.book")
        vehicle = vehicles.find(actor=actor, vehicle_id=vehicle_id)
        site = _site(request, link.customer_id)
        problem = ""
        if request.method == "POST":
            try:
                appointment = _book(request, actor, link.customer_id, vehicle, site)
            except Refusal as refusal:
                problem = str(refusal)
            else:
                return redirect("customer_appointment", own.token(link.pk, appointment.pk))
        return _show(request, vehicle, site, problem)


def _book(request: AccountRequest, actor: Actor, customer_id: UUID, vehicle: Vehicle, site: Site) -> Any:
    starts_at = times.chosen(request.POST.get("slot", ""))
    if starts_at is None:
        raise Refusal("no_time", _("Please choose a time."))
    return appointments.book(
        actor=actor, customer_id=customer_id, vehicle_id=vehicle.pk, site_id=site.pk, work_kinds=_kinds(request), starts_at=starts_at,
        note=request.POST.get("note", ""), source="account",
    )  # fmt: skip


def _show(request: AccountRequest, vehicle: Vehicle, site: Site, problem: str) -> HttpResponse:
    timezone.activate(site.zone)
    chosen, days = _kinds(request), []
    if chosen:
        try:
            wanted: dict[str, Any] = {"site_id": site.pk, "work_kinds": chosen, "vehicle_id": vehicle.pk, "days": DAYS_SHOWN}
            days = times.by_day(slots.openings(**wanted), site, wanted=request.POST.get("slot", ""))
        except Refusal as refusal:
            problem = problem or str(refusal)
    language = get_language() or "en"
    context = {
        "vehicle": vehicle,
        "site": site,
        "sites": [(str(each.pk), each.name) for each in Site.objects.order_by("name")],
        "kinds": [(kind.code, kind.label(language), kind.code in chosen) for kind in WorkKind.objects.filter(is_active=True)],
        "chosen": chosen,
        "days": [(day, free, any(each.is_chosen for each in free)) for day, free in days],
        "note": request.POST.get("note", ""),
        "problem": problem,
    }
    return render(request, "customer/cars/book.html", context, status=409 if problem and request.method == "POST" else 200)


def _kinds(request: AccountRequest) -> list[str]:
    return [code for code in (request.POST if request.method == "POST" else request.GET).getlist("work") if code][:10]


def _site(request: AccountRequest, customer_id: UUID) -> Site:
    """The one asked for, else where the customer is at home, else the first."""
    wanted = asked.identifier((request.POST if request.method == "POST" else request.GET).get("site", ""))
    home = Customer.objects.filter(pk=customer_id).values_list("home_site_id", flat=True).first()
    sites = {site.pk: site for site in Site.objects.order_by("name")}
    return sites.get(wanted) or sites.get(home) or next(iter(sites.values()))  # type: ignore[arg-type]
