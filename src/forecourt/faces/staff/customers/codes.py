"""Giving a customer the code that joins their record to their account."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from forecourt.faces.staff.door import StaffRequest, door
from forecourt.records.accounts import customer_links, dealer_codes
from forecourt.records.people import customers


@require_POST
@door("accounts.give_code")
def give(request: StaffRequest, customer_id: UUID) -> HttpResponse:
    """A fresh code, shown this once."""
    customer = customers.find(actor=request.actor, customer_id=customer_id)
    context = {
        "customer": customer,
        "code": dealer_codes.give(actor=request.actor, customer_id=customer.pk),
        "days": dealer_codes.DAYS,
        "joined": customer_links.owners_of(customer_id=customer.pk).count(),
    }
    response = render(request, "staff/customers/code.html", context)
    response.headers["Cache-Control"] = "private, no-store"
    return response
