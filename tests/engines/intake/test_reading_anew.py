"""What was detected of a file can be corrected, as a whole and column by column, and what comes of it is seen before anything runs."""

import datetime
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest

from forecourt.adapters.dms import open_table
from forecourt.engines.intake import running, uploads
from forecourt.engines.intake.mapping import Mapping, load, manner_from
from forecourt.engines.intake.models import RejectedRow
from forecourt.engines.intake.ports import Manner
from forecourt.engines.intake.uploads import Look
from forecourt.kernel.errors import Refusal
from forecourt.records.history.models import JobLine, Visit
from forecourt.records.people.models import Customer
from forecourt.runtime.actors import Actor
from tests.cast import Alpen
from tests.engines.intake.files import sent

ODD = (
    "Ref;Rep. date;Back on;Who;Cust name;Reg;Menge;Total\n"
    "R-1;03/04/2025;04/05/2025;7;MÜLLER ANNA;bz-700 aa;1,500;1250.50\n"
    "R-2;05/06/2025;06/07/2025;7;MÜLLER ANNA;bz-700 aa;2;90.00\n"
)
COLUMNS = {
    "order.number": "Ref", "order.opened_on": "Rep. date", "order.closed_on": "Back on", "customer.number": "Who", "customer.name": "Cust name",
    "vehicle.plate": "Reg", "line.quantity": "Menge", "line.amount": "Total", "line.code": "Ref",
}  # fmt: skip


@pytest.fixture
def max_mair(alpen: Alpen) -> Actor:
    """The manager, who may import."""
    return alpen.actor("Max Mair")


def look(actor: Actor, content: bytes, manner: Manner | None = None) -> Look:
    return uploads.look(actor=actor, import_id=sent(actor, content).pk, manner=manner)


def test_two_columns_that_tell_nothing_of_themselves_are_mended_by_a_person_and_only_they(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        found = sent(max_mair, ODD.encode("cp1252"), site_id=alpen.bozen.pk)
        seen = uploads.look(actor=max_mair, import_id=found.pk)
        mapping = Mapping(COLUMNS)
        before = uploads.trial(actor=max_mair, seen=seen, mapping=mapping)
        assert [each.after for each in before["order.opened_on"].examples] == [datetime.date(2025, 4, 3), datetime.date(2025, 6, 5)]
        assert [each.after for each in before["line.quantity"].examples] == [Decimal("1500.000"), Decimal("2.000")]
        mended = replace(mapping, date_orders={"order.opened_on": "mdy", "order.closed_on": "mdy"}, decimals={"line.quantity": ","})
        after = uploads.trial(actor=max_mair, seen=seen, mapping=mended)
        assert [each.after for each in after["order.opened_on"].examples] == [datetime.date(2025, 3, 4), datetime.date(2025, 5, 6)]
        assert [each.after for each in after["line.quantity"].examples] == [Decimal("1.500"), Decimal("2.000")]
        assert [each.after for each in after["line.amount"].examples] == [Decimal("1250.50"), Decimal("90.00")]
        uploads.choose_mapping(actor=max_mair, import_id=found.pk, mapping=mended)
        assert running.run(actor=max_mair, import_id=found.pk).rows_created == 2
        visit = Visit.objects.get(number="R-1")
        assert (visit.opened_on, visit.closed_on) == (datetime.date(2025, 3, 4), datetime.date(2025, 4, 5))
        assert (JobLine.objects.get(visit=visit).quantity, visit.net_total) == (Decimal("1.500"), Decimal("1250.50"))


def test_a_date_with_dots_begins_with_its_month_only_where_a_person_said_so(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        seen = look(max_mair, b"Auftragsnummer;Auftragsdatum\n1;12.31.2025\n2;01.02.2026\n")
        mapping = Mapping({"order.opened_on": "Auftragsdatum"})
        guessed = uploads.trial(actor=max_mair, seen=seen, mapping=mapping)["order.opened_on"]
        assert (guessed.bad, guessed.filled, guessed.examples[0].problem) == (1, 2, "This day does not exist.")
        chosen = uploads.trial(actor=max_mair, seen=seen, mapping=replace(mapping, date_orders={"order.opened_on": "mdy"}))
        assert [each.after for each in chosen["order.opened_on"].examples] == [datetime.date(2025, 12, 31), datetime.date(2026, 1, 2)]


def test_encoding_delimiter_quote_and_header_line_are_believed_where_a_person_names_them(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        seen = look(max_mair, "Name;Ort\nMüller;Köln\n".encode("cp1252"), Manner(encoding="cp850"))
        assert (seen.table.encoding, seen.rows) == ("cp850", [["M³ller", "K÷ln"]])
        seen = look(max_mair, b"a;b,c\n1;2,3\n4;5,6\n", Manner(delimiter=","))
        assert (seen.header, seen.rows) == (["a;b", "c"], [["1;2", "3"], ["4;5", "6"]])
        seen = look(max_mair, b"a;b\n'1;1';2\n", Manner(quote="'"))
        assert (seen.table.quote, seen.rows) == ("'", [["1;1", "2"]])
        titled = b"Export of today;all;sites\nNr;Name;Ort\n5;Meier;Bozen\n"
        assert look(max_mair, titled).header == ["Export of today", "all", "sites"]
        seen = look(max_mair, titled, Manner(header_line=2))
        assert (seen.header, seen.rows, seen.table.header_line) == (["Nr", "Name", "Ort"], [["5", "Meier", "Bozen"]], 2)
        with pytest.raises(Refusal) as caught:
            look(max_mair, titled, Manner(header_line=9))
        assert caught.value.code == "no_such_line"


def test_the_header_line_of_a_workbook_can_be_named_too(tmp_path: Path) -> None:
    import xlsxwriter  # type: ignore[import-untyped]

    path = tmp_path / "book.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    for number, row in enumerate((["Title", "of", "it"], ["Nr", "Name", "Ort"], ["5", "Meier", "Bozen"])):
        sheet.write_row(number, 0, row)
    book.close()
    table = open_table(path, name="book.xlsx", manner=Manner(header_line=2))
    assert (table.header, list(table.rows)) == (["Nr", "Name", "Ort"], [(3, ["5", "Meier", "Bozen"])])


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({"encoding": "klingon"}, "unknown_encoding"),
        ({"delimiter": ";;"}, "not_one_sign"),
        ({"delimiter": "'", "quote": "'"}, "not_one_sign"),
        ({"header_line": "-1"}, "no_such_line"),
        ({"header_line": "201"}, "no_such_line"),
        ({"header_line": "²"}, "no_such_line"),
    ],
)
def test_a_way_of_reading_that_is_none_is_refused(answers: dict[str, str], code: str) -> None:
    with pytest.raises(Refusal) as caught:
        manner_from(answers)
    assert caught.value.code == code


def test_how_a_file_is_read_is_kept_with_the_mapping_and_used_for_the_next_one(alpen: Alpen, max_mair: Actor) -> None:
    content = "Export;of;today\nNr;Name;Post\n5;Müller;m@example.org\n".encode("cp850")
    manner = Manner(encoding="cp850", header_line=2)
    mapping = Mapping({"customer.number": "Nr", "customer.name": "Name", "customer.email": "Post"}, manner=manner)
    assert load(mapping.dump()) == mapping
    with alpen.scope():
        found = sent(max_mair, content)
        uploads.choose_mapping(actor=max_mair, import_id=found.pk, mapping=mapping)
        assert running.run(actor=max_mair, import_id=found.pk).rows_created == 1
        following = sent(max_mair, content.replace(b"5;", b"6;").replace(b"m@", b"n@"))
        assert running.run(actor=max_mair, import_id=following.pk).rows_created == 1
        assert {each.last_name for each in Customer.objects.filter(number__in=("5", "6"))} == {"Müller"}


def test_a_file_of_a_header_alone_is_refused_before_anybody_maps_it(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        with pytest.raises(Refusal) as caught:
            look(max_mair, b"Kundennummer;Name\r\n\r\n")
        assert caught.value.code == "no_rows"
        with pytest.raises(Refusal) as caught:
            uploads.take(actor=max_mair, name="a.csv", stream=BytesIO(b"Kundennummer;Name\r\n"), source="dms")
        assert caught.value.code == "no_rows"


@pytest.mark.parametrize("day", ["30.12.1899", "01.01.1900", "1900-01-01", "00.00.0000"])
def test_an_order_with_an_empty_day_is_told_how_that_came_about(alpen: Alpen, max_mair: Actor, day: str) -> None:
    with alpen.scope():
        content = f"Auftragsnummer;Auftragsdatum;Kennzeichen;Bezeichnung\nA1;{day};BZ 700 AA;Öl\nA2;01.02.2025;BZ 700 AA;Öl\n"
        found = sent(max_mair, content.encode(), site_id=alpen.bozen.pk)
        assert running.run(actor=max_mair, import_id=found.pk).rows_rejected == 1
        rejected = RejectedRow.objects.get(of_import=found)
        assert (rejected.value, rejected.reason_code) == (day, "empty_day")
        assert rejected.reason == "This is how spreadsheets and old systems write an empty day."
