"""What job lines mean, and what is known of each car because of them."""

from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models

from forecourt.runtime.scope import ScopedModel


class Rule(ScopedModel):
    """A rule of classification: codes (with * at the end) and words that make a line this kind of work. A dealer edits it."""

    work_kind = models.CharField(max_length=40)
    codes = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    words = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    unless_words = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    language = models.CharField(max_length=10, blank=True)  # empty: any
    is_active = models.BooleanField(default=True)
    changed_at = models.DateTimeField()

    class Meta:
        app_label = "audience"


class Classification(ScopedModel):
    """What one distinct text means under one version of the rules, and which code or word decided."""

    text_key = models.CharField(max_length=32)
    rules_version = models.CharField(max_length=16)
    work_kinds = ArrayField(models.CharField(max_length=40), default=list)
    decided_by = models.JSONField(default=list)  # [{"work_kind": …, "by": "code"|"word", "value": …}]

    class Meta:
        app_label = "audience"
        constraints = [models.UniqueConstraint(fields=["organisation_id", "text_key"], name="one_classification_per_text")]


class Build(ScopedModel):
    """When all facts of a dealer were last worked out, for which day, and on which files of the lake; one row a dealer."""

    seen_everywhere = "whose facts are of yesterday"

    built_for = models.DateField()  # facts hang on the day: lost, service customer
    built_at = models.DateTimeField()
    token = models.CharField(max_length=32, blank=True)  # of the lake's manifest; empty: built without a lake

    class Meta:
        app_label = "audience"
        constraints = [models.UniqueConstraint(fields=["organisation_id"], name="one_build_per_dealer")]


class VehicleFacts(ScopedModel):
    """Derived per car; recomputed, never edited. `computed_on` is the day on which the row came out as it stands, here and below."""

    vehicle = models.OneToOneField("vehicles.Vehicle", on_delete=models.CASCADE, related_name="facts")
    customer_id = models.UUIDField(null=True)  # the keeper
    site_id = models.UUIDField(null=True)  # of the last visit
    last_visit_on = models.DateField(null=True)
    last_mileage = models.PositiveIntegerField(null=True)
    km_per_year = models.PositiveIntegerField(null=True)
    visits = models.PositiveIntegerField(default=0)
    spent_net = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    is_service_customer = models.BooleanField(default=False)
    is_tyre_customer = models.BooleanField(default=False)
    is_lost = models.BooleanField(default=False)
    computed_on = models.DateField()

    class Meta:
        app_label = "audience"
        indexes = [models.Index(fields=["organisation_id", "last_visit_on"], name="car_by_last_visit")]


class WorkDone(ScopedModel):
    """When a kind of work was last done on a car; derived from every visit, and there only where it ever was."""

    vehicle = models.ForeignKey("vehicles.Vehicle", on_delete=models.CASCADE, related_name="work_done", db_index=False)  # the constraint's
    work_kind = models.CharField(max_length=40)
    last_on = models.DateField()

    class Meta:
        app_label = "audience"
        indexes = [models.Index(fields=["organisation_id", "work_kind", "last_on", "vehicle"], name="work_done_by_day")]
        constraints = [models.UniqueConstraint(fields=["vehicle", "work_kind"], name="one_last_time_per_car_and_kind")]


class DueWork(ScopedModel):
    """Work that falls due on a car: when, why, and from which earlier visit that was worked out."""

    vehicle = models.ForeignKey("vehicles.Vehicle", on_delete=models.CASCADE, related_name="due_work")
    customer_id = models.UUIDField(null=True)
    site_id = models.UUIDField(null=True)
    work_kind = models.CharField(max_length=40)
    due_on = models.DateField()
    because = models.CharField(max_length=20)  # time | distance | test_date | first_registration
    last_done_on = models.DateField(null=True)
    last_done_mileage = models.PositiveIntegerField(null=True)
    last_line_id = models.UUIDField(null=True)  # history.JobLine that decided
    basis = models.JSONField(default=dict)  # interval_months, interval_km, km_per_year, decided_by …
    computed_on = models.DateField()

    class Meta:
        app_label = "audience"
        indexes = [
            models.Index(fields=["organisation_id", "due_on", "id"], name="due_by_day"),
            models.Index(fields=["organisation_id", "work_kind", "due_on", "vehicle"], name="due_by_kind_and_day"),
        ]
        constraints = [models.UniqueConstraint(fields=["organisation_id", "vehicle", "work_kind"], name="one_due_per_car_and_kind")]


class Segment(ScopedModel):
    """Cars with their keepers that a rule finds, under a name. Who is in it is asked each time, never kept."""

    name = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    rule = models.JSONField()  # kernel.conditions
    version = models.PositiveIntegerField(default=1)  # counts changes, so that two people do not overwrite each other
    is_shared = models.BooleanField(default=True)  # else only who made it sees it
    ready_made = models.CharField(max_length=40, blank=True)  # which of segments.ready_made it began as
    made_by = models.UUIDField(null=True)  # dealership.StaffMember
    made_at = models.DateTimeField()
    changed_by = models.UUIDField(null=True)
    changed_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "audience"
        indexes = [models.Index(fields=["organisation_id", "name"], name="segment_by_name")]

    def __str__(self) -> str:
        return self.name

    def may_be_seen_by(self, kind: str, person_id: UUID | None) -> bool:
        """Whether it is shared, or this member of staff made it; the product itself sees all."""
        return self.is_shared or kind == "system" or (person_id is not None and self.made_by == person_id)
