# ruff: noqa: S608 - SQL is put together from names of our own tables; values are always parameters
"""Cars out of a dealer's file and who keeps them, taken in as a set.

`engines.intake` fills `STAGED` (distinct readings of cars) and `STAGED_HOLDINGS` (which customer brought or owns which car, and when
that was last seen); `records.people.imports` has run before. `apply` leaves `VEHICLES_BY_KEY` for `records.history`. A blank cell
never takes a known value away.
"""

from typing import Any, Final

from forecourt.records.people.imports import CUSTOMERS_BY_KEY, Outcome
from forecourt.records.vehicles.models import VehicleCorrection
from forecourt.records.vehicles.vehicles import NEXT_SERVICE, PARTS
from forecourt.runtime import clock, corrections, scope
from forecourt.runtime.database.bulk import create_temporary, create_temporary_as, new_id
from forecourt.runtime.origins import CHANGED_BY

STAGED: Final = "imported_vehicle"
STAGED_HOLDINGS: Final = "imported_holding"
VEHICLES_BY_KEY: Final = "vehicle_by_key"
COLUMNS: Final = (
    "key uuid", "line integer", "number text", "vin text", "plate text", "plate_key text", "make text", "model text", "fuel text",
    "model_year integer", "first_registered_on date", "statutory_test_due_on date", "country text", "mileage integer",
    "kind text", "warranty_until date", "contract_until date",
)  # fmt: skip
HOLDING_COLUMNS: Final = (
    "vehicle_key uuid", "customer_key uuid", "line integer", "seen_on date", "mileage integer", "handed_on date",
    "service_due_on date", "service_due_km integer", "told_on date",
)  # fmt: skip

#: SQL: which car a `known` record is; one that was merged means the one that stands for it.
STANDING: Final = "COALESCE(known.merged_into_id, known.id)"
# Whether that is another one. A row that means it is `is_secondary`: what it says does not overwrite what was chosen in the merge.
_IS_SHELL: Final = "known.merged_into_id IS NOT NULL"

_TEXTS: Final = ("vin", "plate", "plate_key", "make", "model", "fuel", "kind", "country")
_VALUES: Final = ("model_year", "first_registered_on", "statutory_test_due_on", "warranty_until", "contract_until")

# The next service as the latest row says it that says anything of it: on the day of its order, or else today.
_TOLD: Final = f"""
SELECT DISTINCT ON (vehicle_key) vehicle_key, service_due_on, service_due_km, LEAST(COALESCE(told_on, %(now)s::date), %(now)s::date) AS service_told_on
  FROM {STAGED_HOLDINGS} WHERE service_due_on IS NOT NULL OR service_due_km IS NOT NULL
 ORDER BY vehicle_key, told_on DESC NULLS FIRST, line DESC
"""
_SERVICE: Final = (*NEXT_SERVICE, "service_told_on")
# The two are one thing, and who said something else later is right; who says it again says nothing new.
_IS_TOLD_ANEW: Final = """
((given.service_due_on IS NOT NULL OR given.service_due_km IS NOT NULL) AND given.service_told_on >= COALESCE(known.service_told_on, given.service_told_on)
 AND (given.service_due_on, given.service_due_km) IS DISTINCT FROM (known.service_due_on, known.service_due_km))
"""


def prepare(cursor: Any) -> None:
    """The temporary tables to COPY into."""
    create_temporary(cursor, STAGED, COLUMNS)
    create_temporary(cursor, STAGED_HOLDINGS, HOLDING_COLUMNS)


def apply(cursor: Any, *, source: str, number: int) -> Outcome:
    """Bring the staged cars and holdings into the records of the organisation in scope; inside the import's transaction."""
    cursor.execute(f"ANALYZE {STAGED_HOLDINGS}")
    facts = {"organisation": scope.organisation_id(), "source": source, "import": number, "now": clock.now()}
    create_temporary_as(
        cursor,
        VEHICLES_BY_KEY,
        f"""SELECT DISTINCT ON (key) given.*, told.service_due_on, told.service_due_km, told.service_told_on,
                   NULL::uuid AS id, NULL::"char" AS change, row_number() OVER () AS place, false AS is_secondary
            FROM {STAGED} given LEFT JOIN ({_TOLD}) told ON told.vehicle_key = given.key ORDER BY key, line DESC""",
        facts,
    )
    _find_by_vin(cursor, facts)
    _find_by_corrected_vin(cursor, facts)
    _find_by_reference(cursor, facts)
    # A car that is told by its plate alone may be one that this very file adds with its VIN.
    created = 0
    for condition in ("vin IS NOT NULL", "number IS NOT NULL", "plate_key IS NOT NULL"):
        _find_by_plate(cursor, facts)
        _find_by_corrected_plate(cursor, facts)
        created += _add_unknown(cursor, facts, condition)
    _stand_back_behind_merges(cursor, facts)
    _leave_alone_what_was_put_right(cursor, facts)
    updated = _change_known(cursor, facts)
    _refer(cursor, facts)
    cursor.execute(f"CREATE INDEX ON {VEHICLES_BY_KEY} (key)")
    _read_mileage(cursor, facts)
    updated += _change_keepers(cursor, facts)
    return Outcome(created, updated)


def _find_by_vin(cursor: Any, facts: dict[str, Any]) -> None:
    cursor.execute(
        f"""UPDATE {VEHICLES_BY_KEY} AS given SET id = {STANDING}, is_secondary = {_IS_SHELL} FROM vehicles_vehicle AS known
            WHERE known.organisation_id = %(organisation)s AND known.vin = given.vin AND known.vin <> ''""",
        facts,
    )


def _find_by_corrected_vin(cursor: Any, facts: dict[str, Any]) -> None:
    """The car of which the source still says this VIN, which staff put right since; a car that really has it was found before."""
    cursor.execute(  # asked for each that is found: joined to all cars, it would cost as much where nothing was corrected
        f"""UPDATE {VEHICLES_BY_KEY} AS given
            SET (id, is_secondary) = (SELECT {STANDING}, {_IS_SHELL} FROM vehicles_vehicle AS known WHERE known.id = correction.vehicle_id)
            FROM vehicles_vehiclecorrection AS correction
            WHERE given.id IS NULL AND correction.organisation_id = %(organisation)s AND correction.part = 'vin'
              AND correction.said ->> 'vin' = given.vin""",
        facts,
    )


def _find_by_reference(cursor: Any, facts: dict[str, Any]) -> None:
    """A number that now comes with another VIN belongs to another car: systems give numbers away again."""
    cursor.execute(
        f"""UPDATE {VEHICLES_BY_KEY} AS given SET id = known.id, is_secondary = reference.is_secondary
            FROM vehicles_vehiclereference AS reference JOIN vehicles_vehicle AS known ON known.id = reference.vehicle_id
            WHERE given.id IS NULL AND reference.organisation_id = %(organisation)s AND reference.source = %(source)s
              AND reference.number = given.number AND (given.vin IS NULL OR known.vin = '')""",
        facts,
    )


def _find_by_plate(cursor: Any, facts: dict[str, Any]) -> None:
    """The newest car with this plate, unless two different VINs say that the plate has moved on; if none bears it, one that did when it was merged."""
    cursor.execute(
        f"""UPDATE {VEHICLES_BY_KEY} AS given SET id = found.id, is_secondary = found.is_secondary
            FROM (
                SELECT DISTINCT ON (missing.key) missing.key, {STANDING} AS id, {_IS_SHELL} AS is_secondary
                FROM {VEHICLES_BY_KEY} AS missing
                JOIN vehicles_vehicle AS known
                  ON known.organisation_id = %(organisation)s AND known.plate_key = missing.plate_key AND known.plate_key <> ''
                 AND (missing.vin IS NULL OR (known.vin = '' AND known.merged_into_id IS NULL))
                WHERE missing.id IS NULL
                ORDER BY missing.key, {_IS_SHELL}, known.created_at DESC, known.id DESC
            ) AS found
            WHERE given.key = found.key""",
        facts,
    )


def _find_by_corrected_plate(cursor: Any, facts: dict[str, Any]) -> None:
    """The car of which the source still says this plate, which staff put right since; a car that really bears it was found before."""
    cursor.execute(
        f"""UPDATE {VEHICLES_BY_KEY} AS given SET id = found.id, is_secondary = found.is_secondary
            FROM (
                SELECT DISTINCT ON (missing.key) missing.key, {STANDING} AS id, {_IS_SHELL} AS is_secondary
                FROM {VEHICLES_BY_KEY} AS missing
                JOIN vehicles_vehiclecorrection AS correction
                  ON correction.organisation_id = %(organisation)s AND correction.part = 'plate'
                 AND correction.said ->> 'plate_key' = missing.plate_key
                JOIN vehicles_vehicle AS known
                  ON known.id = correction.vehicle_id AND (missing.vin IS NULL OR (known.vin = '' AND known.merged_into_id IS NULL))
                WHERE missing.id IS NULL AND missing.plate_key <> ''
                ORDER BY missing.key, {_IS_SHELL}, correction.made_at DESC, known.id DESC
            ) AS found
            WHERE given.key = found.key""",
        facts,
    )


def _add_unknown(cursor: Any, facts: dict[str, Any], condition: str) -> int:
    cursor.execute(
        f"""UPDATE {VEHICLES_BY_KEY} SET id = {new_id("place")}, change = 'c'
            WHERE id IS NULL AND {condition} AND (vin IS NOT NULL OR plate_key IS NOT NULL)
            RETURNING id""",
        facts,
    )
    if not cursor.fetchone():
        return 0
    cursor.execute(
        f"""INSERT INTO vehicles_vehicle (id, organisation_id, created_at, brought_by, {", ".join((*_TEXTS, *_VALUES, *_SERVICE))}, mileage)
            SELECT id, %(organisation)s, %(now)s, %(import)s, {", ".join(f"COALESCE({name}, '')" for name in _TEXTS)},
                   {", ".join((*_VALUES, *_SERVICE))}, mileage
            FROM {VEHICLES_BY_KEY} AS given
            WHERE change = 'c' AND NOT EXISTS (SELECT FROM vehicles_vehicle AS there WHERE there.id = given.id)""",
        facts,
    )
    return int(cursor.rowcount)


def _stand_back_behind_merges(cursor: Any, facts: dict[str, Any]) -> None:
    """What a row says that means a merged record fills what the car lacks, and overwrites nothing; its number tells whether it does."""
    cursor.execute(  # in order, or it would be sought for in all cars of a dealer who never merged any
        """SELECT FROM vehicles_vehicle WHERE organisation_id = %(organisation)s AND merged_into_id IS NOT NULL
            ORDER BY merged_into_id LIMIT 1""",
        facts,
    )
    if cursor.fetchone() is None:
        return
    cursor.execute(  # the VIN that was not chosen
        f"""UPDATE {VEHICLES_BY_KEY} AS given SET vin = NULL FROM vehicles_vehicle AS known
            WHERE given.is_secondary AND known.organisation_id = %(organisation)s AND known.vin = given.vin AND {_IS_SHELL}""",
        facts,
    )
    cursor.execute(
        f"""UPDATE {VEHICLES_BY_KEY} AS given SET is_secondary = reference.is_secondary FROM vehicles_vehiclereference AS reference
            WHERE reference.organisation_id = %(organisation)s AND reference.source = %(source)s AND reference.number = given.number
              AND reference.vehicle_id = given.id AND reference.is_secondary <> given.is_secondary""",
        facts,
    )
    lacks = ", ".join(f"{name} = CASE WHEN COALESCE(known.{name}::text, '') = '' THEN given.{name} END" for name in (*_TEXTS, *_VALUES))
    cursor.execute(
        f"""UPDATE {VEHICLES_BY_KEY} AS given SET {lacks} FROM vehicles_vehicle AS known
            WHERE given.is_secondary AND given.change IS NULL AND known.organisation_id = %(organisation)s AND known.id = given.id""",
        facts,
    )


def _leave_alone_what_was_put_right(cursor: Any, facts: dict[str, Any]) -> None:
    """A blank cell takes nothing away, so what was corrected is blanked. A next service that was named since then is no error any more."""
    cursor.execute(
        f"""DELETE FROM vehicles_vehiclecorrection AS correction USING {VEHICLES_BY_KEY} AS given
            WHERE correction.organisation_id = %(organisation)s AND correction.part = 'next_service' AND correction.vehicle_id = given.id
              AND given.service_told_on > correction.made_at::date
              AND ({", ".join(f"given.{name}::text" for name in NEXT_SERVICE)})
                  IS DISTINCT FROM ({", ".join(f"correction.said ->> '{name}'" for name in NEXT_SERVICE)})""",
        facts,
    )
    blanks = {part: ", ".join(f"{name} = NULL" for name in names) for part, names in PARTS.items()}
    corrections.leave_alone(
        cursor, VehicleCorrection, PARTS, of="vehicle_id", known="vehicles_vehicle", given=VEHICLES_BY_KEY, facts=facts, blanks=blanks
    )


def _change_known(cursor: Any, facts: dict[str, Any]) -> int:
    columns = [*_TEXTS, *_VALUES]
    kept = [f"COALESCE(given.{name}, known.{name})" for name in columns]
    # Without a day beside it, a higher mileage is the later one; a reading with its day counts more.
    kept.append("CASE WHEN known.mileage_on IS NULL THEN GREATEST(given.mileage, known.mileage) ELSE known.mileage END")
    columns.append("mileage")
    kept += [f"CASE WHEN {_IS_TOLD_ANEW} THEN given.{name} ELSE known.{name} END" for name in _SERVICE]
    columns += _SERVICE
    cursor.execute(
        f"""WITH given AS (
                SELECT DISTINCT ON (id) * FROM {VEHICLES_BY_KEY} WHERE id IS NOT NULL ORDER BY id, change NULLS LAST, is_secondary, line DESC
            ), changed AS (
                UPDATE vehicles_vehicle AS known SET ({", ".join(columns)}, changed_by) = ROW({", ".join(kept)}, %(import)s)
                FROM given
                WHERE known.id = given.id AND given.change IS NULL AND known.organisation_id = %(organisation)s
                  AND ({", ".join(f"known.{name}" for name in columns)}) IS DISTINCT FROM ({", ".join(kept)})
                RETURNING known.id
            ), told AS (
                UPDATE {VEHICLES_BY_KEY} AS marked SET change = 'u' FROM changed WHERE marked.id = changed.id RETURNING marked.id
            )
            SELECT count(*) FROM changed""",
        facts,
    )
    return int(cursor.fetchone()[0])


def _refer(cursor: Any, facts: dict[str, Any]) -> None:
    cursor.execute(
        f"""INSERT INTO vehicles_vehiclereference AS known (id, organisation_id, source, number, vehicle_id, is_secondary)
            SELECT {new_id("place")}, %(organisation)s, %(source)s, number, id, is_secondary
            FROM (
                SELECT DISTINCT ON (number) place, number, id, is_secondary FROM {VEHICLES_BY_KEY}
                WHERE id IS NOT NULL AND number IS NOT NULL ORDER BY number, line DESC
            ) AS given
            ON CONFLICT (organisation_id, source, number) DO UPDATE SET (vehicle_id, is_secondary) = ROW(EXCLUDED.vehicle_id, EXCLUDED.is_secondary)
            WHERE known.vehicle_id <> EXCLUDED.vehicle_id""",
        facts,
    )


def _read_mileage(cursor: Any, facts: dict[str, Any]) -> None:
    """The mileage of the latest day on which one was read, if that is later than what is known."""
    cursor.execute(
        f"""UPDATE vehicles_vehicle AS known SET mileage = seen.mileage, mileage_on = seen.seen_on, changed_by = {CHANGED_BY}
            FROM (
                SELECT DISTINCT ON (car.id) car.id, brought.mileage, brought.seen_on
                FROM {STAGED_HOLDINGS} AS brought JOIN {VEHICLES_BY_KEY} AS car ON car.key = brought.vehicle_key
                WHERE car.id IS NOT NULL AND brought.mileage IS NOT NULL AND brought.seen_on IS NOT NULL
                ORDER BY car.id, brought.seen_on DESC, brought.mileage DESC
            ) AS seen
            WHERE known.id = seen.id AND known.organisation_id = %(organisation)s
              AND (known.mileage_on IS NULL OR known.mileage_on < seen.seen_on
                   OR (known.mileage_on = seen.seen_on AND COALESCE(known.mileage, 0) < seen.mileage))""",
        facts,
    )


def reread_mileage(cursor: Any, facts: dict[str, Any], taken_back: str) -> None:
    """Cars whose mileage is a reading that its order takes back; `taken_back` selects car, day, what was read and what it is.

    Its number is among the facts where an import does it, else None.
    """
    cursor.execute(
        f"""UPDATE vehicles_vehicle AS known SET mileage = seen.mileage, changed_by = {CHANGED_BY}
            FROM ({taken_back}) AS seen (vehicle_id, read_on, was, mileage)
            WHERE known.id = seen.vehicle_id AND known.organisation_id = %(organisation)s
              AND known.mileage_on = seen.read_on AND known.mileage = seen.was""",
        facts,
    )


def reread_day(cursor: Any, facts: dict[str, Any], moved: str) -> None:
    """Cars whose mileage was read by an order that is of another day; `moved` selects car, the day and what was read then, and the newest reading there is.

    Its number is among the facts where an import does it, else None.
    """
    cursor.execute(
        f"""UPDATE vehicles_vehicle AS known SET mileage = seen.mileage, mileage_on = seen.newest_on, changed_by = {CHANGED_BY}
            FROM ({moved}) AS seen (vehicle_id, read_on, was, newest_on, mileage)
            WHERE known.id = seen.vehicle_id AND known.organisation_id = %(organisation)s
              AND ((known.mileage_on = seen.read_on AND known.mileage = seen.was) OR known.mileage_on < seen.newest_on)""",
        facts,
    )


def _change_keepers(cursor: Any, facts: dict[str, Any]) -> int:
    """The customer seen last with a car keeps it, unless we know of a later keeper, or that this one gave it away since."""
    _find_last_seen(cursor)
    begun = _begin_with_the_handover(cursor, facts)
    cursor.execute(
        """DELETE FROM imported_keeper AS seen USING vehicles_holding AS known
           WHERE known.organisation_id = %(organisation)s AND known.vehicle_id = seen.vehicle_id AND known.role = 'keeper'
             AND ((known.until_on IS NULL AND (known.customer_id = seen.customer_id
                                              OR known.from_on > COALESCE(seen.seen_on, %(now)s::date)))
                  OR (known.until_on IS NOT NULL AND known.customer_id = seen.customer_id
                      AND known.until_on >= COALESCE(seen.seen_on, known.until_on)))""",
        facts,
    )
    cursor.execute(
        """UPDATE vehicles_holding AS known SET until_on = GREATEST(COALESCE(seen.first_seen_on, %(now)s::date), known.from_on)
           FROM imported_keeper AS seen
           WHERE known.organisation_id = %(organisation)s AND known.vehicle_id = seen.vehicle_id AND known.role = 'keeper'
             AND known.until_on IS NULL""",
        facts,
    )
    changed = int(cursor.rowcount) + begun
    cursor.execute(
        f"""INSERT INTO vehicles_holding (id, organisation_id, vehicle_id, customer_id, role, from_on)
            SELECT {new_id("row_number() OVER ()")}, %(organisation)s, vehicle_id, customer_id, 'keeper', first_seen_on
            FROM imported_keeper""",
        facts,
    )
    cursor.execute(
        f"""UPDATE {VEHICLES_BY_KEY} AS marked SET change = 'u' FROM imported_keeper AS seen
            WHERE marked.id = seen.vehicle_id AND marked.change IS NULL"""
    )
    cursor.execute(  # another keeper changes the car
        f"""UPDATE vehicles_vehicle AS known SET changed_by = {CHANGED_BY} FROM imported_keeper AS seen
            WHERE known.organisation_id = %(organisation)s AND known.id = seen.vehicle_id
              AND known.changed_by IS DISTINCT FROM {CHANGED_BY}""",
        facts,
    )
    return changed


def _begin_with_the_handover(cursor: Any, facts: dict[str, Any]) -> int:
    """Who keeps a car already has kept it since it was handed over to them, where we knew no day or only a later one."""
    cursor.execute(
        f"""WITH begun AS (
                UPDATE vehicles_holding AS known SET from_on = seen.handed_on FROM imported_keeper AS seen
                WHERE known.organisation_id = %(organisation)s AND known.vehicle_id = seen.vehicle_id AND known.role = 'keeper'
                  AND known.until_on IS NULL AND known.customer_id = seen.customer_id
                  AND (known.from_on IS NULL OR known.from_on > seen.handed_on) AND seen.handed_on IS NOT NULL
                RETURNING known.vehicle_id
            ), told AS (
                UPDATE {VEHICLES_BY_KEY} AS marked SET change = 'u' FROM begun
                WHERE marked.id = begun.vehicle_id AND marked.change IS NULL
            ), changed AS (
                UPDATE vehicles_vehicle AS known SET changed_by = {CHANGED_BY} FROM begun
                WHERE known.organisation_id = %(organisation)s AND known.id = begun.vehicle_id AND known.changed_by IS DISTINCT FROM {CHANGED_BY}
            )
            SELECT count(*) FROM begun""",
        facts,
    )
    return int(cursor.fetchone()[0])


def _find_last_seen(cursor: Any) -> None:
    """Into `imported_keeper`: per car the customer who was seen last with it, and since when."""
    create_temporary_as(
        cursor,
        "imported_keeper",
        f"""SELECT DISTINCT ON (car.id) car.id AS vehicle_id, person.id AS customer_id, brought.seen_on,
                   max(brought.handed_on) OVER (PARTITION BY car.id, person.id) AS handed_on,
                   COALESCE(max(brought.handed_on) OVER (PARTITION BY car.id, person.id), min(brought.seen_on) OVER (PARTITION BY car.id, person.id))
                       AS first_seen_on
            FROM {STAGED_HOLDINGS} AS brought
            JOIN {VEHICLES_BY_KEY} AS car ON car.key = brought.vehicle_key
            JOIN {CUSTOMERS_BY_KEY} AS person ON person.key = brought.customer_key
            WHERE car.id IS NOT NULL AND person.id IS NOT NULL
            ORDER BY car.id, brought.seen_on DESC NULLS LAST, brought.line DESC""",
    )
