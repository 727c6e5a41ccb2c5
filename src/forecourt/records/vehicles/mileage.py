"""Odometer readings that people take; what a reading means for the next service is audience's."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from forecourt.kernel.errors import Refusal
from forecourt.records.vehicles.events import VehicleChanged
from forecourt.records.vehicles.models import Vehicle
from forecourt.records.vehicles.vehicles import refuse_merged
from forecourt.runtime import access
from forecourt.runtime.actors import Actor
from forecourt.runtime.events import publish

HIGHEST_KM = 2_000_000


@transaction.atomic
def read(*, actor: Actor, vehicle_id: UUID, kilometres: int, on: date, is_confirmed: bool = False) -> Vehicle:
    """Note a reading. Refusals: "mileage_wrong"; "merged_already"; "mileage_falls" with the `known` one, unless somebody looked twice (`is_confirmed`)."""
    car = access.fetch(Vehicle, vehicle_id, actor=actor, right="vehicles.read_odometer", lock=True)
    refuse_merged(car)
    if not 0 <= kilometres <= HIGHEST_KM:
        raise Refusal("mileage_wrong", _("This cannot be a mileage."))
    if car.mileage is not None and kilometres < car.mileage and not is_confirmed:
        raise Refusal(
            "mileage_falls",
            _("The car already had %(known)d km. Please look again, and confirm if the display is right.") % {"known": car.mileage},
            known=car.mileage,
            known_on=car.mileage_on,
        )
    car.mileage, car.mileage_on = kilometres, on
    car.save(update_fields=["mileage", "mileage_on"])
    publish(VehicleChanged(vehicle_id=car.pk, fields=["mileage"]), by=actor)
    return car
