"""How long the build of a large dealer takes, a new day's on that of the day before and a whole one from classified lines and from raw text, beside
DuckDB's own scan of the same columns; and what a new day costs with the database.

    python -m bench.build [--lines 1000000 3000000 10000000] [--history 10000000]

Each size is built in a process of its own, so that its peak memory is its own; 12.5 lines a car, four a visit, one reading in forty mistyped, 100,000
different texts. The scan sums every column that the build reads. Beside it stands what no build can do without, the newest day of each kind and the sums
of each car, joined and written, as one plain statement by hand: that alone takes five to six times the processors of the scan (docs/decisions/0011).
`--history` is how many lines lie in PostgreSQL when the new day's 20,000 come; 0, as by default, leaves the database out. Times are those of processors
where it says so: wall time where a machine is shared tells of others.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

from bench import ground, invented_lake, plain_build
from bench.figures import Figure, tell

SIZES = (1_000_000, 3_000_000, 10_000_000)
NEW_LINES = invented_lake.NEW_LINES
BUILT = ("audience_vehiclefacts", "audience_workdone", "audience_duework")
MOST_SCANS, MOST_SCANS_RAW, MOST_COPIES, MOST_SECONDS = 4.0, 10.0, 3.0, 3.0
NEW_DAYS = 4  # the first makes statements that the others have
MOST_MIB, MOST_MIB_RAW = 1024, 1536


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
        return [
            _figure_of_a_day(lines, _apart("--build-day", name), is_raw=False), _figure_of_a_day(lines, _apart("--build-raw-day", name), is_raw=True),
            _figure(lines, _apart("--build", name), is_raw=False),
            _figure(lines, _apart("--build-raw", name), is_raw=True),
        ]  # fmt: skip


def _figure_of_a_day(lines: int, found: dict[str, Any], *, is_raw: bool) -> Figure:
    (wall, worked), (scan_wall, scan_worked) = found["build"], found["scan"]
    most, most_mib = (MOST_SCANS_RAW, MOST_MIB_RAW) if is_raw else (MOST_SCANS, MOST_MIB)
    ratio = wall / scan_wall
    return Figure(
        what=f"daily build: yesterday's of {lines:,} {'lines from raw text' if is_raw else 'classified lines'} and {NEW_LINES:,} more",
        measured=f"{wall:.2f} s ({worked:.2f} s of processors), {found['first'][0]:.2f} s the first in its process, {found['peak_mib']:.0f} MiB with the build before",
        limit=f"scan {scan_wall:.2f} s ({scan_worked:.2f} s of processors)", ratio=ratio, promise=f"<= {most:.0f}x, <= {most_mib} MiB",
        is_met=ratio <= most and found["peak_mib"] <= most_mib, wrong="" if found["rows"] == NEW_LINES // invented_lake.LINES_A_VISIT else "the new day's cars were not built",
    )  # fmt: skip


def _figure(lines: int, found: dict[str, Any], *, is_raw: bool) -> Figure:
    (wall, worked), (scan_wall, scan_worked), (hand_wall, hand_worked) = found["build"], found["scan"], found["by_hand"]
    most, most_mib = (MOST_SCANS_RAW, MOST_MIB_RAW) if is_raw else (MOST_SCANS, MOST_MIB)
    ratio = wall / scan_wall
    return Figure(
        what=f"whole build of {lines:,} {'lines from raw text' if is_raw else 'classified lines'}",
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

    site, _actor = ground.site("build")
    writings: list[float] = []
    write = writing.write

    def timed_write(*arguments: Any) -> Any:
        began = time.perf_counter()
        found = write(*arguments)
        writings.append(time.perf_counter() - began)
        return found

    # Also where few lines are tried.
    with scope.of(site.organisation_id), patch.object(worth, "LINES", 0), patch.object(writing, "write", timed_write):
        rules.install()
        fill(site, history)
        began = time.perf_counter()
        first = facts.refresh()
        first_seconds = time.perf_counter() - began
        tidy(*BUILT)
        with transaction.atomic():
            copied = _copy(connection)
        days = [_day(connection, site.organisation_id, number) for number in range(NEW_DAYS)]
    return {"first": first_seconds, "writings": writings, "copied": copied, "days": days, "vehicles": first.vehicles, "due": first.due}


def _day(connection: Any, organisation_id: Any, number: int) -> float:
    from django.db import transaction

    from forecourt.engines.audience import facts

    with transaction.atomic():
        new_day(connection, organisation_id, day=number)
    began = time.perf_counter()
    facts.refresh()
    return time.perf_counter() - began


TEXTS = 60_000  # as many as a large dealer's million lines have
_WORDS = ("Inspektion", "Ölwechsel", "Radwechsel", "HU/AU", "Kleinmaterial", "Schraube")


def fill(site: Any, lines: int) -> None:
    """Cars, keepers, visits and lines, made inside PostgreSQL; but for their ids the same for every dealer. A visit's lines lie together, as they come in.

    One keeper in five has a second car.
    """
    from django.db import connection, transaction

    from forecourt.kernel.identifiers import text_key
    from forecourt.records.history.models import JobLine, Visit
    from forecourt.records.people.models import Customer
    from forecourt.records.vehicles.models import Holding, Vehicle
    from forecourt.runtime.database.bulk import copy_into, copy_line, create_temporary

    cars, visits = round(lines / invented_lake.LINES_A_CAR), lines // invented_lake.LINES_A_VISIT
    people = max(1, cars * 5 // 6)
    with transaction.atomic():
        person = Customer.objects.create(number="0", language="de", country="IT")
        car = Vehicle.objects.create(make="Fiat", country="IT", first_registered_on="2020-05-01")
        keeper = Holding.objects.create(vehicle=car, customer=person, role="keeper")
        visit = Visit.objects.create(
            site=site, vehicle=car, number="0", source="bench", opened_on="2024-01-01", mileage=1000, net_total=100
        )
        line = JobLine.objects.create(visit=visit, position=99, text="?", text_key=text_key("", "?"), net_amount=50)
        texts = [f"{word} {number}" for number in range(TEXTS // len(_WORDS)) for word in _WORDS]
        with connection.cursor() as cursor:
            create_temporary(cursor, "bench_text", ("number int PRIMARY KEY", "text text", "text_key text"))
            copy_into(cursor, "bench_text", (copy_line((number, text, text_key("", text))) for number, text in enumerate(texts)))
        told = f"(SELECT known.{{}} FROM bench_text known WHERE known.number = (hashint4(n) & 2147483647) % {len(texts)})"
        ground.multiply(car, cars, kind="v", plate="'BZ ' || n", plate_key="'BZ' || n")
        ground.multiply(person, people, kind="c", number="n::text")
        ground.multiply(keeper, cars, kind="h", vehicle_id=ground.row_id("v"), customer_id=ground.row_id("c", f"1 + (n - 1) % {people}"))
        ground.multiply(
            visit, visits, kind="o", number="n::text", vehicle_id=ground.row_id("v", f"1 + n % {cars}"),
            customer_id=ground.row_id("c", f"1 + n % {cars} % {people}"),
            opened_on="DATE '2016-04-01' + ((hashint4(n) & 2147483647) % 3650)", mileage="((hashint4(n) & 2147483647) % 3650) * (20 + n % 60)",
        )  # fmt: skip
        ground.multiply(
            line, lines, kind="l", visit_id=ground.row_id("o", f"1 + (n - 1) / {invented_lake.LINES_A_VISIT} % {visits}"),
            position=f"1 + n % {invented_lake.LINES_A_VISIT}",
            text=told.format("text"), text_key=told.format("text_key"),
        )  # fmt: skip
    tidy("history_visit", "history_jobline", "vehicles_vehicle", "vehicles_holding", "people_customer")


def tidy(*tables: str) -> None:
    """As PostgreSQL does by itself in the minutes after so much was written."""
    import psycopg

    from forecourt.config.postgres import owner_url

    with psycopg.connect(owner_url(), autocommit=True) as owner:
        owner.execute(f"VACUUM ANALYZE {', '.join(tables)}")


def new_day(connection: Any, organisation_id: Any, lines: int = NEW_LINES, *, day: int = 0) -> None:
    """One more visit today, with the lines of an earlier one, for as many cars as make so many lines; of other cars each `day`."""
    from forecourt.runtime.database.bulk import new_id

    with connection.cursor() as cursor:
        cursor.execute(
            f"""CREATE TEMPORARY TABLE again ON COMMIT DROP AS
                SELECT DISTINCT ON (visit.vehicle_id) {new_id("row_number() OVER ()")} AS new_id, visit.*
                  FROM history_visit visit JOIN history_jobline line ON line.visit_id = visit.id
                 WHERE visit.vehicle_id IN (SELECT id FROM vehicles_vehicle ORDER BY md5(plate_key || %s) LIMIT {lines // invented_lake.LINES_A_VISIT})
                 ORDER BY visit.vehicle_id, visit.number""",
            [str(day or "")],
        )
        cursor.execute(
            """INSERT INTO history_visit (id, organisation_id, site_id, vehicle_id, customer_id, number, source, is_own, opened_on, mileage, net_total)
               SELECT new_id, organisation_id, site_id, vehicle_id, customer_id, 'new ' || %s || ' ' || number, source, FALSE, current_date, mileage + 99, 99
                 FROM again""",
            [day],
        )
        cursor.execute(
            f"""INSERT INTO history_jobline (id, organisation_id, visit_id, position, kind, code, text, text_key, quantity, net_amount)
                SELECT {new_id("row_number() OVER ()")}, %s, again.new_id, line.position, 'labour', '', line.text, line.text_key, 1, 10
                  FROM again JOIN history_jobline line ON line.visit_id = again.id""",
            [organisation_id],
        )


def _copy(connection: Any) -> float:
    """The limit: the rows that the first build wrote, by COPY as the owner into tables with the same indexes and no policy."""
    import psycopg

    from forecourt.config.postgres import owner_url

    took = 0.0
    with psycopg.connect(owner_url(), autocommit=True) as owner:
        for table in BUILT:
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
    first, usual = found["days"][0], median(found["days"][1:])
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
            what=f"a new day's {NEW_LINES:,} lines on {history:,}",
            measured=f"{usual:.1f} s, {found['writings'][-1]:.1f} s of the last writing; {first:.1f} s the first in its process",
            promise=f"<= {MOST_SECONDS:.0f} s", is_met=usual <= MOST_SECONDS,
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
    parser.add_argument("--build-day", type=Path)
    parser.add_argument("--build-raw-day", type=Path)
    parser.add_argument("--day", type=int)
    given = parser.parse_args()
    if given.build or given.build_raw:
        print(json.dumps(plain_build.built(given.build or given.build_raw, is_raw=bool(given.build_raw))))
    elif given.build_day or given.build_raw_day:
        print(json.dumps(plain_build.built_of_a_day(given.build_day or given.build_raw_day, is_raw=bool(given.build_raw_day))))
    elif given.day:
        print(json.dumps(day(given.day)))
    else:
        sys.exit(tell(main(given.lines, given.history)))
