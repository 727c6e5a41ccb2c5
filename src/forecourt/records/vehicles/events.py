"""What happens to cars and who keeps them."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import gettext_noop

from forecourt.runtime.events import Event, Subjects, event


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


@event("vehicles.vehicles_merged")
@dataclass(frozen=True, kw_only=True)
class VehiclesMerged(Event):
    """Two records are one car. `rows` is how many rows followed."""

    merge_id: UUID
    vehicle_id: UUID
    absorbed_id: UUID
    rows: int

    sentence = gettext_noop("Two records of this car were merged")
    icon = "merge"
    concerns = ("vehicle",)

    def subjects(self) -> Subjects:
        return [("vehicle", self.vehicle_id), ("vehicle", self.absorbed_id)]


@event("vehicles.merge_undone")
@dataclass(frozen=True, kw_only=True)
class VehicleMergeUndone(Event):
    """They are two cars after all."""

    merge_id: UUID
    vehicle_id: UUID
    absorbed_id: UUID
    rows: int

    sentence = gettext_noop("A merge of two records of this car was undone")
    icon = "split"
    concerns = ("vehicle",)

    def subjects(self) -> Subjects:
        return [("vehicle", self.vehicle_id), ("vehicle", self.absorbed_id)]
