"""Customers of the dealer."""

from uuid import UUID

from django.db.models import Q, QuerySet
from ninja import Router
from ninja.pagination import paginate

from forecourt.faces.api import looks
from forecourt.faces.api.door import ApiRequest, right
from forecourt.faces.api.pages import Pages
from forecourt.faces.api.shapes import CustomerOut, EmailAddress, VehicleOut
from forecourt.records.people.models import Customer
from forecourt.records.vehicles.models import Vehicle
from forecourt.runtime import access

router = Router()


@router.get("", response=list[CustomerOut], **right("people.see_customer", names_a_thing=False))
@paginate(Pages)
def customers(request: ApiRequest, number: str = "", email: EmailAddress = "") -> QuerySet[Customer]:
    """Customers by name; narrow by number or e-mail."""
    rows = Customer.objects.filter(merged_into=None).order_by("sort_key", "pk")
    wanted = Q()
    if number:
        wanted &= Q(number=number)
    if email:
        wanted &= Q(email=email)
    return rows.filter(wanted)


@router.get("/{uuid:customer_id}", response=CustomerOut, **right("people.see_customer"))
def customer(request: ApiRequest, customer_id: UUID) -> Customer:
    """One customer."""
    found = access.fetch(Customer, customer_id, actor=request.actor, right="people.see_customer")
    looks.opened(request, found)
    return found


@router.get("/{uuid:customer_id}/vehicles", response=list[VehicleOut], **right("vehicles.see_vehicle"))
def customers_vehicles(request: ApiRequest, customer_id: UUID) -> list[Vehicle]:
    """The cars a customer keeps today."""
    access.fetch(Customer, customer_id, actor=request.actor, right="people.see_customer")
    access.require(request.actor, "vehicles.see_vehicle")
    found = list(Vehicle.objects.filter(holdings__customer_id=customer_id, holdings__until_on=None).order_by("plate_key").distinct())
    looks.listed(request, Vehicle, found)
    return found
