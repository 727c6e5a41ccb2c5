"""How long the daily build of a large dealer takes, from classified lines and from raw text, beside DuckDB's own scan of the same columns; and what
a new day costs with the database.

    python -m bench.build [--lines 1000000 3000000 10000000] [--history 10000000]

Each size is built in a process of its own, so that its peak memory is its own; 12.5 lines a car, four a visit, one reading in forty mistyped, 100,000
different texts. The scan sums every column that the build reads. `--history` is how many lines lie in PostgreSQL when the new day's 20,000 come;
0, as by default, leaves the database out. Times are those of processors where it says so: wall time where a machine is shared tells of others.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from statistics import median
from typing import Any

from bench import ground, invented_lake
from bench.figures import Figure, tell

SIZES = (1_000_000, 3_000_000, 10_000_000)
NEW_LINES = 20_000
MOST_SCANS, MOST_SCANS_RAW, MOST_COPIES, MOST_SECONDS = 4.0, 10.0, 3.0, 3.0
MOST_MIB, MOST_MIB_RAW = 1024, 1536
RUNS = 3


def built(folder: Path, *, is_raw: bool) -> dict[str, Any]:
    """Scan and build this folder's tables, in this process: medians of some runs."""
    from forecourt.engines.audience.lake.engine import DuckDB

    duck = DuckDB(folder / "spill")
    found = {
        "scan": _timed(lambda: _scan(duck, folder, is_raw=is_raw)),
        "build": _timed(lambda: _build(duck, folder, is_raw=is_raw)),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "by_hand": _timed(lambda: _aggregate_by_hand(duck, folder)),
    }
    [(found["rows"],)] = duck.run(f"SELECT count(*) FROM '{folder / 'facts.parquet'}' WHERE yearly IS NOT NULL")
    return found


def _build(duck: Any, folder: Path, *, is_raw: bool) -> None:
    """As `audience.lake.daily` does it with all cars."""
    import pyarrow.parquet as pq

    from forecourt.engines.audience.building import falling, histories

    terms = invented_lake.TERMS
    visits, readings, cars = (duck.table([folder / f"{name}.parquet"]) for name in ("visits", "readings", "cars"))
    lines = _read_raw(duck, folder) if is_raw else duck.table([folder / "lines.parquet"])
    irregular = histories.irregular(readings, histories.falling(readings))
    pq.write_table(histories.by_kernel(duck.rows(irregular)), folder / "told.parquet")
    complete = histories.completed(histories.histories(lines, visits, readings, terms), duck.table([folder / "told.parquet"]))
    duck.write(falling.facts(cars, complete, terms), folder / "facts.parquet")


def _aggregate_by_hand(duck: Any, folder: Path) -> None:
    """What no build can do without, as one plain statement: the newest day of each kind and the sums of each car, joined, and written with as many columns."""
    lasts = ", ".join(f"max(day & -((mask::INTEGER >> {kind.bit}) & 1)) AS newest_{kind.bit}" for kind in invented_lake.KINDS)
    lines, visits, readings, cars = (f"'{folder / name}.parquet'" for name in ("lines", "visits", "readings", "cars"))
    duck.run(
        f"""COPY (
              SELECT * FROM {cars}
                LEFT JOIN (SELECT car, {lasts} FROM {lines} WHERE mask <> 0 GROUP BY car) USING (car)
                LEFT JOIN (SELECT car, count(*) AS visits, sum(net)::BIGINT AS spent, max(day) AS last FROM {visits} GROUP BY car) USING (car)
                LEFT JOIN (SELECT car, min(day) AS first, max(km) AS km, bool_or(km < before) AS falls FROM {readings} GROUP BY car) USING (car)
            ) TO '{folder}/by_hand.parquet' (FORMAT parquet, COMPRESSION uncompressed, DICTIONARY_SIZE_LIMIT 1)"""
    )


def _timed(run: Callable[[], None]) -> tuple[float, float]:
    """Wall and processor time, each the median of some runs."""
    taken = []
    for _again in range(RUNS):
        began, worked = time.perf_counter(), time.process_time()
        run()
        taken.append((time.perf_counter() - began, time.process_time() - worked))
    return median(wall for wall, _ in taken), median(worked for _, worked in taken)


def _scan(duck: Any, folder: Path, *, is_raw: bool) -> None:
    """Every value of every column that the build reads, summed."""
    for name in ("raw" if is_raw else "lines", "visits", "readings", "cars"):
        columns = duck.run(f"DESCRIBE FROM '{folder / name}.parquet'")
        sums = [
            f"sum({column}::{'INTEGER' if kind == 'BOOLEAN' else kind})" if kind != "VARCHAR" else f"sum(strlen({column}))"
            for column, kind, *_ in columns
        ]
        duck.run(f"SELECT {', '.join(sums)} FROM '{folder / name}.parquet'")


def _read_raw(duck: Any, folder: Path) -> Any:
    """Lines with the masks of their texts, each distinct text matched once by the standard rules."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from forecourt.engines.audience import standard
    from forecourt.engines.audience.lines import words_of
    from forecourt.engines.audience.matching import Matcher

    bits = {kind.code: 1 << kind.bit for kind in invented_lake.KINDS}
    matcher = Matcher(words_of(standard.rules()))
    texts = [text for (text,) in duck.run(f"SELECT DISTINCT text FROM '{folder / 'raw.parquet'}'")]
    masks = [sum(bits.get(decision.work_kind, 0) for decision in matcher.match("", text)) for text in texts]
    pq.write_table(pa.table({"text": texts, "mask": pa.array(masks, pa.int64())}), folder / "meanings.parquet")
    # Written, as the build reads lines twice.
    duck.run(
        f"""COPY (SELECT car, day, nth, is_paid, mask FROM '{folder / "raw.parquet"}' JOIN '{folder / "meanings.parquet"}' USING (text))
            TO '{folder / "classified.parquet"}' (FORMAT parquet)"""
    )
    return duck.table([folder / "classified.parquet"])


def _apart(*arguments: str) -> dict[str, Any]:
    """What this program measures in a process of its own."""
    answer = subprocess.run([sys.executable, "-m", "bench.build", *arguments], check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
    return found


def sizes(lines: int) -> list[Figure]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        invented_lake.write(folder, lines)
        return [_figure(lines, _apart("--build", name), is_raw=False), _figure(lines, _apart("--build-raw", name), is_raw=True)]


def _figure(lines: int, found: dict[str, Any], *, is_raw: bool) -> Figure:
    (wall, worked), (scan_wall, scan_worked), (hand_wall, hand_worked) = found["build"], found["scan"], found["by_hand"]
    most, most_mib = (MOST_SCANS_RAW, MOST_MIB_RAW) if is_raw else (MOST_SCANS, MOST_MIB)
    ratio = wall / scan_wall
    return Figure(
        what=f"build of {lines:,} {'lines from raw text' if is_raw else 'classified lines'}",
        measured=f"{wall:.2f} s ({worked:.2f} s of processors), {found['peak_mib']:.0f} MiB",
        limit=f"scan {scan_wall:.2f} s ({scan_worked:.2f} s of processors); bare aggregates by hand {hand_wall:.2f} s ({hand_worked:.2f} s)", ratio=ratio, promise=f"<= {most:.0f}x, <= {most_mib} MiB",
        is_met=ratio <= most and found["peak_mib"] <= most_mib, wrong="" if found["rows"] else "no car has kilometres a year",
    )  # fmt: skip


def day(history: int) -> dict[str, Any]:
    """First refresh of a dealer with so much history, and that of a new day, in this process."""
    import django

    django.setup()
    from django.db import connection, transaction

    from forecourt.engines.audience import facts, rules
    from forecourt.engines.audience.lake import worth, writing
    from forecourt.runtime import scope

    worth.LINES = 0  # type: ignore[misc] # also where few lines are tried
    site, _actor = ground.site("build")
    writings: list[float] = []
    write = writing.write

    def timed_write(*arguments: Any) -> Any:
        began = time.perf_counter()
        found = write(*arguments)
        writings.append(time.perf_counter() - began)
        return found

    writing.write = timed_write  # type: ignore[assignment]
    with scope.of(site.organisation_id):
        with suppress(Exception):
            rules.install()
        fill(site, history)
        began = time.perf_counter()
        first = facts.refresh()
        first_seconds = time.perf_counter() - began
        with transaction.atomic():
            copied = _copy(connection)
            new_day(connection, site.organisation_id)
        began = time.perf_counter()
        facts.refresh()
        seconds = time.perf_counter() - began
    return {"first": first_seconds, "writings": writings, "copied": copied, "day": seconds, "vehicles": first.vehicles, "due": first.due}


def fill(site: Any, lines: int) -> None:
    """Cars, keepers, visits and lines, made inside PostgreSQL; but for their ids the same for every dealer."""
    import psycopg
    from django.db import transaction

    from forecourt.config.postgres import owner_url
    from forecourt.kernel.identifiers import text_key
    from forecourt.records.history.models import JobLine, Visit
    from forecourt.records.people.models import Customer
    from forecourt.records.vehicles.models import Holding, Vehicle

    cars, visits = round(lines / invented_lake.LINES_A_CAR), lines // invented_lake.LINES_A_VISIT
    with transaction.atomic():
        person = Customer.objects.create(number="0", language="de", country="IT")
        car = Vehicle.objects.create(make="Fiat", country="IT", first_registered_on="2020-05-01")
        keeper = Holding.objects.create(vehicle=car, customer=person, role="keeper")
        visit = Visit.objects.create(
            site=site, vehicle=car, number="0", source="bench", opened_on="2024-01-01", mileage=1000, net_total=100
        )
        texts = [
            f"{word} {number}"
            for number in range(200)
            for word in ("Inspektion", "Ölwechsel", "Radwechsel", "HU/AU", "Kleinmaterial", "Schraube")
        ]
        line = JobLine.objects.create(visit=visit, position=99, text="?", text_key=text_key("", "?"), net_amount=50)
        array = "ARRAY[{}]"
        written, keys = (
            array.format(", ".join(f"'{text}'" for text in texts)),
            array.format(", ".join(f"'{text_key('', text)}'" for text in texts)),
        )
        ground.multiply(car, cars, kind="v", plate="'BZ ' || n", plate_key="'BZ' || n")
        ground.multiply(keeper, cars, kind="h", vehicle_id=ground.row_id("v"))
        ground.multiply(
            visit, visits, kind="o", number="n::text", vehicle_id=ground.row_id("v", f"1 + n % {cars}"),
            opened_on="DATE '2016-04-01' + ((hashint4(n) & 2147483647) % 3650)", mileage="((hashint4(n) & 2147483647) % 3650) * (20 + n % 60)",
        )  # fmt: skip
        ground.multiply(
            line, lines, kind="l", visit_id=ground.row_id("o", f"1 + n % {visits}"), position=f"1 + n / {visits}",
            text=f"({written})[1 + (hashint4(n) & 2147483647) % {len(texts)}]", text_key=f"({keys})[1 + (hashint4(n) & 2147483647) % {len(texts)}]",
        )  # fmt: skip
    with psycopg.connect(owner_url(), autocommit=True) as owner:
        owner.execute("VACUUM ANALYZE history_visit, history_jobline, vehicles_vehicle, vehicles_holding, people_customer")


def new_day(connection: Any, organisation_id: Any, lines: int = NEW_LINES) -> None:
    """One more visit of four lines, today, for as many cars as make so many lines."""
    from forecourt.runtime.database.bulk import new_id

    with connection.cursor() as cursor:
        cursor.execute(
            f"""WITH old AS (
                    SELECT DISTINCT ON (vehicle_id) visit.*, row_number() OVER () AS n FROM history_visit visit
                     WHERE vehicle_id IN (SELECT id FROM vehicles_vehicle ORDER BY md5(plate_key) LIMIT {lines // 4})
                     ORDER BY vehicle_id, visit.number
                ), visit AS (
                    INSERT INTO history_visit (id, organisation_id, site_id, vehicle_id, customer_id, number, source, is_own, opened_on, mileage, net_total)
                    SELECT {new_id("n")}, organisation_id, site_id, vehicle_id, customer_id, 'new ' || number, source, FALSE, current_date, mileage + 99, 99
                      FROM old RETURNING id
                )
                INSERT INTO history_jobline (id, organisation_id, visit_id, position, kind, code, text, text_key, quantity, net_amount)
                SELECT {new_id("row_number() OVER ()")}, %s, visit.id, line.position, 'labour', '', line.text, line.text_key, 1, 10
                  FROM visit, (SELECT row_number() OVER (ORDER BY text_key) AS position, text, text_key
                                 FROM (SELECT DISTINCT text, text_key FROM history_jobline WHERE organisation_id = %s) known LIMIT 4) line""",
            [organisation_id, organisation_id],
        )


def _copy(connection: Any) -> float:
    """The limit: the rows that the first build wrote, by COPY as the owner into tables with the same indexes and no policy."""
    import psycopg

    from forecourt.config.postgres import owner_url

    tables = ("audience_vehiclefacts", "audience_workdone", "audience_duework")
    took = 0.0
    with psycopg.connect(owner_url(), autocommit=True) as owner:
        for table in tables:
            with connection.cursor() as cursor, cursor.copy(f"COPY (SELECT * FROM {table}) TO STDOUT") as out:
                rows = b"".join(bytes(block) for block in out)
            owner.execute(f"CREATE TABLE bare_{table} (LIKE {table} INCLUDING ALL)")
            began = time.perf_counter()
            with owner.cursor() as cursor, cursor.copy(f"COPY bare_{table} FROM STDIN") as into:
                into.write(rows)
            took += time.perf_counter() - began
            owner.execute(f"DROP TABLE bare_{table}")
    return took


def days(history: int) -> list[Figure]:
    found = _apart("--day", str(history))
    ratio = found["writings"][0] / found["copied"]
    return [
        Figure(
            what=f"facts of {found['vehicles']:,} cars and {found['due']:,} due written", measured=f"{found['writings'][0]:.1f} s",
            limit=f"{found['copied']:.1f} s (COPY)", ratio=ratio, promise=f"<= {MOST_COPIES:.0f}x", is_met=ratio <= MOST_COPIES,
        ),
        Figure(
            what=f"first refresh of {history:,} lines in PostgreSQL, whole", measured=f"{found['first']:.1f} s",
        ),
        Figure(
            what=f"a new day's {NEW_LINES:,} lines on {history:,}", measured=f"{found['day']:.1f} s, {found['writings'][-1]:.1f} s of it writing",
            promise=f"<= {MOST_SECONDS:.0f} s", is_met=found["day"] <= MOST_SECONDS,
        ),
    ]  # fmt: skip


def main(lines: list[int], history: int) -> list[Figure]:
    figures = [figure for size in lines for figure in sizes(size)]
    if history:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "forecourt.config.settings")
        with ground.database():
            figures += days(history)
    return figures


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, nargs="*", default=list(SIZES))
    parser.add_argument("--history", type=int, default=0)
    parser.add_argument("--build", type=Path)
    parser.add_argument("--build-raw", type=Path)
    parser.add_argument("--day", type=int)
    given = parser.parse_args()
    if given.build or given.build_raw:
        print(json.dumps(built(given.build or given.build_raw, is_raw=bool(given.build_raw))))
    elif given.day:
        print(json.dumps(day(given.day)))
    else:
        sys.exit(tell(main(given.lines, given.history)))
