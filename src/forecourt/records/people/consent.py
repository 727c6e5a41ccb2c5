"""The consent ledger: who agreed to or objected to which messages, and whether one may be sent now.

Owns the append-only entries and the gate computed from them. Suppressed addresses, caps, quiet hours and pauses are messaging's.
The default gates are those of the dealer's counsel until told otherwise: contract mail and safety recalls need no consent; service
reminders and surveys count as advertising (BGH VI ZR 225/17), so they need a consent, or to be ordered as a service (an entry of
source `dealer_rule`); offers need a consent.

How entries make a state: the newest decides; at the same instant an objection beats a withdrawal, which beats a consent. After an
objection or withdrawal only the person can agree again: no rule of the dealer lifts it, and an import only what it said itself.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.utils.translation import gettext as _

from forecourt.kernel.errors import NotFound, Refusal
from forecourt.records.people.events import ConsentGiven, ConsentsEntered, ConsentWithdrawn, Objected
from forecourt.records.people.models import ConsentEntry, Customer
from forecourt.runtime import access, clock
from forecourt.runtime.actors import Actor
from forecourt.runtime.events import publish

Act = Literal["give", "withdraw", "object"]

PURPOSES = ("contract", "recall", "service_reminder", "survey", "offers")
CHANNELS = ("email", "sms", "phone", "post", "app")
ACTS: tuple[Act, ...] = ("give", "withdraw", "object")
NEED_NOTHING = frozenset({"contract", "recall"})
#: May rest on the customer having ordered them as a service.
ORDERABLE = frozenset({"service_reminder", "survey"})
DEALER_RULE = "dealer_rule"

_EVENTS = {"give": ConsentGiven, "withdraw": ConsentWithdrawn, "object": Objected}
_WEIGHT = {"give": 0, "withdraw": 1, "object": 2}


@dataclass(frozen=True)
class Verdict:
    """Whether a message may go, with a code for machines; `reason` says it in words."""

    allowed: bool
    reason_code: str
    since: datetime | None = None

    @property
    def reason(self) -> str:
        return words(self.reason_code)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line for `enter_batch`."""

    customer_id: UUID
    purpose: str
    channel: str
    act: Act
    entered_at: datetime | None = None
    wording: str = ""
    wording_version: int = 1
    language: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)


def may_contact(*, customer_id: UUID, purpose: str, channel: str) -> Verdict:
    """Whether the ledger lets a message of this purpose go to this customer now."""
    _checked(purpose, channel)
    if purpose in NEED_NOTHING:
        return Verdict(allowed=True, reason_code="needs_no_consent")
    rows = ConsentEntry.objects.filter(customer_id=customer_id, purpose=purpose, channel=channel)
    return verdict(purpose, rows.values_list("act", "source", "entered_at"))


def verdict(purpose: str, entries: Iterable[tuple[str, str, datetime]]) -> Verdict:
    """The verdict from all (act, source, entered at) of one customer, purpose and channel; the order given does not matter."""
    if purpose in NEED_NOTHING:
        return Verdict(allowed=True, reason_code="needs_no_consent")
    counting = [entry for entry in entries if _counts(purpose, entry)]
    stops = [entry for entry in counting if entry[0] != "give"]
    gives = [entry for entry in counting if entry[0] == "give"]
    if stops:
        act, _source, at = max(stops, key=lambda entry: (entry[2], _WEIGHT[entry[0]]))
        gives = [give for give in gives if give[2] > at and (_is_from_the_person(give[1]) or all(stop[1] == give[1] for stop in stops))]
        if not gives:
            return Verdict(allowed=False, reason_code="objected" if act == "object" else "withdrawn", since=at)
    if not gives:
        return Verdict(allowed=False, reason_code="no_consent")
    _act, source, at = max(gives, key=lambda entry: (entry[2], entry[1] != DEALER_RULE))
    return Verdict(allowed=True, reason_code="ordered_as_a_service" if source == DEALER_RULE else "consented", since=at)


def permitted(*, purpose: str, channel: str, customer: str = "pk") -> Exists | Value:
    """The same verdict as a condition of a query; `customer` is the outer query's column of the customer's id."""
    _checked(purpose, channel)
    if purpose in NEED_NOTHING:
        return Value(True)  # noqa: FBT003 - a literal of the query
    entries = ConsentEntry.objects.filter(customer_id=OuterRef(customer), purpose=purpose, channel=channel)
    said_elsewhere = ConsentEntry.objects.filter(customer_id=OuterRef("customer_id"), purpose=purpose, channel=channel)
    said_elsewhere = said_elsewhere.exclude(act="give").exclude(source=OuterRef("source"))
    gives = entries.filter(act="give")
    if purpose not in ORDERABLE:
        gives = gives.exclude(source=DEALER_RULE)
    from_the_person = ~Q(source=DEALER_RULE) & ~Q(source__startswith="import:")
    later = ConsentEntry.objects.filter(customer_id=OuterRef("customer_id"), purpose=purpose, channel=channel)
    later = later.exclude(act="give").filter(entered_at__gte=OuterRef("entered_at"))
    return Exists(gives.filter(~Exists(later) & (from_the_person | ~Exists(said_elsewhere))))


@transaction.atomic
def enter(
    *,
    actor: Actor,
    customer_id: UUID,
    purpose: str,
    channel: str,
    act: Act,
    wording: str,
    source: str = "",
    wording_version: int = 1,
    language: str = "",
    evidence: Mapping[str, Any] | None = None,
) -> ConsentEntry:
    """Write one line of the ledger. `wording` is the key of the text that was shown."""
    _checked(purpose, channel)
    customer = Customer.objects.filter(pk=customer_id).first()
    if customer is None or (actor.kind == "customer" and actor.id != customer.pk):
        raise NotFound
    access.require(actor, "people.enter_consent", customer)
    entry = ConsentEntry.objects.create(
        customer=customer,
        purpose=purpose,
        channel=channel,
        act=act,
        wording=wording,
        wording_version=wording_version,
        language=language or customer.language,
        source=source or ("link" if actor.kind == "customer" else "staff"),
        staff_id=actor.id if actor.kind == "staff" else None,
        evidence=dict(evidence or {}),
        entered_at=clock.now(),
    )
    publish(_EVENTS[act](customer_id=customer.pk, purpose=purpose, channel=channel), by=actor)
    return entry


@transaction.atomic
def enter_batch(*, actor: Actor, entries: Sequence[Entry], source: str) -> int:
    """Write many lines from one source, such as `import:autoline`. A line that says what the newest of its source said is passed over.

    Returns how many were written.
    """
    access.require(actor, "people.enter_consent")
    for entry in entries:
        _checked(entry.purpose, entry.channel)
    said = _last_said(source, {entry.customer_id for entry in entries})
    now = clock.now()
    rows: list[ConsentEntry] = []
    for entry in entries:
        key = (entry.customer_id, entry.purpose, entry.channel)
        if said.get(key) == entry.act:
            continue
        said[key] = entry.act
        rows.append(_row(entry, source, actor, now))
    ConsentEntry.objects.bulk_create(rows, batch_size=2000)
    if rows:
        publish(ConsentsEntered(source=source, entries=len(rows)), by=actor)
    return len(rows)


def object_to_all(*, actor: Actor, customer_id: UUID, wording: str, source: str = "") -> list[ConsentEntry]:
    """An objection to every message that needs a consent, on every channel."""
    with transaction.atomic():
        return [
            enter(actor=actor, customer_id=customer_id, purpose=purpose, channel=channel, act="object", wording=wording, source=source)
            for purpose in PURPOSES
            if purpose not in NEED_NOTHING
            for channel in CHANNELS
        ]


def state(*, customer_id: UUID) -> dict[tuple[str, str], Verdict]:
    """The verdict for every purpose and channel, for the page of a customer; one query."""
    entries: dict[tuple[str, str], list[tuple[str, str, datetime]]] = {}
    rows = ConsentEntry.objects.filter(customer_id=customer_id)
    for purpose, channel, act, source, at in rows.values_list("purpose", "channel", "act", "source", "entered_at"):
        entries.setdefault((purpose, channel), []).append((act, source, at))
    return {(purpose, channel): verdict(purpose, entries.get((purpose, channel), ())) for purpose in PURPOSES for channel in CHANNELS}


def ledger(*, actor: Actor, customer_id: UUID) -> QuerySet[ConsentEntry]:
    """Every line of a customer, newest first."""
    access.fetch(Customer, customer_id, actor=actor, right="people.see_consent")
    return ConsentEntry.objects.filter(customer_id=customer_id).order_by("-entered_at", "-id")


def words(reason_code: str) -> str:
    """A verdict's reason as a sentence in the current language."""
    return {
        "needs_no_consent": _("Needs no consent."),
        "consented": _("The customer agreed to it."),
        "ordered_as_a_service": _("The customer ordered it as a service."),
        "no_consent": _("The customer has not agreed to it."),
        "withdrawn": _("The customer has withdrawn the consent."),
        "objected": _("The customer objects to it."),
    }.get(reason_code, reason_code)


def _counts(purpose: str, entry: tuple[str, str, datetime]) -> bool:
    act, source, _at = entry
    return act != "give" or source != DEALER_RULE or purpose in ORDERABLE


def _is_from_the_person(source: str) -> bool:
    return source != DEALER_RULE and not source.startswith("import:")


def _checked(purpose: str, channel: str) -> None:
    if purpose not in PURPOSES or channel not in CHANNELS:
        raise Refusal("unknown_purpose", _("There is no such purpose or channel."), purpose=purpose, channel=channel)


def _last_said(source: str, customers: Collection[UUID]) -> dict[tuple[UUID, str, str], str]:
    rows = ConsentEntry.objects.filter(source=source, customer_id__in=customers).order_by("entered_at", "id")
    return {
        (customer, purpose, channel): act
        for customer, purpose, channel, act in rows.values_list("customer_id", "purpose", "channel", "act")
    }


def _row(entry: Entry, source: str, actor: Actor, now: datetime) -> ConsentEntry:
    return ConsentEntry(
        customer_id=entry.customer_id,
        purpose=entry.purpose,
        channel=entry.channel,
        act=entry.act,
        wording=entry.wording or "as_imported",
        wording_version=entry.wording_version,
        language=entry.language,
        source=source,
        staff_id=actor.id if actor.kind == "staff" else None,
        evidence=dict(entry.evidence),
        entered_at=entry.entered_at or now,
    )
