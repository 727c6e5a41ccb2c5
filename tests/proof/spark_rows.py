"""Facts and ten segments of the same invented history by DuckDB and by a Spark cluster, compared row for row; run with a Python that has pyspark.

    python -m tests.proof.spark_rows FOLDER LINES MASTER

Prints one line of JSON: how many rows of facts there are, members of each segment, and what differs.
"""

import json
import sys
import time
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from bench import invented_lake
from forecourt.engines.audience.building import calendar, criteria, falling, histories
from forecourt.engines.audience.building.terms import Terms
from forecourt.engines.audience.lake.engine import DuckDB, Engine, Spark
from forecourt.kernel import conditions
from forecourt.kernel.conditions.columns import to_ibis

SEGMENTS: tuple[dict[str, Any], ...] = (
    {"field": "is_lost", "op": "eq", "value": True},
    {"all": [{"field": "is_service_customer", "op": "eq", "value": True}, {"field": "km_per_year", "op": "gt", "value": 15_000}]},
    {"field": "due:inspection", "op": "within_days", "value": 30},
    {"all": [{"field": "last_visit_on", "op": "before_days", "value": -365}, {"not": {"field": "done:battery", "op": "not_empty"}}]},
    {
        "any": [
            {"field": "due:statutory_test", "op": "within_days", "value": 60},
            {"field": "due:brake_fluid", "op": "before_days", "value": 0},
        ]
    },
    {"field": "spent_net", "op": "ge", "value": 1234.56},
    {"not": {"any": [{"field": "last_visit_on", "op": "within_days", "value": -730}, {"field": "visits", "op": "lt", "value": 2}]}},
    {"field": "visits", "op": "in", "value": [1, 3]},
    {"all": [{"field": "is_tyre_customer", "op": "ne", "value": True}, {"field": "done:tyre_change", "op": "ge", "value": "2025-01-01"}]},
    {"all": [{"field": "km_per_year", "op": "is_empty"}, {"field": "last_mileage", "op": "not_empty"}]},
)


def _calendar(engine: Engine, into: Path, terms: Terms) -> Any:
    path = into / f"{terms.today}.parquet"
    pq.write_table(calendar.table(terms), path)
    return engine.table([path])


def build(engine: Engine, plain: Path, into: Path) -> float:
    """The whole build, and what turns by the next day, written as Parquet; how many seconds it took."""
    began = time.monotonic()
    lines, visits, readings, cars = (engine.table([plain / f"{name}.parquet"]) for name in ("lines", "visits", "readings", "cars"))
    engine.write(histories.histories(lines, visits, readings, invented_lake.TERMS), into / "histories")
    made = engine.table([into / "histories"])
    pq.write_table(histories.by_kernel(engine.rows(histories.irregular(readings, made))), into / "told.parquet")
    told = engine.table([into / "told.parquet"])
    engine.write(
        falling.facts(cars, histories.completed(made, told), _calendar(engine, into, invented_lake.TERMS), invented_lake.TERMS),
        into / "facts",
    )
    facts = engine.table([into / "facts"])
    next_day = replace(invented_lake.TERMS, today=invented_lake.NEXT_DAY)
    engine.write(falling.facts_of_some(facts, cars, None, None, _calendar(engine, into, next_day), next_day), into / "some")
    columns, today = criteria.columns(facts, invented_lake.TERMS), date(2026, 3, 31)
    asked = {f"segment_{number}": to_ibis(conditions.parse(rule), columns, today) for number, rule in enumerate(SEGMENTS)}
    engine.write(facts.select("car", **asked), into / "segments")
    return time.monotonic() - began


def differing(duck: DuckDB, name: str, here: Path, there: Path) -> list[str]:
    """The columns of which not all rows are equal; or that the rows are not of the same cars."""
    ours, theirs = f"read_parquet('{here / name}')", f"read_parquet('{there / name}/*.parquet')"
    columns = [column for (column, *_rest) in duck.run(f"DESCRIBE FROM {ours}")]
    differ = ", ".join(f"count(*) FILTER (WHERE ours.{column} IS DISTINCT FROM theirs.{column})" for column in columns)
    [counts] = duck.run(f"SELECT {differ} FROM {ours} ours FULL JOIN {theirs} theirs ON ours.car = theirs.car")
    return [f"{name}.{column}: {count}" for column, count in zip(columns, counts, strict=True) if count]


def main(folder: Path, lines: int, master: str) -> None:
    plain, here, there = folder / "plain", folder / "duckdb", folder / "spark"
    for each in (plain, here, there):
        each.mkdir()
    invented_lake.write(plain, lines)
    duck, spark = DuckDB(folder / "spill"), Spark(master)
    seconds = [build(duck, plain, here), build(spark, plain, there)]
    different = [each for name in ("histories", "facts", "some", "segments") for each in differing(duck, name, here, there)]
    [(cars,)] = duck.run(f"SELECT count(*) FROM read_parquet('{here / 'facts'}')")
    counts = ", ".join(f"count(*) FILTER (WHERE segment_{number})" for number in range(len(SEGMENTS)))
    [members] = duck.run(f"SELECT {counts} FROM read_parquet('{here / 'segments'}')")
    workers = int(spark.session.sparkContext._jsc.sc().getExecutorMemoryStatus().size()) - 1  # type: ignore[union-attr] # the driver is one too
    spark.session.stop()
    print(json.dumps({"cars": cars, "members": members, "different": different, "workers": workers, "seconds": seconds}))  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
