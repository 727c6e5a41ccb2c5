"""What one controller lets another see of its customers: recorded with purpose, fields, days and basis, or it does not exist.

A share is never changed. It ends on its last day, or when an administrator ends it.
"""

from collections.abc import Collection
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from forecourt.kernel.errors import NotFound, Refusal
from forecourt.records.people import controllers
from forecourt.records.people.consent.terms import PURPOSES
from forecourt.records.people.events import ShareEnded, ShareRecorded
from forecourt.records.people.models import Customer, Share
from forecourt.runtime import access, audit, clock
from forecourt.runtime.actors import Actor
from forecourt.runtime.events import publish
from forecourt.runtime.models import AuditEntry

#: What of a customer can be shared at all.
FIELDS: Final = (
    "number", "kind", "salutation", "first_name", "last_name", "company", "language", "email", "phone", "mobile", "street", "postcode", "city",
    "country",
)  # fmt: skip

_SEEN: Final = "people.seen_by_share"


@transaction.atomic
def record(
    *,
    actor: Actor,
    from_controller: str,
    to_controller: str,
    purpose: str,
    fields: Collection[str],
    basis: str,
    starts_on: date,
    ends_on: date,
) -> Share:
    """Write a share down. Refusal("unknown_controller", "same_controller", "unknown_purpose", "unknown_field", "basis_missing", "wrong_days")."""
    access.require(actor, "people.manage_shares")
    known = controllers.names()
    if from_controller not in known or to_controller not in known:
        raise Refusal("unknown_controller", _("One of the two takes no part here."))
    if from_controller == to_controller:
        raise Refusal("same_controller", _("A share has two different ends."))
    if purpose not in PURPOSES:
        raise Refusal("unknown_purpose", _("There is no such purpose or channel."))
    if not fields or not set(fields) <= set(FIELDS):
        raise Refusal("unknown_field", _("Please choose what is shared."))
    if not basis.strip():
        raise Refusal("basis_missing", _("Please say on which agreement or law it rests."))
    if ends_on < starts_on:
        raise Refusal("wrong_days", _("The last day is before the first."))
    share = Share.objects.create(
        from_controller=from_controller, to_controller=to_controller, purpose=purpose, fields=sorted(set(fields)), basis=basis.strip()[:200],
        starts_on=starts_on, ends_on=ends_on, recorded_at=clock.now(), recorded_by=actor.id,
    )  # fmt: skip
    audit.record(by=actor, act="people.share_recorded", object_kind="share", object_id=share.pk, purpose=purpose, fields=share.fields)
    publish(ShareRecorded(share_id=share.pk, purpose=purpose), by=actor)
    return share


@transaction.atomic
def end(*, actor: Actor, share_id: UUID) -> Share:
    """Nothing is seen by it from now on; ending it again changes nothing."""
    share = access.fetch(Share, share_id, actor=actor, right="people.manage_shares", lock=True)
    if share.ended_at is None:
        share.ended_at, share.ended_by = clock.now(), actor.id
        share.save(update_fields=["ended_at", "ended_by"])
        audit.record(by=actor, act="people.share_ended", object_kind="share", object_id=share.pk)
        publish(ShareEnded(share_id=share.pk, purpose=share.purpose), by=actor)
    return share


def recorded(*, actor: Actor) -> QuerySet[Share]:
    """All shares, the newest first."""
    access.require(actor, "people.manage_shares")
    return Share.objects.order_by("-recorded_at", "-id")


def find(*, actor: Actor, share_id: UUID) -> Share:
    """One share, if the actor may see it."""
    return access.fetch(Share, share_id, actor=actor, right="people.manage_shares")


def looks(share: Share) -> QuerySet[AuditEntry]:
    """What was seen by a share, the newest first; of whom stands in `about`."""
    return AuditEntry.objects.filter(object_kind="share", object_id=share.pk, act=_SEEN).order_by("-at")


def shared_fields(*, from_controller: str, to_controller: str, purpose: str, on: date | None = None) -> frozenset[str]:
    """What the one may see of the other's customers for a purpose on a day, today if none is given; nothing without a valid share."""
    return _fields(_valid(from_controller, to_controller, purpose, on or clock.now().date()))


@transaction.atomic
def seen(*, actor: Actor, customer_id: UUID, from_controller: str, to_controller: str, purpose: str) -> dict[str, Any]:
    """A customer as the other controller sees them: the shared fields and nothing else. NotFound without a valid share.

    That it was seen, by which share, is in the trail.
    """
    access.require(actor, "people.see_customer")
    shares = _valid(from_controller, to_controller, purpose, clock.now().date())
    fields = _fields(shares)
    found = Customer.objects.filter(pk=customer_id).values(*sorted(fields)).first() if fields else None
    if found is None:
        raise NotFound
    for share in shares:
        audit.record(by=actor, act=_SEEN, object_kind="share", object_id=share.pk, about=[customer_id], fields=share.fields)
    return dict(found)


def _valid(from_controller: str, to_controller: str, purpose: str, day: date) -> list[Share]:
    ends = {"from_controller": from_controller, "to_controller": to_controller, "purpose": purpose}
    return list(Share.objects.filter(**ends, starts_on__lte=day, ends_on__gte=day, ended_at=None))


def _fields(shares: list[Share]) -> frozenset[str]:
    return frozenset(name for share in shares for name in share.fields)
