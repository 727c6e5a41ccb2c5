"""What an adviser may drop on the page, from a clean export to a photo with the wrong name."""

import datetime
import os
import tracemalloc
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from forecourt.adapters.dms import open_table
from forecourt.engines.intake.ports import MIB, UNSAVED_FORMULA, Limits, Table
from forecourt.kernel.errors import Refusal


def written(folder: Path, content: bytes, name: str = "export.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def opened(folder: Path, content: bytes, name: str = "export.csv") -> Table:
    return open_table(written(folder, content, name), name=name)


def refused(path: Path, limits: Limits | None = None) -> str:
    with pytest.raises(Refusal) as caught:
        table = open_table(path, name=path.name, limits=limits)
        for _row in table.rows:
            pass
    assert path.name in caught.value.text
    return caught.value.code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "cp850", "mac_roman"])
def test_german_letters_are_read_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    text = "Kd-Nr;Name;Straße\r\n" + "".join(f"{n};Jürgen Groß {n};Königstraße {n}, Überlingen\r\n" for n in range(40))
    table = opened(tmp_path, text.encode(encoding))
    rows = list(table.rows)
    assert table.header == ["Kd-Nr", "Name", "Straße"]
    assert rows[39] == (41, ["39", "Jürgen Groß 39", "Königstraße 39, Überlingen"])


def test_the_first_umlaut_may_come_after_fifty_thousand_lines(tmp_path: Path) -> None:
    table = opened(tmp_path, b"a;b\r\n" + b"1;2\r\n" * 50_000 + "3;Öl\r\n".encode("cp1252"))
    assert table.encoding == "cp1252"
    assert list(table.rows)[-1] == (50_002, ["3", "Öl"])


@pytest.mark.parametrize(
    ("encoding", "line"),
    [
        ("gb18030", "1;王小明;更换机油和机滤;北京市朝阳区"),
        ("gb18030", "1;王小明;更换TRW前刹车皮 ABS检查;VIN码"),
        ("cp1250", "1;Ștefan Ionuţ;Schimb ulei şi filtru, verificare frâne faţă;Piaţa Unirii".replace("Ș", "Ş")),
        ("cp1252", "1;Niccolò Forlì;Sostituzione più verifica, perché è già usurata;Città"),
    ],
)
def test_other_languages_keep_their_letters_in_their_code_page(tmp_path: Path, encoding: str, line: str) -> None:
    table = opened(tmp_path, ("n;name;text;city\n" + f"{line}\n" * 5).encode(encoding))
    assert next(table.rows) == (2, line.split(";"))


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_every_delimiter_is_found_although_amounts_hold_commas(tmp_path: Path, delimiter: str) -> None:
    rows = "".join(f'{n}{delimiter}"1.234,56"{delimiter}"Öl; Filter, Luft"\n' for n in range(20))
    table = opened(tmp_path, f"a{delimiter}b{delimiter}c\n{rows}".encode())
    assert table.delimiter == delimiter
    assert next(table.rows)[1] == ["0", "1.234,56", "Öl; Filter, Luft"]


def test_line_breaks_in_quotes_keep_later_line_numbers_right(tmp_path: Path) -> None:
    table = opened(tmp_path, b'a;b\n1;"one\ntwo\nthree"\n\n2;x\n')
    assert list(table.rows) == [(2, ["1", "one\ntwo\nthree"]), (6, ["2", "x"])]


def test_rows_with_and_without_quotes_are_read_as_one_file(tmp_path: Path) -> None:
    content = b'Nr;Name;Ort\r\n1;Huber;Bozen\r\n\r\n2;"Maier; Anna";"Me\nran"\r\n3;Egger "der Alte";Brixen\r\n;;\r\n"4";;Lana\n5; Pichler ;'

    assert list(opened(tmp_path, content).rows) == [
        (2, ["1", "Huber", "Bozen"]),
        (4, ["2", "Maier; Anna", "Me\nran"]),
        (6, ["3", 'Egger "der Alte"', "Brixen"]),
        (8, ["4", "", "Lana"]),
        (9, ["5", " Pichler ", ""]),
    ]


def test_an_endless_quote_after_many_plain_lines_is_told_with_its_line(tmp_path: Path) -> None:
    table = opened(tmp_path, b"Nr;Name\n" + b"1;Huber\n" * 40_000 + b'2;"Maier' + b"x" * 200_000 + b'"\n')

    with pytest.raises(Refusal, match="line 40,002"):
        list(table.rows)


@pytest.mark.parametrize("before", [0, 1, 20_000])
@pytest.mark.parametrize(
    ("row", "column"), [("{};b;c", "Nr"), ("1;{};c", "Name"), ('1;"a "";b";{}', "Text"), ('1;"{}";c', "Name"), ('1;"a\nb";"{}"', "Text")]
)
def test_a_cell_that_is_too_long_is_told_with_line_column_and_limit(tmp_path: Path, before: int, row: str, column: str) -> None:
    path = written(tmp_path, ("Nr;Name;Text\n" + "1;a;b\n" * before + row.format("x" * 300_000) + "\n1;a;b\n").encode())
    with pytest.raises(Refusal) as refused:
        list(open_table(path, name="orders.csv").rows)
    assert refused.value.text == (
        f"“orders.csv”: the cell in line {before + 2:,}, column “{column}”, has more than 131,072 characters. Please shorten it."
    )


def test_a_quote_that_swallows_the_next_lines_is_told_where_its_cell_begins(tmp_path: Path) -> None:
    content = b"Nr;Name;Text\n" + b"1;a;b\n" * 9 + b'2;"open;c\n' + b"1;a;b\n" * 50_000
    with pytest.raises(Refusal, match=r"begins in line 11, column “Name”, .* never closed"):
        list(open_table(written(tmp_path, content), name="orders.csv").rows)


def test_the_line_that_excel_writes_for_its_separator_is_no_header(tmp_path: Path) -> None:
    table = opened(tmp_path, b"sep=;\r\na;b\r\n1;2\r\n")
    assert (table.header, table.header_line, list(table.rows)) == (["a", "b"], 2, [(3, ["1", "2"])])


def test_one_broken_byte_in_a_utf_8_file_spoils_its_own_cell_only(tmp_path: Path) -> None:
    content = b"a;b\n" + "x;Müller\n".encode() * 20 + b"y;M\xfcller\n" + "z;Möller\n".encode()
    assert [cells for _line, cells in opened(tmp_path, content).rows][-2:] == [["y", "M\ufffdller"], ["z", "Möller"]]


def test_columns_of_the_same_name_and_without_a_name_can_be_told_apart(tmp_path: Path) -> None:
    assert opened(tmp_path, b"Tel;Tel;;Ort;\n1;2;3;4;\n").header == ["Tel", "Tel (2)", "(C)", "Ort"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"\r\n\r\n \r\n", "empty_file"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 99, "picture"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "picture"),
        (b"\x00\x00\x00\x18ftypheic" + b"\x00" * 99, "picture"),
        (b"%PDF-1.7\n%\xe2\xe3", "document"),
        (b"\x1f\x8b\x08\x00", "archive"),
        (b"PK\x03\x04broken", "archive"),
        (b"  <!DOCTYPE html><table><tr><td>1</td></tr></table>", "html"),
        (b"\xef\xbb\xbf<html><body>", "html"),
        (b'<?xml version="1.0"?><orders><order/></orders>', "not_a_table"),
        (b"PAR1\x00\x00\x00\x01\x02\x00", "not_a_table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x01" * 600, "not_a_table"),
        (bytes(range(256)) * 40, "not_a_table"),
        (("номер;текст\n" + "1;Замена масла и фильтра\n" * 9).encode("koi8-r"), "unreadable_encoding"),
        (b'a;b\n1;"never closed' + b"x\n" * 200_000, "not_a_table"),
    ],
)
def test_what_is_no_table_is_refused_with_a_reason(tmp_path: Path, content: bytes, code: str) -> None:
    assert refused(written(tmp_path, content)) == code


@pytest.mark.parametrize("delimiter", [b";", b"; "])
def test_a_quote_that_is_open_to_the_end_is_refused_with_its_line_and_swallows_no_rows(tmp_path: Path, delimiter: bytes) -> None:
    rows = b"".join(delimiter.join((b"%d" % number, b'"a\nb"', b"x")) + b"\n" for number in range(9))
    path = written(tmp_path, b"no;text;more\n" + rows + delimiter.join((b"9", b'"never closed', b"x")) + b"\n10;y;z\n")
    with pytest.raises(Refusal) as caught:
        list(open_table(path, name="orders.csv").rows)
    assert "from line 20 on" in caught.value.text
    path = written(tmp_path, b"no;text;more\n" + rows + delimiter.join((b"9", b'"closed"', b'"x"')))
    assert [cells[0] for _line, cells in open_table(path, name="orders.csv").rows] == [f"{number}" for number in range(10)]


def test_a_gigabyte_of_zeros_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "zeros.csv"
    with path.open("wb") as stream:
        stream.truncate(1024 * MIB)
    assert refused(path) == "not_a_table"


def test_an_endless_line_is_refused_without_filling_memory(tmp_path: Path) -> None:
    path = tmp_path / "line.csv"
    with path.open("wb") as stream:
        stream.write(b"a;b\n1;2\n")
        for _block in range(64):
            stream.write(b"x" * MIB)
    tracemalloc.start()
    code = refused(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (code, peak < 48 * MIB) == ("not_a_table", True)


def test_a_single_row_of_millions_of_quoted_line_breaks_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, b"a;b\n1;2\n" + b'"\n";' * (8 * MIB))
    assert refused(path) == "not_a_table"


def test_a_file_over_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    with path.open("wb") as stream:
        stream.truncate(Limits().file_bytes + 1)
    assert refused(path) == "too_large"
    small = written(tmp_path, b"a;b\n1;2\n")
    assert refused(small, Limits(file_bytes=7)) == "too_large"


def test_memory_stays_the_same_for_a_file_four_times_longer(tmp_path: Path) -> None:
    peaks = []
    for rows in (60_000, 240_000):
        path = written(tmp_path, b"a;b;c\n" + b"1001;Inspektion;12,50\n" * rows)
        tracemalloc.start()
        assert sum(1 for _row in open_table(path, name="x").rows) == rows
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.2


def workbook(path: Path, *sheets: tuple[str, list[list[object]]]) -> Path:
    book = xlsxwriter.Workbook(str(path), {"default_date_format": "dd.mm.yyyy"})
    for name, rows in sheets:
        sheet = book.add_worksheet(name)
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                sheet.write(row, column, cell)
    book.close()
    return path


def test_a_workbook_gives_numbers_dates_and_saved_results(tmp_path: Path) -> None:
    path = tmp_path / "orders.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("Aufträge")
    sheet.write_row(2, 1, ["Nr", "Datum", "Netto", "Brutto"])
    sheet.write(3, 1, 1001)
    sheet.write_datetime(3, 2, datetime.datetime(2025, 12, 31), book.add_format({"num_format": "dd.mm.yyyy"}))
    sheet.write(3, 3, 100.5)
    sheet.write_formula(3, 4, "=D4*1.19", None, 119.6)
    sheet.write_formula(4, 4, "=D5*1.19", None, "")
    book.close()
    table = open_table(path, name="orders")
    assert (table.kind, table.sheet, table.header, table.header_line) == ("xlsx", "Aufträge", ["Nr", "Datum", "Netto", "Brutto"], 3)
    assert list(table.rows) == [
        (4, [1001.0, datetime.date(2025, 12, 31), 100.5, 119.6]),
        (5, ["", "", "", UNSAVED_FORMULA]),
    ]


def test_of_several_sheets_the_one_that_is_a_table_is_taken(tmp_path: Path) -> None:
    table: list[list[object]] = [["a", "b"], [1, 2]]
    path = workbook(tmp_path / "a.xlsx", ("Info", [["Export from 2025"]]), ("Data", table), ("Empty", []))
    assert open_table(path, name="a").sheet == "Data"
    with pytest.raises(Refusal) as caught:
        open_table(workbook(tmp_path / "b.xlsx", ("Kunden", table), ("Autos", table)), name="b.xlsx")
    assert caught.value.code == "several_tables"
    assert "“Kunden”, “Autos”" in caught.value.text


def test_a_packed_bomb_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    path = workbook(tmp_path / "bomb.xlsx", ("S", [["a", "b"], [1, 2]]))
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/zeros.xml", b"\x00" * (40 * MIB))
    assert os.path.getsize(path) < MIB
    assert refused(path, Limits(workbook_bytes=32 * MIB)) == "too_large"


def test_one_cell_at_the_far_corner_is_no_table_of_seventeen_billion_cells(tmp_path: Path) -> None:
    path = tmp_path / "corner.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("S")
    sheet.write(0, 0, "a")
    sheet.write(1_048_575, 16_383, "z")
    book.close()
    assert refused(path) == "too_large"


def test_a_damaged_workbook_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "whole.xlsx", ("S", [["a", "b"], [1, 2]]))
    content = path.read_bytes()
    assert refused(written(tmp_path, content[: len(content) // 2], "half.xlsx")) == "archive"
    at = content.index(b"xl/worksheets/sheet1.xml") + 60
    assert refused(written(tmp_path, content[:at] + b"\x00" * 40 + content[at + 40 :], "hurt.xlsx")) == "not_a_table"


def test_a_file_in_two_encodings_is_not_taken_for_chinese(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as caught:
        opened(tmp_path, b"Nr;Name;Ort\n" + "1;Müller;Bozen\n".encode("cp1252") + "2;Größ;Köln\n".encode())
    assert caught.value.code == "unreadable_encoding"


def test_the_header_of_the_next_page_rulers_and_the_end_of_old_files_are_no_rows(tmp_path: Path) -> None:
    content = (
        b"List of customers\r\nNr;Name;Ort\r\n--;----;---\r\n1;Huber;Lana\r\n\x0c\r\nNr;Name;Ort\r\n2;Egger;Lana\r\n=====\r\n3;-;-\r\n\x1a"
    )
    assert list(opened(tmp_path, content).rows) == [(4, ["1", "Huber", "Lana"]), (7, ["2", "Egger", "Lana"]), (9, ["3", "-", "-"])]
    book = tmp_path / "pages.xlsx"
    with xlsxwriter.Workbook(str(book)) as workbook:
        sheet = workbook.add_worksheet()
        for row, cells in enumerate((["Nr", "Name"], ["1", "Huber"], ["Nr", "Name"], ["2", "Egger"])):
            sheet.write_row(row, 0, cells)
    assert list(open_table(book, name="pages.xlsx").rows) == [(2, ["1", "Huber"]), (4, ["2", "Egger"])]


def test_zeros_that_fill_up_the_last_block_are_no_part_of_the_file(tmp_path: Path) -> None:
    for zeros in (3, 300, 5000):
        table = opened(tmp_path, b"Nr;Name;Ort\r\n1;Huber;Lana\r\n2;Egger;Lana\r\n" + b"\x00" * zeros)
        assert (table.encoding, list(table.rows)) == ("utf-8", [(2, ["1", "Huber", "Lana"]), (3, ["2", "Egger", "Lana"])])
    assert refused(written(tmp_path, b"Nr;Name\r\n\x00\x00\x00\x001;Huber\r\n", "zeros.csv")) == "not_a_table"


def test_inches_at_the_beginning_of_a_cell_do_not_swallow_the_rows_behind_them(tmp_path: Path) -> None:
    lines = [
        "Nr;Kunde;Text;Netto",
        '1;7;"17 Zoll Felge;10',
        "2;8;Insp;20",
        '3;9;Insp "groß";30',
        '4;9;"Öl; Filter";40',
        '5;9;"two\nlines";50',
    ]
    assert [cells for _line, cells in opened(tmp_path, "\n".join(lines).encode()).rows] == [
        ["1", "7", '"17 Zoll Felge', "10"], ["2", "8", "Insp", "20"], ["3", "9", 'Insp "groß"', "30"], ["4", "9", "Öl; Filter", "40"],
        ["5", "9", "two\nlines", "50"],
    ]  # fmt: skip
    # A real quote in the last column that looks like rows stays one cell.
    table = opened(tmp_path, b'a;b;c;d\n1;2;3;"x\n5;6;7;8"\n9;9;9;9\n')
    assert list(table.rows) == [(2, ["1", "2", "3", "x\n5;6;7;8"]), (4, ["9", "9", "9", "9"])]


def test_a_file_without_a_header_loses_no_row_to_it(tmp_path: Path) -> None:
    table = opened(tmp_path, b"1;Huber;WVWZZZ1KZAW123456\n2;Egger;ZFA31200000123457\n")
    assert (table.header, table.header_line) == (["(A)", "(B)", "(C)"], 0)
    assert list(table.rows) == [(1, ["1", "Huber", "WVWZZZ1KZAW123456"]), (2, ["2", "Egger", "ZFA31200000123457"])]
    assert opened(tmp_path, b"Export;;\n1;a@example.org;x\n2;b@example.org;y\n").header == ["(A)", "(B)", "(C)"]
    assert opened(tmp_path, b"4711;Huber;31.01.2025\n4712;Egger;30.01.2025\n").header == ["(A)", "(B)", "(C)"]
    titled = opened(
        tmp_path,
        b'List;of\n1; "Huber; Hans";a@example.org;x\n\n2; "Egger";b@example.org;y\n3;"Zoll;c@example.org;z\n4;"M";d@example.org;z\n',
    )
    assert (titled.header, titled.header_line) == (["(A)", "(B)", "(C)", "(D)"], 1)
    assert [cells[0] for _line, cells in titled.rows] == ["1", "2", "3", "4"]
    # Months may be columns.
    assert opened(tmp_path, b"Kunde;01.01.2025;01.02.2025\nHuber;5;6\n").header == ["Kunde", "01.01.2025", "01.02.2025"]
    book = tmp_path / "bare.xlsx"
    with xlsxwriter.Workbook(str(book)) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, ["Huber", "a@example.org"])
        sheet.write_row(1, 0, ["Egger", "b@example.org"])
    bare = open_table(book, name="bare.xlsx")
    assert (bare.header, list(bare.rows)) == (["(A)", "(B)"], [(1, ["Huber", "a@example.org"]), (2, ["Egger", "b@example.org"])])


def test_a_header_of_two_lines_tells_names_apart_that_stand_in_it_twice(tmp_path: Path) -> None:
    content = b"Kunde;;Fahrzeug;;Auftrag;\nNr;Name;Nr;FIN;Nr;Datum\n1;Huber;2;WVWZZZ1KZAW123456;3;31.01.2025\n"
    table = opened(tmp_path, content)
    assert (table.header, table.header_line) == (["Kunde Nr", "Name", "Fahrzeug Nr", "FIN", "Auftrag Nr", "Datum"], 2)
    assert len(list(table.rows)) == 1
    assert opened(tmp_path, b"Customers of today;;\nNr;Name;Nr\n1;Huber;3\n").header == ["Nr", "Name", "Nr (2)"]
    book = tmp_path / "groups.xlsx"
    with xlsxwriter.Workbook(str(book)) as workbook:
        sheet = workbook.add_worksheet()
        for row, cells in enumerate((["Kunde", "", "Auftrag", ""], ["Nr", "Name", "Nr", "Datum"], ["1", "Huber", "3", "31.01.2025"])):
            sheet.write_row(row, 0, cells)
    assert open_table(book, name="groups.xlsx").header == ["Kunde Nr", "Name", "Auftrag Nr", "Datum"]


def test_the_units_below_a_header_are_no_row(tmp_path: Path) -> None:
    table = opened(tmp_path, b"Nr;Datum;KM;Betrag\n;TT.MM.JJJJ;[km];EUR\n1;31.01.2025;45210;10\n;;km;\n")
    assert list(table.rows) == [(3, ["1", "31.01.2025", "45210", "10"]), (4, ["", "", "km", ""])]
    book = tmp_path / "units.xlsx"
    with xlsxwriter.Workbook(str(book)) as workbook:
        sheet = workbook.add_worksheet()
        for row, cells in enumerate((["Nr", "KM"], ["", "km"], ["1", "45210"])):
            sheet.write_row(row, 0, cells)
    assert list(open_table(book, name="units.xlsx").rows) == [(3, ["1", "45210"])]
