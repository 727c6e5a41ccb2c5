"""Cars, who keeps them, and which of their records are one car."""

from django.contrib.postgres.fields import ArrayField
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
    # The record that stands for this one, always the last of a chain; its VIN and plate are then names by which files may still mean that one.
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        app_label = "vehicles"
        indexes = [
            models.Index(fields=["organisation_id", "plate_key"], name="vehicle_by_plate"),
            models.Index(
                fields=["organisation_id", "make", "model"], include=["fuel", "id"], name="vehicle_by_make"
            ),  # answers segments alone
            models.Index(
                fields=["merged_into"], include=["organisation_id"], condition=Q(merged_into__isnull=False), name="vehicle_merged"
            ),
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
    # It came with a record that was merged into another: what the source says under this number does not overwrite what was chosen then.
    is_secondary = models.BooleanField(default=False, db_default=False)
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


class VehicleLikeness(ScopedModel):
    """Two records that may be one car, with the evidence as codes and weights, never as values. States: waiting, merged, different, gone."""

    one = models.ForeignKey(Vehicle, on_delete=models.PROTECT, related_name="+", db_index=False)  # the smaller id of the two
    other = models.ForeignKey(Vehicle, on_delete=models.PROTECT, related_name="+")
    weight = models.DecimalField(max_digits=6, decimal_places=2)
    evidence = models.JSONField(default=list)  # [{"of": "plate", "level": "same", "weight": 10.6}, …]
    state = models.CharField(max_length=10, default="waiting")
    found_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by_id = models.UUIDField(null=True)  # dealership.StaffMember

    class Meta:
        app_label = "vehicles"
        indexes = [models.Index(fields=["organisation_id", "state", "-weight", "id"], name="car_likeness_to_decide")]
        constraints = [models.UniqueConstraint(fields=["one", "other"], name="one_likeness_per_pair_of_cars")]


class VehicleMerge(ScopedModel):
    """That one car's record was taken into another, and all that is needed to take it back."""

    survivor = models.ForeignKey(Vehicle, on_delete=models.PROTECT, related_name="+")
    absorbed = models.ForeignKey(Vehicle, on_delete=models.PROTECT, related_name="+")
    taken = models.JSONField(default=dict)  # column -> [before, after] of the survivor
    held = ArrayField(models.UUIDField(), default=list)  # corrections that hold what was chosen against the next file
    ended = ArrayField(models.UUIDField(), default=list)  # holdings that ended because a car has one keeper
    weight = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    merged_at = models.DateTimeField()
    merged_by_kind = models.CharField(max_length=12)
    merged_by_id = models.UUIDField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by_id = models.UUIDField(null=True)

    class Meta:
        app_label = "vehicles"
        indexes = [models.Index(fields=["organisation_id", "-merged_at"], name="car_merge_by_time")]


class VehicleMovedRow(ScopedModel):
    """One row that followed when two cars' records were merged."""

    merge = models.ForeignKey(VehicleMerge, on_delete=models.CASCADE, related_name="moved")
    label = models.CharField(max_length=80)  # of runtime.references: "history.visit.vehicle_id"
    row_id = models.UUIDField()

    class Meta:
        app_label = "vehicles"


class VehicleComparison(ScopedModel):
    """When all cars of a dealer were last compared."""

    looked_at = models.DateTimeField()

    class Meta:
        app_label = "vehicles"
        constraints = [models.UniqueConstraint(fields=["organisation_id"], name="one_comparison_of_cars")]
