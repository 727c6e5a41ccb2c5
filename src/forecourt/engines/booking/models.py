"""Time that is taken. PostgreSQL judges that no resource is held twice."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from forecourt.runtime.scope import ScopedModel

TAKEN = ("held", "requested", "confirmed")


class Resource(ScopedModel):
    """Something whose time can be taken: a bay, a technician, an adviser, a car, later a loan car or a driver."""

    kind = models.CharField(max_length=16)
    ref_id = models.UUIDField()  # the bay, staff member or vehicle
    site_id = models.UUIDField(null=True)
    name = models.CharField(max_length=120)
    abilities = ArrayField(models.CharField(max_length=40), default=list, blank=True)  # skills or equipment
    hours = models.CharField(max_length=200, blank=True)  # kernel.hours text; empty: always
    closed_on = ArrayField(models.DateField(), default=list, blank=True)
    zone = models.CharField(max_length=40, default="UTC")
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        app_label = "booking"
        constraints = [models.UniqueConstraint(fields=["organisation_id", "kind", "ref_id"], name="one_resource_per_thing")]
        ordering = ["position", "name"]


class Closure(ScopedModel):
    """Time a resource is not there: absence, maintenance."""

    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="closures")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=40, blank=True)

    class Meta:
        app_label = "booking"
        indexes = [models.Index(fields=["organisation_id", "ends_at"], name="closure_by_end")]


class Reservation(ScopedModel):
    """One resource taken for one holder. States: held, requested, confirmed, released."""

    seen_everywhere = "holds run out for every dealer"

    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="reservations")
    holder_kind = models.CharField(max_length=16)  # "appointment", later "test_drive" …
    holder_id = models.UUIDField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=10)
    expires_at = models.DateTimeField(null=True)  # of a hold

    class Meta:
        app_label = "booking"
        indexes = [
            # What is still to come of some resources, without touching the table: the past, which is most of it, lies before the window.
            models.Index(
                fields=["resource", "ends_at"],
                include=["organisation_id", "starts_at", "state", "expires_at", "holder_id"],
                condition=Q(state__in=TAKEN),
                name="reservation_by_end",
            ),
            models.Index(fields=["organisation_id", "holder_id"], name="reservation_by_holder"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="reservation_ends_after_start"),
            ExclusionConstraint(
                name="no_resource_taken_twice",
                expressions=[
                    ("resource", RangeOperators.EQUAL),
                    (
                        Func("starts_at", "ends_at", Value("[)"), function="tstzrange", output_field=DateTimeRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(state__in=TAKEN),
            ),
        ]
