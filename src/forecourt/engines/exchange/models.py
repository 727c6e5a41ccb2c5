"""Programs of others: those that are told what happens here, with what they were told, and those that may send us something.

A stored body holds ids and codes only, as events do, so nothing in these tables is a person's. Secrets lie sealed.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from forecourt.runtime.scope import ScopedModel


class Subscription(ScopedModel):
    """An https address that is told of chosen events. States: active, paused.

    `paused_because`: by_hand, failing (for days), gone (it answered 410). While it is paused, deliveries wait.
    """

    seen_everywhere = "what any dealer's programs are to be told leaves by one poll"

    name = models.CharField(max_length=80)
    address = models.CharField(max_length=500)
    events = ArrayField(models.CharField(max_length=60))
    sealed_secret = models.TextField()
    earlier_sealed_secret = models.TextField(blank=True)  # signs beside the new one until `earlier_until`
    earlier_until = models.DateTimeField(null=True)
    secret_set_at = models.DateTimeField()
    made_at = models.DateTimeField()
    made_by_id = models.UUIDField(null=True)
    state = models.CharField(max_length=8, default="active")
    paused_because = models.CharField(max_length=12, blank=True)
    paused_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)  # one after the other, since the last success
    failing_since = models.DateTimeField(null=True)
    rests_until = models.DateTimeField(null=True)  # after failures nothing is tried before that
    answered_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "exchange"
        ordering = ["name", "id"]


class Delivery(ScopedModel):
    """One event for one address: the outbox. States: waiting, delivered, parked (a day of tries was in vain, or it can never go)."""

    seen_everywhere = "what any dealer's programs are to be told leaves by one poll"

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="deliveries")
    event_id = models.UUIDField(null=True)  # of the event's row; a test has none
    event_name = models.CharField(max_length=60)
    body = models.TextField()  # exactly the bytes that are signed and sent
    state = models.CharField(max_length=10, default="waiting")
    tries = models.PositiveSmallIntegerField(default=0)  # of this round: "send again" begins a new one
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)  # by the machine's clock
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "exchange"
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(state="waiting"), name="delivery_due"),
            models.Index(fields=["subscription", "-made_at"], name="delivery_by_subscription"),
            models.Index(fields=["organisation_id", "made_at"], name="delivery_by_age"),
        ]
        constraints = [models.UniqueConstraint(fields=["subscription", "event_id"], name="one_delivery_per_event_and_subscription")]


class Attempt(ScopedModel):
    """One try: when, what was answered, how long it took. What the other side wrote is not kept."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="attempts")
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    outcome = models.CharField(max_length=20)  # a code: delivered, refused, redirect, gone, busy, too_slow, private …
    milliseconds = models.PositiveIntegerField()

    class Meta:
        app_label = "exchange"
        indexes = [models.Index(fields=["delivery", "-at"], name="attempt_by_delivery")]


class Inlet(ScopedModel):
    """A door at which one program of the dealer's hands in files, as if somebody had uploaded them. States: open, closed."""

    seen_everywhere = "who sends names the door, and the door names the dealer"

    name = models.CharField(max_length=80)
    source = models.CharField(max_length=40)  # as imports know it
    site_id = models.UUIDField(null=True)  # for rows that name no site
    sealed_secret = models.TextField()
    earlier_sealed_secret = models.TextField(blank=True)
    earlier_until = models.DateTimeField(null=True)
    secret_set_at = models.DateTimeField()
    made_at = models.DateTimeField()
    made_by_id = models.UUIDField(null=True)
    state = models.CharField(max_length=8, default="open")
    received_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "exchange"
        ordering = ["name", "id"]


class Receipt(ScopedModel):
    """That a message came in at a door, so that the same one does nothing a second time."""

    inlet = models.ForeignKey(Inlet, on_delete=models.CASCADE, related_name="receipts")
    digest = models.CharField(max_length=64)  # of the sender's own id for it
    at = models.DateTimeField()
    import_id = models.UUIDField(null=True)

    class Meta:
        app_label = "exchange"
        indexes = [models.Index(fields=["organisation_id", "at"], name="receipt_by_age")]
        constraints = [models.UniqueConstraint(fields=["inlet", "digest"], name="one_receipt_per_message")]
