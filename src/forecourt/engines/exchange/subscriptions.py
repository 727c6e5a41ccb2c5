"""Who is told what: subscribing an address, changing, pausing and ending it, its secret, and sending once more. Each leaves a line in the trail."""

from collections.abc import Collection
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from forecourt.engines.exchange import keys, ports, vocabulary
from forecourt.engines.exchange.events import SubscriptionChanged
from forecourt.engines.exchange.models import Delivery, Subscription
from forecourt.kernel.errors import Refusal
from forecourt.runtime import access, audit, clock
from forecourt.runtime.actors import Actor
from forecourt.runtime.events import publish

MOST: Final = 20
"""Addresses of one dealer: each costs every act of theirs a row."""


@transaction.atomic
def subscribe(*, actor: Actor, name: str, address: str, events: Collection[str]) -> tuple[Subscription, str]:
    """Tell this address of these events from now on. Returns the secret that signs; it is told this once. Raises Refusal."""
    access.require(actor, "exchange.manage")
    if Subscription.objects.count() >= MOST:
        raise Refusal("too_many", _("So many programs are told already. Please remove one first."))
    now = clock.now()
    made = Subscription(
        name=name.strip(), address=_open(address), events=_known(events), made_at=now, made_by_id=actor.id, secret_set_at=now
    )
    secret = keys.change(made)
    made.save()
    _note(actor, made, "made", host=_host(made), events=made.events)
    return made, secret


@transaction.atomic
def change(*, actor: Actor, subscription_id: UUID, name: str, address: str, events: Collection[str]) -> Subscription:
    """Another name, address or choice of events; what waits goes to the new address. Raises Refusal."""
    found = _locked(actor, subscription_id)
    found.name, found.address, found.events = name.strip(), _open(address), _known(events)
    found.failures, found.failing_since, found.rests_until = 0, None, None
    found.save(update_fields=["name", "address", "events", "failures", "failing_since", "rests_until"])
    _note(actor, found, "changed", host=_host(found), events=found.events)
    return found


@transaction.atomic
def rotate(*, actor: Actor, subscription_id: UUID, at_once: bool = False) -> str:
    """A new secret, told this once. The earlier one signs beside it for a day, unless it shall end at once."""
    found = _locked(actor, subscription_id)
    secret = keys.change(found, at_once=at_once)
    found.save(update_fields=keys.FIELDS)
    _note(actor, found, "secret", at_once=at_once)
    return secret


@transaction.atomic
def pause(*, actor: Actor, subscription_id: UUID) -> Subscription:
    """Nothing leaves until it is resumed; what happens meanwhile waits."""
    found = _locked(actor, subscription_id)
    if found.state == "active":
        found.state, found.paused_because, found.paused_at = "paused", "by_hand", clock.now()
        found.save(update_fields=["state", "paused_because", "paused_at"])
        _note(actor, found, "paused")
    return found


@transaction.atomic
def resume(*, actor: Actor, subscription_id: UUID) -> Subscription:
    """Go on, with what has waited first."""
    found = _locked(actor, subscription_id)
    if found.state != "active":
        found.state, found.paused_because, found.paused_at = "active", "", None
        found.failures, found.failing_since, found.rests_until = 0, None, None
        found.save()
        found.deliveries.filter(state="waiting").update(due_at=clock.now())
        _note(actor, found, "resumed")
    return found


@transaction.atomic
def remove(*, actor: Actor, subscription_id: UUID) -> None:
    """It is told nothing more; its secret and what waited go with it."""
    found = _locked(actor, subscription_id)
    _note(actor, found, "removed", host=_host(found))
    found.delete()


@transaction.atomic
def try_out(*, actor: Actor, subscription_id: UUID) -> Delivery:
    """A message of its own kind that says nothing, so that one sees whether it arrives."""
    found = _locked(actor, subscription_id)
    now = clock.now()
    body = vocabulary.written(vocabulary.TEST, 1, now.isoformat(), {})
    return Delivery.objects.create(subscription=found, event_name=vocabulary.TEST, body=body, made_at=now, due_at=now)


@transaction.atomic
def send_again(*, actor: Actor, delivery_id: UUID) -> Delivery:
    """The same message under the same id, with all tries before it. Nothing happens to one that waits anyway."""
    found = access.fetch(Delivery, delivery_id, actor=actor, right="exchange.manage", lock=True)
    if found.state != "waiting":
        _anew(Delivery.objects.filter(pk=found.pk))
        audit.record(by=actor, act="exchange.sent_again", object_kind="subscription", object_id=found.subscription_id, deliveries=1)
        found.refresh_from_db()
    return found


@transaction.atomic
def send_parked_again(*, actor: Actor, subscription_id: UUID) -> int:
    """All that was given up; how many."""
    found = _locked(actor, subscription_id)
    count = _anew(Delivery.objects.filter(subscription=found, state="parked"))
    audit.record(by=actor, act="exchange.sent_again", object_kind="subscription", object_id=found.pk, deliveries=count)
    return count


def _anew(rows: QuerySet[Delivery]) -> int:
    return rows.update(state="waiting", tries=0, due_at=clock.now(), ended_at=None, lease_until=None)


def _locked(actor: Actor, subscription_id: UUID) -> Subscription:
    return access.fetch(Subscription, subscription_id, actor=actor, right="exchange.manage", lock=True)


def _open(address: str) -> str:
    """The address, if we may ask there at all; raises Refusal."""
    try:
        ports.outside().check(address)
    except ports.Unreached as problem:
        raise Refusal("address_refused", _("Nothing can be sent to this address."), why=problem.code) from problem
    return address


def _known(events: Collection[str]) -> list[str]:
    chosen = sorted(set(events) & vocabulary.names().keys())
    if not chosen:
        raise Refusal("no_events", _("Please choose what it shall be told."))
    return chosen


def _host(of: Subscription) -> str:
    return urlsplit(of.address).hostname or ""


def _note(actor: Actor, of: Subscription, what: str, **values: Any) -> None:
    publish(SubscriptionChanged(subscription_id=of.pk, what=what), by=actor)
    audit.record(by=actor, act=f"exchange.subscription_{what}", object_kind="subscription", object_id=of.pk, **values)
