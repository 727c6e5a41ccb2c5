# ruff: noqa: S608 - SQL is put together from names of our own tables; values are always parameters
"""Finding records that may be one car: which pairs to look at, what speaks for each, and what people decided.

As with people (`records.people.duplicates`), only records that share a key are looked at: a plate, a VIN but for letters that are easily
misread, or keeper, make and model. Of VINs that differ the plate decides whether one may be mistyped: the cars of a fleet have numbers that
follow each other. Cars never merge by themselves; a person decides, and who was told apart once is not asked about again.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from forecourt.kernel import likeness
from forecourt.kernel.errors import Refusal
from forecourt.kernel.identifiers import vin_check_digit_ok
from forecourt.kernel.ids import uuid7
from forecourt.records.vehicles import merges
from forecourt.records.vehicles.models import Holding, Vehicle, VehicleComparison, VehicleLikeness, VehicleMerge
from forecourt.runtime import access, audit, clock, scope
from forecourt.runtime.actors import Actor
from forecourt.runtime.database.bulk import create_temporary_as, prepare_for_sets

#: From here on a pair waits for a person, in bits of evidence.
DOUBTFUL_FROM: Final = 9.0
_MOST_SHARING: Final = 12
_CHUNK: Final = 5_000
_DAY: Final = timedelta(days=1)
_MOST_MISTYPED: Final = 2  # signs; two that changed places are two
_YEAR_PLACE: Final = 9  # of a VIN, from 0: there B and 8 are two years, not one misread
_MISREAD, _READ_AS = "SBZG", "5826"
_FOLDED: Final = str.maketrans(_MISREAD, _READ_AS)
_COLUMNS: Final = ("vin", "plate_key", "make", "model", "fuel", "model_year", "first_registered_on", "created_at")
_STANDING: Final = "organisation_id = %(organisation)s AND merged_into_id IS NULL"
#: Statements of (vehicle_id, key). Sharing a key makes two records a pair to look at.
_KEYS: Final = {
    "plate": f"SELECT id, plate_key FROM vehicles_vehicle WHERE {_STANDING} AND plate_key <> ''",
    "vin": f"SELECT id, translate(vin, '{_MISREAD}', '{_READ_AS}') FROM vehicles_vehicle WHERE {_STANDING} AND vin <> ''",
    "keeper": f"""SELECT car.id, holding.customer_id || '|' || lower(car.make) || '|' || lower(car.model)
                  FROM (SELECT * FROM vehicles_vehicle WHERE {_STANDING} AND make <> '' AND model <> '') AS car
                  JOIN vehicles_holding AS holding ON holding.vehicle_id = car.id AND holding.role = 'keeper' AND holding.until_on IS NULL""",
}


@dataclass(frozen=True)
class Evidence:
    """What speaks for or against a pair, as codes and a weight in bits."""

    of: str
    level: str

    @property
    def weight(self) -> float:
        return likeness.weight(f"car_{self.of}", self.level)


@dataclass(frozen=True)
class Outcome:
    """How many pairs were found, and how many wait for a person now."""

    pairs: int
    waiting: int


@transaction.atomic
def look(*, actor: Actor) -> Outcome:
    """Look at all cars of the organisation and leave what is doubtful to a person. Repeatable."""
    access.require(actor, "vehicles.merge")
    pairs = _note(_found())
    VehicleComparison.objects.update_or_create(defaults={"looked_at": clock.now()})
    return Outcome(pairs=pairs, waiting=waiting().count())


def is_due() -> bool:
    """Whether the last comparison is a day old, or there was none."""
    last = VehicleComparison.objects.first()
    return last is None or last.looked_at < clock.now() - _DAY


def waiting() -> QuerySet[VehicleLikeness]:
    """What a person should decide, the likeliest first."""
    return VehicleLikeness.objects.filter(state="waiting").select_related("one", "other").order_by("-weight", "pk")


@transaction.atomic
def merge_pair(*, actor: Actor, vehicle_likeness_id: UUID, survivor_id: UUID, take: Iterable[str] = ()) -> VehicleMerge:
    """They are one car. Refusal("decided_already") if somebody was faster."""
    pair = _to_decide(actor, vehicle_likeness_id)
    absorbed_id = pair.other_id if survivor_id == pair.one_id else pair.one_id
    return merges.merge(actor=actor, survivor_id=survivor_id, absorbed_id=absorbed_id, take=list(take), weight=pair.weight)


@transaction.atomic
def tell_apart(*, actor: Actor, vehicle_likeness_id: UUID) -> VehicleLikeness:
    """They are two cars; nobody is asked about them again. Refusal("decided_already")."""
    pair = _to_decide(actor, vehicle_likeness_id)
    pair.state, pair.decided_at, pair.decided_by_id = "different", clock.now(), actor.id
    pair.save(update_fields=["state", "decided_at", "decided_by_id"])
    audit.record(by=actor, act="vehicles.told_apart", object_kind="vehicle", object_id=pair.one_id, other_id=str(pair.other_id))
    return pair


@transaction.atomic
def ask_again(*, actor: Actor, vehicle_likeness_id: UUID) -> VehicleLikeness:
    """Take "different cars" back. Refusal("not_told_apart") if that is not what was said."""
    pair = access.fetch(VehicleLikeness, vehicle_likeness_id, actor=actor, right="vehicles.merge", lock=True)
    if pair.state != "different":
        raise Refusal("not_told_apart", _("Nobody told these records apart."))
    pair.state, pair.decided_at, pair.decided_by_id = "waiting", None, None
    pair.save(update_fields=["state", "decided_at", "decided_by_id"])
    audit.record(by=actor, act="vehicles.asked_again", object_kind="vehicle", object_id=pair.one_id, other_id=str(pair.other_id))
    return pair


def weigh(one: Vehicle, other: Vehicle, keepers: tuple[UUID | None, UUID | None]) -> list[Evidence]:
    """What speaks for and against two records being one car; nothing at all where there is too little to ask a person."""
    levels = {
        "vin": _compare_vins(one.vin, other.vin),
        "plate": _compare(one.plate_key, other.plate_key),
        "keeper": _compare(*keepers),
        "make": _compare(one.make.casefold(), other.make.casefold()),
        "model": _compare_models(one.model.casefold(), other.model.casefold()),
        "registered": _compare_registrations(one, other),
        "fuel": "other" if _compare(one.fuel, other.fuel) == "other" else "",
    }
    if levels["vin"] == "near" and levels["plate"] != "same":
        levels["vin"] = "other"  # two cars of one fleet
    is_whole = all((one.vin, other.vin, one.plate_key, other.plate_key))
    if levels["plate"] != "same" and levels["vin"] != "misread" and (is_whole or levels["registered"] not in {"same", "year"}):
        return []
    return [Evidence(of, level) for of, level in levels.items() if level]


def _compare(one: Any, other: Any) -> str:
    if not one or not other:
        return ""
    return "same" if one == other else "other"


def _compare_vins(one: str, other: str) -> str:
    if not one or not other:
        return ""
    places = [place for place, (left, right) in enumerate(zip(one, other, strict=False)) if left != right]
    if len(one) != len(other) or len(places) > _MOST_MISTYPED or (vin_check_digit_ok(one) and vin_check_digit_ok(other)):
        return "other"
    return "misread" if _YEAR_PLACE not in places and one.translate(_FOLDED) == other.translate(_FOLDED) else "near"


def _compare_models(one: str, other: str) -> str:
    """One source says Golf, another Golf VII 1.6 TDI."""
    level = _compare(one, other)
    return "near" if level == "other" and (one.startswith(other) or other.startswith(one)) else level


def _compare_registrations(one: Vehicle, other: Vehicle) -> str:
    if one.first_registered_on and other.first_registered_on:
        return "same" if one.first_registered_on == other.first_registered_on else "other"
    years = [car.model_year or (car.first_registered_on.year if car.first_registered_on else None) for car in (one, other)]
    if None in years:
        return ""
    return "year" if years[0] == years[1] else "other"


def _found() -> Iterator[VehicleLikeness]:
    """Every pair that shares a key and is at least doubtful, weighed."""
    facts = {"organisation": scope.organisation_id(), "most": _MOST_SHARING}
    with connection.cursor() as cursor:
        prepare_for_sets(cursor, rows=_CHUNK)
        keys = " UNION ALL ".join(
            f"SELECT '{name}' AS name, keyed.* FROM ({sql}) AS keyed (vehicle_id, key)" for name, sql in _KEYS.items()
        )
        create_temporary_as(cursor, "car_key", keys, facts)
        create_temporary_as(
            cursor, "car_shared", "SELECT name, key FROM car_key GROUP BY name, key HAVING count(*) BETWEEN 2 AND %(most)s", facts
        )
        cursor.execute(
            """WITH few AS (SELECT * FROM car_key JOIN car_shared USING (name, key))
               SELECT DISTINCT one.vehicle_id, other.vehicle_id FROM few AS one JOIN few AS other USING (name, key)
               WHERE one.vehicle_id < other.vehicle_id"""
        )
        while rows := cursor.fetchmany(_CHUNK):
            yield from _weighed(rows)


def _weighed(rows: list[tuple[UUID, UUID]]) -> Iterator[VehicleLikeness]:
    ids = {each for row in rows for each in row}
    known = {row.pk: row for row in Vehicle.objects.filter(pk__in=ids).only(*_COLUMNS)}
    kept = Holding.objects.filter(vehicle_id__in=ids, role="keeper", until_on__isnull=True)
    keepers = dict(kept.values_list("vehicle_id", "customer_id"))
    for one_id, other_id in rows:
        evidence = weigh(known[one_id], known[other_id], (keepers.get(one_id), keepers.get(other_id)))
        total = sum(each.weight for each in evidence)
        if total < DOUBTFUL_FROM:
            continue
        yield VehicleLikeness(
            id=uuid7(),
            organisation_id=scope.organisation_id(),
            one_id=one_id,
            other_id=other_id,
            weight=Decimal(f"{total:.2f}"),
            evidence=[{"of": each.of, "level": each.level, "weight": round(each.weight, 1)} for each in evidence],
            found_at=clock.now(),
        )


def _note(found: Iterable[VehicleLikeness]) -> int:
    """Write down what waits; what was decided stays decided, and what no longer looks alike is gone."""
    began = clock.now()
    rows = list(found)
    VehicleLikeness.objects.bulk_create(
        rows, batch_size=2000, update_conflicts=True, unique_fields=["one", "other"], update_fields=["weight", "evidence", "found_at"]
    )
    VehicleLikeness.objects.filter(state="waiting", found_at__lt=began).update(state="gone")
    VehicleLikeness.objects.filter(state="gone", found_at__gte=began).update(state="waiting")
    return len(rows)


def _to_decide(actor: Actor, vehicle_likeness_id: UUID) -> VehicleLikeness:
    pair = access.fetch(VehicleLikeness, vehicle_likeness_id, actor=actor, right="vehicles.merge", lock=True)
    if pair.state != "waiting":
        raise Refusal("decided_already", _("This pair was decided meanwhile."))
    return pair
