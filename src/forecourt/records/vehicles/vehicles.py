"""Cars and their keepers: entering, finding, and the end of a holding.

Owns vehicle and holding rows that people write (files come in through `imports`). What is due on a car is audience's.
"""

from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from forecourt.kernel import identifiers
from forecourt.kernel.errors import NotFound, Refusal
from forecourt.records.people import customers
from forecourt.records.people.models import Customer
from forecourt.records.vehicles.events import HoldingBegan, HoldingEnded, VehicleChanged, VehicleEntered
from forecourt.records.vehicles.models import Holding, Vehicle, VehicleCorrection
from forecourt.runtime import access, clock, corrections
from forecourt.runtime.actors import Actor
from forecourt.runtime.events import publish

NEXT_SERVICE: Final = ("service_due_on", "service_due_km")
#: What is put right together; a part that was is not changed by files. Mileage comes by readings.
PARTS: Final[dict[str, tuple[str, ...]]] = {
    "plate": ("plate", "plate_key"), "vin": ("vin",), "make": ("make",), "model": ("model",), "fuel": ("fuel",), "kind": ("kind",),
    "first_registration": ("first_registered_on",), "model_year": ("model_year",), "test": ("statutory_test_due_on",),
    "warranty": ("warranty_until",), "contract": ("contract_until",), "next_service": NEXT_SERVICE,
}  # fmt: skip
_EDITABLE = frozenset({
    "vin", "plate", "make", "model", "fuel", "kind", "model_year", "first_registered_on", "statutory_test_due_on", "warranty_until",
    "contract_until", "country", "mileage", "mileage_on", *NEXT_SERVICE,
})  # fmt: skip


@transaction.atomic
def enter(*, actor: Actor, customer_id: UUID | None = None, source: str = "staff", **fields: Any) -> Vehicle:
    """Open a car's record, kept by this customer. Refusal("nothing_known", "vin_wrong", "vin_taken") where it cannot be."""
    access.require(actor, "vehicles.edit_vehicle")
    keeper = access.fetch(Customer, customer_id, actor=actor, right="people.see_customer") if customer_id else None
    car = Vehicle()
    _fill(car, fields)
    _save(car, force_insert=True)
    if keeper:
        Holding.objects.create(vehicle=car, customer=keeper)
    publish(VehicleEntered(vehicle_id=car.pk, customer_id=keeper.pk if keeper else None, source=source), by=actor)
    return car


@transaction.atomic
def change(*, actor: Actor, vehicle_id: UUID, **fields: Any) -> Vehicle:
    """Change what is given; refusals as in `enter`, and "merged_already"."""
    car = access.fetch(Vehicle, vehicle_id, actor=actor, right="vehicles.edit_vehicle", lock=True)
    refuse_merged(car)
    before = {name: getattr(car, name) for name in (*fields, "plate_key")}
    _fill(car, fields)
    changed = sorted(name for name in fields if getattr(car, name) != before[name])
    if changed:
        _save(car)
        corrections.hold(VehicleCorrection, PARTS, of="vehicle_id", thing=car, before=before, actor=actor)
        publish(VehicleChanged(vehicle_id=car.pk, fields=changed), by=actor)
    return car


@transaction.atomic
def release(*, actor: Actor, vehicle_correction_id: UUID) -> Vehicle:
    """Let a part that was put right be what the dealer management system says, now and with the next file. Refusals as in `enter`."""
    correction = access.fetch(VehicleCorrection, vehicle_correction_id, actor=actor, right="vehicles.edit_vehicle", lock=True)
    car = access.fetch(Vehicle, correction.vehicle_id, actor=actor, right="vehicles.edit_vehicle", lock=True)
    said = {name: value for name, value in corrections.release(correction, car).items() if name in _EDITABLE}
    if correction.part == "next_service" and correction.said:
        said = {name: None for name in NEXT_SERVICE if name not in correction.said} | said  # the two are one thing
    if said:
        _fill(car, said)
        _save(car)
        publish(VehicleChanged(vehicle_id=car.pk, fields=sorted(said)), by=actor)
    return car


@transaction.atomic
def hand_to(*, actor: Actor, vehicle_id: UUID, customer_id: UUID, from_on: date | None = None) -> Holding:
    """The car is kept by this customer from now on; who kept it before no longer does. Refusal("merged_already")."""
    car = access.fetch(Vehicle, vehicle_id, actor=actor, right="vehicles.edit_vehicle", lock=True)
    refuse_merged(car)
    keeper = access.fetch(Customer, customer_id, actor=actor, right="people.see_customer")
    from_on = from_on or clock.now().date()
    for held in Holding.objects.filter(vehicle=car, role="keeper", until_on__isnull=True):
        if held.customer_id == keeper.pk:
            return held
        _end(held, until_on=from_on, reason="handed_over", actor=actor)
    holding = Holding.objects.create(vehicle=car, customer=keeper, from_on=from_on)
    publish(HoldingBegan(vehicle_id=car.pk, customer_id=keeper.pk, role="keeper", from_on=from_on), by=actor)
    return holding


@transaction.atomic
def not_my_car(*, actor: Actor, vehicle_id: UUID, customer_id: UUID, reason: str = "not_my_car") -> list[Holding]:
    """The customer no longer has this car: every current holding of theirs ends today. Saying it twice changes nothing."""
    access.require(actor, "vehicles.end_holding")
    if actor.kind == "customer" and actor.id != customer_id:
        raise NotFound
    current = Holding.objects.select_for_update().filter(vehicle_id=vehicle_id, customer_id=customer_id, until_on__isnull=True)
    ended = list(current)
    if not ended and not Holding.objects.filter(vehicle_id=vehicle_id, customer_id=customer_id).exists():
        raise NotFound
    for holding in ended:
        _end(holding, until_on=clock.now().date(), reason=reason, actor=actor)
    return ended


def find(*, actor: Actor, vehicle_id: UUID) -> Vehicle:
    """One car, or the one that stands for it, if the actor may see it; a customer sees those they keep or kept."""
    if actor.kind == "customer":
        theirs = Holding.objects.filter(customer_id=actor.id or UUID(int=0))
        if not theirs.filter(
            Q(vehicle_id=vehicle_id) | Q(vehicle__in=Vehicle.objects.filter(pk=vehicle_id).values("merged_into_id"))
        ).exists():
            raise NotFound
    car = access.fetch(Vehicle, vehicle_id, actor=actor, right="vehicles.see_vehicle")
    return car.merged_into or car


def standing(**named: Any) -> Vehicle | None:
    """The car that bears this id or VIN, or the one that stands for it today."""
    car = Vehicle.objects.select_related("merged_into").filter(**named).first()
    return car and (car.merged_into or car)


def refuse_merged(car: Vehicle) -> None:
    """Refusal("merged_already"): what is written on a record that was merged, nobody would see again."""
    if car.merged_into_id:
        raise Refusal("merged_already", _("This car's record was merged with another one meanwhile."))


def search(*, actor: Actor, text: str, at_most: int = 20) -> list[Vehicle]:
    """Cars by beginning of plate or VIN, or by who keeps them."""
    access.require(actor, "vehicles.see_vehicle")
    return list(Vehicle.objects.filter(matching(text)).order_by("plate_key", "id")[:at_most])


def matching(text: str, *, vehicle: str = "") -> Q:
    """The condition behind `search`; `vehicle` is the path to the car from the model that is asked, such as `vehicle__`.

    A record that was merged into another is not found; its plate and VIN find the other.
    """
    plate = identifiers.normal_plate(text)
    found = Q()
    if plate:
        merged = Vehicle.objects.filter(_called("", text), merged_into__isnull=False)
        found |= _called(vehicle, text) | Q(**{f"{vehicle}pk__in": merged.values("merged_into_id")})
    keeps = current_keepers().filter(
        vehicle_id=OuterRef(f"{vehicle}pk" if vehicle else "pk"), customer_id__in=customers.matching(text).values("pk")
    )
    return (found | Q(Exists(keeps))) & Q(**{f"{vehicle}merged_into": None})


def _called(vehicle: str, text: str) -> Q:
    plate, found = identifiers.normal_plate(text), Q()
    for meant in identifiers.plates_meant(text):
        found |= customers.begins(f"{vehicle}plate_key", meant)
    return found | customers.begins(f"{vehicle}vin", plate) if len(plate) >= 4 else found


def current_keepers() -> QuerySet[Holding]:
    """Who keeps each car now; at most one row a car."""
    return Holding.objects.filter(role="keeper", until_on__isnull=True)


def keeper_of(vehicle_id: UUID) -> Customer | None:
    held = current_keepers().filter(vehicle_id=vehicle_id).select_related("customer").first()
    return held.customer if held else None


def cars_of(customer_id: UUID) -> QuerySet[Vehicle]:
    """The cars a customer keeps now, by plate."""
    held = current_keepers().filter(customer_id=customer_id, vehicle_id=OuterRef("pk"))
    return Vehicle.objects.filter(Exists(held)).order_by("plate_key", "id")


def is_held(vehicle_id: UUID, *, by: UUID) -> bool:
    """Whether a customer has this car now, in whatever role."""
    return Holding.objects.filter(vehicle_id=vehicle_id, customer_id=by, until_on=None).exists()


def _end(holding: Holding, *, until_on: date, reason: str, actor: Actor) -> None:
    holding.until_on = until_on
    holding.save(update_fields=["until_on"])
    publish(
        HoldingEnded(vehicle_id=holding.vehicle_id, customer_id=holding.customer_id, role=holding.role, until_on=until_on, reason=reason),
        by=actor,
    )


def _save(car: Vehicle, *, force_insert: bool = False) -> None:
    try:
        with transaction.atomic():
            car.save(force_insert=force_insert)
    except IntegrityError as taken:
        raise Refusal("vin_taken", _("A car with this VIN is known already: %(vin)s") % {"vin": car.vin}, vin=car.vin) from taken


def _next_service(car: Vehicle) -> tuple[Any, ...]:
    return tuple(getattr(car, name) for name in NEXT_SERVICE)


def _fill(car: Vehicle, fields: dict[str, Any]) -> None:
    unknown = fields.keys() - _EDITABLE
    if unknown:
        raise TypeError(f"cars have no editable {', '.join(sorted(unknown))}")
    told = _next_service(car)
    for name, value in fields.items():
        setattr(car, name, value.strip() if isinstance(value, str) else value)
    if _next_service(car) != told:
        car.service_told_on = clock.now().date() if any(_next_service(car)) else None
    if car.vin:
        try:
            car.vin = identifiers.normal_vin(car.vin)
        except ValueError as wrong:
            raise Refusal("vin_wrong", _("%(vin)s is not a VIN.") % {"vin": car.vin}, vin=car.vin) from wrong
    if car.plate:
        car.plate_key = identifiers.normal_plate(car.plate)
        car.plate = identifiers.show_plate(car.plate, car.country)
    if not (car.vin or car.plate):
        raise Refusal("nothing_known", _("A car needs a VIN or a plate."))
