# ruff: noqa: S608 - SQL is put together from names of our own tables; values are always parameters
"""Which rows were new, which changed something: counted in PostgreSQL from what the contexts left behind."""

from dataclasses import dataclass
from typing import Any

from forecourt.engines.intake.gathering import BARE_ROWS
from forecourt.records.history.imports import Outcomes
from forecourt.records.history.line_imports import GATHERED, REFUSED, VISITS_BY_KEY
from forecourt.records.history.line_imports import STAGED as STAGED_LINES
from forecourt.records.people.imports import CUSTOMERS_BY_KEY, Outcome
from forecourt.records.vehicles.imports import VEHICLES_BY_KEY


@dataclass(frozen=True)
class Counts:
    """In rows of the file; they add up."""

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    remarked: int = 0
    erased: int = 0


def created_and_updated(cursor: Any, customers: Outcome, cars: Outcome, history: Outcomes) -> tuple[int, int]:
    """Rows whose own thing (line, else order, else car, else customer) is new; rows that changed anything else."""
    created, updated = history.lines.created, 0
    if customers.updated or cars.updated or history.visits.updated or history.lines.updated:
        updated = _lines_that_changed_something(cursor)
    bare_created, bare_updated = _bare_rows(cursor)
    return created + bare_created, updated + bare_updated


def _lines_that_changed_something(cursor: Any) -> int:
    cursor.execute(
        f"""SELECT count(*)
            FROM {STAGED_LINES} AS given
            LEFT JOIN {GATHERED} AS line ON line.line = given.line
            LEFT JOIN {VISITS_BY_KEY} AS visit ON visit.key = given.visit_key
            LEFT JOIN {VEHICLES_BY_KEY} AS car ON car.key = visit.vehicle_key
            LEFT JOIN {CUSTOMERS_BY_KEY} AS person ON person.key = visit.customer_key
            WHERE line.change IS DISTINCT FROM 'c' AND 'u' IN (line.change, visit.change, car.change, person.change)
              AND NOT EXISTS (SELECT FROM {REFUSED} AS refused WHERE refused.line = given.line)"""
    )
    return int(cursor.fetchone()[0])


def _bare_rows(cursor: Any) -> tuple[int, int]:
    """Of several rows about one new thing, the first is the new one."""
    cursor.execute(
        f"""WITH told AS (
                SELECT COALESCE(given.visit_key, given.vehicle_key, given.customer_key) AS key, given.line,
                       CASE WHEN given.visit_key IS NOT NULL THEN visit.change WHEN given.vehicle_key IS NOT NULL THEN car.change
                            ELSE person.change END AS change,
                       COALESCE(visit.change, car.change, person.change) IS NOT NULL AS changed_anything
                FROM {BARE_ROWS} AS given
                LEFT JOIN {VISITS_BY_KEY} AS visit ON visit.key = given.visit_key
                LEFT JOIN {VEHICLES_BY_KEY} AS car ON car.key = given.vehicle_key
                LEFT JOIN {CUSTOMERS_BY_KEY} AS person ON person.key = given.customer_key
                WHERE NOT EXISTS (SELECT FROM {REFUSED} AS refused WHERE refused.line = given.line)
            )
            SELECT count(DISTINCT key) FILTER (WHERE change = 'c'),
                   count(*) FILTER (WHERE change IS DISTINCT FROM 'c' AND changed_anything)
            FROM told"""
    )
    created, updated = cursor.fetchone()
    return int(created), int(updated)


def refuse_unknown(cursor: Any) -> None:
    """Rows of customers or cars that are only named by a number nobody knows; an order without its customer is still an order."""
    cursor.execute(
        f"""INSERT INTO {REFUSED} (line, code)
            SELECT given.line, CASE WHEN given.vehicle_key IS NULL THEN 'unknown_customer' ELSE 'unknown_vehicle' END
            FROM {BARE_ROWS} AS given
            LEFT JOIN {VEHICLES_BY_KEY} AS car ON car.key = given.vehicle_key
            LEFT JOIN {CUSTOMERS_BY_KEY} AS person ON person.key = given.customer_key
            WHERE given.visit_key IS NULL
              AND ((given.vehicle_key IS NULL AND person.id IS NULL) OR (given.vehicle_key IS NOT NULL AND car.id IS NULL))"""
    )
