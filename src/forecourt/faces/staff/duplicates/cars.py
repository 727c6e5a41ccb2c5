"""The queue of pairs that may be one car: two records side by side, what speaks for it, and one key for each decision."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from forecourt.engines.audience.criteria import FUELS, VEHICLE_KINDS
from forecourt.faces.staff import looks
from forecourt.faces.staff.corrected import VEHICLE_PARTS
from forecourt.faces.staff.door import StaffRequest, door
from forecourt.faces.ui.templatetags.ui import day, km
from forecourt.kernel.errors import Refusal
from forecourt.records.history.models import Visit
from forecourt.records.people.models import Customer
from forecourt.records.vehicles import background, duplicates, merges, vehicles
from forecourt.records.vehicles.models import Vehicle, VehicleLikeness, VehicleReference
from forecourt.runtime import access

_MOST_LISTED = 1000
_CODES = dict(FUELS) | dict(VEHICLE_KINDS)
_DAYS = {
    "first_registration": "first_registered_on", "test": "statutory_test_due_on", "warranty": "warranty_until", "contract": "contract_until",
}  # fmt: skip
EVIDENCE = {
    ("vin", "misread"): gettext_lazy("VINs alike but for signs that are easily misread"),
    ("vin", "near"): gettext_lazy("Almost the same VIN"),
    ("vin", "other"): gettext_lazy("Different VINs"),
    ("plate", "same"): gettext_lazy("The same plate"),
    ("plate", "other"): gettext_lazy("Different plates"),
    ("keeper", "same"): gettext_lazy("The same keeper"),
    ("keeper", "other"): gettext_lazy("Different keepers"),
    ("make", "same"): gettext_lazy("The same make"),
    ("make", "other"): gettext_lazy("Different makes"),
    ("model", "same"): gettext_lazy("The same model"),
    ("model", "near"): gettext_lazy("Almost the same model"),
    ("model", "other"): gettext_lazy("Different models"),
    ("registered", "same"): gettext_lazy("First registered on the same day"),
    ("registered", "year"): gettext_lazy("Of the same year"),
    ("registered", "other"): gettext_lazy("First registered on different days"),
    ("fuel", "other"): gettext_lazy("Different fuels"),
}


def count(request: HttpRequest) -> int:
    """How many wait, for the navigation."""
    return VehicleLikeness.objects.filter(state="waiting").count()


@require_GET
@door("vehicles.merge")
def queue(request: StaffRequest) -> HttpResponse:
    """One pair at a time, the likeliest first."""
    ids = list(duplicates.waiting().values_list("pk", flat=True)[:_MOST_LISTED])
    place = next((place for place, pk in enumerate(ids) if str(pk) == request.GET.get("pair")), 0)
    decided = VehicleLikeness.objects.filter(state__in=("merged", "different")).count()
    pair = duplicates.waiting().get(pk=ids[place]) if ids else None
    picture = _picture(pair) if pair else None
    if pair and picture:
        looks.opened(request, "duplicate_cars", pair.pk, [side["keeper"].pk for side in picture["sides"] if side["keeper"]])
    waiting = VehicleLikeness.objects.filter(state="waiting").count() if len(ids) == _MOST_LISTED else len(ids)
    context = {
        "pair": picture,
        "place": place + 1,
        "waiting": waiting,
        "decided": decided,
        "percent": round(100 * decided / (decided + waiting)) if decided + waiting else 100,
        "before": _address(ids[place - 1]) if place else "",
        "after": _address(ids[place + 1]) if place + 1 < len(ids) else "",
        "last": _last_decision(request),
        "tab_cars": True,
        **tabs(request),
    }
    return render(request, "staff/duplicates/cars.html", context)


@require_POST
@door("vehicles.merge")
def merge(request: StaffRequest, vehicle_likeness_id: UUID) -> HttpResponse:
    """They are one car; `survivor` is whose record stays, and each field names the record that it is taken from."""
    access.fetch(VehicleLikeness, vehicle_likeness_id, actor=request.actor, right="vehicles.merge")
    try:
        survivor_id = UUID(request.POST.get("survivor", ""))
    except ValueError:
        messages.error(request, _("Please choose which record stays."))
        return redirect(_address(vehicle_likeness_id))
    take = [name for name in (*merges.FIELDS, merges.KEEPER) if request.POST.get(name) not in (None, str(survivor_id))]
    return _decide(
        request,
        lambda: duplicates.merge_pair(
            actor=request.actor, vehicle_likeness_id=vehicle_likeness_id, survivor_id=survivor_id, take=take
        ),
    )  # fmt: skip


@require_POST
@door("vehicles.merge")
def different(request: StaffRequest, vehicle_likeness_id: UUID) -> HttpResponse:
    """They are two cars."""
    return _decide(request, lambda: duplicates.tell_apart(actor=request.actor, vehicle_likeness_id=vehicle_likeness_id))


@require_POST
@door("vehicles.merge")
def ask_again(request: StaffRequest, vehicle_likeness_id: UUID) -> HttpResponse:
    """Take "different" back."""
    return _decide(
        request, lambda: duplicates.ask_again(actor=request.actor, vehicle_likeness_id=vehicle_likeness_id), pair=vehicle_likeness_id
    )


@require_POST
@door("vehicles.merge")
def undo(request: StaffRequest, vehicle_merge_id: UUID) -> HttpResponse:
    """Two records again."""

    def act() -> None:
        merges.undo(actor=request.actor, vehicle_merge_id=vehicle_merge_id)
        messages.success(request, _("These are two cars again, each with its own orders."))

    return _decide(request, act)


@require_POST
@door("vehicles.merge")
def look(request: StaffRequest) -> HttpResponse:
    """Compare all cars now, in the background."""
    background.look_for_duplicates.defer(by=request.actor, organisation=str(request.actor.organisation_id))
    messages.success(request, _("All cars are being compared; new pairs appear here in a moment."))
    return redirect("duplicates:cars")


def tabs(request: StaffRequest) -> dict[str, Any]:
    """Which of the two queues this member of staff may see."""
    return {"may_people": access.may(request.actor, "people.merge"), "may_cars": access.may(request.actor, "vehicles.merge")}


def _decide(request: StaffRequest, act: Callable[[], object], pair: UUID | None = None) -> HttpResponse:
    try:
        act()
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect(_address(pair) if pair else reverse("duplicates:cars"))


def _address(vehicle_likeness_id: UUID) -> str:
    return f"{reverse('duplicates:cars')}?pair={vehicle_likeness_id}"


def _last_decision(request: StaffRequest) -> dict[str, Any] | None:
    """What this person decided last and can take back with one key."""
    merged = merges.last_of(request.actor)
    told = VehicleLikeness.objects.filter(state="different", decided_by_id=request.actor.id).select_related("one")
    apart = told.order_by("-decided_at").first()
    if merged and (apart is None or apart.decided_at is None or merged.merged_at >= apart.decided_at):
        return {"url": reverse("duplicates:undo_car", args=[merged.pk]), "text": _("Merged: %(name)s") % {"name": _named(merged.survivor)}}
    if apart:
        return {
            "url": reverse("duplicates:ask_again_car", args=[apart.pk]),
            "text": _("Told apart: %(name)s") % {"name": _named(apart.one)},
        }
    return None


def _named(car: Vehicle) -> str:
    return car.plate or car.vin


def _picture(pair: VehicleLikeness) -> dict[str, Any]:
    """Both records field by field; the older one is proposed to stay."""
    older, newer = (_side(car) for car in sorted((pair.one, pair.other), key=lambda car: (car.created_at, car.pk)))
    shown: list[tuple[str, object, str, str]] = [
        (name, label, _shown(older["car"], name), _shown(newer["car"], name)) for name, label in VEHICLE_PARTS.items()
    ]
    shown.append((merges.KEEPER, _("Kept by"), older["keeper_name"], newer["keeper_name"]))
    rows = [
        {"name": name, "label": label, "older": one, "newer": other, "is_different": one != other, "takes_newer": not one}
        for name, label, one, other in shown
        if one or other
    ]
    for key, row in enumerate((row for row in rows if row["is_different"]), 1):
        row["key"] = key if key <= 9 else ""
    return {
        "likeness": pair,
        "older": older,
        "newer": newer,
        "sides": (older, newer),
        "rows": rows,
        "evidence": [{**each, "words": EVIDENCE.get((each["of"], each["level"]), each["of"])} for each in pair.evidence],
    }


def _side(car: Vehicle) -> dict[str, Any]:
    keeper: Customer | None = vehicles.keeper_of(car.pk)
    return {
        "car": car,
        "name": _named(car),
        "keeper": keeper,
        "keeper_name": keeper.name if keeper else "",
        "visits": Visit.objects.filter(vehicle=car, gone_on=None).aggregate(number=Count("pk"), last=Max("opened_on")),
        "sources": list(VehicleReference.objects.filter(vehicle=car).order_by("source", "number").values_list("source", "number")[:6]),
    }


def _shown(car: Vehicle, name: str) -> str:
    if name in _DAYS:
        on = getattr(car, _DAYS[name])
        return str(day(on)) if on else ""
    if name == "next_service":
        said = (day(car.service_due_on) if car.service_due_on else "", km(car.service_due_km) if car.service_due_km else "")
        return " / ".join(str(each) for each in said if each)
    value = getattr(car, name)
    return str(_CODES.get(value, value)) if value else ""
