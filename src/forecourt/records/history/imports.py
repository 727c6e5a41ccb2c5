# ruff: noqa: S608 - SQL is put together from names of our own tables; values are always parameters
"""Repair orders and their lines out of a dealer's file, taken in as a set.

`engines.intake` fills `STAGED` (distinct readings of orders) and `STAGED_LINES`; people and vehicles have been applied before. An
order that our own workshop knows (site and number, or car and day) is joined: it fills what we do not know and adds no second visit.
What cannot be taken is left in `REFUSED` (line, code), and nothing of those orders is applied.
"""

from dataclasses import dataclass
from typing import Any, Final

from forecourt.records.people.imports import CUSTOMERS_BY_KEY, Outcome
from forecourt.records.vehicles.imports import VEHICLES_BY_KEY
from forecourt.runtime import scope
from forecourt.runtime.database.bulk import create_temporary, create_temporary_as, new_id

STAGED: Final = "imported_visit"
STAGED_LINES: Final = "imported_job_line"
VISITS_BY_KEY: Final = "visit_by_key"
CHANGED_LINES: Final = "changed_job_line"
REFUSED: Final = "refused_line"
_POSITIONED: Final = "positioned_job_line"
COLUMNS: Final = (
    "key uuid", "line integer", "site_id uuid", "number text", "vehicle_key uuid", "customer_key uuid", "opened_on date",
    "closed_on date", "mileage integer",
)  # fmt: skip
LINE_COLUMNS: Final = (
    "line integer", "visit_key uuid", "position integer", "kind text", "code text", "text text", "text_key text",
    "hours numeric(7,2)", "quantity numeric(10,3)", "net_amount numeric(12,2)",
)  # fmt: skip

_CONTENT: Final = ("kind", "code", "text", "text_key", "hours", "quantity", "net_amount")


@dataclass(frozen=True)
class Outcomes:
    """Of the orders and of their lines."""

    visits: Outcome
    lines: Outcome


def prepare(cursor: Any) -> None:
    """The temporary tables to COPY into."""
    create_temporary(cursor, STAGED, COLUMNS)
    create_temporary(cursor, STAGED_LINES, LINE_COLUMNS)
    create_temporary(cursor, REFUSED, ("line integer", "code text"))


def apply(cursor: Any, *, source: str, has_line_numbers: bool) -> Outcomes:
    """Bring the staged orders and lines into the records of the organisation in scope; inside the import's transaction."""
    cursor.execute(f"ANALYZE {STAGED_LINES}")
    facts = {"organisation": scope.organisation_id(), "source": source}
    _gather(cursor)
    _find_by_number(cursor, facts)
    _find_own_by_day(cursor, facts)
    _refuse(cursor, facts)
    visits = Outcome(created=_add_unknown(cursor, facts), updated=_change_known(cursor, facts))
    cursor.execute(f"CREATE INDEX ON {VISITS_BY_KEY} (key)")
    lines = _apply_lines(cursor, facts, has_line_numbers=has_line_numbers)
    _sum_up(cursor, facts)
    return Outcomes(visits, lines)


def _gather(cursor: Any) -> None:
    create_temporary_as(
        cursor,
        VISITS_BY_KEY,
        f"""SELECT given.*, car.id AS vehicle_id, person.id AS customer_id, NULL::uuid AS id, NULL::"char" AS change,
                   false AS is_own, row_number() OVER (ORDER BY given.line) AS place
            FROM (SELECT DISTINCT ON (key) * FROM {STAGED} ORDER BY key, line DESC) AS given
            LEFT JOIN {VEHICLES_BY_KEY} AS car ON car.key = given.vehicle_key
            LEFT JOIN {CUSTOMERS_BY_KEY} AS person ON person.key = given.customer_key""",
    )


def _find_by_number(cursor: Any, facts: dict[str, Any]) -> None:
    cursor.execute(
        f"""UPDATE {VISITS_BY_KEY} AS given SET id = known.id, is_own = known.is_own FROM history_visit AS known
            WHERE known.organisation_id = %(organisation)s AND known.site_id = given.site_id AND known.number = given.number""",
        facts,
    )


def _find_own_by_day(cursor: Any, facts: dict[str, Any]) -> None:
    cursor.execute(
        f"""UPDATE {VISITS_BY_KEY} AS given SET id = known.id, is_own = true FROM history_visit AS known
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
                FROM {VISITS_BY_KEY} AS given
                LEFT JOIN history_visit AS known ON known.id = given.id AND known.organisation_id = %(organisation)s
                WHERE (given.id IS NULL AND given.opened_on IS NULL)
                   OR (given.vehicle_key IS NOT NULL AND given.vehicle_id IS NULL)
                   OR known.vehicle_id <> given.vehicle_id
            ), lines AS (
                INSERT INTO {REFUSED} (line, code)
                SELECT line.line, refused.code FROM {STAGED_LINES} AS line JOIN refused ON refused.key = line.visit_key
                UNION SELECT staged.line, refused.code FROM {STAGED} AS staged JOIN refused ON refused.key = staged.key
            )
            DELETE FROM {VISITS_BY_KEY} AS given USING refused WHERE given.key = refused.key""",
        facts,
    )


def _add_unknown(cursor: Any, facts: dict[str, Any]) -> int:
    """A visit without a customer is the keeper's."""
    cursor.execute(f"UPDATE {VISITS_BY_KEY} SET id = {new_id('place')}, change = 'c' WHERE id IS NULL")
    cursor.execute(
        f"""INSERT INTO history_visit
                (id, organisation_id, site_id, vehicle_id, customer_id, number, source, is_own, opened_on, closed_on, mileage, net_total)
            SELECT given.id, %(organisation)s, given.site_id, given.vehicle_id, COALESCE(given.customer_id, keeper.customer_id),
                   given.number, %(source)s, false, given.opened_on, given.closed_on, given.mileage, 0
            FROM {VISITS_BY_KEY} AS given
            LEFT JOIN vehicles_holding AS keeper
              ON keeper.organisation_id = %(organisation)s AND keeper.vehicle_id = given.vehicle_id AND keeper.role = 'keeper'
             AND keeper.until_on IS NULL
            WHERE given.change = 'c' ORDER BY given.place""",
        facts,
    )
    return int(cursor.rowcount)


def _change_known(cursor: Any, facts: dict[str, Any]) -> int:
    """What another system says about our own visit fills gaps only; its own orders it may correct."""
    kept = ", ".join(
        f"CASE WHEN known.is_own THEN COALESCE(known.{name}, given.{name}) ELSE COALESCE(given.{name}, known.{name}) END"
        for name in ("customer_id", "opened_on", "closed_on", "mileage")
    )
    cursor.execute(
        f"""WITH given AS (
                SELECT DISTINCT ON (id) * FROM {VISITS_BY_KEY} WHERE change IS NULL ORDER BY id, line DESC
            ), changed AS (
                UPDATE history_visit AS known SET (customer_id, opened_on, closed_on, mileage) = ROW({kept})
                FROM given
                WHERE known.id = given.id AND known.organisation_id = %(organisation)s
                  AND (known.customer_id, known.opened_on, known.closed_on, known.mileage) IS DISTINCT FROM ({kept})
                RETURNING known.id
            ), told AS (
                UPDATE {VISITS_BY_KEY} AS marked SET change = 'u' FROM changed WHERE marked.id = changed.id RETURNING marked.id
            )
            SELECT count(*) FROM changed""",
        facts,
    )
    return int(cursor.fetchone()[0])


def _apply_lines(cursor: Any, facts: dict[str, Any], *, has_line_numbers: bool) -> Outcome:
    """Lines of our own visits stay ours: they come from the job card."""
    create_temporary(cursor, CHANGED_LINES, ("line integer", "visit_id uuid", 'change "char"'))
    content = ", ".join(f"given.{name}" for name in _CONTENT)
    if has_line_numbers:
        distinct = f"SELECT DISTINCT ON (visit_key, position) * FROM {STAGED_LINES} ORDER BY visit_key, position, line"
        position = "given.position"
    else:
        # Without numbers two equal rows are one row that came twice, and the order in the file is the position.
        distinct = (
            f"SELECT min(line) AS line, visit_key, {', '.join(_CONTENT)} FROM {STAGED_LINES} GROUP BY visit_key, {', '.join(_CONTENT)}"
        )
        position = "row_number() OVER (PARTITION BY visit.id ORDER BY given.line)"
    create_temporary_as(
        cursor,
        _POSITIONED,
        f"""SELECT given.line, given.visit_key, visit.id AS visit_id, COALESCE(visit.change = 'c', false) AS is_new,
                   {position} AS position, {content}
            FROM ({distinct}) AS given JOIN {VISITS_BY_KEY} AS visit ON visit.key = given.visit_key
            WHERE NOT visit.is_own""",
    )
    if has_line_numbers:
        _refuse_numbers_given_twice(cursor)
    return Outcome(created=_add_lines(cursor, facts), updated=_change_lines(cursor, facts))


def _refuse_numbers_given_twice(cursor: Any) -> None:
    """The first line with a number counts; a second one that says something else is refused, an equal one is the same line."""
    given, first = (", ".join(f"{table}.{name}" for name in _CONTENT) for table in ("given", "first"))
    cursor.execute(
        f"""INSERT INTO {REFUSED} (line, code)
            SELECT given.line, 'line_number_twice'
            FROM (
                SELECT visit_key, position FROM {STAGED_LINES} GROUP BY visit_key, position HAVING count(*) > 1
            ) AS twice
            JOIN {STAGED_LINES} AS given USING (visit_key, position)
            JOIN {_POSITIONED} AS first USING (visit_key, position)
            WHERE given.line <> first.line AND ({given}) IS DISTINCT FROM ({first})"""
    )


def _change_lines(cursor: Any, facts: dict[str, Any]) -> int:
    given, known = (", ".join(f"{table}.{name}" for name in _CONTENT) for table in ("given", "known"))
    cursor.execute(
        f"""WITH changed AS (
                UPDATE history_jobline AS known SET ({", ".join(_CONTENT)}) = ROW({given})
                FROM {_POSITIONED} AS given
                WHERE known.organisation_id = %(organisation)s AND known.visit_id = given.visit_id
                  AND known.position = given.position AND NOT given.is_new
                  AND ({known}) IS DISTINCT FROM ({given})
                RETURNING given.line, given.visit_id
            )
            INSERT INTO {CHANGED_LINES} SELECT line, visit_id, 'u' FROM changed""",
        facts,
    )
    return int(cursor.rowcount)


def _add_lines(cursor: Any, facts: dict[str, Any]) -> int:
    cursor.execute(
        f"""INSERT INTO {CHANGED_LINES}
            SELECT given.line, given.visit_id, 'c' FROM {_POSITIONED} AS given
            WHERE given.is_new OR NOT EXISTS (
                SELECT FROM history_jobline AS known
                WHERE known.organisation_id = %(organisation)s AND known.visit_id = given.visit_id AND known.position = given.position)""",
        facts,
    )
    cursor.execute(f"CREATE INDEX ON {CHANGED_LINES} (line)")
    cursor.execute(f"ANALYZE {CHANGED_LINES}")
    cursor.execute(
        f"""INSERT INTO history_jobline (id, organisation_id, visit_id, position, {", ".join(_CONTENT)})
            SELECT {new_id("given.line")}, %(organisation)s, given.visit_id, given.position, {", ".join(f"given.{name}" for name in _CONTENT)}
            FROM {_POSITIONED} AS given JOIN {CHANGED_LINES} AS added ON added.line = given.line AND added.change = 'c'""",
        facts,
    )
    return int(cursor.rowcount)


def _sum_up(cursor: Any, facts: dict[str, Any]) -> None:
    cursor.execute(
        f"""UPDATE history_visit AS known SET net_total = total.net
            FROM (
                SELECT line.visit_id, sum(line.net_amount) AS net FROM history_jobline AS line
                WHERE line.organisation_id = %(organisation)s AND line.visit_id IN (SELECT visit_id FROM {CHANGED_LINES})
                GROUP BY line.visit_id
            ) AS total
            WHERE known.id = total.visit_id AND known.organisation_id = %(organisation)s AND NOT known.is_own
              AND known.net_total <> total.net""",
        facts,
    )
