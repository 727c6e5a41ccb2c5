"""The outbox and what came back.

A message is written with its cause (`outbox`), decided and composed in its claim (`claim`) and handed to the relay (`sending`).
"""

from django.db import models

from forecourt.runtime.scope import ScopedModel


class Message(ScopedModel):
    """One word to one person. States: queued, submitting, sent, refused, parked, failed.

    `refused` was decided in the claim (no consent, paused, already booked …) and says why; `parked` waits for a person,
    because after a crash the relay could not say whether it took the message.
    """

    seen_everywhere = "mail of every organisation leaves by one poll"

    cause_kind = models.CharField(max_length=24)  # invitation | appointment | approval | notice | survey | test
    cause_id = models.UUIDField()
    step = models.CharField(max_length=40)
    customer_id = models.UUIDField(null=True)
    channel = models.CharField(max_length=10, default="email")
    address = models.CharField(max_length=254)
    purpose = models.CharField(max_length=24)  # contract | recall | service_reminder | survey | offers
    controller = models.CharField(max_length=60, default="dealer", db_default="dealer")  # in whose name; people.Controller.key
    brand = models.CharField(max_length=40, default="", db_default="", blank=True)  # that it is about, if about one
    language = models.CharField(max_length=10)
    template = models.CharField(max_length=60)
    facts = models.JSONField(default=dict)  # ids and values the template needs; composed in the claim
    site_id = models.UUIDField(null=True)
    message_id = models.CharField(max_length=120, unique=True)
    headers = models.JSONField(default=dict)  # composed, beside those that every message has
    subject = models.CharField(max_length=250, blank=True)
    html = models.TextField(blank=True)
    text = models.TextField(blank=True)
    state = models.CharField(max_length=12, default="queued")
    reason_code = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    due_at = models.DateTimeField()
    queued_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)  # by the machine's clock, not the business clock
    attempts = models.PositiveSmallIntegerField(default=0)
    is_repeated = models.BooleanField(default=False)  # sent once more, because nobody could say whether it had gone
    is_announced = models.BooleanField(default=False)  # its end (sent, refused, failed) stands in the events
    sent_at = models.DateTimeField(null=True)
    relay_answer = models.CharField(max_length=300, blank=True)

    class Meta:
        app_label = "messaging"
        indexes = [
            models.Index(fields=["state", "due_at"], name="message_to_claim"),
            models.Index(fields=["organisation_id", "cause_kind", "cause_id"], name="message_by_cause"),
            models.Index(fields=["organisation_id", "customer_id", "-queued_at"], name="message_by_customer"),
            models.Index(
                fields=["organisation_id"],
                condition=models.Q(is_announced=False, state__in=("sent", "refused", "failed")),
                name="message_to_announce",
            ),
            models.Index(fields=["lease_until"], condition=models.Q(state="submitting"), name="message_unanswered"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "cause_kind", "cause_id", "step", "address", "channel"], name="one_message_per_cause_and_step"
            )
        ]


class PersonalLetter(models.Model):
    """A mail or text to the owner of an account about the account itself. It is no dealer's, so it knows no organisation.

    What it says is composed when it leaves and kept nowhere: it carries secrets. States: queued, sent, failed; of a text whose gateway told
    us more, delivered or undelivered.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    channel = models.CharField(max_length=10, default="email", db_default="email")  # email | sms
    address = models.CharField(max_length=254)  # of mail, or a number in E.164
    template = models.CharField(max_length=60)
    language = models.CharField(max_length=10)
    facts = models.JSONField(default=dict)  # ids and plain values, never a secret
    state = models.CharField(max_length=12, default="queued")
    attempts = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=300, blank=True)
    queued_at = models.DateTimeField()
    due_at = models.DateTimeField()
    useless_at = models.DateTimeField()  # nobody needs it any more
    sent_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "messaging"
        indexes = [models.Index(fields=["due_at"], condition=models.Q(state="queued"), name="personal_letter_due")]


class Click(ScopedModel):
    """A raw visit to a link we sent, with the verdict whether a person did it and why we think so."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="clicks", null=True)
    cause_kind = models.CharField(max_length=24)
    cause_id = models.UUIDField()
    at = models.DateTimeField()
    link = models.CharField(max_length=40, blank=True)  # which link of the message
    method = models.CharField(max_length=8)
    is_machine = models.BooleanField()
    verdict = models.CharField(max_length=40)
    user_agent = models.CharField(max_length=200, blank=True)
    headers = models.JSONField(default=dict)  # those that speak for a person or a machine, as they came

    class Meta:
        app_label = "messaging"
        indexes = [models.Index(fields=["organisation_id", "cause_kind", "cause_id"], name="click_by_cause")]


class Suppression(ScopedModel):
    """An address that gets nothing more on a channel, and why."""

    channel = models.CharField(max_length=10)
    address = models.CharField(max_length=254)
    reason = models.CharField(max_length=40)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        app_label = "messaging"
        constraints = [models.UniqueConstraint(fields=["organisation_id", "channel", "address"], name="one_suppression_per_address")]


class Pause(ScopedModel):
    """Silence towards one customer for some purposes, with its reason and end."""

    customer_id = models.UUIDField()
    purposes = models.JSONField(default=list)
    reason = models.CharField(max_length=40)  # case_open …
    cause_id = models.UUIDField(null=True)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "messaging"
        indexes = [models.Index(fields=["organisation_id", "customer_id"], name="pause_by_customer")]
