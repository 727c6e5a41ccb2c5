"""Files that nobody here wrote: each is a table or is refused with a reason, and nothing else happens."""

import csv
import io
import json
import os
from pathlib import Path

import pytest

from forecourt.adapters.dms import open_table
from forecourt.kernel.errors import Refusal

CASES = Path(os.environ.get("FORECOURT_CASES", Path(__file__).parents[4] / "shared" / "data")) / "csv"
pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="the folder of real cases (FORECOURT_CASES) is not here")

# A web page, an archive and a workbook without a single cell are the only ones that are no table.
REFUSED = {
    "messytables_horror/complex.html": "html",
    "messytables_horror/html.html": "html",
    "messytables_horror/libreoffice.xlsx": "empty_file",
    "messytables_horror/simple.zip": "archive",
}


def files() -> list[Path]:
    return sorted(path for path in CASES.rglob("*") if path.is_file() and path.suffix != ".json")


def test_every_file_is_a_table_or_refused_for_the_listed_reason() -> None:
    refused = {}
    for path in files():
        try:
            table = open_table(path, name=path.name)
            assert table.header
            list(table.rows)
        except Refusal as refusal:
            assert path.name in refusal.text
            refused[str(path.relative_to(CASES))] = refusal.code
    assert refused == REFUSED
    assert len(files()) - len(refused) == 24


@pytest.mark.parametrize("name", [path.stem for path in files() if "csv-spectrum" in str(path)])
def test_csv_spectrum_reads_as_its_authors_expect(name: str) -> None:
    expected = json.loads((CASES / "csv-spectrum" / "json" / f"{name}.json").read_text(encoding="utf-8"))
    table = open_table(CASES / "csv-spectrum" / "csvs" / f"{name}.csv", name=name)
    rows = [dict(zip(table.header, cells, strict=True)) for _line, cells in table.rows]
    if name == "location_coordinates":
        # Its authors replaced the telephone number in the JSON and not in the CSV, and wrote one row as no list.
        assert rows[0].pop("Contact Phone Number") == "2095257564"
        expected.pop("Contact Phone Number")
        expected = [expected]
    assert rows == expected


def test_a_utf_16_file_has_all_its_rows() -> None:
    table = open_table(CASES / "messytables_horror" / "utf-16le_encoded.csv", name="x")
    text = (CASES / "messytables_horror" / "utf-16le_encoded.csv").read_text(encoding="utf-16")
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    assert table.encoding == "utf-16"
    assert table.header == header
    assert [cells for _line, cells in table.rows] == [row for row in rows if any(row)]


def test_titles_above_the_header_are_skipped() -> None:
    table = open_table(CASES / "messytables_horror" / "weird_head_padding.csv", name="x")
    assert table.header == ["(A)", "1985", "1993", "2000", "2005", "2006", "2007", "2008", "2009", "2010"]
    assert table.header_line == 12
