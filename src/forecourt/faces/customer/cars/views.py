"""All my cars, whoever's customer I am, and one of them with everything that is mine to see."""

from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from forecourt.faces.customer import account_door
from forecourt.faces.customer.account_door import AccountRequest
from forecourt.faces.customer.cars import garage
from forecourt.faces.customer.cars.garage import Car
from forecourt.records.accounts import customer_links
from forecourt.runtime.live import tokens

TIMELINE_LENGTH = 40


@require_GET
@account_door.door
def cars(request: AccountRequest) -> HttpResponse:
    """Every car with what comes next; those that are at a workshop go on by themselves."""
    shown = [(car, _pass(request, car)) for car in garage.cars(request)]
    context = {"cars": shown, "live_url": f"{settings.LIVE_URL}/live", "many": len({car.dealer.pk for car, _ in shown}) > 1}
    return render(request, "customer/cars/list.html", context)


@require_GET
@account_door.door
def car(request: AccountRequest, link_id: UUID, vehicle_id: UUID) -> HttpResponse:
    """One car: what comes, what is, what was, its papers and who may use it."""
    with account_door.linked(request, link_id, vehicle_id=vehicle_id) as (link, _):
        shown = garage.car(link, vehicle_id, entries=TIMELINE_LENGTH)
        timezone.activate(shown.zone)
        context = {
            "car": shown,
            "live_token": _pass(request, shown),
            "live_url": f"{settings.LIVE_URL}/live",
            "past": garage.past(link, vehicle_id),
            "papers": garage.papers(link, vehicle_id),
            "timeline": shown.latest,
            "drivers": customer_links.drivers_of(owner=link, vehicle_id=vehicle_id).count() if link.is_owner else 0,
            "may_book": "workshop.book" in customer_links.rights_of(link),
        }
        return render(request, "customer/cars/car.html", context)


@require_POST
@account_door.door
def leave(request: AccountRequest, link_id: UUID, vehicle_id: UUID) -> HttpResponse:
    """End what joins this car to the account: a driver's one car, or all of this dealer's for an owner."""
    with account_door.linked(request, link_id, vehicle_id=vehicle_id) as (link, _):
        customer_links.end(link=link)
    return redirect("me_cars")


def _pass(request: AccountRequest, shown: Car) -> str:
    """For following the car's visit live; empty if it is not there, or not this person's to follow."""
    if shown.here is None or not shown.here.url:
        return ""
    return tokens.issue(str(request.device.pk), shown.link.organisation_id, None, [shown.here.topic], get_language() or "en")
