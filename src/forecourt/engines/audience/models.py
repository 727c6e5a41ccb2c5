"""What job lines mean, and what is known of each car because of them."""

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


class VehicleFacts(ScopedModel):
    """Derived per car; recomputed, never edited."""

    seen_everywhere = "whose facts are of yesterday"

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
        indexes = [models.Index(fields=["organisation_id", "due_on", "id"], name="due_by_day")]
        constraints = [models.UniqueConstraint(fields=["organisation_id", "vehicle", "work_kind"], name="one_due_per_car_and_kind")]
