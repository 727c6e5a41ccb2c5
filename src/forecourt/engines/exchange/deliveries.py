"""Telling: one address after the other is told what waits for it, tried again with growing pauses for a day, then left to a person.

A message may arrive twice, when we die between the answer and our note of it; its id is the same. The order is not kept: what fails waits,
what comes after it does not. An address that fails rests between tries, and one that fails for days, or says that it is gone, is paused.
"""

import random
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from forecourt.engines.exchange import keys, ports, signing
from forecourt.engines.exchange.events import SubscriptionGivenUp
from forecourt.engines.exchange.models import Attempt, Delivery, Subscription
from forecourt.runtime import clock, scope, seals
from forecourt.runtime.actors import system
from forecourt.runtime.events import publish

PAUSES: Final = tuple(timedelta(seconds=each) for each in (10, 60, 300, 1800, 7200, 18000, 28800, 28800))
"""After each try that failed; together about a day. Each is shortened or lengthened by up to a tenth, so that not all come back at once."""
GIVEN_UP_AFTER: Final = timedelta(days=3)
KEPT: Final = timedelta(days=30)
_LONGEST_REST: Final = timedelta(minutes=10)
_LONGEST_WISH: Final = timedelta(hours=1)
_LEASE: Final = timedelta(seconds=60)
_LANE_SECONDS: Final = 20


@dataclass(frozen=True)
class Outcome:
    """What came of a try. `code`: delivered, refused, redirect, gone, busy, or why there was no answer."""

    code: str
    status: int | None = None
    wait: timedelta = timedelta(0)

    @property
    def is_good(self) -> bool:
        return self.code == "delivered"


def due() -> QuerySet[Subscription]:
    """Addresses for which something waits whose time has come."""
    now = clock.now()
    rested = Q(rests_until=None) | Q(rests_until__lte=now)
    free = Q(deliveries__lease_until=None) | Q(deliveries__lease_until__lt=_machine())
    waiting = Q(deliveries__state="waiting", deliveries__due_at__lte=now)
    return Subscription.objects.filter(rested, waiting & free, state="active").order_by().distinct()


def run(subscription_id: UUID) -> int:
    """Tell one address what waits for it, until it fails or some seconds have passed; how many tries."""
    ends = time.monotonic() + _LANE_SECONDS
    tried = 0
    while time.monotonic() < ends and (delivery := _claim(subscription_id)) is not None:
        begun = time.monotonic()
        outcome = _try(delivery)
        _note(delivery, outcome, milliseconds=round((time.monotonic() - begun) * 1000))
        tried += 1
        if not outcome.is_good:
            break
    return tried


@transaction.atomic
def forget_old() -> int:
    """What was told a month ago goes, from the organisation in scope."""
    return Delivery.objects.filter(made_at__lt=clock.now() - KEPT).delete()[0]


@transaction.atomic
def _claim(subscription_id: UUID) -> Delivery | None:
    now = clock.now()
    free = Q(lease_until=None) | Q(lease_until__lt=_machine())
    rested = Q(subscription__rests_until=None) | Q(subscription__rests_until__lte=now)
    rows = Delivery.objects.select_for_update(skip_locked=True, of=("self",)).select_related("subscription")
    waiting = rows.filter(free, rested, subscription_id=subscription_id, subscription__state="active", state="waiting", due_at__lte=now)
    delivery = waiting.order_by("due_at", "pk").first()
    if delivery is not None:
        delivery.lease_until = _machine() + _LEASE
        delivery.save(update_fields=["lease_until"])
    return delivery


def _try(delivery: Delivery) -> Outcome:
    body = delivery.body.encode()
    try:
        with transaction.atomic():
            secrets = keys.held(delivery.subscription)
        headers = signing.headers(secrets, message_id=f"msg_{delivery.pk.hex}", timestamp=signing.now(), body=body)
        answer = ports.outside().post(delivery.subscription.address, body, {"Content-Type": "application/json", **headers})
    except ports.Unreached as problem:
        return Outcome(problem.code)
    except seals.Unsealable:
        return Outcome("unsealable")
    wait = min(timedelta(seconds=answer.wait_seconds), _LONGEST_WISH)
    return Outcome(_code(answer.status), answer.status, wait)


def _code(status: int) -> str:
    if 200 <= status < 300:
        return "delivered"
    if 300 <= status < 400:
        return "redirect"
    return {410: "gone", 429: "busy", 503: "busy"}.get(status, "refused")


@transaction.atomic
def _note(delivery: Delivery, outcome: Outcome, *, milliseconds: int) -> None:
    """Write down what came of it, with what follows for the message and for the address."""
    subscription = Subscription.objects.select_for_update().filter(pk=delivery.subscription_id).first()
    row = Delivery.objects.select_for_update().filter(pk=delivery.pk).first()
    if subscription is None or row is None:
        return  # it was removed while we asked
    now = clock.now()
    Attempt.objects.create(delivery=row, at=now, status=outcome.status, outcome=outcome.code, milliseconds=milliseconds)
    row.tries, row.lease_until = row.tries + 1, None
    if outcome.is_good:
        row.state, row.ended_at = "delivered", now
        subscription.failures, subscription.failing_since, subscription.rests_until = 0, None, None
        subscription.answered_at = now
    else:
        _failed(row, outcome)
        _rest(subscription, outcome)
    row.save(update_fields=["tries", "lease_until", "state", "ended_at", "due_at"])
    subscription.save(update_fields=[
        "failures", "failing_since", "rests_until", "answered_at", "state", "paused_because", "paused_at",
    ])  # fmt: skip


def _failed(row: Delivery, outcome: Outcome) -> None:
    if row.tries > len(PAUSES) or outcome.code == "gone":
        row.state, row.ended_at = "parked", clock.now()
    else:
        row.due_at = clock.now() + max(PAUSES[row.tries - 1] * random.uniform(0.9, 1.1), outcome.wait)  # noqa: S311 - spreads, hides nothing


def _rest(subscription: Subscription, outcome: Outcome) -> None:
    now = clock.now()
    subscription.failures += 1
    subscription.failing_since = subscription.failing_since or now
    rest = min(timedelta(seconds=5 * 2 ** min(subscription.failures - 1, 10)), _LONGEST_REST)
    subscription.rests_until = now + max(rest, outcome.wait)
    because = "gone" if outcome.code == "gone" else "failing" if now - subscription.failing_since >= GIVEN_UP_AFTER else ""
    if because and subscription.state == "active":
        subscription.state, subscription.paused_because, subscription.paused_at = "paused", because, now
        by = system(scope.organisation_id(), via="exchange")
        publish(SubscriptionGivenUp(subscription_id=subscription.pk, because=because), by=by)


def _machine() -> datetime:
    """Leases go by the machine's clock: business time can be moved."""
    return datetime.now(UTC)
