"""Cars and who keeps them."""

from django.db import models
from django.db.models import Q

from forecourt.runtime.corrections import Correction
from forecourt.runtime.departures import Departure
from forecourt.runtime.origins import Origin, indexes
from forecourt.runtime.scope import ScopedModel


class Vehicle(Origin, ScopedModel):
    vin = models.CharField(max_length=17, blank=True)
    plate = models.CharField(max_length=16, blank=True)  # as people write it
    plate_key = models.CharField(max_length=16, blank=True)  # kernel.identifiers.normal_plate
    make = models.CharField(max_length=40, blank=True)
    model = models.CharField(max_length=80, blank=True)
    fuel = models.CharField(max_length=16, blank=True)  # petrol | diesel | hybrid | plugin | electric | gas
    model_year = models.PositiveSmallIntegerField(null=True)
    first_registered_on = models.DateField(null=True)
    statutory_test_due_on = models.DateField(null=True)
    kind = models.CharField(max_length=12, blank=True, db_default="")  # car | van | motorcycle | camper | truck | other
    warranty_until = models.DateField(null=True)  # the last day of the maker's or dealer's warranty
    contract_until = models.DateField(null=True)  # the last day of the lease, finance or service contract
    # The next service as somebody named it who looked at the car or its computer: a day, kilometres or both, and when that was said.
    service_due_on = models.DateField(null=True)
    service_due_km = models.PositiveIntegerField(null=True)
    service_told_on = models.DateField(null=True)
    country = models.CharField(max_length=2, blank=True)
    mileage = models.PositiveIntegerField(null=True)  # kilometres, the latest known
    mileage_on = models.DateField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    gone_on = models.DateField(null=True)  # since when no source has it that once had it

    class Meta:
        app_label = "vehicles"
        indexes = [
            models.Index(fields=["organisation_id", "plate_key"], name="vehicle_by_plate"),
            models.Index(
                fields=["organisation_id", "make", "model"], include=["fuel", "id"], name="vehicle_by_make"
            ),  # answers segments alone
            *indexes("vehicle"),
        ]
        constraints = [models.UniqueConstraint(fields=["organisation_id", "vin"], condition=~Q(vin=""), name="one_vehicle_per_vin")]

    def __str__(self) -> str:
        return f"{self.make} {self.model}".strip() or self.plate or self.vin


class VehicleCorrection(Correction):
    """What staff put right about a car, and what the dealer management system says meanwhile."""

    vehicle = models.ForeignKey(Vehicle, on_delete=models.PROTECT, related_name="corrections")

    class Meta:
        app_label = "vehicles"
        constraints = [models.UniqueConstraint(fields=["vehicle", "part"], name="one_correction_per_part_of_vehicle")]


class VehicleReference(Departure, ScopedModel):
    """The number a source knows a vehicle by; "~" with its VIN or plate where it has none and that matters (`departures`)."""

    source = models.CharField(max_length=40)
    number = models.CharField(max_length=60)
    vehicle = models.ForeignKey(Vehicle, on_delete=models.PROTECT, related_name="references")
    listed_at_id = models.UUIDField(null=True)  # the site whose own complete list named it last

    class Meta:
        app_label = "vehicles"
        indexes = [models.Index(fields=["organisation_id", "source"], condition=models.Q(gone_on__isnull=False), name="vehicle_gone")]
        constraints = [models.UniqueConstraint(fields=["organisation_id", "source", "number"], name="one_vehicle_per_reference")]


class Holding(ScopedModel):
    """Who keeps a car, from when until when, in which role."""

    vehicle = models.ForeignKey(Vehicle, on_delete=models.PROTECT, related_name="holdings")
    customer = models.ForeignKey("people.Customer", on_delete=models.PROTECT, related_name="holdings")
    role = models.CharField(max_length=10, default="keeper")  # keeper | owner | driver
    from_on = models.DateField(null=True)
    until_on = models.DateField(null=True)

    class Meta:
        app_label = "vehicles"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "vehicle", "role"],
                condition=Q(until_on__isnull=True, role="keeper"),
                name="one_current_keeper_per_vehicle",
            )
        ]
