"""The append-only table of what happened, with the subjects it concerns and the reactions already made to it."""

from django.db import models

from forecourt.runtime.scope import ScopedModel


class Event(ScopedModel):
    """One act. Holds ids and values, never a name, an address or free text. Written by `events.publish` alone."""

    name = models.CharField(max_length=80)
    version = models.PositiveSmallIntegerField(default=1)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor_kind = models.CharField(max_length=12)
    actor_id = models.UUIDField(null=True)
    actor_via = models.CharField(max_length=40, blank=True)
    values = models.JSONField(default=dict)

    class Meta:
        app_label = "runtime"
        indexes = [
            models.Index(fields=["organisation_id", "occurred_at"], name="event_by_time"),
            models.Index(fields=["organisation_id", "name", "occurred_at"], name="event_by_name"),
        ]


class EventSubject(ScopedModel):
    """That an event concerns a customer, vehicle, appointment … ; the timeline reads by this."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="subjects")
    kind = models.CharField(max_length=24)
    subject_id = models.UUIDField()
    occurred_at = models.DateTimeField()

    class Meta:
        app_label = "runtime"
        indexes = [models.Index(fields=["organisation_id", "kind", "subject_id", "-occurred_at"], name="subject_timeline")]


class Reaction(models.Model):
    """That a subscriber has dealt with an event; written in the same transaction as the effect."""

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="reactions")
    subscriber = models.CharField(max_length=120)
    reacted_at = models.DateTimeField()

    class Meta:
        app_label = "runtime"
        constraints = [models.UniqueConstraint(fields=["event", "subscriber"], name="one_reaction_per_event_and_subscriber")]
