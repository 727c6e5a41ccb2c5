"""Appointments, acceptance and job cards."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from forecourt.runtime.scope import ScopedModel


class Appointment(ScopedModel):
    """What a customer agreed to. States: requested, confirmed, arrived, cancelled, missed."""

    number = models.PositiveIntegerField()
    site = models.ForeignKey("dealership.Site", on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey("people.Customer", on_delete=models.PROTECT, related_name="appointments")
    vehicle = models.ForeignKey("vehicles.Vehicle", on_delete=models.PROTECT, related_name="appointments")
    work_kinds = ArrayField(models.CharField(max_length=40))
    minutes = models.PositiveIntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    bay_id = models.UUIDField(null=True)  # dealership.Bay
    technician_id = models.UUIDField(null=True)  # dealership.StaffMember
    adviser_id = models.UUIDField(null=True)  # dealership.StaffMember
    state = models.CharField(max_length=10)
    note = models.TextField(blank=True)
    source = models.CharField(max_length=16)  # link | staff | api | demo
    cause_kind = models.CharField(max_length=24, blank=True)  # "invitation"
    cause_id = models.UUIDField(null=True)
    version = models.PositiveIntegerField(default=1)
    booked_at = models.DateTimeField()

    class Meta:
        app_label = "workshop"
        indexes = [
            models.Index(fields=["organisation_id", "site", "starts_at"], name="appointment_by_time"),
            models.Index(fields=["organisation_id", "vehicle"], name="appointment_by_vehicle"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["organisation_id", "number"], name="one_appointment_per_number"),
            # Two taps on one invitation at once: the second finds the first's appointment, whatever slot it asked for.
            models.UniqueConstraint(
                fields=["organisation_id", "cause_kind", "cause_id"],
                condition=models.Q(state__in=("requested", "confirmed", "arrived"), cause_id__isnull=False),
                name="one_live_appointment_per_cause",
            ),
        ]


class Media(ScopedModel):
    """A photo or video that belongs to an appointment or a job card."""

    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, null=True, related_name="media")
    job_card = models.ForeignKey("workshop.JobCard", on_delete=models.PROTECT, null=True, related_name="media")
    stored_file = models.ForeignKey("runtime.StoredFile", on_delete=models.PROTECT)
    purpose = models.CharField(max_length=12)  # booking | acceptance | damage | finding | signature
    added_at = models.DateTimeField()
    added_by_kind = models.CharField(max_length=12)

    class Meta:
        app_label = "workshop"


class JobCard(ScopedModel):
    """The work on a visit. `stage` follows W4: booked, arrived, accepted, in_work, waiting_parts, waiting_approval, quality_check, washed, ready, collected."""

    seen_everywhere = "time passes in every organisation"

    number = models.PositiveIntegerField()
    site = models.ForeignKey("dealership.Site", on_delete=models.PROTECT, related_name="+")
    appointment = models.OneToOneField(Appointment, on_delete=models.PROTECT, related_name="job_card")
    visit = models.OneToOneField("history.Visit", on_delete=models.PROTECT, null=True, related_name="+")
    customer = models.ForeignKey("people.Customer", on_delete=models.PROTECT, related_name="+")
    vehicle = models.ForeignKey("vehicles.Vehicle", on_delete=models.PROTECT, related_name="+")
    stage = models.CharField(max_length=20, default="arrived")
    technician_id = models.UUIDField(null=True)
    adviser_id = models.UUIDField(null=True)
    checked_by_id = models.UUIDField(null=True)  # the quality check, never the technician
    mileage = models.PositiveIntegerField(null=True)
    fuel_percent = models.PositiveSmallIntegerField(null=True)
    valuables = models.TextField(blank=True)
    damage = models.JSONField(default=list)  # [{"x":…, "y":…, "kind":…, "note":…}]
    signed_name = models.CharField(max_length=120, blank=True)
    accepted_at = models.DateTimeField(null=True)
    expected_earliest_at = models.DateTimeField(null=True)
    expected_at = models.DateTimeField(null=True)
    expected_latest_at = models.DateTimeField(null=True)
    promised_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        app_label = "workshop"
        constraints = [models.UniqueConstraint(fields=["organisation_id", "number"], name="one_job_card_per_number")]


class WorkLine(ScopedModel):
    """Something to be done on a job card. States: planned, in_work, done, dropped. `item_id` is the approval it rests on."""

    job_card = models.ForeignKey(JobCard, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    work_kind = models.CharField(max_length=40, blank=True)
    title = models.CharField(max_length=160)
    minutes = models.PositiveIntegerField(default=0)
    net = models.DecimalField(max_digits=12, decimal_places=2)
    tax_rate = models.DecimalField(max_digits=5, decimal_places=2)
    item_id = models.UUIDField(null=True)  # offers.Item
    state = models.CharField(max_length=8, default="planned")
    worked_by_id = models.UUIDField(null=True)  # dealership.StaffMember; never the one who checks it
    started_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "workshop"
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["job_card", "position"], name="one_work_line_per_position")]


class StageChange(ScopedModel):
    job_card = models.ForeignKey(JobCard, on_delete=models.PROTECT, related_name="stage_changes")
    stage = models.CharField(max_length=20)
    at = models.DateTimeField()
    by_kind = models.CharField(max_length=12)
    by_id = models.UUIDField(null=True)

    class Meta:
        app_label = "workshop"
        ordering = ["at"]


class Counter(ScopedModel):
    """The next number people see, per kind of thing."""

    kind = models.CharField(max_length=16)
    next_number = models.PositiveIntegerField(default=1)

    class Meta:
        app_label = "workshop"
        constraints = [models.UniqueConstraint(fields=["organisation_id", "kind"], name="one_counter_per_kind")]
