"""Takes due messages for this worker and decides, at the last moment, whether and how each goes.

Everything that may change between planning and sending is asked here, in the transaction that takes the message: whether its cause
still stands, consent, suppression, pauses, quiet hours and the weekly cap. What passes is composed and kept, ready to hand over.
"""

import logging
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone, translation

from forecourt.engines.messaging import attempts, leases, pauses, purposes, registry, suppression
from forecourt.engines.messaging.models import Message
from forecourt.engines.messaging.registry import Content
from forecourt.kernel.errors import Refusal
from forecourt.records.accounts import quiet
from forecourt.records.dealership.models import Site
from forecourt.runtime import clock

_log = logging.getLogger(__name__)
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[^\s@<>(),;:\\\"\[\]]+\.[^\s@<>(),;:\\\"\[\].]{2,}")
_WEEK = timedelta(days=7)


@dataclass
class Claimed:
    """What a claim took: how many messages it decided on, and those that are composed and leased to us."""

    decided: int = 0
    ready: list[Message] = field(default_factory=list)


@dataclass(frozen=True)
class _Refused:
    code: str
    text: str = ""


@dataclass(frozen=True)
class _Later:
    at: datetime


@dataclass
class _Batch:
    """What is asked once for all messages of a claim."""

    zones: dict[UUID, str]
    suppressed: dict[str, str]
    paused: dict[tuple[UUID, str], str]
    marketing_this_week: dict[UUID, int]
    held_elsewhere: frozenset[UUID]
    own_quiet: dict[UUID, quiet.Hours] = field(default_factory=dict)


def due() -> Q:
    """Messages that a claim may take now."""
    return Q(state="queued", due_at__lte=clock.now()) & (Q(lease_until=None) | Q(lease_until__lt=leases.now()))


@transaction.atomic
def claim(*, at_most: int, only: UUID | None = None) -> Claimed:
    """Take up to so many due messages of the organisation in scope (or one of them) and decide on each."""
    rows = Message.objects.select_for_update(skip_locked=True).filter(due(), channel="email")
    messages = list(rows.filter(pk=only) if only else rows.order_by("due_at", "id")[:at_most])
    claimed = Claimed()
    if not messages:
        return claimed
    batch = _gather(messages)
    enough = leases.now() + leases.length() / 4
    for message in messages:
        if leases.now() > enough and claimed.ready:
            break  # composing is slow today; what is composed shall go before it is stale
        if message.customer_id in batch.held_elsewhere and purposes.is_marketing(message.purpose):
            continue
        claimed.decided += 1
        if _settle(message, batch):
            claimed.ready.append(message)
    _lease(claimed.ready)
    return claimed


def _lease(messages: list[Message]) -> None:
    """The leases begin together and last, so that slow composing does not eat them up."""
    lease_until = leases.until()
    for message in messages:
        message.lease_until = lease_until
    Message.objects.filter(pk__in=[message.pk for message in messages]).update(lease_until=lease_until)


def _gather(messages: list[Message]) -> _Batch:
    customers = {message.customer_id for message in messages if message.customer_id}
    written_to = {message.customer_id for message in messages if message.customer_id and purposes.is_marketing(message.purpose)}
    # The lock comes before the count: two workers must not both see room for one more mail this week.
    held = frozenset(written_to - _locked(written_to))
    return _Batch(
        zones=dict(Site.objects.order_by("-id").values_list("id", "zone")),
        suppressed=suppression.reasons([message.address for message in messages]),
        paused=pauses.reasons(customers),
        marketing_this_week=_marketing_this_week(written_to - held),
        held_elsewhere=held,
        own_quiet=quiet.of_customers(written_to - held),
    )


def _locked(customers: set[UUID]) -> set[UUID]:
    """Those of the customers whom no other claim is deciding on at this moment; ours until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM unnest(%s::uuid[]) AS id WHERE pg_try_advisory_xact_lock(hashtextextended('messaging.cap:' || id, 0))",
            [list(customers)],
        )
        return {row[0] for row in cursor.fetchall()}


def _marketing_this_week(customers: set[UUID]) -> dict[UUID, int]:
    sent = Q(state="sent", sent_at__gt=clock.now() - _WEEK)
    on_its_way = Q(state="submitting") | Q(state="queued", lease_until__gt=leases.now())
    rows: QuerySet[Message] = Message.objects.filter(sent | on_its_way, customer_id__in=customers, purpose__in=purposes.MARKETING)
    counted = rows.order_by().values("customer_id").annotate(count=Count("id"))
    return {row["customer_id"]: row["count"] for row in counted if row["customer_id"] is not None}


def _settle(message: Message, batch: _Batch) -> bool:
    """Decide and write down; whether the message is ready to go."""
    zone = batch.zones.get(message.site_id) if message.site_id else None
    zone = zone or next(reversed(batch.zones.values()), "UTC")
    outcome = _safely(message, batch, zone)
    if isinstance(outcome, Content):
        message.subject, message.html, message.text = outcome.subject, outcome.html, outcome.text
        message.headers = outcome.headers
        message.save(update_fields=["subject", "html", "text", "headers"])
        if purposes.is_marketing(message.purpose) and message.customer_id:
            batch.marketing_this_week[message.customer_id] = batch.marketing_this_week.get(message.customer_id, 0) + 1
        return True
    if isinstance(outcome, _Later):
        message.due_at, message.lease_until = outcome.at, None
        message.save(update_fields=["due_at", "lease_until"])
    elif isinstance(outcome, _Refused):
        message.state, message.lease_until = "refused", None
        message.reason_code, message.reason = outcome.code[:40], outcome.text[:300]
        message.save(update_fields=["state", "lease_until", "reason_code", "reason"])
    return False


def _safely(message: Message, batch: _Batch, zone: str) -> Content | _Refused | _Later | None:
    """The outcome; a fault of ours in one message is written down and does not hold up the others."""
    try:
        with transaction.atomic(), translation.override(message.language or "en"), timezone.override(zone):
            return _no(message, batch, zone) or _composed(message)
    except Refusal as refusal:
        return _Refused(refusal.code, str(refusal.text))
    except Exception:  # noqa: BLE001 - a composer is another's code; what it raises is logged, counted and tried again
        _log.exception("Message %s could not be composed", message.id)
        attempts.failed(message, "compose_failed", "")
        return None


def _no(message: Message, batch: _Batch, zone: str) -> _Refused | _Later | None:
    """Why the message must not go now, if so; what ends it comes before what only delays it."""
    ask = registry.gate_of(message.cause_kind)
    verdict = ask(message) if ask else None
    if verdict is not None and not verdict.allowed:
        return _Refused(verdict.reason_code)
    if not _ADDRESS.fullmatch(message.address):
        return _Refused("bad_address" if message.address else "no_address")
    return _unwanted(message, batch) or _untimely(message, batch, zone)


def _unwanted(message: Message, batch: _Batch) -> _Refused | None:
    suppressed = batch.suppressed.get(message.address.lower())
    consent = registry.consent()(
        customer_id=message.customer_id,
        purpose=message.purpose,
        channel=message.channel,
        brand=message.brand,
        controller=message.controller,
        suppression=suppression.kind(suppressed),
    )
    if not consent.allowed:
        return _Refused(consent.reason_code, (suppressed or "") if consent.reason_code == "suppressed" else "")
    if message.customer_id is not None and (message.customer_id, message.purpose) in batch.paused:
        return _Refused(batch.paused[message.customer_id, message.purpose])
    return None


def _untimely(message: Message, batch: _Batch, zone: str) -> _Refused | _Later | None:
    if not purposes.is_marketing(message.purpose):
        return None
    now = clock.now()
    allowed_at = purposes.after_quiet(now, zone)
    if message.customer_id in batch.own_quiet:
        allowed_at = max(allowed_at, quiet.after(now, batch.own_quiet[message.customer_id], zone))
    if allowed_at > now:
        return _Later(allowed_at)
    if message.customer_id and batch.marketing_this_week.get(message.customer_id, 0) >= purposes.MOST_PER_WEEK:
        return _Refused("too_many_this_week")
    return None


def _composed(message: Message) -> Content:
    content = registry.composer_of(message.template)(message)
    for value in (content.subject, *content.headers, *content.headers.values()):
        if "\n" in value or "\r" in value:
            raise Refusal("line_break_in_header", "")
    return content
