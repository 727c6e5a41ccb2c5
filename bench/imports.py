"""How fast a file of repair-order lines goes in, beside the limit: PostgreSQL's COPY of the same bytes.

    python -m bench.imports [100000 2000000]

Each size runs in a process of its own against an organisation of its own, so that peak memory is its own; the second number of rows
must not need more than 1.2 times the memory of the first.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench import ground
from bench.figures import Figure, peak_mib, tell

SIZES = (100_000, 2_000_000)
ROWS_PER_SECOND = 30_000
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


def measure(path: Path) -> dict[str, Any]:
    """Import the file twice for a fresh dealer, in this process."""
    import django

    django.setup()
    from django.db import connection

    from forecourt.engines.intake import running, uploads
    from forecourt.runtime import scope

    site, actor = ground.site("imports", has_work=False)
    with scope.of(site.organisation_id):
        seconds, counts = [], []
        for _again in range(2):
            found = uploads.receive_path(actor=actor, path=path, source="bench")
            began = time.perf_counter()
            done = running.run(actor=actor, import_id=found.pk)
            seconds.append(time.perf_counter() - began)
            counts.append((done.rows_read, done.rows_created, done.rows_updated, done.rows_unchanged, done.rows_rejected))
            if not _again:
                peak = peak_mib()
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


def main(sizes: tuple[int, ...] = SIZES) -> list[Figure]:
    with ground.database(), tempfile.TemporaryDirectory() as folder:
        results = [(lines, _measured_apart(Path(folder), lines)) for lines in sizes]
    figures = [figure for lines, found in results for figure in _speeds(lines, found)]
    (few, small), (many, large) = results[0], results[-1]
    if few != many:
        ratio = large["peak_mib"] / small["peak_mib"]
        figures.append(
            Figure(
                what=f"import: peak memory of {many:,} lines", measured=f"{large['peak_mib']:.0f} MiB",
                limit=f"{small['peak_mib']:.0f} MiB ({few:,} lines)", ratio=ratio, promise=f"<= {MEMORY_RATIO}x", is_met=ratio <= MEMORY_RATIO,
            )
        )  # fmt: skip
    return figures


def _measured_apart(folder: Path, lines: int) -> dict[str, Any]:
    path = folder / f"{lines}.csv"
    write(path, lines)
    command = [sys.executable, "-m", "bench.imports", "--measure", str(path)]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    path.unlink()
    found: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
    return found


def _speeds(lines: int, found: dict[str, Any]) -> list[Figure]:
    copied = found["copy_seconds"]
    expected = ([lines, lines, 0, 0, 0], [lines, 0, 0, lines, 0])
    return [
        Figure(
            what=f"import of {lines:,} lines, {time_round}", measured=f"{lines / seconds:,.0f} rows/s",
            limit=f"{lines / copied:,.0f} rows/s (COPY)", ratio=seconds / copied, promise=f">= {ROWS_PER_SECOND:,} rows/s",
            is_met=lines / seconds >= ROWS_PER_SECOND, wrong="" if counts == right else f"read, new, changed, same, rejected: {counts}",
        )
        for time_round, seconds, counts, right in zip(("first time", "again"), found["seconds"], found["counts"], expected, strict=True)
    ]  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lines", type=int, nargs="*", default=list(SIZES))
    parser.add_argument("--measure", type=Path)
    given = parser.parse_args()
    if given.measure:
        print(json.dumps(measure(given.measure)))
    else:
        sys.exit(tell(main(tuple(given.lines))))
