# ruff: noqa: S608 - SQL is put together from names of our own tables; values are always parameters
"""Repair orders and their lines out of a dealer's file, taken in as a set.

`engines.intake` fills `STAGED` (distinct readings of orders) and `line_imports.STAGED`; people and vehicles have been applied before. An
order that our own workshop knows (site and number, or car and day) is joined: it fills what we do not know and adds no second visit.
What cannot be taken is left in `line_imports.REFUSED` (line, code), and nothing of those orders is applied.
"""

from dataclasses import dataclass
from typing import Any, Final

from forecourt.records.history import line_imports, odd_mileages
from forecourt.records.history.models import VisitCorrection
from forecourt.records.history.odd_mileages import OddMileages
from forecourt.records.history.putting_right import PARTS
from forecourt.records.people.imports import CUSTOMERS_BY_KEY, Outcome
from forecourt.records.vehicles import imports as vehicles
from forecourt.records.vehicles.imports import VEHICLES_BY_KEY
from forecourt.runtime import clock, corrections, scope
from forecourt.runtime.database.bulk import create_temporary, create_temporary_as, in_parts, new_id

STAGED: Final = "imported_visit"
COLUMNS: Final = (
    "key uuid", "line integer", "site_id uuid", "number text", "vehicle_key uuid", "customer_key uuid", "opened_on date",
    "closed_on date", "mileage integer",
)  # fmt: skip


@dataclass(frozen=True)
class Outcomes:
    """Of the orders, of their lines, and the mileages among them that cannot be."""

    visits: Outcome
    lines: Outcome
    odd: OddMileages


def prepare(cursor: Any) -> None:
    """The temporary tables to COPY into."""
    create_temporary(cursor, STAGED, COLUMNS)
    line_imports.prepare(cursor)


def apply(cursor: Any, *, source: str, number: int, has_line_numbers: bool) -> Outcomes:
    """Bring the staged orders and lines into the records of the organisation in scope; inside the import's transaction."""
    facts = {"organisation": scope.organisation_id(), "source": source, "import": number, "now": clock.now()}
    _gather(cursor)
    _find_by_number(cursor, facts)
    _find_own_by_day(cursor, facts)
    _refuse(cursor, facts)
    cursor.execute(f"UPDATE {line_imports.VISITS_BY_KEY} SET id = {new_id('place')}, change = 'c' WHERE id IS NULL")
    cursor.execute(f"CREATE INDEX ON {line_imports.VISITS_BY_KEY} (key)")
    line_imports.gather(cursor, has_line_numbers=has_line_numbers)
    _leave_alone_what_was_put_right(cursor, facts)
    visits = Outcome(created=_add_unknown(cursor, facts), updated=_change_known(cursor, facts))
    return Outcomes(visits, line_imports.apply(cursor, number=number), odd_mileages.find(cursor, facts))


def _gather(cursor: Any) -> None:
    create_temporary_as(
        cursor,
        line_imports.VISITS_BY_KEY,
        f"""SELECT given.*, car.id AS vehicle_id, person.id AS customer_id, NULL::uuid AS id, NULL::"char" AS change,
                   false AS is_own, row_number() OVER (ORDER BY given.line) AS place
            FROM (SELECT DISTINCT ON (key) * FROM {STAGED} ORDER BY key, line DESC) AS given
            LEFT JOIN {VEHICLES_BY_KEY} AS car ON car.key = given.vehicle_key
            LEFT JOIN {CUSTOMERS_BY_KEY} AS person ON person.key = given.customer_key""",
    )


def _find_by_number(cursor: Any, facts: dict[str, Any]) -> None:
    cursor.execute(
        f"""UPDATE {line_imports.VISITS_BY_KEY} AS given SET id = known.id, is_own = known.is_own FROM history_visit AS known
            WHERE known.organisation_id = %(organisation)s AND known.site_id = given.site_id AND known.number = given.number""",
        facts,
    )


def _find_own_by_day(cursor: Any, facts: dict[str, Any]) -> None:
    cursor.execute(
        f"""UPDATE {line_imports.VISITS_BY_KEY} AS given SET id = known.id, is_own = true FROM history_visit AS known
            WHERE given.id IS NULL AND known.organisation_id = %(organisation)s AND known.is_own
              AND known.vehicle_id = given.vehicle_id AND known.opened_on = given.opened_on""",
        facts,
    )


def _refuse(cursor: Any, facts: dict[str, Any]) -> None:
    """What needs a car, an order or a customer that nobody knows; and numbers that already mean another car."""
    cursor.execute(
        f"""WITH refused AS (
                SELECT given.key, CASE
                    WHEN given.id IS NULL AND given.opened_on IS NULL THEN 'unknown_order'
                    WHEN given.vehicle_key IS NOT NULL AND given.vehicle_id IS NULL THEN 'unknown_vehicle'
                    ELSE 'order_of_another_car' END AS code
                FROM {line_imports.VISITS_BY_KEY} AS given
                LEFT JOIN history_visit AS known ON known.id = given.id AND known.organisation_id = %(organisation)s
                WHERE (given.id IS NULL AND given.opened_on IS NULL)
                   OR (given.vehicle_key IS NOT NULL AND given.vehicle_id IS NULL)
                   OR known.vehicle_id <> given.vehicle_id
            ), lines AS (
                INSERT INTO {line_imports.REFUSED} (line, code)
                SELECT line.line, refused.code FROM {line_imports.STAGED} AS line JOIN refused ON refused.key = line.visit_key
                UNION SELECT staged.line, refused.code FROM {STAGED} AS staged JOIN refused ON refused.key = staged.key
            )
            DELETE FROM {line_imports.VISITS_BY_KEY} AS given USING refused WHERE given.key = refused.key""",
        facts,
    )


def _add_unknown(cursor: Any, facts: dict[str, Any]) -> int:
    """A visit without a customer is the keeper's; its lines come right after it, so their sum is known."""
    return in_parts(
        cursor,
        f"""INSERT INTO history_visit
                (id, organisation_id, site_id, vehicle_id, customer_id, number, source, is_own, opened_on, closed_on, mileage, net_total,
                 brought_by)
            SELECT given.id, %(organisation)s, given.site_id, given.vehicle_id, COALESCE(given.customer_id, keeper.customer_id),
                   given.number, %(source)s, false, given.opened_on, given.closed_on, given.mileage,
                   COALESCE(total.net, 0), %(import)s
            FROM {line_imports.VISITS_BY_KEY} AS given
            LEFT JOIN (
                SELECT visit_id, sum(net_amount) AS net FROM {line_imports.GATHERED} WHERE change = 'c' GROUP BY visit_id
            ) AS total ON total.visit_id = given.id
            LEFT JOIN vehicles_holding AS keeper
              ON keeper.organisation_id = %(organisation)s AND keeper.vehicle_id = given.vehicle_id AND keeper.role = 'keeper'
             AND keeper.until_on IS NULL
            WHERE given.change = 'c' AND given.place > %(after)s AND given.place <= %(upto)s ORDER BY given.place""",
        facts,
        table=line_imports.VISITS_BY_KEY,
        where="change = 'c'",
        number="place",
    )


def _leave_alone_what_was_put_right(cursor: Any, facts: dict[str, Any]) -> None:
    """What the file says once more of an order that was put right is no reading of the car either."""
    vehicles.reread_mileage(
        cursor, facts,
        f"""SELECT known.vehicle_id, COALESCE(given.opened_on, known.opened_on), given.mileage, known.mileage
            FROM history_visitcorrection AS correction
            JOIN history_visit AS known ON known.id = correction.visit_id JOIN {line_imports.VISITS_BY_KEY} AS given ON given.id = known.id
            WHERE correction.organisation_id = %(organisation)s AND correction.part = 'mileage' AND given.mileage IS NOT NULL""",
    )  # fmt: skip
    vehicles.reread_day(
        cursor, facts,
        f"""SELECT known.vehicle_id, given.opened_on, reading.was, newest.opened_on, newest.mileage
            FROM history_visitcorrection AS correction
            JOIN history_visit AS known ON known.id = correction.visit_id JOIN {line_imports.VISITS_BY_KEY} AS given ON given.id = known.id
            CROSS JOIN LATERAL (VALUES (given.mileage), (known.mileage)) AS reading (was)
            CROSS JOIN LATERAL (
                SELECT opened_on, mileage FROM (
                    SELECT other.opened_on, other.mileage FROM history_visit AS other
                     WHERE other.organisation_id = %(organisation)s AND other.vehicle_id = known.vehicle_id AND other.gone_on IS NULL
                    UNION ALL SELECT new.opened_on, new.mileage FROM {line_imports.VISITS_BY_KEY} AS new
                     WHERE new.change = 'c' AND new.vehicle_id = known.vehicle_id
                ) AS every WHERE mileage IS NOT NULL ORDER BY opened_on DESC, mileage DESC LIMIT 1
            ) AS newest
            WHERE correction.organisation_id = %(organisation)s AND correction.part = 'day' AND given.opened_on IS NOT NULL""",
    )  # fmt: skip
    corrections.leave_alone(
        cursor, VisitCorrection, PARTS, of="visit_id", known="history_visit", given=line_imports.VISITS_BY_KEY, facts=facts,
        blanks={"mileage": "mileage = NULL", "day": "opened_on = NULL"},
    )  # fmt: skip


def _change_known(cursor: Any, facts: dict[str, Any]) -> int:
    """What another system says about our own visit fills gaps only; its own orders it may correct."""
    kept = ", ".join(
        f"CASE WHEN known.is_own THEN COALESCE(known.{name}, given.{name}) ELSE COALESCE(given.{name}, known.{name}) END"
        for name in ("customer_id", "opened_on", "closed_on", "mileage")
    )
    vehicles.reread_mileage(
        cursor, facts,
        f"""SELECT known.vehicle_id, known.opened_on, known.mileage, given.mileage
            FROM {line_imports.VISITS_BY_KEY} AS given JOIN history_visit AS known ON known.id = given.id
            WHERE given.change IS NULL AND known.organisation_id = %(organisation)s AND NOT known.is_own AND given.mileage < known.mileage""",
    )  # fmt: skip
    cursor.execute(
        f"""WITH given AS (
                SELECT DISTINCT ON (id) * FROM {line_imports.VISITS_BY_KEY} WHERE change IS NULL ORDER BY id, line DESC
            ), changed AS (
                UPDATE history_visit AS known SET (customer_id, opened_on, closed_on, mileage, changed_by) = ROW({kept}, %(import)s)
                FROM given
                WHERE known.id = given.id AND known.organisation_id = %(organisation)s
                  AND (known.customer_id, known.opened_on, known.closed_on, known.mileage) IS DISTINCT FROM ({kept})
                RETURNING known.id
            ), told AS (
                UPDATE {line_imports.VISITS_BY_KEY} AS marked SET change = 'u' FROM changed WHERE marked.id = changed.id RETURNING marked.id
            )
            SELECT count(*) FROM changed""",
        facts,
    )
    return int(cursor.fetchone()[0])
