"""Puts messages into the outbox, in the transaction of their cause, and lets staff decide on those that wait for a person.

What becomes of a message is decided later, in its claim; nothing is sent from here.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from forecourt.engines.messaging import background, purposes
from forecourt.engines.messaging.models import Message
from forecourt.kernel.errors import Refusal
from forecourt.kernel.ids import uuid7
from forecourt.records.dealership.models import Organisation, Site
from forecourt.runtime import access, actors, audit, clock, scope
from forecourt.runtime.actors import Actor

_DOMAIN_WITHOUT_SITE = "mail.invalid"


def queue(
    *,
    cause_kind: str,
    cause_id: UUID,
    step: str,
    customer_id: UUID | None,
    address: str,
    channel: str = "email",
    purpose: str,
    language: str,
    template: str,
    facts: Mapping[str, Any],
    site_id: UUID | None,
    due_at: datetime | None = None,
    controller: str = "dealer",
    brand: str = "",
) -> Message | None:
    """Write a message into the outbox; None if this cause already has this step for this address.

    Must run inside the transaction of its cause. `facts` are ids and plain values that its composer needs; an empty address is
    refused at the claim, so that every planned message has an end. `controller` is in whose name it goes, `brand` what it is about.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A message is queued only inside the transaction of its cause.")
    now = clock.now()
    own_id = uuid7()
    message = Message(
        id=own_id, organisation_id=scope.organisation_id(), cause_kind=cause_kind, cause_id=cause_id, step=step, customer_id=customer_id,
        channel=channel, address=address.strip(), purpose=purpose, controller=controller, brand=brand, language=language, template=template,
        facts=dict(facts), site_id=site_id, message_id=f"<{own_id.hex}@{domain_of(site_id)}>", due_at=due_at or now, queued_at=now,
    )  # fmt: skip
    return message if _put(message) else None


def _put(message: Message) -> bool:
    """Whether it is in the outbox now; its cause may have put it there before. What cannot wait for the next round is sent at once."""
    Message.objects.bulk_create([message], ignore_conflicts=True)
    if not Message.objects.filter(pk=message.pk).exists():
        return False
    if message.due_at <= message.queued_at and not purposes.is_marketing(message.purpose):
        background.send_one.defer(by=actors.system(message.organisation_id), message_id=str(message.pk))
    return True


def domain_of(site_id: UUID | None) -> str:
    """The domain that mail of a site comes from; without a site, the organisation's first."""
    sites = Site.objects.filter(pk=site_id) if site_id else Site.objects.order_by("id")
    email = sites.values_list("email", flat=True).first() or ""
    domain = email.rpartition("@")[2].lower()
    if domain:
        return domain[:80]
    slug = Organisation.objects.filter(pk=scope.organisation_id()).values_list("slug", flat=True).first()
    return f"{slug}.{_DOMAIN_WITHOUT_SITE}" if slug else _DOMAIN_WITHOUT_SITE


def of_cause(cause_kind: str, cause_id: UUID) -> QuerySet[Message]:
    """All messages of one cause, oldest first."""
    return Message.objects.filter(cause_kind=cause_kind, cause_id=cause_id).order_by("queued_at", "id")


def states(cause_kind: str, cause_ids: "list[UUID] | QuerySet[Any]") -> dict[str, int]:
    """How many messages of these causes stand where; the numbers sum to all of them."""
    rows = Message.objects.filter(cause_kind=cause_kind, cause_id__in=cause_ids).order_by()
    return {row["state"]: row["count"] for row in rows.values("state").annotate(count=Count("id"))}


def parked(*, actor: Actor) -> QuerySet[Message]:
    """Messages that wait for a person to decide, at the sites where this person works, newest first."""
    access.require(actor, "messaging.see")
    rows = Message.objects.filter(state="parked")
    if actor.sites is not None:
        rows = rows.filter(Q(site_id=None) | Q(site_id__in=actor.sites))
    return rows.order_by("-queued_at", "-id")


@transaction.atomic
def send_again(*, actor: Actor, message_id: UUID) -> Message:
    """Put a parked message back into the outbox, under the same Message-ID; whoever decides so accepts that it may arrive twice."""
    message = _parked(actor, message_id)
    message.state, message.attempts, message.due_at, message.reason_code, message.reason = "queued", 0, clock.now(), "", ""
    message.save()
    audit.record(by=actor, act="messaging.send_again", object_kind="message", object_id=message.id)
    return message


@transaction.atomic
def give_up(*, actor: Actor, message_id: UUID) -> Message:
    """Leave a parked message unsent for good."""
    message = _parked(actor, message_id)
    message.state = "failed"
    message.save()
    audit.record(by=actor, act="messaging.give_up", object_kind="message", object_id=message.id)
    return message


def _parked(actor: Actor, message_id: UUID) -> Message:
    message = access.fetch(Message, message_id, actor=actor, right="messaging.release", lock=True)
    if message.state != "parked":
        raise Refusal("wrong_state", _("This message does not wait for a decision."), state=message.state)
    return message
