"""How fast a file of repair-order lines goes in, beside the limit: PostgreSQL's COPY of the same bytes.

    python -m bench.imports [100000 2000000]

Each size runs in a process of its own against an organisation of its own, so that peak memory is its own; the second number of rows
must not need more than 1.2 times the memory of the first.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

SIZES = (100_000, 2_000_000)
ROWS_PER_SECOND = 10_000
MEMORY_RATIO = 1.2
_HEADER = (
    "Kd-Nr.;Vorname;Nachname;Straße;PLZ;Ort;Mobil;E-Mail;Werbung erlaubt;FIN;Kennzeichen;Marke;Modell;Erstzulassung;Filiale;Auftrags-Nr.;"
    "Auftragsdatum;Rechnungsdatum;KM-Stand;Pos.;Art;AW-Nr;Bezeichnung;Std.;Menge;Nettobetrag"
)
_WORK = (
    ("L", "0100", "Inspektion mit Ölwechsel", "1,50", "1", "187,50"), ("T", "06J115403Q", "Ölfilter", "", "1", "14,90"),
    ("T", "G052195M2", "Motoröl 5W-30 LongLife", "", "4,5", "1.061,10"), ("L", "4410", "Radwechsel Sommer auf Winter", "0,75", "1", "49,00"),
    ("L", "9999", "Bremsbeläge vorne ersetzt, Scheiben geprüft", "1,20", "1", "138,00"),
)  # fmt: skip


def write(path: Path, lines: int) -> None:
    """An export of so many lines: five lines an order, five orders a car, one car a customer, Windows-1252."""
    with path.open("w", encoding="cp1252", newline="") as file:
        file.write(_HEADER + "\r\n")
        for order in range(lines // 5):
            person, visit = order // 5, order % 5
            day = f"{1 + order % 28:02}.{1 + order % 12:02}.{2020 + visit}"
            start = (
                f"{10_000 + person};Jürgen;Müller-{person};Königstraße {person % 90};391{person % 100:02};Bozen;+39 333 {1_000_000 + person};"
                f"kunde{person}@example.org;{'JN'[person % 2]};WVWZZZ1KZ{person:08d};BZ {person:06d};Volkswagen;Golf;03/2019;BOZ;A{order};{day};{day};"
                f"{20 + visit}.{person % 1000:03}"
            )
            file.writelines(f"{start};{number};{';'.join(work)}\r\n" for number, work in enumerate(_WORK, start=1))


def measure(path: Path, slug: str) -> dict[str, Any]:
    """Import the file twice into a fresh organisation, in this process."""
    import django

    django.setup()
    from django.db import connection

    from forecourt.engines.intake import running, uploads
    from forecourt.records.dealership import organisations, sites
    from forecourt.runtime import scope
    from forecourt.runtime.actors import system

    organisation = organisations.found(slug=slug, name=slug, country="IT", language="de")
    actor = system(organisation.pk, via="bench")
    with scope.of(organisation.pk):
        entity = organisations.add_legal_entity(actor=actor, name="Bench", address="Bozen", tax_number="IT0", invoice_prefix="B")
        sites.open_site(
            actor=actor, legal_entity_id=entity.pk, slug="bozen", code="BOZ", name="Bozen", street="1", postcode="39100", city="Bozen",
            country="IT", phone="+390471000000", email="b@example.org", zone="Europe/Rome", opening_hours="Mo-Fr 08:00-17:00",
        )  # fmt: skip
        seconds, counts = [], []
        for _again in range(2):
            found = uploads.receive_path(actor=actor, path=path, source="bench")
            began = time.perf_counter()
            done = running.run(actor=actor, import_id=found.pk)
            seconds.append(time.perf_counter() - began)
            counts.append((done.rows_read, done.rows_created, done.rows_updated, done.rows_unchanged, done.rows_rejected))
            if not _again:
                peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        copied = _copy(connection, path)
    return {"seconds": seconds, "counts": counts, "peak_mib": peak, "copy_seconds": copied}


def _copy(connection: Any, path: Path) -> float:
    """The limit: the same rows by COPY as text into a temporary table without an index."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE bare ({', '.join(f'c{number} text' for number in range(26))})")
        cursor.execute("SET client_encoding = 'WIN1252'")
        began = time.perf_counter()
        with cursor.copy("COPY bare FROM STDIN (FORMAT csv, DELIMITER ';', HEADER)") as copying, path.open("rb") as file:
            while block := file.read(1 << 18):
                copying.write(block)
        took = time.perf_counter() - began
        cursor.execute("SET client_encoding = 'UTF8'")
        cursor.execute("DROP TABLE bare")
    return took


@contextmanager
def _database() -> Iterator[None]:
    """A database with all tables, running as long as this takes."""
    from forecourt.config.environment import environment
    from forecourt.config.postgres import running

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "forecourt.config.settings")
    with running(environment().data) if environment().runs_database else nullcontext():
        subprocess.run([sys.executable, "-m", "forecourt.config.command", "migrate"], check=True, stdout=subprocess.DEVNULL)
        yield


def main(sizes: tuple[int, ...] = SIZES) -> bool:
    """Print the table; whether every limit was kept."""
    results = []
    with _database(), tempfile.TemporaryDirectory() as folder:
        for lines in sizes:
            path = Path(folder) / f"{lines}.csv"
            write(path, lines)
            slug = f"bench-{lines}-{int(time.time())}"
            command = [sys.executable, "-m", "bench.imports", "--measure", str(path), "--slug", slug]
            answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
            results.append((lines, json.loads(answer.stdout.splitlines()[-1])))
            path.unlink()
    print(f"{'lines':>10} {'first':>9} {'rows/s':>9} {'again':>9} {'rows/s':>9} {'COPY':>8} {'rows/s':>9} {'peak MiB':>9}")
    kept = True
    for lines, found in results:
        first, again = found["seconds"]
        copied = found["copy_seconds"]
        print(
            f"{lines:>10} {first:>8.1f}s {lines / first:>9.0f} {again:>8.1f}s {lines / again:>9.0f} {copied:>7.1f}s {lines / copied:>9.0f} "
            f"{found['peak_mib']:>9.0f}"
        )
        kept &= lines / first >= ROWS_PER_SECOND
        kept &= found["counts"] == [[lines, lines, 0, 0, 0], [lines, 0, 0, lines, 0]]
    ratio = results[-1][1]["peak_mib"] / results[0][1]["peak_mib"]
    print(f"limit {ROWS_PER_SECOND} rows/s; peak memory {ratio:.2f}x from {sizes[0]} to {sizes[-1]} lines, limit {MEMORY_RATIO}x")
    return kept and ratio <= MEMORY_RATIO


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lines", type=int, nargs="*", default=list(SIZES))
    parser.add_argument("--measure", type=Path)
    parser.add_argument("--slug")
    given = parser.parse_args()
    if given.measure:
        print(json.dumps(measure(given.measure, given.slug)))
    else:
        sys.exit(0 if main(tuple(given.lines)) else 1)
