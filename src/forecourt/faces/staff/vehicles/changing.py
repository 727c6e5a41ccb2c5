"""Putting right what is known of a car; it outlives the next file, until somebody takes what the file says after all."""

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

from forecourt.engines.audience.criteria import FUELS, VEHICLE_KINDS
from forecourt.faces.staff import looks
from forecourt.faces.staff.correcting import is_put_right
from forecourt.faces.staff.door import StaffRequest, door
from forecourt.records.vehicles import vehicles
from forecourt.records.vehicles.mileage import HIGHEST_KM
from forecourt.records.vehicles.models import Vehicle
from forecourt.runtime import access, clock


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))


class VehicleForm(forms.Form):
    """What a file may have wrong about a car."""

    plate = forms.CharField(label=gettext_lazy("Plate"), max_length=16, required=False)
    make = forms.CharField(label=gettext_lazy("Make"), max_length=40, required=False)
    model = forms.CharField(label=gettext_lazy("Model"), max_length=80, required=False)
    fuel = forms.ChoiceField(label=gettext_lazy("Fuel"), choices=[("", "–"), *FUELS], required=False)
    vin = forms.CharField(label=gettext_lazy("VIN"), max_length=20, required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Type of vehicle"), choices=[("", "–"), *VEHICLE_KINDS], required=False)
    model_year = forms.IntegerField(label=gettext_lazy("Model year"), min_value=1900, max_value=2100, required=False)
    first_registered_on = _day(gettext_lazy("First registration"))
    statutory_test_due_on = _day(gettext_lazy("Statutory test until"))
    warranty_until = _day(gettext_lazy("Warranty until"))
    contract_until = _day(gettext_lazy("Lease or contract until"))
    service_due_on = _day(gettext_lazy("Next service on"))
    service_due_km = forms.IntegerField(
        label=gettext_lazy("Next service at km"), min_value=1, max_value=HIGHEST_KM, required=False,
        help_text=gettext_lazy("As the car or the service book says; whichever comes first counts, until the next service is done."),
    )  # fmt: skip
    mileage = forms.IntegerField(
        label=gettext_lazy("Mileage in km"), min_value=0, max_value=HIGHEST_KM, required=False,
        help_text=gettext_lazy("As it is today; only a later reading replaces it."),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@door("vehicles.edit_vehicle")
def edit(request: StaffRequest, vehicle_id: UUID) -> HttpResponse:
    """The form as it stands; only what is written otherwise is changed."""
    vehicle = access.fetch(Vehicle, vehicle_id, actor=request.actor, right="vehicles.edit_vehicle")
    looks.opened(request, "vehicle", vehicle.pk, [])
    form = VehicleForm(request.POST or None, initial={name: getattr(vehicle, name) for name in VehicleForm.base_fields})
    if is_put_right(request, form, partial(_change, request, vehicle_id)):
        return redirect("vehicles:vehicle", vehicle_id)
    return render(request, "staff/vehicles/edit.html", {"form": form, "vehicle": vehicle}, status=422 if form.is_bound else 200)


def _change(request: StaffRequest, vehicle_id: UUID, **fields: Any) -> Vehicle:
    if "mileage" in fields:
        fields["mileage_on"] = None if fields["mileage"] is None else clock.today(request.site.zone)
    return vehicles.change(actor=request.actor, vehicle_id=vehicle_id, **fields)


@require_POST
@door("vehicles.edit_vehicle")
def release(request: StaffRequest, vehicle_correction_id: UUID) -> HttpResponse:
    """Take what the dealer management system says after all."""
    vehicle = vehicles.release(actor=request.actor, vehicle_correction_id=vehicle_correction_id)
    messages.success(request, _("It is again as the file says."))
    return redirect("vehicles:vehicle", vehicle.pk)
