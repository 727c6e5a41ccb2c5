"""Two records of one person become one, and two again if that was wrong.

The survivor's record stands for both; the absorbed one stays as an empty shell that points to it. Everything that names the absorbed record
follows, in whatever context it lies (`runtime.references`), each moved row noted, so that undoing takes exactly these back. Events stay
where they are: they are read through the merge (`ids_of`). Consents: who objected or withdrew under either name has done so.
"""

from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from forecourt.kernel.errors import NotFound, Refusal
from forecourt.records.people import consent, departures
from forecourt.records.people.events import CustomersMerged, MergeUndone
from forecourt.records.people.models import ConsentEntry, Customer, CustomerReference, Likeness, Merge, MovedRow
from forecourt.runtime import access, audit, clock, references, scope
from forecourt.runtime.actors import Actor, system
from forecourt.runtime.events import publish

#: What can be taken from the other record: parts of one thing go together, so that nobody ends up with half of two names.
FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "name": ("kind", "salutation", "first_name", "last_name", "company", "sort_key", "match_name"),
    "email": ("email",),
    "mobile": ("mobile",),
    "phone": ("phone",),
    "address": ("street", "postcode", "city", "country"),
    "language": ("language",),
    "tier": ("tier",),
    "looks_for": ("looks_for",),
    "home_site": ("home_site_id",),
    "adviser": ("adviser_id",),
}
_STOPS: Final = {"objected": "object", "withdrawn": "withdraw"}
_LONGEST_CHAIN: Final = 20


@transaction.atomic
def merge(*, actor: Actor, survivor_id: UUID, absorbed_id: UUID, take: Collection[str] = (), weight: Decimal | None = None) -> Merge:
    """Take one record into another. `take` names the `FIELDS` whose value the absorbed record gives; what the survivor lacks is filled.

    Refusals: "same_record", "merged_already", "internal_record", "unknown_field".
    """
    survivor, absorbed = _both(actor, survivor_id, absorbed_id)
    _refuse_unless_possible(survivor, absorbed, take)
    verdicts = consent.state(customer_id=survivor.pk), consent.state(customer_id=absorbed.pk)
    done = Merge.objects.create(
        survivor=survivor,
        absorbed=absorbed,
        taken=_take(survivor, absorbed, take),
        weight=weight,
        merged_at=clock.now(),
        merged_by_kind=actor.kind,
        merged_by_id=actor.id,
    )
    moved = _gather(done)
    CustomerReference.objects.filter(pk__in=moved.get("people.customerreference.customer_id", ())).update(is_secondary=True)
    Customer.objects.filter(pk=absorbed.pk).update(merged_into=survivor)
    departures.settle_some(survivor.pk)
    _keep_the_stricter(done, verdicts)
    _settle(done, actor, state="merged")
    rows = sum(map(len, moved.values()))
    audit.record(
        by=actor, act="people.merged", object_kind="customer", object_id=survivor.pk, absorbed_id=str(absorbed.pk), merge_id=str(done.pk), rows=rows
    )  # fmt: skip
    publish(
        CustomersMerged(merge_id=done.pk, customer_id=survivor.pk, absorbed_id=absorbed.pk, by_rule=actor.kind == "system", rows=rows),
        by=actor,
    )
    return done


@transaction.atomic
def undo(*, actor: Actor, merge_id: UUID) -> Merge:
    """Two records again, each with what hung on it. What came after the merge stays with the survivor. Refusals: "undone_already", "merged_on"."""
    done = access.fetch(Merge, merge_id, actor=actor, right="people.merge", lock=True)
    if done.undone_at:
        raise Refusal("undone_already", _("This merge was undone already."))
    survivor, absorbed = _both(actor, done.survivor_id, done.absorbed_id)
    if survivor.merged_into_id:
        raise Refusal("merged_on", _("This record was merged once more since. Undo that merge first."))
    done.undone_at, done.undone_by_id = clock.now(), actor.id
    done.save(update_fields=["undone_at", "undone_by_id"])
    _give_back(survivor, done)
    ConsentEntry.objects.filter(source=_ledger_source(done)).delete()
    rows = sum(references.move_back(label=label, ids=ids, of=survivor.pk, to=absorbed.pk) for label, ids in _moved_rows(done).items())
    CustomerReference.objects.filter(customer=absorbed, pk__in=_moved_rows(done).get("people.customerreference.customer_id", ())).update(
        is_secondary=False
    )
    Customer.objects.filter(pk=absorbed.pk).update(merged_into=None)
    departures.settle_some(survivor.pk, absorbed.pk)
    _settle(done, actor, state="different")
    audit.record(
        by=actor, act="people.merge_undone", object_kind="customer", object_id=survivor.pk, absorbed_id=str(absorbed.pk),
        merge_id=str(done.pk), rows=rows,
    )  # fmt: skip
    publish(MergeUndone(merge_id=done.pk, customer_id=survivor.pk, absorbed_id=absorbed.pk, rows=rows), by=actor)
    return done


@transaction.atomic
def gather_strays(*, merge_id: UUID) -> int:
    """What was written on the absorbed record by work that had begun before the merge follows too."""
    done = Merge.objects.select_for_update().filter(pk=merge_id, undone_at=None).first()
    return sum(map(len, _gather(done).values())) if done else 0


def current_id(customer_id: UUID) -> UUID:
    """The record that stands for this one today: itself, unless it was merged."""
    for _step in range(_LONGEST_CHAIN):
        into = Customer.objects.filter(pk=customer_id).values_list("merged_into_id", flat=True).first()
        if into is None:
            return customer_id
        customer_id = into
    return customer_id


def holder_today(organisation_id: UUID, customer_id: UUID) -> UUID:
    """Whose a link is that was made for this customer of the organisation."""
    with scope.of(organisation_id):
        return current_id(customer_id)


def ids_of(customer_id: UUID) -> list[UUID]:
    """This record and those merged into it: whose events are this person's."""
    found, fresh = [customer_id], [customer_id]
    while fresh:
        fresh = list(Customer.objects.filter(merged_into_id__in=fresh).values_list("pk", flat=True))
        found += fresh
    return found


def of_customer(customer_id: UUID) -> QuerySet[Merge]:
    """The merges that made this record what it is, the newest first."""
    return (
        Merge.objects.filter(Q(survivor_id=customer_id) | Q(absorbed_id=customer_id))
        .select_related("survivor", "absorbed")
        .order_by("-merged_at")
    )


def last_of(actor: Actor) -> Merge | None:
    """What this person merged last and could undo."""
    return Merge.objects.filter(merged_by_kind=actor.kind, merged_by_id=actor.id, undone_at=None).order_by("-merged_at", "-pk").first()


def _both(actor: Actor, survivor_id: UUID, absorbed_id: UUID) -> tuple[Customer, Customer]:
    """Both records, locked in one order whichever way round they are asked for: rows that name them wait."""
    access.require(actor, "people.merge")
    rows = {row.pk: row for row in Customer.objects.select_for_update().filter(pk__in={survivor_id, absorbed_id}).order_by("pk")}
    if survivor_id not in rows or absorbed_id not in rows:
        raise NotFound
    return rows[survivor_id], rows[absorbed_id]


def _refuse_unless_possible(survivor: Customer, absorbed: Customer, take: Collection[str]) -> None:
    if survivor.pk == absorbed.pk:
        raise Refusal("same_record", _("This is one and the same record."))
    if survivor.merged_into_id or absorbed.merged_into_id:
        raise Refusal("merged_already", _("One of these records was merged meanwhile."))
    if "internal" in {survivor.kind, absorbed.kind}:
        raise Refusal("internal_record", _("The house's own record is not merged."))
    if unknown := set(take) - set(FIELDS):
        raise Refusal("unknown_field", _("There is nothing to choose under this name."), fields=sorted(unknown))


def _take(survivor: Customer, absorbed: Customer, take: Collection[str]) -> dict[str, list[Any]]:
    """Fill the survivor and say what that changed: column -> [before, after]."""
    changed: dict[str, list[Any]] = {}
    for name, columns in FIELDS.items():
        told = [getattr(survivor, column) for column in columns if column not in {"kind", "country"}]  # these two are never empty
        lacks = not any(told)
        if name not in take and not lacks:
            continue
        for column in columns:
            before, after = getattr(survivor, column), getattr(absorbed, column)
            if before != after:
                setattr(survivor, column, after)
                changed[column] = [_plain(before), _plain(after)]
    if changed:
        survivor.save(update_fields=list(changed))
    return changed


def _give_back(survivor: Customer, done: Merge) -> None:
    """The survivor's own values again, where nobody has changed them since."""
    unchanged = [column for column, (_before, after) in done.taken.items() if _plain(getattr(survivor, column)) == after]
    for column in unchanged:
        before = done.taken[column][0]
        setattr(survivor, column, UUID(before) if before and column.endswith("_id") else before)
    if unchanged:
        survivor.save(update_fields=unchanged)


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value


def _gather(done: Merge) -> dict[str, list[UUID]]:
    moved = references.move_all(kind="customer", of=done.absorbed_id, to=done.survivor_id)
    rows = [MovedRow(merge=done, label=label, row_id=row_id) for label, ids in moved.items() for row_id in ids]
    MovedRow.objects.bulk_create(rows, batch_size=2000)
    return moved


def _moved_rows(done: Merge) -> dict[str, list[UUID]]:
    found: dict[str, list[UUID]] = {}
    for label, row_id in MovedRow.objects.filter(merge=done).values_list("label", "row_id"):
        found.setdefault(label, []).append(row_id)
    return found


def _keep_the_stricter(done: Merge, verdicts: Iterable[dict[tuple[str, str], consent.Verdict]]) -> None:
    """An objection or withdrawal under either name holds for both, whatever the other name agreed to later."""
    stops = {
        key: _STOPS[verdict.reason_code]
        for state in verdicts
        for key, verdict in sorted(state.items(), key=lambda each: each[1].reason_code, reverse=True)
        if verdict.reason_code in _STOPS
    }
    now = consent.state(customer_id=done.survivor_id)
    entries = [
        consent.Entry(customer_id=done.survivor_id, purpose=purpose, channel=channel, act=act, wording="merged_records")  # type: ignore[arg-type]
        for (purpose, channel), act in stops.items()
        if now[purpose, channel].allowed or (act == "object" and now[purpose, channel].reason_code != "objected")
    ]
    if entries:
        consent.enter_batch(actor=system(done.organisation_id, via="merge"), entries=entries, source=_ledger_source(done))


def _ledger_source(done: Merge) -> str:
    return f"merge:{done.pk.hex}"


def _settle(done: Merge, actor: Actor, *, state: str) -> None:
    """What was asked about this pair is answered; what was asked about the absorbed record with others is asked anew."""
    pair = Likeness.objects.filter(one_id=min(done.survivor_id, done.absorbed_id), other_id=max(done.survivor_id, done.absorbed_id))
    pair.update(state=state, decided_at=clock.now(), decided_by_id=actor.id if actor.kind == "staff" else None)
    of_absorbed = Likeness.objects.filter(Q(one_id=done.absorbed_id) | Q(other_id=done.absorbed_id))
    of_absorbed.filter(state="waiting").update(state="gone")
