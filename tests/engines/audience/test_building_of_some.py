"""Facts worked out day by day of those cars alone that can differ, against those of all cars worked out each day."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from forecourt.engines.audience.building import calendar, falling, histories
from forecourt.engines.audience.building.terms import Kind, Terms
from forecourt.engines.audience.lake import engine
from forecourt.engines.audience.lake.engine import DuckDB
from forecourt.kernel.quantities import months_later

KINDS = (
    Kind(code="inspection", bit=0, months=24, km=30_000, falls_due=True, is_paid_service=True),
    Kind(code="statutory_test", bit=1, months=24, falls_due=True),
    Kind(code="tyre_change", bit=2, months=6, falls_due=True, is_paid_service=True),
    Kind(code="wash", bit=3),
)
FIRST = date(2027, 12, 30)
STEPS = (1, 60)  # 31 December and 29 February
MONTHS = (6, 12, 18, 24, 36, 48, 60, 480)


class Cars:
    """Cars whose visits and registrations lie so that something turns on one of these days, and others."""

    def __init__(self, folder: Path, days: Sequence[date], cars: int) -> None:
        self.chance, self.folder, self.days, self.touched = random.Random(7), folder, days, list(range(cars))
        self.visits: list[tuple[int, int, int]] = []  # car, day, mask
        self.cars = [self._car(car) for car in range(cars)]
        for car in range(cars):
            for _visit in range(self.chance.choice([0, 0, 1, 2, 3])):
                self._visit(car, self._day(MONTHS[:-1]))

    def _day(self, months: Sequence[int]) -> int:
        """So many months before one of the days, and a little beside it."""
        pick = self.chance.choice
        return months_later(pick(self.days), -pick(months)).toordinal() + pick([-31, -30, -1, 0, 0, 1, 2])

    def _car(self, car: int) -> dict[str, Any]:
        pick = self.chance.choice
        return {
            "car": car, "km": pick([None, 5000]), "is_kept": pick([True, True, True, False]), "home": 1,
            "registered": pick([None, self._day(MONTHS), self._day(MONTHS), self._day([-48, -72, -84])]), "test": pick([None, None, self._day([0, 1])]),
            "first_test": pick([36, 48, 72]), "service_on": pick([None, None, self._day([-6, 0, 1])]), "service_km": pick([None, 2_000, 40_000]),
            "service_told": pick([None, self._day([0, 1, 12]), self._day([0, 1, 12])]),
        }  # fmt: skip

    def _visit(self, car: int, day: int) -> None:
        self.visits.append((car, day, self.chance.choice([0, 1, 2, 4, 4, 5, 7, 8])))

    def go_on(self, today: date) -> None:
        """Some cars were here today, and of one the papers are others."""
        self.touched = self.chance.sample(range(len(self.cars)), 9)
        for car in self.touched[1:]:
            self._visit(car, today.toordinal())
        self.cars[self.touched[0]] = self._car(self.touched[0])

    def write(self, name: str, some: Sequence[int]) -> dict[str, Path]:
        """The plain tables of these cars."""
        wanted = set(some)
        rows = sorted({(car, day): mask for car, day, mask in self.visits if car in wanted}.items())
        pairs = [pair for pair, _mask in rows]
        last = dict(pairs)
        columns: dict[str, list[list[Any]]] = {
            "lines": [*_columns(pairs), [1] * len(rows), [True] * len(rows), [mask for _pair, mask in rows]],
            "visits": [*_columns(pairs), [1] * len(rows), [1] * len(rows), [100] * len(rows)],
            "readings": [
                *_columns(pairs),
                [day - 700_000 for _car, day in pairs],
                [0] * len(rows),
                [last[car] - day for car, day in pairs],
            ],
        }
        made = {}
        for table, names in (("lines", "nth is_paid mask"), ("visits", "nth site net"), ("readings", "km before back")):
            made[table] = self.folder / f"{name}-{table}.parquet"
            values = dict(zip(("car", "day", *names.split()), columns[table], strict=True))
            wide = {"mask", "net"}
            kinds = {key: pa.bool_() if key == "is_paid" else pa.int64() if key in wide else pa.int32() for key in values}
            pq.write_table(pa.table(values, schema=pa.schema(kinds.items())), made[table])
        made["cars"] = self.folder / f"{name}-cars.parquet"
        kinds = {key: pa.bool_() if key == "is_kept" else pa.int32() for key in self.cars[0]}
        pq.write_table(pa.Table.from_pylist(self.cars, schema=pa.schema(kinds.items())), made["cars"])
        return made


def _columns(pairs: Sequence[tuple[int, int]]) -> tuple[list[int], list[int]]:
    return [car for car, _day in pairs], [day for _car, day in pairs]


def made_of(duck: DuckDB, tables: dict[str, Path], terms: Terms) -> Any:
    lines, visits, readings = (duck.table([tables[name]]) for name in ("lines", "visits", "readings"))
    return histories.histories(lines, visits, readings, terms).drop("falls")


def day_by_day(folder: Path, days: Sequence[date], cars: int) -> int:
    """Compares each day; returns how many rows were worked out after the first day."""
    all_cars, worked, facts = Cars(folder, days, cars), 0, folder / "facts-0.parquet"
    for number, today in enumerate(days):
        if number:
            all_cars.go_on(today)
        tables, terms = all_cars.write("all", range(cars)), Terms(today=today, kinds=KINDS)
        with engine.duckdb(folder / "spill") as duck:
            whole = build(duck, folder, tables, terms)
            if not number:
                duck.run(f"COPY (FROM '{whole}') TO '{facts}'")
                continue
            few = build(
                duck, folder, all_cars.write("some", all_cars.touched), terms, facts=facts, cars=tables["cars"], touched=all_cars.touched
            )
            after = folder / f"facts-{number}.parquet"
            duck.run(
                f"COPY (SELECT * FROM '{facts}' WHERE car NOT IN (SELECT car FROM '{few}') UNION ALL BY NAME FROM '{few}') TO '{after}'"
            )
            facts = after
            sides = f"(FROM '{whole}' EXCEPT ALL FROM '{facts}') UNION ALL (FROM '{facts}' EXCEPT ALL FROM '{whole}')"
            assert duck.run(f"SELECT car FROM ({sides})") == [], today
            [(rows,)] = duck.run(f"SELECT count(*) FROM '{few}'")
        worked += rows
    return worked


def build(duck: DuckDB, folder: Path, tables: dict[str, Path], terms: Terms, **base: Any) -> Path:
    """The facts of all cars, or on those of a `base` those of some."""
    pq.write_table(calendar.table(terms), folder / "calendar.parquet")
    its_days, made = duck.table([folder / "calendar.parquet"]), made_of(duck, tables, terms)
    if not base:
        duck.write(falling.facts(duck.table([tables["cars"]]), made, its_days, terms), folder / "whole.parquet")
        return folder / "whole.parquet"
    pq.write_table(pa.table({"car": pa.array(base["touched"], pa.int32())}), folder / "touched.parquet")
    before, cars, touched = (duck.table([path]) for path in (base["facts"], base["cars"], folder / "touched.parquet"))
    duck.write(falling.facts_of_some(before, cars, touched, made, its_days, terms), folder / "few.parquet")
    return folder / "few.parquet"


def test_facts_of_cars_that_can_differ_are_those_of_all_cars_and_no_day_needs_a_statement_of_its_own(tmp_path: Path) -> None:
    days = [FIRST]
    for step in STEPS:
        days.append(days[-1] + timedelta(days=step))
    before = engine.statement_of.cache_info().misses
    assert 9 * len(STEPS) < day_by_day(tmp_path, days, cars=900) < 900 * len(STEPS) / 2
    assert engine.statement_of.cache_info().misses - before == 2  # one of all cars, one of some
