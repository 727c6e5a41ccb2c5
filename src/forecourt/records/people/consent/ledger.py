"""Writes the ledger: what people agreed to, confirmed, withdrew and objected to, with the proof. Lines are only ever added."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from forecourt.kernel.errors import NotFound, Refusal
from forecourt.records.people.consent import gate, terms, wordings
from forecourt.records.people.consent.rules import CONFIRM_WITHIN
from forecourt.records.people.consent.terms import Act, Basis, Form
from forecourt.records.people.events import ConfirmationAsked, ConsentGiven, ConsentsEntered, ConsentWithdrawn, Objected
from forecourt.records.people.models import ConsentEntry, Customer
from forecourt.runtime import access, clock
from forecourt.runtime.actors import Actor
from forecourt.runtime.events import publish

_EVENTS = {"give": ConsentGiven, "withdraw": ConsentWithdrawn, "object": Objected}
_FORM_OF_SOURCE: Mapping[str, Form] = {"link": "link", "app": "app", "staff": "counter", terms.DEALER_RULE: "unknown"}


@dataclass(frozen=True)
class Sale:
    """The purchase that a soft opt-in rests on: what it is called (invoice, order) and when it was."""

    reference: str
    sold_at: datetime


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line for `enter_batch`."""

    customer_id: UUID
    purpose: str
    channel: str
    act: Act
    entered_at: datetime | None = None
    controller: str = terms.DEALER
    brand: str = ""
    form: Form = "import"
    wording: str = ""
    wording_version: int = 1
    language: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic
def enter(
    *,
    actor: Actor,
    customer_id: UUID,
    purpose: str,
    channel: str,
    act: Act,
    wording: str,
    text: str = "",
    wording_version: int = 1,
    language: str = "",
    source: str = "",
    form: Form | None = None,
    basis: Basis = "consent",
    brand: str = "",
    controller: str = terms.DEALER,
    sale: Sale | None = None,
    evidence: Mapping[str, Any] | None = None,
) -> ConsentEntry:
    """Write one line of the ledger. `wording` is the key of the text that was shown, `text` the text itself, kept with its version.

    A consent that has to be confirmed where the customer lives is entered as asked for; it counts once the customer confirms it.
    Refusal("unknown_purpose", "evidence_missing", "no_sale", "not_orderable").
    """
    terms.check(purpose, channel)
    customer = _customer(actor, customer_id)
    source = source or _source(actor)
    entry = ConsentEntry(
        customer=customer, purpose=purpose, channel=channel, act=act, wording=wording, language=language or customer.language, source=source,
        controller=controller, brand=brand.strip().lower(), staff_id=actor.id if actor.kind == "staff" else None,
        evidence=dict(evidence or {}), entered_at=clock.now(), wording_version=wording_version,
    )  # fmt: skip
    if text:
        entry.wording_version = wordings.keep(wording, language=entry.language, text=text)
    if act == "give":
        _say_how(entry, basis, form or _FORM_OF_SOURCE.get(source, "unknown"), sale)
    entry.save(force_insert=True)
    _tell(entry, actor)
    return entry


@transaction.atomic
def confirm(*, actor: Actor, entry_id: UUID) -> ConsentEntry:
    """The customer confirms what a double opt-in asked; doing it again changes nothing.

    Refusal("confirmation_over") after seven days, Refusal("objected_meanwhile") if the customer said no since.
    """
    assert actor.id is not None
    customer = _customer(actor, actor.id)
    Customer.objects.select_for_update().get(pk=customer.pk)
    entry = asked(customer_id=customer.pk, entry_id=entry_id)
    done = entry.confirmations.first()
    if done is not None:
        return done
    now = clock.now()
    if now - entry.entered_at > CONFIRM_WITHIN:
        raise Refusal("confirmation_over", _("This link was valid for seven days. Please agree once more."))
    if _stopped_since(entry):
        raise Refusal("objected_meanwhile", _("You have said no to it since. Please agree once more if you changed your mind."))
    line = ConsentEntry.objects.create(
        customer_id=entry.customer_id, controller=entry.controller, purpose=entry.purpose, channel=entry.channel, brand=entry.brand,
        act="confirm", confirms=entry, basis=entry.basis, form="link", wording=entry.wording, wording_version=entry.wording_version,
        language=entry.language, source=_source(actor), evidence={"via": actor.via}, entered_at=now,
    )  # fmt: skip
    publish(ConsentGiven(customer_id=entry.customer_id, purpose=entry.purpose, channel=entry.channel), by=actor)
    return line


def asked(*, customer_id: UUID, entry_id: UUID) -> ConsentEntry:
    """The line that a double opt-in asks this customer to confirm; NotFound if there is none."""
    found = ConsentEntry.objects.filter(pk=entry_id, customer_id=customer_id, act="give", form=terms.DOUBLE_OPT_IN).first()
    if found is None:
        raise NotFound
    return found


def is_open(*, entry_id: UUID) -> bool:
    """Whether a double opt-in still waits for its confirmation."""
    entry = ConsentEntry.objects.filter(pk=entry_id).first()
    if entry is None or entry.confirmations.exists() or clock.now() - entry.entered_at > CONFIRM_WITHIN:
        return False
    return not _stopped_since(entry)


@transaction.atomic
def enter_batch(*, actor: Actor, entries: Sequence[Entry], source: str) -> int:
    """Write many lines from one source, such as `import:autoline`. A line that says what the newest of its source said is passed over.

    Returns how many were written.
    """
    access.require(actor, "people.enter_consent")
    for entry in entries:
        terms.check(entry.purpose, entry.channel)
    said = _last_said(source, {entry.customer_id for entry in entries})
    now = clock.now()
    rows: list[ConsentEntry] = []
    for entry in entries:
        key = (entry.customer_id, entry.purpose, entry.channel, entry.controller, entry.brand)
        if said.get(key) == entry.act:
            continue
        said[key] = entry.act
        rows.append(_row(entry, source, actor, now))
    ConsentEntry.objects.bulk_create(rows, batch_size=2000)
    if rows:
        publish(ConsentsEntered(source=source, entries=len(rows)), by=actor)
    return len(rows)


def object_to_all(
    *, actor: Actor, customer_id: UUID, wording: str, source: str = "", text: str = "", controller: str = terms.DEALER
) -> list[ConsentEntry]:
    """An objection to everything that needs a consent, on every channel."""
    with transaction.atomic():
        return [
            enter(
                actor=actor, customer_id=customer_id, purpose=purpose, channel=channel, act="object", wording=wording, source=source,
                text=text, controller=controller,
            )
            for purpose, channel in terms.PAIRS
            if purpose not in terms.NEED_NOTHING
        ]  # fmt: skip


def ledger(*, actor: Actor, customer_id: UUID) -> QuerySet[ConsentEntry]:
    """Every line of a customer, newest first."""
    _customer(actor, customer_id, right="people.see_consent")
    return ConsentEntry.objects.filter(customer_id=customer_id).order_by("-entered_at", "-id")


def _stopped_since(entry: ConsentEntry) -> bool:
    said = ConsentEntry.objects.filter(
        customer=entry.customer_id, purpose=entry.purpose, channel=entry.channel, controller=entry.controller
    )
    return said.filter(act__in=("withdraw", "object"), entered_at__gte=entry.entered_at).exists()


def _customer(actor: Actor, customer_id: UUID, right: str = "people.enter_consent") -> Customer:
    customer = Customer.objects.filter(pk=customer_id).first()
    if customer is None or (actor.kind == "customer" and actor.id != customer.pk):
        raise NotFound
    access.require(actor, right, customer)
    return customer


def _source(actor: Actor) -> str:
    if actor.kind == "customer":
        return "link" if actor.via.startswith("link:") or not actor.via else "app"
    return "staff"


def _say_how(entry: ConsentEntry, basis: Basis, form: Form, sale: Sale | None) -> None:
    """How the consent was given and what it rests on; who only said yes to staff is asked by mail where that is not enough."""
    entry.basis, entry.form = basis, form
    if form in terms.PROVEN_FORMS and not entry.evidence:
        raise Refusal("evidence_missing", _("Please note what proves it: who called when, or where the paper is."))
    if basis == "order" and entry.purpose not in terms.ORDERABLE:
        raise Refusal("not_orderable", _("This cannot be ordered as a service; it needs a consent."))
    if basis == "soft_opt_in":
        if sale is None or not sale.reference or sale.sold_at > entry.entered_at:
            raise Refusal("no_sale", _("Without a purchase on record this needs a consent."))
        entry.sale_reference, entry.sold_at = sale.reference, sale.sold_at
    if basis != "consent" or form in {*terms.STANDING_FORMS, terms.PAPER, terms.DOUBLE_OPT_IN}:
        return
    there = gate.circumstances(entry.customer_id)
    if terms.needs_double_opt_in(purpose=entry.purpose, channel=entry.channel, country=there.country, rule=there.double_opt_in):
        entry.evidence["taken"] = form
        entry.form = terms.DOUBLE_OPT_IN


def _tell(entry: ConsentEntry, actor: Actor) -> None:
    of_whom: dict[str, Any] = {"customer_id": entry.customer_id, "purpose": entry.purpose, "channel": entry.channel}
    if entry.form == terms.DOUBLE_OPT_IN:
        publish(ConfirmationAsked(entry_id=entry.pk, **of_whom), by=actor)
    else:
        publish(_EVENTS[entry.act](**of_whom), by=actor)


def _last_said(source: str, customers: Collection[UUID]) -> dict[tuple[UUID, str, str, str, str], str]:
    rows = ConsentEntry.objects.filter(source=source, customer_id__in=customers, act__in=terms.ACTS).order_by("entered_at", "id")
    return {
        (customer, purpose, channel, controller, brand): act
        for customer, purpose, channel, controller, brand, act in rows.values_list(
            "customer_id", "purpose", "channel", "controller", "brand", "act"
        )
    }


def _row(entry: Entry, source: str, actor: Actor, now: datetime) -> ConsentEntry:
    return ConsentEntry(
        customer_id=entry.customer_id,
        purpose=entry.purpose,
        channel=entry.channel,
        controller=entry.controller,
        brand=entry.brand,
        act=entry.act,
        form=entry.form if entry.act == "give" else "unknown",
        wording=entry.wording or "as_imported",
        wording_version=entry.wording_version,
        language=entry.language,
        source=source,
        staff_id=actor.id if actor.kind == "staff" else None,
        evidence=dict(entry.evidence),
        entered_at=entry.entered_at or now,
    )
