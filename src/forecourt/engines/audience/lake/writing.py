"""What a build found differently goes to PostgreSQL: the facts of changed cars as one set, and of these only rows that are not so already.

A table with policies takes no COPY, so the rows go into temporary tables first. What a person is (the keeper) is joined here: the
lake does not know it. So is what `profiles` copies, for a row that is written twice goes twice into every index.
"""

# ruff: noqa: S608 - put together from our own texts and from paths that we made

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.db import connection

from forecourt.engines.audience import profiles
from forecourt.engines.audience.building import falling
from forecourt.engines.audience.building.histories import newest
from forecourt.engines.audience.building.terms import FIRST_SERVICE, TEST_WORK, Kind, Terms
from forecourt.engines.audience.lake import layers
from forecourt.engines.audience.lake.engine import DuckDB
from forecourt.engines.audience.lake.place import Manifest
from forecourt.runtime.database.bulk import by_index, create_temporary, create_temporary_as, new_id, prepare_for_sets

_DAY: Final = "(DATE '0001-01-01' + {} - 1)"

_TABLES: Final = {
    "built_facts": (
        "vehicle_id uuid", "site_id uuid", "last_visit_on int", "last_mileage int", "km_per_year int", "visits int", "spent_cents bigint",
        "is_service_customer bool", "is_tyre_customer bool", "is_lost bool", "tyres_stored_on int",
    ),
    "built_done": ("vehicle_id uuid", "work_kind text", "last_on int", "last_mileage int"),
    "built_due": (
        "vehicle_id uuid", "site_id uuid", "work_kind text", "due_on int", "because text", "last_done_on int", "last_done_mileage int",
        "last_line_id uuid", "text_key text", "interval_months int", "interval_km int", "km_per_year int", "named_on int", "named_km int", "told_on int",
    ),
}  # fmt: skip

#: Below this share of all cars an index for each row is quicker than a look at all rows of the tables.
FEW: Final = 0.25

# With the dealer, as `profiles.beside` asks for it.
_KEPT: Final = """
SELECT %(organisation)s::uuid AS organisation_id, built.vehicle_id, holding.customer_id, built.site_id
  FROM built_facts built
  LEFT JOIN vehicles_holding holding ON holding.vehicle_id = built.vehicle_id AND holding.role = 'keeper' AND holding.until_on IS NULL
"""
_FACTS: Final = f"""
SELECT built.vehicle_id, kept.customer_id, built.site_id, {_DAY.format("built.last_visit_on")} AS last_visit_on, built.last_mileage, built.km_per_year,
       built.visits, built.spent_cents / 100.0 AS spent_net, built.is_service_customer, built.is_tyre_customer, built.is_lost,
       {_DAY.format("built.tyres_stored_on")} AS tyres_stored_on,
       {", ".join(f"told.{name}" for name in profiles.COPIED)}
  FROM built_facts built JOIN built_kept kept USING (vehicle_id) JOIN ({{told}}) told USING (vehicle_id)
"""
_DONE: Final = f"SELECT vehicle_id, work_kind, {_DAY.format('last_on')} AS last_on, last_mileage FROM built_done"
_DUE: Final = f"""
SELECT built.vehicle_id, built.work_kind, kept.customer_id, built.site_id, {_DAY.format("built.due_on")} AS due_on, built.because,
       {_DAY.format("built.last_done_on")} AS last_done_on, built.last_done_mileage, built.last_line_id,
       jsonb_strip_nulls(jsonb_build_object('interval_months', interval_months, 'interval_km', interval_km,
           'km_per_year', km_per_year, 'named_on', {_DAY.format("named_on")}, 'named_km', named_km, 'told_on', {_DAY.format("told_on")},
           'decided_by', said.decided)) AS basis
  FROM built_due built JOIN built_kept kept USING (vehicle_id)
  LEFT JOIN built_said said ON said.text_key = built.text_key AND said.work_kind = built.work_kind
"""
# A table of its own, whose size the planner knows: of texts that came today it knows nothing, and goes through all of them for each row.
_SAID: Final = """
SELECT DISTINCT ON (text_key, work_kind) meaning.text_key, said.what ->> 'work_kind' AS work_kind, said.what - '{work_kind,rule}'::text[] AS decided
  FROM audience_classification meaning CROSS JOIN jsonb_array_elements(meaning.decided_by) WITH ORDINALITY said (what, place)
 WHERE meaning.organisation_id = %(organisation)s AND meaning.text_key = ANY(ARRAY(SELECT DISTINCT text_key FROM built_due))
 ORDER BY text_key, work_kind, said.place
"""
# Rows that stand are fetched by their places as one list: from a join alone the planner may go through all rows of the dealer to find them.
# They are compared first: an attempt to insert one locks it, and an update that alters nothing writes it into every index.
_BROUGHT: Final = """
WITH built AS ({built}), old AS (
    SELECT ctid AS place, * FROM {table} WHERE organisation_id = %(organisation)s AND vehicle_id IN (SELECT vehicle_id FROM built_facts)
), moved AS MATERIALIZED (
    SELECT old.place, built.* FROM built FULL JOIN old ON {same}
     WHERE old.place IS NULL OR built.vehicle_id IS NULL OR ({old}) IS DISTINCT FROM ({new})
     ORDER BY old.place, {order}
), gone AS (
    DELETE FROM {table} old WHERE ctid = ANY(ARRAY(SELECT place FROM moved WHERE vehicle_id IS NULL))
), altered AS (
    UPDATE {table} old SET {set} FROM moved
     WHERE old.ctid = ANY(ARRAY(SELECT place FROM moved WHERE place IS NOT NULL)) AND old.ctid = moved.place AND moved.vehicle_id IS NOT NULL RETURNING 1
), added AS (
    INSERT INTO {table} (id, organisation_id, vehicle_id, {columns})
    SELECT {id}, %(organisation)s, vehicle_id, {values} FROM moved WHERE place IS NULL RETURNING 1
)
SELECT (SELECT count(*) FROM altered) + (SELECT count(*) FROM added)
"""


def _bring(table: str, built: str, columns: Sequence[str], *, key: Sequence[str] = (), computed: bool = True) -> str:
    """The statement that makes the rows of these cars what `built` gives; `key` is told beside the car."""
    stamp = {"computed_on": "%(today)s"} if computed else {}
    return _BROUGHT.format(
        table=table, built=built, order=", ".join(f"built.{name}" for name in ("vehicle_id", *key)), same=" AND ".join(f"old.{name} = built.{name}" for name in ("vehicle_id", *key)),
        old=", ".join(f"old.{name}" for name in columns), new=", ".join(f"built.{name}" for name in columns),
        set=", ".join(f"{name} = {value}" for name, value in ({name: f"moved.{name}" for name in columns} | stamp).items()),
        columns=", ".join((*key, *columns, *stamp)), values=", ".join((*key, *columns, *stamp.values())), id=new_id("row_number() OVER ()"),
    )  # fmt: skip


_BRING_FACTS: Final = _bring(
    "audience_vehiclefacts", _FACTS,
    ("customer_id", "site_id", "last_visit_on", "last_mileage", "km_per_year", "visits", "spent_net", "is_service_customer", "is_tyre_customer",
     "is_lost", "tyres_stored_on", *profiles.COPIED),
)  # fmt: skip
_BRING_DONE: Final = _bring("audience_workdone", _DONE, ("last_on", "last_mileage"), key=("work_kind",), computed=False)
_BRING_DUE: Final = _bring(
    "audience_duework", _DUE,
    ("customer_id", "site_id", "due_on", "because", "last_done_on", "last_done_mileage", "last_line_id", "basis"), key=("work_kind",),
)  # fmt: skip


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
        create_temporary_as(cursor, "built_said", _SAID, values)
        cursor.execute("SELECT vehicle_id FROM built_facts")
        cars = [vehicle_id for (vehicle_id,) in cursor.fetchall()]
        is_few = len(cars) < new.cars * FEW
        prepare_for_sets(cursor, rows=len(cars))
        with by_index(cursor) if is_few else nullcontext():
            create_temporary_as(cursor, "built_kept", _KEPT, values)
            profiles.work_out_who_stands_where(cursor, "built_facts" if len(cars) < new.cars else None, values)
            told, its_values = profiles.beside("built_kept", vehicle_ids=cars if is_few else None, today=values["today"])
            written = Written(
                facts=_count(cursor, _BRING_FACTS.replace("{told}", told), its_values),
                done=_count(cursor, _BRING_DONE, values),
                due=_count(cursor, _BRING_DUE, values),
            )
            if len(cars) < new.cars:
                profiles.follow_keepers(cursor, values)
            return written


def _count(cursor: Any, statement: str, values: dict[str, Any]) -> int:
    cursor.execute(statement, values)
    return int(cursor.fetchone()[0])


def _copy(cursor: Any, table: str, path: Path) -> None:
    with cursor.copy(f"COPY {table} FROM STDIN (FORMAT csv)") as copying, path.open("rb") as file:
        while block := file.read(1 << 18):
            copying.write(block)


def _rows_as_csv(duck: DuckDB, folder: Path, new: Manifest, terms: Terms, changed: str, work: Path) -> None:
    numbers, sites = folder / new.files["numbers"], ", ".join(f"'{site}'" for site in new.sites)
    duck.run(
        f"""CREATE OR REPLACE TEMP TABLE built AS
            SELECT facts.*, number.id AS vehicle, list_extract([{sites}], site::INTEGER) AS site_id, list_extract([{sites}], due_site::INTEGER) AS due_site_id,
                   named.service_on, named.service_km, named.service_told
              FROM ({duck.statement(layers.facts(duck, folder, new))}) facts JOIN {changed} USING (car) JOIN '{numbers}' number USING (car) JOIN '{folder / new.files["cars"]}' named USING (car)"""
    )
    _csv(
        duck, "SELECT vehicle, site_id, last_visit, last_km, yearly, visits, spent, is_service, is_tyre, is_lost, tyres_stored FROM built",
        work / "built_facts.csv",
    )  # fmt: skip
    lines = duck.statement(layers.valid(duck, folder, new, "lines").select("car", "day", "place", "mask", "line", "text", "km"))
    _csv(duck, _done_rows(lines, terms), work / "built_done.csv")
    if not terms.due_kinds:
        (work / "built_due.csv").touch()
        return
    duck.run(f"CREATE OR REPLACE TEMP TABLE falling AS {' UNION ALL '.join(map(_due_rows, terms.due_kinds))}")
    _csv(
        duck,
        f"""WITH decided AS (
                SELECT falling.car, bit, arg_min(line.line, place) AS line, arg_min(line.text, place) AS text, first(line.km ORDER BY place) AS km
                  FROM falling JOIN ({lines}) line ON line.car = falling.car AND line.day = falling.day AND line.mask & (1::BIGINT << bit) > 0
                 GROUP BY ALL)
            SELECT vehicle, site_id, work_kind, due_on, because, day, km, line, text.key, months, interval_km, yearly, named_on, named_km, told_on
              FROM falling LEFT JOIN decided USING (car, bit) LEFT JOIN '{folder / new.files["texts"]}' text USING (text)""",
        work / "built_due.csv",
    )


def _done_rows(lines: str, terms: Terms) -> str:
    """When each kind was last done, and the mileage of that day."""
    done = [
        f"SELECT car, vehicle, {kind.bit} AS bit, '{kind.code}' AS code, {newest(kind.bit)} AS day FROM built WHERE {newest(kind.bit)} > 0"
        for kind in terms.done_kinds
    ]
    if not done:
        return "SELECT NULL, NULL, NULL, NULL LIMIT 0"
    return f"""
        WITH done AS ({" UNION ALL ".join(done)}), read AS (
            SELECT done.car, bit, max(line.km) AS km FROM done JOIN ({lines}) line ON line.car = done.car AND line.day = done.day
             WHERE line.km IS NOT NULL AND line.mask & (1::BIGINT << bit) > 0 GROUP BY ALL)
        SELECT vehicle, code, day, read.km FROM done LEFT JOIN read USING (car, bit)"""


def _due_rows(kind: Kind) -> str:
    """One kind of `facts` as rows; the test has no distance."""
    months, km = ("NULL" if number is None else number for number in (kind.months, None if kind.code == TEST_WORK else kind.km))
    reasons = " ".join(f"WHEN {number} THEN '{word}'" for number, word in falling.BECAUSE.items())
    named = [
        f"CASE WHEN {falling.because(kind.bit)} = {falling.CONDITION} THEN {column} END" if kind.code == FIRST_SERVICE else "NULL::INTEGER"
        for column in ("service_on", "service_km", "service_told")
    ]
    return f"""
        SELECT car, vehicle, due_site_id AS site_id, {kind.bit} AS bit, '{kind.code}' AS work_kind, {falling.due(kind.bit)} AS due_on,
               CASE {falling.because(kind.bit)} {reasons} END AS because, nullif({newest(kind.bit)}, 0) AS day, {months}::INTEGER AS months,
               {km}::INTEGER AS interval_km, yearly, {named[0]} AS named_on, {named[1]} AS named_km, {named[2]} AS told_on
          FROM built WHERE {falling.due(kind.bit)} IS NOT NULL"""


def files(path: Path) -> str:
    """Parquet as an engine left it: one file, or a folder of them."""
    return f"read_parquet('{path}/*.parquet')" if path.is_dir() else f"read_parquet('{path}')"


def _csv(duck: DuckDB, query: str, path: Path) -> None:
    duck.run(f"COPY ({query}) TO '{path}' (FORMAT csv, HEADER false)")


def changed_cars(duck: DuckDB, new: Any, before: Any | None, touched: str | None) -> str:
    """A table of the cars whose facts are not those of the build before, or that were touched; all where there is no build before."""
    rows = duck.statement(new)
    if before is None:
        duck.run(f"CREATE OR REPLACE TEMP TABLE changed AS SELECT car FROM ({rows})")
        return "changed"
    differ = " OR ".join(f"new.{name} IS DISTINCT FROM old.{name}" for name in new.columns if name not in {"car", falling.TURNS})
    duck.run(
        f"""CREATE OR REPLACE TEMP TABLE changed AS
            SELECT new.car FROM ({rows}) new LEFT JOIN ({duck.statement(before)}) old USING (car) WHERE {differ}
            {f"UNION SELECT car FROM ({touched})" if touched else ""}"""
    )
    return "changed"
