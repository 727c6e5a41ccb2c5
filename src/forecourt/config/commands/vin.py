"""`forecourt vin VIN…`: what vehicle identification numbers tell, offline.

Maker, country, model year, plant; make and model of North American cars if the extra `vin-us` is installed. A VIN given as `-` stands
for numbers from standard input, one a line. With --json there is one line of JSON for each number.

Where the year is open or no model year is written, as by many makers in Europe, that is said. No number is refused for its check digit.
The exit status is 1 if not one of the numbers could be read.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from forecourt.kernel.identifiers import NoVin
from forecourt.kernel.identifiers.decoding import EXTRA, DecodedVin, ModelYear, decode

NEEDS = "nothing"
HELP = "what vehicle identification numbers tell: make, year, plant"

_HEADER = ("VIN", "Make", "Model", "Year", "Country", "Plant", "Check digit", "Remarks")
_LONGEST_GIVEN = 40


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("vins", nargs="+", metavar="VIN", help="a number as it was written down; - for numbers from standard input")
    parser.add_argument("--json", action="store_true", help="one line of JSON a number")


def run(options: argparse.Namespace) -> int:
    today = datetime.now(UTC).date()
    rows: list[tuple[str, ...]] = []
    is_any_read, misses_extra = False, False
    for given in _given(options.vins):
        found: DecodedVin | NoVin
        try:
            found = decode(given, today=today)
        except NoVin as problem:
            found = problem
        is_any_read |= isinstance(found, DecodedVin)
        misses_extra |= isinstance(found, DecodedVin) and EXTRA in found.missing
        if options.json:
            print(json.dumps(_as_json(given, found), ensure_ascii=False), flush=True)
        else:
            rows.append(_as_row(given, found))
    if rows:
        _print_table([_HEADER, *rows])
    if misses_extra:
        print(f"Make and model of North American cars need the extra {EXTRA}: pip install 'forecourt[{EXTRA}]'", file=sys.stderr)
    return 0 if is_any_read else 1


def _given(vins: Iterable[str]) -> Iterator[str]:
    for vin in vins:
        if vin != "-":
            yield vin
            continue
        for number, line in enumerate(sys.stdin.buffer):
            text = line.decode("utf-8-sig" if number == 0 else "utf-8", errors="replace").strip()
            if text:
                yield text


def _as_json(given: str, found: DecodedVin | NoVin) -> dict[str, Any]:
    if isinstance(found, NoVin):
        return {"given": given, "readable": False, "vin": None, "code": found.code, "reason": str(found)}
    year = found.model_year
    return {
        "given": given,
        "readable": True,
        "vin": found.vin,
        "repaired": found.repaired,
        "maker": found.maker,
        "make": found.make,
        "model": found.model,
        "model_certainty": found.model_certainty,
        "model_year": year.year,
        "model_year_certainty": year.certainty,
        "model_year_candidates": year.candidates,
        "region": found.region,
        "country": found.country,
        "plant_code": found.plant_code,
        "plant": found.plant,
        "plant_country": found.plant_country,
        "check_digit": found.check_digit,
        "sources": found.sources,
        "missing": found.missing,
    }


def _as_row(given: str, found: DecodedVin | NoVin) -> tuple[str, ...]:
    if isinstance(found, NoVin):
        return _printable(given), "", "", "", "", "", "", f"not read: {found}"
    model = f"{found.model} (likely)" if found.model and found.model_certainty == "likely" else found.model
    plant = f"{found.plant} ({found.plant_code})" if found.plant else found.plant_code
    remarks = [f"read {', '.join(found.repaired)}"] if found.repaired else []
    if found.make is None:
        remarks.append(f"the maker's code {found.vin[:3]} is not known here")
    return (
        found.vin, found.make or "not known", model or "not known", _year(found.model_year), found.country or "not known", plant,
        found.check_digit.replace("_", " "), "; ".join(remarks),
    )  # fmt: skip


def _year(found: ModelYear) -> str:
    if found.year is not None:
        return f"{found.year} (likely)" if found.certainty == "likely" else str(found.year)
    return " or ".join(map(str, found.candidates)) or "not known"


def _printable(text: str) -> str:
    shown = text if len(text) <= _LONGEST_GIVEN else f"{text[: _LONGEST_GIVEN - 1]}…"
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in shown)


def _print_table(rows: list[tuple[str, ...]]) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
