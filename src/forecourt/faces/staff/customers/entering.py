"""Entering a customer by hand: who comes to the desk for the first time, and who was erased and comes anew."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from forecourt.faces.staff.customers.forms import CustomerForm
from forecourt.faces.staff.door import StaffRequest, door
from forecourt.kernel.errors import Refusal
from forecourt.records.people import customers


@require_http_methods(["GET", "POST"])
@door("people.edit_customer")
def new(request: StaffRequest) -> HttpResponse:
    """The form; whoever was erased is entered with the reason alone, which the audit trail keeps."""
    form = CustomerForm(request.POST or None, initial={"country": request.organisation.country, "language": request.organisation.language})
    was_erased = False
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                customer = customers.enter(actor=request.actor, home_site_id=request.site.pk, **form.cleaned_data)
        except Refusal as refusal:
            was_erased = refusal.code == "was_erased"
            form.add_error("returns_by" if was_erased else None, str(refusal))
        else:
            messages.success(request, _("Entered."))
            return redirect("customers:customer", customer.pk)
    asks_why = was_erased or bool(request.POST.get("returns_by"))
    # Not "optional" any more; but who mistyped an address corrects it without a reason.
    form.fields["returns_by"].required, form.use_required_attribute = asks_why, False
    status = 422 if form.is_bound else 200
    return render(request, "staff/customers/new.html", {"form": form, "asks_why": asks_why, "was_erased": was_erased}, status=status)
