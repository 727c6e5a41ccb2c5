"""A car: who keeps it, what is due and why, its visits, its timeline."""

from uuid import UUID

from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from forecourt.engines.audience import due
from forecourt.engines.audience.criteria import VEHICLE_KINDS
from forecourt.engines.audience.models import VehicleFacts
from forecourt.faces.staff import corrected, looks, origins
from forecourt.faces.staff.corrected import VEHICLE_PARTS, VISIT_PARTS, Shown
from forecourt.faces.staff.door import StaffRequest, door
from forecourt.records.history import odd_mileages
from forecourt.records.history.models import JobLine, Visit
from forecourt.records.timeline import reading
from forecourt.records.vehicles import merges, vehicles
from forecourt.runtime import access

TIMELINE_LENGTH = 60
VISITS_SHOWN = 30


@require_GET
@door("vehicles.see_vehicle")
def vehicle_page(request: StaffRequest, vehicle_id: UUID) -> HttpResponse:
    """One car with everything that staff may see."""
    vehicle = vehicles.find(actor=request.actor, vehicle_id=vehicle_id)
    if vehicle.pk != vehicle_id:
        return redirect("vehicles:vehicle", vehicle.pk)
    lines = JobLine.objects.order_by("position")
    past = Visit.objects.filter(vehicle=vehicle).select_related("site").prefetch_related(Prefetch("lines", lines), "corrections")
    visits = list(past.order_by("-opened_on")[:VISITS_SHOWN])
    may_edit = access.may(request.actor, "vehicles.edit_vehicle")
    rows = due.of_vehicle(actor=request.actor, vehicle_id=vehicle.pk) if access.may(request.actor, "audience.see_due") else []
    keeper = vehicles.keeper_of(vehicle.pk)
    looks.opened(request, "vehicle", vehicle.pk, [keeper.pk if keeper else None])
    context = {
        "vehicle": vehicle,
        "kind": dict(VEHICLE_KINDS).get(vehicle.kind, ""),
        "keeper": keeper,
        "may_book": access.may(request.actor, "workshop.book"),
        "facts": VehicleFacts.objects.filter(vehicle=vehicle).first(),
        "due": [(row, due.reason(row)) for row in rows],
        "due_worked_out": due.worked_out(rows) if rows else None,
        "visits": [(each, may_edit and request.actor.may_act_at(each.site_id), _said(each)) for each in visits],
        "doubtful": odd_mileages.of_car(vehicle.pk),
        "may_edit": may_edit,
        "sources": vehicle.references.order_by("source", "number"),
        "origin": origins.told(request, vehicle),
        "merges": merges.of_vehicle(vehicle.pk),
        "may_merge": access.may(request.actor, "vehicles.merge"),
        "corrections": corrected.shown(vehicle.corrections.all(), VEHICLE_PARTS),
        "timeline": reading.of("vehicle", vehicle.pk, actor=request.actor, limit=TIMELINE_LENGTH),
    }
    return render(request, "staff/vehicles/vehicle.html", context)


def _said(visit: Visit) -> list[Shown]:
    """What the order's source says where staff put it right."""
    made = visit.corrections.all()
    return corrected.shown(made, VISIT_PARTS) if made else []
