"""What a build found differently goes to PostgreSQL: the facts of changed cars as one set, and of these only rows that are not so already.

A table with policies takes no COPY, so the rows go into temporary tables first. What a person is (the keeper) is joined here: the
lake does not know it.
"""

# ruff: noqa: S608 - put together from our own texts and from paths that we made

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.db import connection

from forecourt.engines.audience.building import falling
from forecourt.engines.audience.building.histories import newest
from forecourt.engines.audience.building.terms import TEST_WORK, Kind, Terms
from forecourt.engines.audience.lake import layers
from forecourt.engines.audience.lake.engine import DuckDB
from forecourt.engines.audience.lake.place import Manifest
from forecourt.runtime.database.bulk import create_temporary, new_id, prepare_for_sets

_DAY: Final = "(DATE '0001-01-01' + {} - 1)"

_TABLES: Final = {
    "built_facts": (
        "vehicle_id uuid", "site_id uuid", "last_visit_on int", "last_mileage int", "km_per_year int", "visits int", "spent_cents bigint",
        "is_service_customer bool", "is_tyre_customer bool", "is_lost bool",
    ),
    "built_done": ("vehicle_id uuid", "work_kind text", "last_on int"),
    "built_due": (
        "vehicle_id uuid", "site_id uuid", "work_kind text", "due_on int", "because text", "last_done_on int", "last_done_mileage int",
        "last_line_id uuid", "text_key text", "interval_months int", "interval_km int", "km_per_year int",
    ),
}  # fmt: skip

#: Below this share of all cars an index for each row is quicker than a look at all rows of the tables.
FEW: Final = 0.25

_KEEPER: Final = """LEFT JOIN vehicles_holding holding
       ON holding.vehicle_id = built.vehicle_id AND holding.role = 'keeper' AND holding.until_on IS NULL"""

_FACTS: Final = f"""
WITH written AS (
    INSERT INTO audience_vehiclefacts AS facts (id, organisation_id, vehicle_id, customer_id, site_id, last_visit_on, last_mileage, km_per_year,
           visits, spent_net, is_service_customer, is_tyre_customer, is_lost, computed_on)
    SELECT {new_id("row_number() OVER ()")}, %(organisation)s, built.vehicle_id, holding.customer_id, built.site_id, {_DAY.format("built.last_visit_on")},
           built.last_mileage, built.km_per_year, built.visits, built.spent_cents / 100.0, built.is_service_customer, built.is_tyre_customer,
           built.is_lost, %(today)s
      FROM built_facts built {_KEEPER}
    ON CONFLICT (vehicle_id) DO UPDATE SET
           customer_id = excluded.customer_id, site_id = excluded.site_id, last_visit_on = excluded.last_visit_on,
           last_mileage = excluded.last_mileage, km_per_year = excluded.km_per_year, visits = excluded.visits,
           spent_net = excluded.spent_net, is_service_customer = excluded.is_service_customer,
           is_tyre_customer = excluded.is_tyre_customer, is_lost = excluded.is_lost, computed_on = excluded.computed_on
     WHERE (facts.customer_id, facts.site_id, facts.last_visit_on, facts.last_mileage, facts.km_per_year, facts.visits, facts.spent_net,
            facts.is_service_customer, facts.is_tyre_customer, facts.is_lost)
           IS DISTINCT FROM
           (excluded.customer_id, excluded.site_id, excluded.last_visit_on, excluded.last_mileage, excluded.km_per_year, excluded.visits,
            excluded.spent_net, excluded.is_service_customer, excluded.is_tyre_customer, excluded.is_lost)
    RETURNING 1
) SELECT count(*) FROM written
"""
_DONE: Final = f"""
WITH written AS (
    INSERT INTO audience_workdone AS done (id, organisation_id, vehicle_id, work_kind, last_on)
    SELECT {new_id("row_number() OVER ()")}, %(organisation)s, vehicle_id, work_kind, {_DAY.format("last_on")} FROM built_done
    ON CONFLICT (vehicle_id, work_kind) DO UPDATE SET last_on = excluded.last_on WHERE done.last_on <> excluded.last_on
    RETURNING 1
) SELECT count(*) FROM written
"""
_DUE: Final = f"""
WITH built AS (
    SELECT built.*, jsonb_strip_nulls(jsonb_build_object('interval_months', interval_months, 'interval_km', interval_km,
               'km_per_year', km_per_year, 'decided_by', (SELECT said - '{{work_kind,rule}}'::text[]
                 FROM jsonb_array_elements(meaning.decided_by) said WHERE said ->> 'work_kind' = built.work_kind LIMIT 1))) AS basis
      FROM built_due built
      LEFT JOIN audience_classification meaning ON meaning.organisation_id = %(organisation)s AND meaning.text_key = built.text_key
), written AS (
    INSERT INTO audience_duework AS due (id, organisation_id, vehicle_id, customer_id, site_id, work_kind, due_on, because,
           last_done_on, last_done_mileage, last_line_id, basis, computed_on)
    SELECT {new_id("row_number() OVER ()")}, %(organisation)s, built.vehicle_id, holding.customer_id, built.site_id, built.work_kind,
           {_DAY.format("built.due_on")}, built.because, {_DAY.format("built.last_done_on")}, built.last_done_mileage, built.last_line_id,
           built.basis, %(today)s
      FROM built {_KEEPER}
    ON CONFLICT (organisation_id, vehicle_id, work_kind) DO UPDATE SET
           customer_id = excluded.customer_id, site_id = excluded.site_id, due_on = excluded.due_on, because = excluded.because,
           last_done_on = excluded.last_done_on, last_done_mileage = excluded.last_done_mileage,
           last_line_id = excluded.last_line_id, basis = excluded.basis, computed_on = excluded.computed_on
     WHERE (due.customer_id, due.site_id, due.due_on, due.because, due.last_done_on, due.last_done_mileage, due.last_line_id, due.basis)
           IS DISTINCT FROM
           (excluded.customer_id, excluded.site_id, excluded.due_on, excluded.because, excluded.last_done_on, excluded.last_done_mileage,
            excluded.last_line_id, excluded.basis)
    RETURNING 1
) SELECT count(*) FROM written
"""
_GONE: Final = """
DELETE FROM {table} old USING built_facts car
 WHERE old.organisation_id = %(organisation)s AND old.vehicle_id = car.vehicle_id
   AND NOT EXISTS (SELECT 1 FROM {built} built WHERE built.vehicle_id = old.vehicle_id AND built.work_kind = old.work_kind)
"""


@dataclass(frozen=True)
class Written:
    """How many rows were added or altered."""

    facts: int
    done: int
    due: int


def write(duck: DuckDB, folder: Path, new: Manifest, terms: Terms, changed: str, values: dict[str, Any]) -> Written:
    """Bring the cars of the table `changed` of DuckDB into PostgreSQL; `values` are organisation and today."""
    work = folder / "work"
    _rows_as_csv(duck, folder, new, terms, changed, work)
    with connection.cursor() as cursor:
        for table, columns in _TABLES.items():
            create_temporary(cursor, table, columns)
            _copy(cursor, table, work / f"{table}.csv")
            cursor.execute(f"ANALYZE {table}")
        cursor.execute("SELECT count(*) FROM built_facts")
        rows = cursor.fetchone()[0]
        prepare_for_sets(cursor, rows=rows)
        if is_few := rows < new.cars * FEW:
            cursor.execute("SET LOCAL enable_nestloop = on")
        counts = []
        for statement in (_FACTS, _DONE, _DUE):
            cursor.execute(statement, values)
            counts.append(int(cursor.fetchone()[0]))
        for table, built in (("audience_workdone", "built_done"), ("audience_duework", "built_due")):
            cursor.execute(_GONE.format(table=table, built=built), values)
        if is_few:
            cursor.execute("SET LOCAL enable_nestloop = off")  # as `facts.refresh` left it
    return Written(*counts)


def _copy(cursor: Any, table: str, path: Path) -> None:
    with cursor.copy(f"COPY {table} FROM STDIN (FORMAT csv)") as copying, path.open("rb") as file:
        while block := file.read(1 << 18):
            copying.write(block)


def _rows_as_csv(duck: DuckDB, folder: Path, new: Manifest, terms: Terms, changed: str, work: Path) -> None:
    numbers, sites = folder / new.files["numbers"], ", ".join(f"'{site}'" for site in new.sites)
    duck.run(
        f"""CREATE OR REPLACE TEMP TABLE built AS
            SELECT facts.*, number.id AS vehicle, list_extract([{sites}], site::INTEGER) AS site_id, list_extract([{sites}], due_site::INTEGER) AS due_site_id
              FROM {files(folder / new.files["facts"])} facts JOIN {changed} USING (car) JOIN '{numbers}' number USING (car)"""
    )
    _csv(
        duck, "SELECT vehicle, site_id, last_visit, last_km, yearly, visits, spent, is_service, is_tyre, is_lost FROM built",
        work / "built_facts.csv",
    )  # fmt: skip
    done = [f"SELECT vehicle, '{kind.code}', {newest(kind.bit)} FROM built WHERE {newest(kind.bit)} > 0" for kind in terms.kinds]
    _csv(duck, " UNION ALL ".join(done) or "SELECT NULL, NULL, NULL LIMIT 0", work / "built_done.csv")
    if not terms.due_kinds:
        (work / "built_due.csv").touch()
        return
    duck.run(f"CREATE OR REPLACE TEMP TABLE falling AS {' UNION ALL '.join(map(_due_rows, terms.due_kinds))}")
    lines = duck.ibis.compile(layers.valid(duck, folder, new, "lines").select("car", "day", "place", "mask", "line", "text", "km"))
    _csv(
        duck,
        f"""WITH decided AS (
                SELECT falling.car, bit, arg_min(line.line, place) AS line, arg_min(line.text, place) AS text, first(line.km ORDER BY place) AS km
                  FROM falling JOIN ({lines}) line ON line.car = falling.car AND line.day = falling.day AND line.mask & (1::BIGINT << bit) > 0
                 GROUP BY ALL)
            SELECT vehicle, site_id, work_kind, due_on, because, day, km, line, text.key, months, interval_km, yearly
              FROM falling LEFT JOIN decided USING (car, bit) LEFT JOIN '{folder / new.files["texts"]}' text USING (text)""",
        work / "built_due.csv",
    )


def _due_rows(kind: Kind) -> str:
    """One kind of `facts` as rows; the test has no distance."""
    months, km = ("NULL" if number is None else number for number in (kind.months, None if kind.code == TEST_WORK else kind.km))
    reasons = " ".join(f"WHEN {number} THEN '{word}'" for number, word in falling.BECAUSE.items())
    return f"""
        SELECT car, vehicle, due_site_id AS site_id, {kind.bit} AS bit, '{kind.code}' AS work_kind, {falling.due(kind.bit)} AS due_on,
               CASE {falling.because(kind.bit)} {reasons} END AS because, nullif({newest(kind.bit)}, 0) AS day, {months}::INTEGER AS months,
               {km}::INTEGER AS interval_km, yearly
          FROM built WHERE {falling.due(kind.bit)} IS NOT NULL"""


def files(path: Path) -> str:
    """Parquet as an engine left it: one file, or a folder of them."""
    return f"read_parquet('{path}/*.parquet')" if path.is_dir() else f"read_parquet('{path}')"


def _csv(duck: DuckDB, query: str, path: Path) -> None:
    duck.run(f"COPY ({query}) TO '{path}' (FORMAT csv, HEADER false)")


def changed_cars(duck: DuckDB, columns: Sequence[str], new: Path, before: Path | None, touched: str | None) -> str:
    """A table of the cars whose facts are not those of the build before, or that were touched; all where there is no build before."""
    if before is None:
        duck.run(f"CREATE OR REPLACE TEMP TABLE changed AS SELECT car FROM {files(new)}")
        return "changed"
    differ = " OR ".join(f"new.{name} IS DISTINCT FROM old.{name}" for name in columns if name != "car")
    duck.run(
        f"""CREATE OR REPLACE TEMP TABLE changed AS
            SELECT new.car FROM {files(new)} new LEFT JOIN {files(before)} old USING (car) WHERE {differ}
            {f"UNION SELECT car FROM ({touched})" if touched else ""}"""
    )
    return "changed"
