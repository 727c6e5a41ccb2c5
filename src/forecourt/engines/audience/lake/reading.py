"""What PostgreSQL hands to the lake: rows of all or of some cars, and which cars changed since an earlier look.

Method of the watermark: every row version knows the transaction that wrote it (`xmin`). The horizon is the oldest transaction that was still
open when an earlier build began to look; whatever that build did not see was written by it or a later one. This tells inserted and updated
rows, whoever wrote them; deleted ones are told by their number.
"""

import json
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.db import connection

from forecourt.engines.audience import tyres
from forecourt.engines.audience.building.terms import FIRST_TEST_MONTHS, FIRST_TEST_MONTHS_ELSEWHERE, TYRE_STORAGE, TYRES_THERE
from forecourt.engines.audience.lake import texts
from forecourt.runtime.database.bulk import by_index, create_temporary_as

# ruff: noqa: S608 - put together from our own texts; values go in as parameters

_DAY: Final = "({} - DATE '0001-01-01' + 1)"
# Each by its index: asked what is IN a table, the planner reads all rows by whatever index they lie in.
_SOME: Final = "(SELECT few.* FROM {some} CROSS JOIN LATERAL (SELECT * FROM {table} WHERE {key} = {some}.id OFFSET 0) few)"

_VISITS = f"""
SELECT id, vehicle_id, {_DAY.format("opened_on")} AS day, site_id, (net_total * 100)::bigint AS net, mileage AS km
  FROM {{rows}} visit WHERE organisation_id = %(organisation)s AND gone_on IS NULL
"""
_LINES = """
SELECT visit_id, id, position, kind = 'labour' AS is_labour, text_key, net_amount > 0 AS is_paid
  FROM {rows} line WHERE organisation_id = %(organisation)s
"""
_LINES_OF_GONE = """
SELECT count(*) FROM history_jobline WHERE organisation_id = %(organisation)s
   AND visit_id IN (SELECT id FROM history_visit WHERE organisation_id = %(organisation)s AND gone_on IS NOT NULL)
"""
_CHANGED_VISITS = "SELECT id FROM history_visit WHERE organisation_id = %(organisation)s AND vehicle_id IN (SELECT id FROM changed_car)"
_CARS = f"""
SELECT car.id, car.mileage AS km, {_DAY.format("car.mileage_on")} AS read_on,
       coalesce(keeper.kind <> 'internal' AND keeper.gone_on IS NULL AND car.gone_on IS NULL, FALSE) AS is_kept,
       CASE WHEN keeper.kind <> 'internal' THEN keeper.home_site_id END AS home, {_DAY.format("car.first_registered_on")} AS registered,
       {_DAY.format("car.statutory_test_due_on")} AS test,
       coalesce((%(first_tests)s::jsonb ->> coalesce(nullif(car.country, ''), nullif(keeper.country, ''), dealer.country))::int,
                %(first_test_elsewhere)s) AS first_test,
       {_DAY.format("car.service_due_on")} AS service_on, car.service_due_km AS service_km, {_DAY.format("car.service_told_on")} AS service_told
  FROM {{rows}} car
  JOIN dealership_organisation dealer ON dealer.id = car.organisation_id
  LEFT JOIN vehicles_holding holding ON holding.vehicle_id = car.id AND holding.role = 'keeper' AND holding.until_on IS NULL
  LEFT JOIN people_customer keeper ON keeper.id = holding.customer_id
 WHERE car.organisation_id = %(organisation)s
"""
# The age of the horizon is asked once, and that of a line once for all that is asked of it: a million lines tell it each day.
_IS_LATER = "age({}.xmin) <= (SELECT age(%(horizon)s::text::xid))"
_CHANGED = f"""
WITH line AS MATERIALIZED (
    SELECT array_agg((visit_id, text_key::text)) FILTER (WHERE {_IS_LATER.format("line")}) AS later, count(*) AS all_lines
      FROM history_jobline line WHERE organisation_id = %(organisation)s
), later AS MATERIALIZED (
    SELECT visit_id, text_key FROM line, unnest(later) told (visit_id uuid, text_key text)
), visit AS MATERIALIZED (
    SELECT array_agg(vehicle_id) FILTER (WHERE {_IS_LATER.format("visit")}) AS cars, count(*) FILTER (WHERE gone_on IS NULL) AS all_visits
      FROM history_visit visit WHERE organisation_id = %(organisation)s
)
SELECT ARRAY(
    SELECT unnest(visit.cars) FROM visit
    UNION SELECT vehicle_id FROM history_visit WHERE organisation_id = %(organisation)s AND id = ANY(ARRAY(SELECT DISTINCT visit_id FROM later))
    UNION SELECT id FROM vehicles_vehicle car WHERE organisation_id = %(organisation)s AND {_IS_LATER.format("car")}
    UNION SELECT vehicle_id FROM vehicles_holding holding WHERE organisation_id = %(organisation)s AND {_IS_LATER.format("holding")}
    UNION SELECT holding.vehicle_id FROM people_customer keeper JOIN vehicles_holding holding ON holding.customer_id = keeper.id
           WHERE keeper.organisation_id = %(organisation)s AND {_IS_LATER.format("keeper")}
), ARRAY(SELECT DISTINCT text_key FROM later), (SELECT count(*) FROM vehicles_vehicle WHERE organisation_id = %(organisation)s), (SELECT all_visits FROM visit),
   (SELECT all_lines FROM line) - ({_LINES_OF_GONE})
"""
_MEANINGS = """
SELECT text_key, coalesce(nullif(array_to_string(work_kinds
           || CASE WHEN %(tyre_storage)s = ANY(work_kinds) AND text_key <> ALL(%(taken_out)s) THEN ARRAY[%(there)s::text]::varchar[] END, ','), ''), %(none)s),
       hashtextextended(decided_by::text, 0)
  FROM audience_classification WHERE organisation_id = %(organisation)s
"""
_CLUSTER = """
SELECT (SELECT system_identifier FROM pg_control_system())::text || '/' || (SELECT oid FROM pg_database WHERE datname = current_database())
       || '/' || 'history_visit'::regclass::oid || '/' || 'history_jobline'::regclass::oid
       || '/' || (SELECT country FROM dealership_organisation WHERE id = %s),
       pg_snapshot_xmin(pg_current_snapshot())::text::bigint
"""


@dataclass(frozen=True)
class Changes:
    """Cars of which anything changed, the texts of lines that did, and how many rows there are now."""

    cars: list[UUID]
    texts: list[str]
    all_cars: int
    all_visits: int
    all_lines: int


def horizon(organisation_id: UUID) -> tuple[str, int]:
    """Whose transactions are counted, and in which country a car is that says nothing of it; the oldest that is still open: to be asked before anything is read."""
    with connection.cursor() as cursor:
        cursor.execute(_CLUSTER, [organisation_id])
        cluster, oldest = cursor.fetchone()
    return str(cluster), int(oldest)


def changes(organisation_id: UUID, since: int) -> Changes:
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED, {"organisation": organisation_id, "horizon": str(since % (1 << 32))})
        return Changes(*cursor.fetchone())


def take(organisation_id: UUID, cars: Sequence[UUID] | None, into: Path) -> None:
    """Write visits.csv, lines.csv and cars.csv of these cars, or of all."""
    values: dict[str, Any] = {
        "organisation": organisation_id, "first_tests": json.dumps(dict(FIRST_TEST_MONTHS)), "first_test_elsewhere": FIRST_TEST_MONTHS_ELSEWHERE,
    }  # fmt: skip
    rows = {"visits": "history_visit", "lines": "history_jobline", "cars": "vehicles_vehicle"}
    with connection.cursor() as cursor, by_index(cursor) if cars is not None else nullcontext():
        if cars is not None:
            create_temporary_as(cursor, "changed_car", "SELECT unnest(%(cars)s::uuid[]) AS id", {"cars": list(cars)})
            create_temporary_as(cursor, "changed_visit", _CHANGED_VISITS, values)
            asked = {"visits": ("vehicle_id", "changed_car"), "lines": ("visit_id", "changed_visit"), "cars": ("id", "changed_car")}
            rows = {name: _SOME.format(table=rows[name], key=key, some=some) for name, (key, some) in asked.items()}
        for name, query in (("visits", _VISITS), ("lines", _LINES), ("cars", _CARS)):
            _copy(cursor, query.format(rows=rows[name]), values, into / f"{name}.csv")


def take_meanings(organisation_id: UUID, into: Path) -> None:
    """Write what every known text means, and a digest of what decided it: see `texts`.

    Not by `xmin`: rows of texts are written each day, for they hold also how often a text comes.
    """
    with connection.cursor() as cursor:
        values = {"organisation": organisation_id, "none": texts.NONE, "tyre_storage": TYRE_STORAGE, "there": TYRES_THERE}
        _copy(cursor, _MEANINGS, {**values, "taken_out": tyres.texts_that_take_out(organisation_id)}, into / texts.FILE)


def _copy(cursor: Any, query: str, values: dict[str, Any], path: Path) -> None:
    with path.open("wb") as file, cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv)", values) as blocks:
        file.writelines(blocks)
