"""JSON, XML and Parquet as programs write them: recognised by what is in them, read piece by piece, and the hostile ones refused in a sentence."""

import datetime
import json
import resource
import time
import zipfile
from decimal import Decimal
from pathlib import Path

import pyarrow
import pytest
from pyarrow import parquet

from forecourt.adapters.dms import open_table
from forecourt.engines.intake import guessing
from forecourt.engines.intake.mapping import unmet
from forecourt.engines.intake.ports import MIB, Limits, Table
from forecourt.engines.intake.styles import is_in_miles
from forecourt.kernel.errors import Refusal

STAR = """<?xml version="1.0" encoding="UTF-8"?>
<!-- of the nightly export -->
<ProcessRepairOrder xmlns="http://www.starstandard.org/STAR/5" releaseID="5.6.4">
  <ApplicationArea><Sender><DealerNumberID>4711</DealerNumberID></Sender></ApplicationArea>
  <ProcessRepairOrderDataArea><Process/>
    {orders}
  </ProcessRepairOrderDataArea>
</ProcessRepairOrder>"""
ORDER = """<RepairOrder><RepairOrderHeader>
  <DocumentIdentificationGroup><DocumentIdentification><DocumentID>{number}</DocumentID></DocumentIdentification></DocumentIdentificationGroup>
  <RepairOrderOpenedDate>2025-03-15</RepairOrderOpenedDate>
  <ServiceAdvisorParty><SpecifiedPerson><GivenName>Ada</GivenName><FamilyName>Adviser</FamilyName></SpecifiedPerson></ServiceAdvisorParty>
  <OwnerParty><PartyID>1001</PartyID><SpecifiedPerson><GivenName>Anna</GivenName><FamilyName>Müller</FamilyName>
    <TelephoneCommunication><ChannelCode>Home</ChannelCode><CompleteNumber>+39 0471 1</CompleteNumber></TelephoneCommunication>
    <TelephoneCommunication><ChannelCode>Cell</ChannelCode><CompleteNumber>+39 333 1112223</CompleteNumber></TelephoneCommunication>
    <URICommunication><URIID>anna@example.org</URIID></URICommunication></SpecifiedPerson></OwnerParty>
  <RepairOrderVehicleLineItem><Vehicle><Model>Golf</Model><ModelYear>2019</ModelYear><MakeString>VW</MakeString><VehicleID>WVWZZZ1KZAW123456</VehicleID>
    </Vehicle></RepairOrderVehicleLineItem><InDistanceMeasure unitCode="KM">45210</InDistanceMeasure></RepairOrderHeader>
  <Job><JobNumberString>A</JobNumberString><OperationName>Inspection</OperationName>
    <ServiceLabor><LaborOperationID>0100</LaborOperationID><LaborOperationDescription>Inspektion &amp; Öl</LaborOperationDescription>
      <LaborAllowanceHoursNumeric>1.5</LaborAllowanceHoursNumeric><Pricing><Price><ChargeAmount currencyID="EUR">180.00</ChargeAmount></Price></Pricing>
    </ServiceLabor>
    <ServiceParts><ItemID>OIL-5W30</ItemID><ItemDescription>Motoröl</ItemDescription><ItemQuantity>4.5</ItemQuantity><ChargeAmount>61.10</ChargeAmount>
    </ServiceParts></Job>
  <Job><JobNumberString>B</JobNumberString><ComplaintDescription>Geräusch vorn</ComplaintDescription></Job></RepairOrder>"""
ADF = """<?ADF VERSION "1.0"?><?XML VERSION "1.0"?>
<adf><prospect status="new"><id sequence="1">L-1</id><requestdate>2025-03-30T15:30:20-08:00</requestdate>
<vehicle interest="buy" status="used"><year>2022</year><make>Kia</make><model>Forte</model><vin>KNAFX4A61E5123456</vin></vehicle>
<vehicle interest="trade-in"><year>2014</year><make>Fiat</make><model>Panda</model><vin>ZFA31200000123457</vin></vehicle>
<customer><contact><name part="first">Jane</name><name part="last">Doe</name><email>jane@example.org</email>
<phone type="voice">0471 123</phone><phone type="cellphone">333 4445556</phone>
<address><street line="1">Road 1</street><city>Bozen</city><postalcode>39100</postalcode></address></contact><comments>Is it red?</comments></customer>
<vendor><vendorname>Dealer</vendorname><contact><email>desk@dealer.example</email></contact></vendor></prospect>
<prospect><customer><contact><name part="full">John Roe</name><email>john@example.org</email></contact></customer></prospect></adf>"""


def opened(folder: Path, content: bytes | str, name: str = "export.dat") -> Table:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return open_table(path, name=name)


def refused(folder: Path, content: bytes | str, limits: Limits | None = None) -> str:
    """The code; within a few seconds and without growing by more than 100 MB."""
    path, begun = folder / "hostile.dat", time.monotonic()
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(Refusal) as caught:
        list(open_table(path, name=path.name, limits=limits).rows)
    assert path.name in caught.value.text
    assert time.monotonic() - begun < 8
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024
    return caught.value.code


def as_dicts(table: Table) -> list[dict[str, object]]:
    return [{name: cell for name, cell in zip(table.header, cells, strict=True) if cell != ""} for _line, cells in table.rows]


# --- JSON ---------------------------------------------------------------------------------------------------------------


def test_objects_one_a_line_are_a_table_whose_columns_come_from_all_of_them(tmp_path: Path) -> None:
    lines = [
        {"number": 7, "customer": {"name": "Müller", "tags": ["a", "b"]}, "net": 1061.1},
        {"number": 8, "vin": "WVWZZZ1KZAW123456", "open": True},
    ]
    table = opened(tmp_path, "\n".join(json.dumps(each) for each in lines) + "\n", "export.csv")
    assert (table.kind, table.rows_estimate) == ("json", 2)
    assert table.header == ["number", "customer.name", "customer.tags", "net", "vin", "open"]
    assert list(table.rows) == [(1, [7, "Müller", "a, b", 1061.1, "", ""]), (2, [8, "", "", "", "WVWZZZ1KZAW123456", True])]


@pytest.mark.parametrize("wrap", ["[{}, {}]", '{{"data": [{}, {}], "next": null}}', "{}\n\n{}", "{} {}"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_list_or_an_answer_around_it_is_the_same_table(tmp_path: Path, wrap: str, encoding: str) -> None:
    text = wrap.format('{\n "a": 1, "b": "ö"}', '{"a": 2}')
    table = opened(tmp_path, text.encode(encoding))
    assert (table.header, list(table.rows)) == (["a", "b"], [(1, [1, "ö"]), (2, [2, ""])])


def test_the_lines_of_an_order_become_rows_with_the_orders_cells(tmp_path: Path) -> None:
    order = {"order": "A-1", "lines": [{"code": "0100", "hours": 1.5}, {"code": "0200", "extra": {"x": 1}}]}
    table = opened(tmp_path, json.dumps([order, {"order": "A-2", "lines": []}]))
    assert table.header == ["order", "lines.code", "lines.hours", "lines.extra", "lines"]
    assert as_dicts(table) == [
        {"order": "A-1", "lines.code": "0100", "lines.hours": 1.5}, {"order": "A-1", "lines.code": "0200", "lines.extra": '{"x": 1}'},
        {"order": "A-2"},
    ]  # fmt: skip


def test_a_long_file_is_read_in_pieces_and_its_rows_are_guessed(tmp_path: Path) -> None:
    path = tmp_path / "long.jsonl"
    with path.open("w") as out:
        for number in range(90_000):
            out.write(json.dumps({"number": number, "text": "x" * 100}) + "\n")
    table = open_table(path, name=path.name)
    assert abs(table.rows_estimate - 90_000) < 6_000
    assert sum(1 for _row in table.rows) == 90_000


@pytest.mark.parametrize(
    "content",
    [
        '{"a": 1}\n{"a": ', '{"a": 1}\n{"a": 2', '[{"a": 1}, 7]', '{"a": 1} nonsense', '{"a": ' + "[" * 100_000 + "]" * 100_000 + "}",
        '{"a": ' + "9" * 10_000 + "}", '[{"a":' + '{"a":' * 200_000,
    ],
)  # fmt: skip
def test_json_that_is_cut_off_or_nested_without_end_is_refused(tmp_path: Path, content: str) -> None:
    assert refused(tmp_path, content) == "not_a_table"


def test_a_line_without_end_is_refused_before_it_is_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "huge.jsonl"
    with path.open("wb") as out:
        out.write(b'{"a": 1}\n{"a": "')
        out.truncate(1024 * MIB)
    before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    with pytest.raises(Refusal) as caught:
        open_table(path, name=path.name)
    assert caught.value.code == "not_a_table"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024
    assert time.monotonic() - begun < 10


def test_more_names_than_any_table_has_are_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, json.dumps({f"column {number}": number for number in range(1001)})) == "too_many_columns"


def test_what_no_database_takes_is_left_out_of_texts(tmp_path: Path) -> None:
    assert next(opened(tmp_path, '{"a": "x\\u0000y\\ud800z", "b": NaN, "c": 1e999}').rows)[1] == ["xy?z", "", ""]


# --- XML ----------------------------------------------------------------------------------------------------------------


def test_repair_orders_of_star_become_a_row_for_each_labour_and_part(tmp_path: Path) -> None:
    table = opened(tmp_path, STAR.format(orders=ORDER.format(number="A-1") + ORDER.format(number="A-2")), "ro.csv")
    assert table.kind == "xml"
    rows = as_dicts(table)
    told = [(row["DocumentIdentificationGroup.DocumentIdentification.DocumentID"], row["Line.Number"], row["Line.Kind"]) for row in rows]
    assert told == [(order, line, kind) for order in ("A-1", "A-2") for line, kind in ((1, "labour"), (2, "part"), (3, "labour"))]
    assert rows[0] | {
        "Line.Code": "0100", "Line.Text": "Inspektion & Öl", "Line.Hours": "1.5", "Line.Amount": "180.00", "InDistanceMeasure": "45210",
        "OwnerParty.SpecifiedPerson.TelephoneCommunication.Cell.CompleteNumber": "+39 333 1112223",
    } == rows[0]  # fmt: skip
    assert [row["Line.Text"] for row in rows[1:3]] == ["Motoröl", "Geräusch vorn"]
    assert not [name for name in table.header if "Adviser" in str(rows[0].get(name))]


def test_the_columns_of_star_are_known_by_name(tmp_path: Path) -> None:
    table = opened(tmp_path, STAR.format(orders=ORDER.format(number="A-1")))
    mapping = guessing.guess(table.header, table.sample)
    assert unmet(mapping) == []
    assert {name: mapping.columns[name].rpartition(".")[2] for name in ("customer.last_name", "customer.mobile", "vehicle.vin", "order.number")} == {
        "customer.last_name": "FamilyName", "customer.mobile": "CompleteNumber", "vehicle.vin": "VehicleID", "order.number": "DocumentID",
    }  # fmt: skip
    assert mapping.columns["order.opened_on"] == "RepairOrderOpenedDate"
    assert {name for name in mapping.columns if name.startswith("line.")} == {
        "line.number", "line.kind", "line.code", "line.text", "line.hours", "line.quantity", "line.amount",
    }  # fmt: skip


def test_a_lead_of_adf_is_a_customer_with_their_own_car_and_not_the_one_they_ask_about(tmp_path: Path) -> None:
    table = opened(tmp_path, ADF)
    one, other = as_dicts(table)
    assert one | {"vehicle.vin": "ZFA31200000123457", "wanted.vin": "KNAFX4A61E5123456", "customer.name.first": "Jane"} == one
    assert other == {"customer.name.full": "John Roe", "customer.email": "john@example.org"}
    assert "desk@dealer.example" not in str(one)
    mapping = guessing.guess(table.header, table.sample)
    assert unmet(mapping) == []
    assert mapping.columns | {
        "vehicle.vin": "vehicle.vin", "customer.mobile": "customer.phone.cellphone", "customer.email": "customer.email",
        "customer.street": "customer.address.street.1", "customer.name": "customer.name.full",
    } == mapping.columns  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1"])
def test_xml_is_read_in_the_encoding_that_it_declares(tmp_path: Path, encoding: str) -> None:
    declared = encoding.removesuffix("-sig").upper()
    table = opened(tmp_path, STAR.replace("UTF-8", declared).format(orders=ORDER.format(number="A-1")).encode(encoding))
    assert as_dicts(table)[0]["OwnerParty.SpecifiedPerson.FamilyName"] == "Müller"


_LAUGHS = (
    '<!DOCTYPE adf [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefg", "bcdefgh", strict=True))
    + "]>"
)


@pytest.mark.parametrize(
    "content",
    [
        _LAUGHS + "<adf><prospect><id>&h;</id></prospect></adf>",
        '<?xml version="1.0"?><!DOCTYPE adf [<!ENTITY x SYSTEM "file:///etc/passwd">]><adf><prospect><id>&x;</id></prospect></adf>',
        '<!DOCTYPE adf SYSTEM "http://127.0.0.1:1/adf.dtd"><adf><prospect/></adf>',
        "<!--" + "x" * 70_000 + "--><adf><prospect><id>1</id></prospect></adf>",
        "<adf><prospect>" + "<a>" * 100_000,
        "<adf><prospect>" + "<a/>" * 100_000 + "</prospect></adf>",
        '<adf><prospect><id a="' + "x" * (9 * MIB) + '"/></prospect></adf>',
        "<adf><prospect><!--" + "x" * (20 * MIB),
        "<adf><prospect><id>1</id></prospect><prospect><id>",
        "<adf><prospect><id>&unknown;</id></prospect></adf>",
        "<orders><order><number>1</number></order></orders>",
    ],
)  # fmt: skip
def test_xml_that_could_grow_reach_out_or_is_of_another_kind_is_refused(tmp_path: Path, content: str) -> None:
    assert refused(tmp_path, content) == "not_a_table"


# --- Parquet ------------------------------------------------------------------------------------------------------------


def written(folder: Path, columns: dict[str, object], **how: object) -> Path:
    path = folder / "export.dat"
    parquet.write_table(pyarrow.table(columns), path, **how)
    return path


def test_a_parquet_file_keeps_its_types_and_row_groups_are_read_one_by_one(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        {
            "number": pyarrow.array([1, None, 3]), "net": [Decimal("1061.10"), None, Decimal("-0.50")], "on": [datetime.date(2025, 3, 15), None, None],
            "at": pyarrow.array([datetime.datetime(2025, 3, 15, 8, 30), None, None], pyarrow.timestamp("ns")), "is": [True, None, False],
            "make": pyarrow.array(["VW", "Fiat", "VW"]).dictionary_encode(), "raw": [b"\xc3\xb6", None, b"\xff"], "share": [float("nan"), 0.5, None],
            "owner": [{"name": "Müller", "tags": ["x"]}, {"name": None, "tags": None}, None],
        },
        row_group_size=2,
    )  # fmt: skip
    table = open_table(path, name=path.name)
    assert (table.kind, table.rows_estimate) == ("parquet", 3)
    assert table.header == ["number", "net", "on", "at", "is", "make", "raw", "share", "owner.name", "owner.tags"]
    assert list(table.rows) == [
        (1, [1, 1061.1, "2025-03-15", "2025-03-15 08:30:00.000000000", True, "VW", "ö", "", "Müller", "x"]),
        (2, ["", "", "", "", "", "Fiat", "", 0.5, "", ""]),
        (3, [3, -0.5, "", "", False, "VW", "\ufffd", "", "", ""]),
    ]


def test_a_small_parquet_file_that_unpacks_to_gigabytes_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, {"a": pyarrow.array(["x" * 50_000] * 1_000).dictionary_encode()})
    assert path.stat().st_size < MIB
    assert refused(tmp_path, path.read_bytes(), Limits(unpacked_bytes=20 * MIB)) == "too_large"


def test_parquet_that_is_damaged_or_says_wrong_sizes_of_itself_is_refused(tmp_path: Path) -> None:
    whole = written(tmp_path, {"a": list(range(5000)), "b": ["text"] * 5000}, compression="none").read_bytes()
    assert refused(tmp_path, whole[: len(whole) // 2]) == "not_a_table"
    assert refused(tmp_path, whole[:4] + b"\xff" * 3000 + whole[3004:]) == "not_a_table"
    # The footer says 5001 rows in all where the row group has 5000: zigzag varints of both.
    footer = len(whole) - 8 - int.from_bytes(whole[-8:-4], "little")
    at = whole.index(b"\x16\x90\x4e", footer)
    lies = whole[:at] + b"\x16\x92\x4e" + whole[at + 3 :]
    assert refused(tmp_path, lies) == "not_a_table"


# --- sheets and tabs ----------------------------------------------------------------------------------------------------


def test_an_open_document_sheet_and_text_with_tabs_are_tables(tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    cell = '<table:table-cell office:value-type="{}" {}><text:p>{}</text:p></table:table-cell>'
    row = "<table:table-row>{}</table:table-row>"
    rows = row.format(cell.format("string", "", "Name") + cell.format("string", "", "Net")) + row.format(
        cell.format("string", "", "Müller") + cell.format("float", 'office:value="1061.1"', "1.061,10")
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml", '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
        )
        archive.writestr(
            "content.xml",
            '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
            'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
            f'<office:body><office:spreadsheet><table:table table:name="One">{rows}</table:table></office:spreadsheet></office:body>'
            "</office:document-content>",
        )
    table = open_table(path, name=path.name)
    assert (table.kind, table.header, list(table.rows)) == ("ods", ["Name", "Net"], [(2, ["Müller", 1061.1])])
    tabs = opened(tmp_path, "Name\tNet\nMüller\t1.061,10\n")
    assert (tabs.delimiter, list(tabs.rows)) == ("\t", [(2, ["Müller", "1.061,10"])])


def test_a_distance_in_miles_says_so_in_its_cell(tmp_path: Path) -> None:
    lead = (
        '<adf><prospect><vehicle interest="trade-in"><vin>ZFA31200000123457</vin><odometer units="{}">10000</odometer></vehicle>'
        "<customer><contact><name>Eva Huber</name></contact></customer></prospect></adf>"
    )
    assert as_dicts(opened(tmp_path, lead.format("mi")))[0]["vehicle.odometer"] == "10000 mi"
    assert as_dicts(opened(tmp_path, lead.format("km")))[0]["vehicle.odometer"] == "10000"
    order = '<a><RepairOrder><RepairOrderHeader><InDistanceMeasure unitCode="SMI">10000</InDistanceMeasure></RepairOrderHeader></RepairOrder></a>'
    assert as_dicts(opened(tmp_path, order))[0]["InDistanceMeasure"] == "10000 mi"
    assert is_in_miles("InDistanceMeasure", ["10000 mi"])
