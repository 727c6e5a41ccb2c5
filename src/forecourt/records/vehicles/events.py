"""What happens to cars and who keeps them."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import gettext_noop

from forecourt.runtime.events import Event, event


@event("vehicles.vehicle_entered")
@dataclass(frozen=True, kw_only=True)
class VehicleEntered(Event):
    vehicle_id: UUID
    customer_id: UUID | None
    source: str

    sentence = gettext_noop("Car record opened")
    icon = "car"


@event("vehicles.vehicle_changed")
@dataclass(frozen=True, kw_only=True)
class VehicleChanged(Event):
    """`fields` are the names of what changed, never its content."""

    vehicle_id: UUID
    fields: list[str]

    sentence = gettext_noop("Car record changed")
    icon = "car"
    concerns = ("vehicle",)


@event("vehicles.holding_began")
@dataclass(frozen=True, kw_only=True)
class HoldingBegan(Event):
    vehicle_id: UUID
    customer_id: UUID
    role: str
    from_on: date | None

    sentence = gettext_noop("The customer keeps this car now")
    audience = "customer"
    icon = "key-round"


@event("vehicles.holding_ended")
@dataclass(frozen=True, kw_only=True)
class HoldingEnded(Event):
    vehicle_id: UUID
    customer_id: UUID
    role: str
    until_on: date
    reason: str

    sentence = gettext_noop("The customer no longer has this car")
    audience = "customer"
    icon = "car-off"
