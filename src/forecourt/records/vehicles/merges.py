"""Two records of one car become one, and two again if that was wrong.

As with people (`records.people.merges`): the survivor's record stands for both, and what names the absorbed one follows (`runtime.references`),
each moved row noted, so that undoing takes exactly these back. What is worked out per car is worked out anew. The absorbed record stays as a
shell: it bears the VIN and the plate that were not chosen, so that a file that still says them reaches the survivor.
docs/decisions/0018-merged-cars.md says why.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from forecourt.kernel.errors import NotFound, Refusal
from forecourt.records.vehicles import departures
from forecourt.records.vehicles.events import VehicleMergeUndone, VehiclesMerged
from forecourt.records.vehicles.models import (
    Holding,
    Vehicle,
    VehicleCorrection,
    VehicleLikeness,
    VehicleMerge,
    VehicleMovedRow,
    VehicleReference,
)
from forecourt.records.vehicles.vehicles import PARTS
from forecourt.runtime import access, audit, clock, references
from forecourt.runtime.actors import Actor
from forecourt.runtime.events import publish

#: What can be taken from the other record: parts of one thing go together.
FIELDS: Final[dict[str, tuple[str, ...]]] = PARTS | {"next_service": (*PARTS["next_service"], "service_told_on"), "country": ("country",)}
#: Not a column of the car: who keeps it now.
KEEPER: Final = "keeper"
_NAMES: Final = ("vin", "plate", "plate_key")
_MILEAGE: Final = ("mileage", "mileage_on")
_REFERENCES: Final = "vehicles.vehiclereference.vehicle_id"


@transaction.atomic
def merge(
    *, actor: Actor, survivor_id: UUID, absorbed_id: UUID, take: Collection[str] = (), weight: Decimal | None = None
) -> VehicleMerge:  # fmt: skip
    """Take one car's record into another. `take` names the `FIELDS` whose value the absorbed record gives, or `KEEPER`; what the survivor lacks
    is filled, and of the two mileages the later one counts.

    Refusals: "same_record", "merged_already", "unknown_field".
    """
    survivor, absorbed = _both(actor, survivor_id, absorbed_id)
    _refuse_unless_possible(survivor, absorbed, take)
    done = VehicleMerge.objects.create(
        survivor=survivor, absorbed=absorbed, weight=weight, merged_at=clock.now(), merged_by_kind=actor.kind, merged_by_id=actor.id
    )
    done.ended = _leave_one_keeper(done, takes_keeper=KEEPER in take)
    done.taken = _take(survivor, absorbed, take)
    done.held = _hold_what_was_chosen(survivor, done, take)
    done.save(update_fields=["ended", "taken", "held"])
    moved = _gather(done)
    departures.settle_some(survivor.pk, absorbed.pk)
    _settle(done, actor, state="merged")
    rows = sum(map(len, moved.values()))
    audit.record(
        by=actor, act="vehicles.merged", object_kind="vehicle", object_id=survivor.pk, absorbed_id=str(absorbed.pk), merge_id=str(done.pk), rows=rows
    )  # fmt: skip
    publish(VehiclesMerged(merge_id=done.pk, vehicle_id=survivor.pk, absorbed_id=absorbed.pk, rows=rows), by=actor)
    return done


@transaction.atomic
def undo(*, actor: Actor, vehicle_merge_id: UUID) -> VehicleMerge:
    """Two records again, each with what hung on it. What came after the merge stays with the survivor.

    Refusals: "undone_already", "merged_on", "vin_taken".
    """
    done = access.fetch(VehicleMerge, vehicle_merge_id, actor=actor, right="vehicles.merge", lock=True)
    if done.undone_at:
        raise Refusal("undone_already", _("This merge was undone already."))
    survivor, absorbed = _both(actor, done.survivor_id, done.absorbed_id)
    if survivor.merged_into_id:
        raise Refusal("merged_on", _("This record was merged once more since. Undo that merge first."))
    done.undone_at, done.undone_by_id = clock.now(), actor.id
    done.save(update_fields=["undone_at", "undone_by_id"])
    _give_back(survivor, absorbed, done)
    moved = _moved_rows(done)
    rows = sum(references.move_back(label=label, ids=ids, of=survivor.pk, to=absorbed.pk) for label, ids in moved.items())
    _make_primary(absorbed, moved.get(_REFERENCES, ()))
    _keep_again(done)
    VehicleCorrection.objects.filter(pk__in=done.held, made_at=done.merged_at).delete()  # what was put right since stays so
    departures.settle_some(survivor.pk, absorbed.pk)
    _settle(done, actor, state="different")
    audit.record(
        by=actor, act="vehicles.merge_undone", object_kind="vehicle", object_id=survivor.pk, absorbed_id=str(absorbed.pk),
        merge_id=str(done.pk), rows=rows,
    )  # fmt: skip
    publish(VehicleMergeUndone(merge_id=done.pk, vehicle_id=survivor.pk, absorbed_id=absorbed.pk, rows=rows), by=actor)
    return done


@transaction.atomic
def gather_strays(*, merge_id: UUID) -> int:
    """What was written on the absorbed record by work that had begun before the merge follows too."""
    done = VehicleMerge.objects.select_for_update().filter(pk=merge_id, undone_at=None).first()
    return sum(map(len, _gather(done).values())) if done else 0


def current_id(vehicle_id: UUID) -> UUID:
    """The record that stands for this one today: itself, unless it was merged."""
    return Vehicle.objects.filter(pk=vehicle_id).values_list("merged_into_id", flat=True).first() or vehicle_id


def ids_of(vehicle_id: UUID) -> list[UUID]:
    """This record and those merged into it: whose events are this car's."""
    return [vehicle_id, *Vehicle.objects.filter(merged_into_id=vehicle_id).order_by("pk").values_list("pk", flat=True)]


def of_vehicle(vehicle_id: UUID) -> QuerySet[VehicleMerge]:
    """The merges that made this record what it is and were not undone, the newest first."""
    return VehicleMerge.objects.filter(survivor_id=vehicle_id, undone_at=None).select_related("absorbed").order_by("-merged_at")


def last_of(actor: Actor) -> VehicleMerge | None:
    """What this person merged last and could undo."""
    return (
        VehicleMerge.objects.filter(merged_by_kind=actor.kind, merged_by_id=actor.id, undone_at=None).order_by("-merged_at", "-pk").first()
    )


def _both(actor: Actor, survivor_id: UUID, absorbed_id: UUID) -> tuple[Vehicle, Vehicle]:
    """Both records, locked in one order whichever way round they are asked for: rows that name them wait."""
    access.require(actor, "vehicles.merge")
    rows = {row.pk: row for row in Vehicle.objects.select_for_update().filter(pk__in={survivor_id, absorbed_id}).order_by("pk")}
    if survivor_id not in rows or absorbed_id not in rows:
        raise NotFound
    return rows[survivor_id], rows[absorbed_id]


def _refuse_unless_possible(survivor: Vehicle, absorbed: Vehicle, take: Collection[str]) -> None:
    if survivor.pk == absorbed.pk:
        raise Refusal("same_record", _("This is one and the same record."))
    if survivor.merged_into_id or absorbed.merged_into_id:
        raise Refusal("merged_already", _("One of these records was merged meanwhile."))
    if unknown := set(take) - {*FIELDS, KEEPER}:
        raise Refusal("unknown_field", _("There is nothing to choose under this name."), fields=sorted(unknown))


def _leave_one_keeper(done: VehicleMerge, *, takes_keeper: bool) -> list[UUID]:
    """A car has one keeper: where both records have one, who is not chosen kept it until now. Returns which holdings that ended."""
    kept = Holding.objects.filter(role="keeper", until_on__isnull=True)
    theirs, ours = kept.filter(vehicle=done.absorbed_id), kept.filter(vehicle=done.survivor_id)
    if not (theirs.exists() and ours.exists()):
        return []
    ends = ours if takes_keeper else theirs
    ids = list(ends.values_list("pk", flat=True))
    Holding.objects.filter(pk__in=ids).update(until_on=done.merged_at.date())
    return ids


def _take(survivor: Vehicle, absorbed: Vehicle, take: Collection[str]) -> dict[str, list[Any]]:
    """Fill the survivor and make the other its shell; says what that changed of the survivor: column -> [before, after]."""
    taken = [columns for name, columns in FIELDS.items() if name in take or not any(getattr(survivor, column) for column in columns)]
    if _is_read_later(absorbed, survivor):
        taken.append(_MILEAGE)
    changed: dict[str, list[Any]] = {}
    given_up = {}
    for column in (column for columns in taken for column in columns):
        before, after = getattr(survivor, column), getattr(absorbed, column)
        if before != after:
            changed[column] = [_as_text(before), _as_text(after)]
            setattr(survivor, column, after)
            if column in _NAMES:
                given_up[column] = before
    Vehicle.objects.filter(pk=absorbed.pk).update(**dict.fromkeys(given_up, ""), merged_into=survivor)
    survivor.save(update_fields=list(changed))
    if given_up:
        Vehicle.objects.filter(pk=absorbed.pk).update(**given_up)
    return changed


def _hold_what_was_chosen(survivor: Vehicle, done: VehicleMerge, take: Collection[str]) -> list[UUID]:
    """What a person chose against what stood there is put right like any other value: the next file leaves it alone."""
    chosen = [part for part, columns in PARTS.items() if part in take and any(done.taken.get(column, [None])[0] for column in columns)]
    held_already = set(VehicleCorrection.objects.filter(vehicle=survivor).values_list("part", flat=True))
    made = [
        VehicleCorrection(
            vehicle=survivor, part=part, made_at=done.merged_at, made_by_kind=done.merged_by_kind, made_by_id=done.merged_by_id,
            said={column: before for column in PARTS[part] if (before := done.taken.get(column, [_as_text(getattr(survivor, column))])[0])},
        )
        for part in chosen if part not in held_already
    ]  # fmt: skip
    return [each.pk for each in VehicleCorrection.objects.bulk_create(made)]


def _give_back(survivor: Vehicle, absorbed: Vehicle, done: VehicleMerge) -> None:
    """The survivor's own values again where nobody has changed them since, and the other's VIN and plate to itself."""
    unchanged = [column for column, (_before, after) in done.taken.items() if _as_text(getattr(survivor, column)) == after]
    for column in unchanged:
        setattr(survivor, column, _of_text(column, done.taken[column][0]))
    own = {column: after for column, (_before, after) in done.taken.items() if column in _NAMES}
    with _one_car_per_vin():
        Vehicle.objects.filter(pk=absorbed.pk).update(**dict.fromkeys(own, ""), merged_into=None)
        survivor.save(update_fields=unchanged or ["changed_by"])  # written in any case: whoever asks what changed has to see both
        if own:
            Vehicle.objects.filter(pk=absorbed.pk).update(**own)


def _make_primary(absorbed: Vehicle, reference_ids: Collection[UUID]) -> None:
    """Its own numbers count again; those that came to it by a merge of its own do not."""
    by_another = VehicleMovedRow.objects.filter(label=_REFERENCES, row_id__in=reference_ids, merge__undone_at=None).values("row_id")
    VehicleReference.objects.filter(vehicle=absorbed, pk__in=reference_ids).exclude(pk__in=by_another).update(is_secondary=False)


def _keep_again(done: VehicleMerge) -> None:
    """Whoever kept it before does again, unless somebody else was named since."""
    for held in Holding.objects.filter(pk__in=done.ended, until_on=done.merged_at.date()):
        if not Holding.objects.filter(vehicle_id=held.vehicle_id, role="keeper", until_on__isnull=True).exists():
            Holding.objects.filter(pk=held.pk).update(until_on=None)


@contextmanager
def _one_car_per_vin() -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
    except IntegrityError as taken:
        raise Refusal("vin_taken", _("Another car has this VIN meanwhile.")) from taken


def _is_read_later(one: Vehicle, other: Vehicle) -> bool:
    """A reading with its day counts more than one without; of those without, the higher is the later one."""
    if one.mileage is None:
        return False
    if one.mileage_on and other.mileage_on:
        return (one.mileage_on, one.mileage) > (other.mileage_on, other.mileage or 0)
    return bool(one.mileage_on) or (other.mileage_on is None and one.mileage > (other.mileage or 0))


def _as_text(value: object) -> str:
    return "" if value is None else str(value)


def _of_text(column: str, text: str) -> Any:
    field: Any = Vehicle._meta.get_field(column)  # noqa: SLF001 - Django's own name for what is public
    return None if not text and field.null else field.to_python(text)


def _gather(done: VehicleMerge) -> dict[str, list[UUID]]:
    moved = references.move_all(kind="vehicle", of=done.absorbed_id, to=done.survivor_id)
    rows = [VehicleMovedRow(merge=done, label=label, row_id=row_id) for label, ids in moved.items() for row_id in ids]
    VehicleMovedRow.objects.bulk_create(rows, batch_size=2000)
    VehicleReference.objects.filter(pk__in=moved.get(_REFERENCES, ())).update(is_secondary=True)
    return moved


def _moved_rows(done: VehicleMerge) -> dict[str, list[UUID]]:
    found: dict[str, list[UUID]] = {}
    for label, row_id in VehicleMovedRow.objects.filter(merge=done).values_list("label", "row_id"):
        found.setdefault(label, []).append(row_id)
    return found


def _settle(done: VehicleMerge, actor: Actor, *, state: str) -> None:
    """What was asked about this pair is answered; what was asked about the absorbed record with others is asked anew."""
    pair = VehicleLikeness.objects.filter(one_id=min(done.survivor_id, done.absorbed_id), other_id=max(done.survivor_id, done.absorbed_id))
    pair.update(state=state, decided_at=clock.now(), decided_by_id=actor.id if actor.kind == "staff" else None)
    of_absorbed = VehicleLikeness.objects.filter(Q(one_id=done.absorbed_id) | Q(other_id=done.absorbed_id))
    of_absorbed.filter(state="waiting").update(state="gone")
