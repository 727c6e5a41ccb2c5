"""Putting right what is known of a customer; it outlives the next file, until somebody takes what the file says after all."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from forecourt.faces.staff import looks
from forecourt.faces.staff.correcting import is_put_right
from forecourt.faces.staff.customers.forms import CustomerForm
from forecourt.faces.staff.door import StaffRequest, door
from forecourt.records.people import customers
from forecourt.records.people.models import Customer
from forecourt.runtime import access


@require_http_methods(["GET", "POST"])
@door("people.edit_customer")
def edit(request: StaffRequest, customer_id: UUID) -> HttpResponse:
    """The form as it stands; only what is written otherwise is changed."""
    customer = access.fetch(Customer, customer_id, actor=request.actor, right="people.edit_customer")
    looks.opened(request, "customer", customer.pk, [])
    form = CustomerForm(request.POST or None, initial={name: getattr(customer, name, "") for name in CustomerForm.base_fields})
    del form.fields["returns_by"]
    if is_put_right(request, form, partial(customers.change, actor=request.actor, customer_id=customer_id)):
        return redirect("customers:customer", customer_id)
    return render(request, "staff/customers/edit.html", {"form": form, "customer": customer}, status=422 if form.is_bound else 200)


@require_POST
@door("people.edit_customer")
def release(request: StaffRequest, customer_correction_id: UUID) -> HttpResponse:
    """Take what the dealer management system says after all."""
    customer = customers.release(actor=request.actor, customer_correction_id=customer_correction_id)
    messages.success(request, _("It is again as the file says."))
    return redirect("customers:customer", customer.pk)
