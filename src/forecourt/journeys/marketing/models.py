"""Flows that write to customers by themselves, and every invitation they caused."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from forecourt.runtime.scope import ScopedModel


class Flow(ScopedModel):
    """An automatic invitation."""

    seen_everywhere = "flows run by themselves at every dealer"

    kind = models.CharField(max_length=24)  # service_due
    name = models.CharField(max_length=120)
    work_kinds = ArrayField(models.CharField(max_length=40))
    days_ahead = models.PositiveSmallIntegerField(default=30)  # writes to cars due within so many days
    overdue_days = models.PositiveSmallIntegerField(default=180)  # and not longer overdue than this
    most_per_run = models.PositiveIntegerField(default=200)
    segment_id = models.UUIDField(null=True)  # audience.Segment: writes to its cars alone
    is_on = models.BooleanField(default=False)
    started_at = models.DateTimeField(null=True)
    last_run_at = models.DateTimeField(null=True)
    last_run = models.JSONField(default=dict)  # {"invited": …, "waiting": …}

    class Meta:
        app_label = "marketing"
        constraints = [models.UniqueConstraint(fields=["organisation_id", "kind"], name="one_flow_per_kind")]
        ordering = ["name"]


class Invitation(ScopedModel):
    """One car and one due work put to one customer by one flow. States: planned, sent, refused, booked, declined, came, lapsed."""

    seen_everywhere = "invitations grow old at every dealer"

    flow = models.ForeignKey(Flow, on_delete=models.PROTECT, related_name="invitations")
    customer = models.ForeignKey("people.Customer", on_delete=models.PROTECT, related_name="+")
    vehicle = models.ForeignKey("vehicles.Vehicle", on_delete=models.PROTECT, related_name="+")
    site_id = models.UUIDField()
    work_kinds = ArrayField(models.CharField(max_length=40))
    due_on = models.DateField()
    reason = models.JSONField(default=dict)  # as the due list showed it
    state = models.CharField(max_length=10, default="planned")
    refused_because = models.CharField(max_length=40, blank=True)
    slots = models.JSONField(default=list)  # offered at the moment of sending
    planned_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    clicked_at = models.DateTimeField(null=True)
    booked_at = models.DateTimeField(null=True)
    came_at = models.DateTimeField(null=True)
    declined_at = models.DateTimeField(null=True)
    appointment_id = models.UUIDField(null=True)
    revenue_net = models.DecimalField(max_digits=12, decimal_places=2, null=True)

    class Meta:
        app_label = "marketing"
        indexes = [
            models.Index(fields=["organisation_id", "flow", "-planned_at"], name="invitation_by_flow"),
            models.Index(fields=["organisation_id", "vehicle", "-planned_at"], name="invitation_by_vehicle"),
            models.Index(fields=["appointment_id"], name="invitation_by_appointment"),
        ]
        constraints = [
            # A letter that could not go may be tried anew on another day.
            models.UniqueConstraint(
                fields=["organisation_id", "flow", "vehicle", "due_on"],
                condition=~models.Q(state="refused"),
                name="one_invitation_per_car_and_day",
            )
        ]
