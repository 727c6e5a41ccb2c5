"""Whether the first row is a header, told from the cells below it; a person's word counts more."""

from pathlib import Path

import pytest
import xlsxwriter

from forecourt.adapters.dms import open_table
from forecourt.engines.intake.ports import NO_HEADER, Manner, Table
from forecourt.kernel.errors import Refusal


def opened(folder: Path, *lines: str, manner: Manner | None = None) -> Table:
    path = folder / "list.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return open_table(path, name="list.csv", manner=manner or Manner())


@pytest.mark.parametrize(
    "lines",
    [
        ("K1;Müller Anna;BZ 001 AA;A1;02.02.2025;Insp.+ÖW;1.234,51", "K2;Berger Bruno;BZ 002 AA;A2;03.02.2025;Radwechsel;90,00"),
        ("1;Huber;02.02.2025;03.02.2025", "2;Egger;04.02.2025;"),
        ("1,null,0,0", "2,0,0,null", "3,null,,"),
        ("Huber;Bozen;39100", "Egger;Meran;39012", "Hofer;Bozen;39100"),
        ("A-1;Teile;Öl", "A-2;Arbeit;Insp"),
    ],
)
def test_a_first_row_like_those_below_it_is_a_record(tmp_path: Path, lines: tuple[str, ...]) -> None:
    table = opened(tmp_path, *lines)
    assert table.is_headless
    assert table.header[:2] == ["(A)", "(B)"]
    assert len(list(table.rows)) == len(lines)


@pytest.mark.parametrize(
    "lines",
    [
        ("Modell;2023;2024;2025", "Golf;12;40;50", "Polo;13;41;51"),
        ("Kunde;01.01.2025;01.02.2025", "Huber;5;6"),
        ("Kunde;0-30;31-60;61-90", "Egger;1,50;2;3"),
        ("Huber;Bozen", "Egger;Meran", "Hofer;Bozen"),
        ("field1, field2", "value1, value2"),
        ("Tel;Tel;Ort", "1;2;Bozen"),
        ("Kd-Nr;Tel1;Tel2;T1", "7;1;2;T5", "8;1;2;T6"),
        ("1;2;3", "5;6;7"),
        ("F1;F2;F3", "K1;A1;5", "K2;A2;6"),
        ("Kunde;2024;2025", "Huber;2019;2020", "Egger;2020;2021"),
        ("a", ),
    ],
)  # fmt: skip
def test_names_stay_the_header(tmp_path: Path, lines: tuple[str, ...]) -> None:
    table = opened(tmp_path, *lines)
    assert not table.is_headless
    assert len(list(table.rows)) == len(lines) - 1


def test_a_person_says_that_there_is_no_header_or_that_there_is_one(tmp_path: Path) -> None:
    lines = ("Huber;Bozen", "Egger;Meran;x", "Hofer;Bozen;y")
    table = opened(tmp_path, *lines, manner=Manner(header_line=NO_HEADER))
    assert (table.header, table.header_line, table.is_headless) == (["(A)", "(B)", "(C)"], 0, True)
    assert list(table.rows) == [(1, ["Huber", "Bozen"]), (2, ["Egger", "Meran", "x"]), (3, ["Hofer", "Bozen", "y"])]
    named = opened(tmp_path, "1;2.2.2025", "2;3.2.2025", manner=Manner(header_line=1))
    assert (named.header, list(named.rows)) == (["1", "2.2.2025"], [(2, ["2", "3.2.2025"])])


def test_a_workbook_without_a_header_keeps_its_first_row(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(str(path)) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(1, 0, ["Huber", "A1", 10])
        sheet.write_row(2, 0, ["Egger", "A2", 20.5])
    for manner in (Manner(), Manner(header_line=NO_HEADER)):
        table = open_table(path, name="book.xlsx", manner=manner)
        assert (table.header, table.is_headless) == (["(A)", "(B)", "(C)"], True)
        assert list(table.rows) == [(2, ["Huber", "A1", 10]), (3, ["Egger", "A2", 20.5])]
    assert open_table(path, name="book.xlsx", manner=Manner(header_line=2)).header == ["Huber", "A1", "10.0"]


NAMES = ("KdNr", "Name", "Kennz.", "Auftrag", "Datum", "Netto")
RECORDS = [
    ("K1", "Müller Anna", "BZ 001 AA", "A1", "02.02.2025", "1.234,51"),
    ("K2", "Von der Heide Karl", "BZ 002 AA", "A2", "03.02.2025", "90,00"),
    ("K3", "Edera Srl", "BZ 003 AA", "A3", "04.02.2025", "7,10"),
]


def aligned(cells: tuple[str, ...], widths: tuple[int, ...] = (6, 24, 12, 9, 12, 10)) -> str:
    return "".join(
        cell.rjust(width) if cell[-3:-2] == "," else cell.ljust(width) for cell, width in zip(cells, widths, strict=True)
    ).rstrip()


def test_columns_aligned_by_spaces_are_a_table(tmp_path: Path) -> None:
    records = [aligned(each) for each in RECORDS]
    table = opened(tmp_path, aligned(NAMES), "-" * 70, *records)
    assert (table.delimiter, table.quote, table.header, table.header_line) == ("fixed", None, list(NAMES), 1)
    assert list(table.rows) == [(line, list(cells)) for line, cells in enumerate(RECORDS, start=3)]
    bare = opened(tmp_path, *records)
    assert (bare.delimiter, bare.is_headless) == ("fixed", True)
    assert list(bare.rows) == [(line, list(cells)) for line, cells in enumerate(RECORDS, start=1)]
    titled = opened(tmp_path, "The repair orders of all sites, printed for the heads of the workshops in Bozen", aligned(NAMES), *records)
    assert (titled.header, titled.header_line, len(list(titled.rows))) == (list(NAMES), 2, 3)


def test_a_delimiter_that_parts_every_line_is_never_taken_for_fixed_width(tmp_path: Path) -> None:
    for sign in ";", ",", "|":
        lines = [f" {sign} ".join(f"{cell:<20}" for cell in ("Nr", "Name", "Ort"))]
        lines += [f" {sign} ".join(f"{cell:<20}" for cell in (str(number), "Huber", "Bozen")) for number in range(5)]
        assert opened(tmp_path, *lines).delimiter == sign


def test_what_cannot_be_cut_for_certain_is_refused_with_what_to_do(tmp_path: Path) -> None:
    records = [aligned(each) for each in RECORDS] * 3
    total = "The sum of all repair orders of this month, of every site that belongs to the house, is fifteen thousand"
    with pytest.raises(Refusal, match=r"where they end is not certain.*semicolon"):
        opened(tmp_path, aligned(NAMES), *records, total)
    with pytest.raises(Refusal, match="line 302 does not stand in them"):
        list(opened(tmp_path, aligned(NAMES), *records[:3] * 100, total).rows)
    with pytest.raises(Refusal, match="not certain"):
        opened(tmp_path, aligned(NAMES, (5, 24, 12, 7, 12, 10)), *[aligned(each, (5, 24, 12, 7, 12, 10)) for each in RECORDS])
    pairs = ("Kunde   Ort", "Huber   Bozen", "Egger   Meran")
    assert opened(tmp_path, *pairs).header == ["Kunde Ort"]
    assert opened(tmp_path, *pairs, manner=Manner(delimiter="fixed")).header == ["Kunde", "Ort"]
    with pytest.raises(Refusal, match="no columns of fixed width"):
        opened(tmp_path, "Nr;Name", "1;x", manner=Manner(delimiter="fixed"))
