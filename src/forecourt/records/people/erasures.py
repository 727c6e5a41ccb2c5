"""Erasing a person: everything that says who it was goes, figures stay as nobody's, and what law keeps is listed with its end.

The rules are those that contexts declare (`runtime.personal_data`); this walks them, upper floors first, in one transaction. Rows that stay
hang on the organisation's record of erased persons, so that nothing groups them by person any more. Who was erased is appended to a file
outside the database (`erased`), because a restored backup would bring them back (`replay` erases them again), and so would the dealer's next
file (`returns` tells it who is to be left out).
"""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from forecourt.kernel.errors import Refusal
from forecourt.records.people import digests, erased, merges, returns
from forecourt.records.people.events import PersonErased
from forecourt.records.people.models import Customer, Erasure
from forecourt.runtime import access, audit, clock, personal_data, references, scope
from forecourt.runtime.actors import Actor, system
from forecourt.runtime.events import publish
from forecourt.runtime.files.forgetting import forget
from forecourt.runtime.personal_data import Rule, Subject

REASONS: Final = ("asked", "withdrew", "no_longer_needed", "wrongly_kept")
_NOBODYS_NUMBER: Final = "ERASED"


@dataclass(frozen=True)
class Plan:
    """What erasing a person would do now: what stands in the way, how much goes, and what law keeps until when."""

    holds: list[str]
    tables: list[tuple[str, int]]  # title, rows
    kept: list[dict[str, str]]


def plan(*, actor: Actor, customer_id: UUID) -> Plan:
    """What the page shows before anybody decides; changes nothing."""
    customer = access.fetch(Customer, customer_id, actor=actor, right="people.erase")
    subject = subject_of(customer.pk)
    counted = [(rule, rule.rows(subject).count()) for rule in personal_data.rules()]
    return Plan(
        holds=list(personal_data.holds(subject)),
        tables=[(rule.title, rows) for rule, rows in counted if rows and rule.kept is None and rule.is_exported],
        kept=_kept(subject),
    )


@transaction.atomic
def request(*, actor: Actor, customer_id: UUID, reason: str, is_patient: bool = False) -> Erasure:
    """Have a person erased in the background. `is_patient` waits until nothing stands in the way.

    Refusals: "unknown_reason", "internal_record", "not_yet" (with `holds`, in words), "asked_already".
    """
    customer = access.fetch(Customer, merges.current_id(customer_id), actor=actor, right="people.erase", lock=True)
    if reason not in REASONS:
        raise Refusal("unknown_reason", _("Please say why."))
    if customer.kind == "internal":
        raise Refusal("internal_record", _("The house's own record is not erased."))
    holds = list(personal_data.holds(subject_of(customer.pk)))
    if holds and not is_patient:
        raise Refusal("not_yet", _("Not yet: %(reasons)s") % {"reasons": " ".join(holds)}, holds=holds)
    wanted = _entered(customer.pk, reason, actor, is_patient=is_patient)
    audit.record(
        by=actor, act="people.erasure_requested", object_kind="customer", object_id=customer.pk, erasure_id=str(wanted.pk), reason=reason
    )
    from forecourt.records.people import background

    background.erase.defer(by=actor, erasure_id=str(wanted.pk))
    return wanted


@transaction.atomic
def withdraw(*, actor: Actor, erasure_id: UUID) -> None:
    """A waiting erasure is called off. Refusal("too_late")."""
    waiting = access.fetch(Erasure, erasure_id, actor=actor, right="people.erase", lock=True)
    if waiting.state != "waiting":
        raise Refusal("too_late", _("This erasure has been carried out."))
    audit.record(
        by=actor, act="people.erasure_withdrawn", object_kind="customer", object_id=waiting.customer_id, erasure_id=str(waiting.pk)
    )
    waiting.delete()


@transaction.atomic
def carry_out(*, erasure_id: UUID) -> bool:
    """Erase now unless something stands in the way; whether it was done. Doing it twice changes nothing."""
    returns.take_turn()
    wanted = Erasure.objects.select_for_update().filter(pk=erasure_id, state="waiting").first()
    if wanted is None:
        return False
    customer = Customer.objects.select_for_update().filter(pk=wanted.customer_id).first()
    subject = subject_of(wanted.customer_id)
    if customer is None or (wanted.reason != "replayed" and any(personal_data.holds(subject))):
        return False
    wanted.state, wanted.customer_ids = "running", list(subject.customer_ids)
    wanted.save(update_fields=["state", "customer_ids"])
    _tell_database(wanted)
    known_by = digests.of_customers(wanted.organisation_id, subject.customer_ids)
    wanted.kept = _kept(subject)
    wanted.counts = _erase_tables(subject) | _erase_places(subject)
    _let_go(subject)
    wanted.state, wanted.done_at = "done", clock.now()
    wanted.save(update_fields=["state", "done_at", "kept", "counts"])
    by = system(wanted.organisation_id, via="erasure")
    audit.record(by=by, act="people.erased", object_kind="customer", object_id=wanted.customer_id, erasure_id=str(wanted.pk))
    publish(PersonErased(erasure_id=wanted.pk, customer_id=wanted.customer_id, kept=len(wanted.kept)), by=by)
    erased.note(
        organisation_id=wanted.organisation_id, customer_ids=subject.customer_ids, erasure_id=wanted.pk, at=wanted.done_at, digests=known_by
    )
    return True


def waiting() -> QuerySet[Erasure]:
    return Erasure.objects.filter(state="waiting").order_by("requested_at")


def of_customer(customer_id: UUID) -> Erasure | None:
    """The open erasure of a customer, if any."""
    return waiting().filter(customer_id=customer_id).first()


def replay() -> int:
    """Erase again whoever the list outside the database names and a restored backup brought back. Returns how many."""
    again = 0
    for line in erased.read():
        with scope.of(line.organisation_id):
            for customer_id in Customer.objects.filter(pk__in=line.customer_ids, merged_into=None).values_list("pk", flat=True):
                with transaction.atomic():
                    actor = system(line.organisation_id, via="replay")
                    Erasure.objects.filter(customer_id=customer_id, state="waiting").delete()
                    wanted = _entered(customer_id, "replayed", actor, is_patient=False)
                    again += carry_out(erasure_id=wanted.pk)
    return again


def subject_of(customer_id: UUID) -> Subject:
    """The person behind a record, with the records merged into it, their own cars and telling words."""
    ids = tuple(merges.ids_of(customer_id))
    return personal_data.describe(Subject(scope.organisation_id(), ids), only_theirs=True)


def _entered(customer_id: UUID, reason: str, actor: Actor, *, is_patient: bool) -> Erasure:
    try:
        with transaction.atomic():
            return Erasure.objects.create(
                customer_id=customer_id,
                reason=reason,
                is_patient=is_patient,
                requested_at=clock.now(),
                requested_by_kind=actor.kind,
                requested_by_id=actor.id,
            )
    except IntegrityError as open_already:
        raise Refusal("asked_already", _("This person is about to be erased already.")) from open_already


def _kept(subject: Subject) -> list[dict[str, str]]:
    return [
        {"label": personal_data.label_of(rule.model), **row}
        for rule in personal_data.rules()
        if rule.kept is not None
        for row in rule.kept(rule.rows(subject))
    ]


def _erase_tables(subject: Subject) -> dict[str, int]:
    counts = {}
    for rule in reversed(personal_data.rules()):
        rows = rule.rows(subject)
        files = _files_of(rule, rows)
        if erased_rows := rule.erase(subject, rows):
            counts[personal_data.label_of(rule.model)] = erased_rows
        if files and (gone := forget(files)):
            counts[f"files of {personal_data.label_of(rule.model)}"] = gone
    return counts


def _files_of(rule: Rule, rows: QuerySet[Any]) -> set[UUID]:
    if rule.kept is not None:
        return set()
    values = [value for column in rule.files for value in rows.values_list(column, flat=True)]
    return {each for value in values if value for each in (value if isinstance(value, list) else [value])}


def _erase_places(subject: Subject) -> dict[str, int]:
    return {name: things for name, forget_there in personal_data.places().items() if (things := forget_there(subject))}


def _let_go(subject: Subject) -> None:
    """What stays becomes nobody's, then the record itself goes."""
    nobody = _nobody()
    for customer_id in subject.customer_ids:
        references.move_all(kind="customer", of=customer_id, to=nobody.pk)
    Customer.objects.filter(pk__in=subject.customer_ids).update(merged_into=None)
    Customer.objects.filter(pk__in=subject.customer_ids).delete()


def _nobody() -> Customer:
    """The record on which the figures of all erased persons hang."""
    found, _made = Customer.objects.get_or_create(number=_NOBODYS_NUMBER, defaults={"kind": "internal", "last_name": "–"})
    return found


def _tell_database(wanted: Erasure) -> None:
    """PostgreSQL lets a running erasure change what nobody else may: ledger, decisions, invoices' links."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('forecourt.erasing', %s, true)", [str(wanted.pk)])
