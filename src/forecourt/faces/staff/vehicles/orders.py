"""Putting right the day and the mileage that one order says; they outlive the next file, until somebody takes what the file says after all."""

from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from forecourt.faces.staff import corrected, looks, origins
from forecourt.faces.staff.corrected import VISIT_PARTS
from forecourt.faces.staff.correcting import is_put_right
from forecourt.faces.staff.door import StaffRequest, door
from forecourt.records.history import putting_right
from forecourt.records.history.models import Visit
from forecourt.records.vehicles.mileage import HIGHEST_KM
from forecourt.runtime import access, clock


class OrderForm(forms.Form):
    """What was typed at the counter."""

    opened_on = forms.DateField(label=gettext_lazy("Day"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    kilometres = forms.IntegerField(label=gettext_lazy("Mileage in km"), min_value=0, max_value=HIGHEST_KM)

    def __init__(self, visit: Visit, sent: Any = None) -> None:
        super().__init__(sent, initial={"opened_on": visit.opened_on, "kilometres": visit.mileage})
        self.fields["kilometres"].required = visit.mileage is not None
        if visit.is_own:
            del self.fields["opened_on"]  # the car came on that day
        else:
            limits = {"min": putting_right.first_day(visit.vehicle), "max": clock.today(visit.site.zone)}
            self.fields["opened_on"].widget.attrs |= {name: limit.isoformat() for name, limit in limits.items() if limit}


@require_http_methods(["GET", "POST"])
@door("vehicles.edit_vehicle")
def edit(request: StaffRequest, visit_id: UUID) -> HttpResponse:
    """The form as it stands, and what the other orders of this car say."""
    visit = access.fetch(Visit, visit_id, actor=request.actor, right="vehicles.edit_vehicle", related=["vehicle", "site"])
    looks.opened(request, "vehicle", visit.vehicle_id, [visit.customer_id])
    form = OrderForm(visit, request.POST or None)
    if is_put_right(request, form, partial(_change, request, visit_id)):
        return redirect("vehicles:vehicle", visit.vehicle_id)
    others = Visit.objects.filter(vehicle=visit.vehicle, gone_on=None, mileage__isnull=False).exclude(pk=visit.pk)
    context = {
        "form": form,
        "visit": visit,
        "earlier": others.filter(opened_on__lte=visit.opened_on).order_by("-opened_on", "-id").first(),
        "later": others.filter(opened_on__gt=visit.opened_on).order_by("opened_on", "id").first(),
        "corrections": corrected.shown(visit.corrections.all(), VISIT_PARTS),
        "origin": origins.told(request, visit),
        "may_edit": True,
    }
    return render(request, "staff/vehicles/order.html", context, status=422 if form.is_bound else 200)


def _change(request: StaffRequest, visit_id: UUID, kilometres: int | None = None, opened_on: date | None = None) -> None:
    if opened_on is not None:
        putting_right.day(actor=request.actor, visit_id=visit_id, opened_on=opened_on)
    if kilometres is not None:
        putting_right.mileage(actor=request.actor, visit_id=visit_id, kilometres=kilometres)


@require_POST
@door("vehicles.edit_vehicle")
def release(request: StaffRequest, visit_correction_id: UUID) -> HttpResponse:
    """Take what the dealer management system says after all."""
    visit = putting_right.release(actor=request.actor, visit_correction_id=visit_correction_id)
    messages.success(request, _("It is again as the file says."))
    return redirect("vehicles:vehicle", visit.vehicle_id)
