"""Cars that the dealer knows."""

from uuid import UUID

from django.db.models import QuerySet
from ninja import Router
from ninja.pagination import paginate

from forecourt.faces.api import looks
from forecourt.faces.api.door import ApiRequest, right
from forecourt.faces.api.pages import Pages
from forecourt.faces.api.shapes import VehicleOut
from forecourt.kernel.identifiers import normal_plate
from forecourt.records.vehicles.models import Vehicle
from forecourt.runtime import access

router = Router()


@router.get("", response=list[VehicleOut], **right("vehicles.see_vehicle", names_a_thing=False))
@paginate(Pages)
def vehicles(request: ApiRequest, vin: str = "", plate: str = "") -> QuerySet[Vehicle]:
    """Cars by plate; narrow by VIN or plate."""
    rows = Vehicle.objects.filter(merged_into=None).order_by("plate_key", "pk")
    if vin:
        rows = rows.filter(vin=vin.strip().upper())
    if plate:
        rows = rows.filter(plate_key=normal_plate(plate))
    return rows


@router.get("/{uuid:vehicle_id}", response=VehicleOut, **right("vehicles.see_vehicle"))
def vehicle(request: ApiRequest, vehicle_id: UUID) -> Vehicle:
    """One car."""
    found = access.fetch(Vehicle, vehicle_id, actor=request.actor, right="vehicles.see_vehicle")
    looks.opened(request, found)
    return found
