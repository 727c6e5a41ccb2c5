"""Columns are recognised by what dealers' systems call them, in five languages, and by what stands in them."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from forecourt.adapters.dms import open_table
from forecourt.demo import cast, export
from forecourt.engines.intake import mapping
from forecourt.engines.intake.fields import FIELDS
from forecourt.engines.intake.guessing import guess
from forecourt.engines.intake.mapping import Mapping
from forecourt.engines.intake.presets import presets
from forecourt.kernel.errors import Refusal

ENDS = {
    "vehicle.kind",
    "vehicle.warranty_until",
    "vehicle.contract_until",
    "vehicle.handed_over_on",
    "vehicle.next_service_on",
    "vehicle.next_service_km",
}


@pytest.mark.parametrize(
    ("header", "fields"),
    [
        ("Kd-Nr.;Name;Vorname;FIN;Pol. Kennzeichen;Auftrags-Nr.;Auftr.-Datum;KM-Stand;AW-Nr;Text;Netto", "customer.number customer.last_name customer.first_name vehicle.vin vehicle.plate order.number order.opened_on order.mileage line.code line.text line.amount"),
        ("KDNR;Fahrgestellnr.;Fgst-Nr;AuftragNr;Rechnungsdatum", "customer.number vehicle.vin order.number order.closed_on"),
        ("Cod. cliente;Cognome;Nome;Telaio;Targa;Commessa;Data apertura;Km;Descrizione;Imponibile", "customer.number customer.last_name customer.first_name vehicle.vin vehicle.plate order.number order.opened_on order.mileage line.text line.amount"),
        ("CUST_NO;VIN;REGNO;RO_NUMBER;RO date;OPCODE;Description;Hours;Net amount", "customer.number vehicle.vin vehicle.plate order.number order.opened_on line.code line.text line.hours line.amount"),
        ("Nume client;Serie șasiu;Nr. înmatriculare;Nr. comandă;Data comenzii;Expirare ITP;Descriere;Valoare netă", "customer.name vehicle.vin vehicle.plate order.number order.opened_on vehicle.next_statutory_test_on line.text line.amount"),
        ("客户姓名;手机;车架号;车牌号;工单号;进厂日期;项目名称;金额", "customer.name customer.mobile vehicle.vin vehicle.plate order.number order.opened_on line.text line.amount"),
        ("MAGIC;SURNAME;CHASSIS;REGNO;WIPNO;DATEIN;MILEAGE;RTSCODE;NETVALUE", "customer.number customer.name vehicle.vin vehicle.plate order.number order.opened_on order.mileage line.code line.amount"),
        ("customer_number;vehicle.vin;order number", "customer.number vehicle.vin order.number"),
    ],
)  # fmt: skip
def test_columns_are_known_by_name(header: str, fields: str) -> None:
    names = header.split(";")
    found = guess(names, []).columns
    expected = dict(zip(fields.split(), [name for name in names if name != "Fgst-Nr"], strict=True))
    assert found == expected


@pytest.mark.parametrize(
    ("header", "left"),
    [
        ("WIP No;Date In;Reg No;Chassis;Mileage;Cust A/C;Surname;Tel Home;RTS Code;Description;Line Value", ""),
        ("RO Number;Open Date;VIN;Yr;Make;Odometer In;Customer Name;Op Code;Op Description;Sold Hours;Labor Sale", ""),
        (
            "Serviceauftragsnr.;Auftragsdatum;Debitornr.;Name;PLZ-Code;Ort;Fahrgestellnummer;Kennz;Markencode;Nr.;Beschreibung;Betrag EUR",
            "Nr.",
        ),
        ("Num. Commessa;Data entrata;Ragione sociale;Targa;Telaio;Data immatr.;Km;Riga;Codice op.;Lavori eseguiti;Importo", ""),
        ("Nr. comandă;Data intrare;Denumire client;Serie șasiu;Km bord;Nr. crt.;Denumire operație;Nr. ore;Valoare fără TVA", ""),
        ("Job No;Date;VIN;Registration;Miles;Work carried out;Ex VAT", ""),
    ],
)
def test_what_systems_call_their_columns_is_known(header: str, left: str) -> None:
    names = header.split(";")
    found = guess(names, [])
    assert [name for name in names if name not in found.columns.values()] == list(filter(None, [left]))
    assert mapping.unmet(found) == []


def test_the_sum_of_an_order_alone_makes_no_line() -> None:
    found = guess(["Auftragsnr", "Datum", "FIN", "KM", "Summe netto"], [])
    assert "line.amount" not in found.columns
    assert mapping.unmet(found) == []


@pytest.mark.parametrize(
    ("column", "cells", "field"),
    [
        ("Ragione sociale", ["ROSSI MARIO", "BIANCHI SRL", "VERDI ANNA"], "customer.name"),
        ("Ragione sociale", ["ROSSI SPA", "BIANCHI SRL", "Comune di Bolzano"], "customer.company"),
        ("Firma", ["Bäckerei Müller", "Huber GmbH"], "customer.company"),
    ],
)
def test_the_name_of_any_customer_is_told_from_that_of_a_firm(column: str, cells: list[str], field: str) -> None:
    found = guess(["Cod. cliente", column], [[str(number), cell] for number, cell in enumerate(cells)])
    assert found.columns == {"customer.number": "Cod. cliente", field: column}


def test_a_column_of_vehicle_identification_numbers_is_one_whatever_it_is_called() -> None:
    sample: list[list[object]] = [["WVWZZZ1KZAW123456", "a@b.de", "1"], ["ZFA31200000123457", "c@d.it", "2"]]
    found = guess(["Feld 1", "Feld 2", "Feld 3"], sample)  # type: ignore[arg-type]
    assert found.columns == {"vehicle.vin": "Feld 1", "customer.email": "Feld 2"}
    assert [each.reason for each in found.guesses] == ["The cells are vehicle identification numbers.", "The cells are e-mail addresses."]


def test_every_preset_names_known_fields_and_no_name_twice_for_one_field() -> None:
    whole = {"autoline", "generic_de", "generic_en", "generic_it", "generic_ro", "generic_zh"}
    assert presets().keys() - whole == {"adf", "parts_sales", "star", "vehicle_sales"}
    for preset in presets().values():
        assert preset.columns.keys() <= FIELDS.keys()
        # What tells that something was deleted is said by a person, never guessed.
        guessed = {name for name in FIELDS if not name.endswith(".deleted")}
        known = guessed - ENDS if preset.name == "autoline" else guessed  # of which nobody has told us what Autoline calls it
        assert preset.name not in whole or preset.columns.keys() == known
        for names in preset.columns.values():
            assert len(set(names)) == len(names)


@pytest.mark.parametrize("dealer", cast.DEALERS, ids=lambda dealer: str(dealer.slug))
def test_every_column_of_the_demo_export_is_recognised(tmp_path: Path, dealer: cast.Dealer) -> None:
    path = tmp_path / "demo.csv"
    export.write(path, replace(dealer.file, customers=20), today=date(2026, 3, 2))
    table = open_table(path, name="demo.csv")
    found = guess(table.header, table.sample)
    assert [column for column in table.header if column not in found.columns.values()] == []
    assert mapping.unmet(found) == []


def test_a_mapping_is_saved_as_json_and_read_back() -> None:
    given = Mapping({"customer.number": "K", "order.opened_on": "D"}, {"customer.language": "it"}, "mdy", ".", "IT")
    assert mapping.load(given.dump()) == given


@pytest.mark.parametrize(
    ("saved", "code"),
    [
        ({}, "not_a_mapping"), ({"columns": []}, "not_a_mapping"), ({"columns": {"customer.number": 5}}, "not_a_mapping"),
        ({"columns": {"customer.shoe_size": "S"}}, "unknown_fields"), ({"columns": {}, "decimal": ";"}, "not_a_mapping"),
    ],
)  # fmt: skip
def test_what_is_no_mapping_is_refused(saved: dict[str, object], code: str) -> None:
    with pytest.raises(Refusal) as caught:
        mapping.load(saved)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("columns", "needs"),
    [
        ({"customer.email": "a"}, ["Customer number / Name / Last name / Company"]),
        ({"vehicle.make": "a"}, ["Vehicle identification number / Registration plate / Vehicle number"]),
        ({"order.opened_on": "a", "vehicle.vin": "b"}, ["Order number"]),
        ({"order.number": "a", "vehicle.vin": "b"}, ["Order date"]),
        ({"order.number": "a", "line.amount": "b"}, ["Labour or part code / Description"]),
        ({"order.number": "a", "line.text": "b"}, []),
    ],
)
def test_what_is_needed_follows_from_what_is_mapped(columns: dict[str, str], needs: list[str]) -> None:
    assert mapping.unmet(Mapping(columns)) == needs


def test_column_names_match_whatever_their_case_accents_and_spaces() -> None:
    at = mapping.require_complete(Mapping({"customer.number": "Kd-Nr.", "customer.name": "Straßenname"}), ["STRASSENNAME", "kd nr"])
    assert at == {"customer.number": 1, "customer.name": 0}


def test_sales_of_parts_and_of_cars_are_known_by_their_own_names() -> None:
    parts = guess(["Parts invoice no", "Sale date", "Part no.", "Part description", "Qty sold", "Net sales"], [])
    assert parts.columns == {
        "order.number": "Parts invoice no", "order.opened_on": "Sale date", "line.code": "Part no.", "line.text": "Part description",
        "line.quantity": "Qty sold", "line.amount": "Net sales",
    }  # fmt: skip
    cars = guess(["Käufer-Nr", "Käufer", "Kommissionsnummer", "FIN", "Modell"], [])
    assert cars.columns == {
        "customer.number": "Käufer-Nr", "customer.name": "Käufer", "vehicle.number": "Kommissionsnummer", "vehicle.vin": "FIN",
        "vehicle.model": "Modell",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("header", "fields"),
    [
        ("RO#;Customer#;Customer Name;VIN;Open Date;Miles In;Op Code;Labor Sale", "RO#=order.number Customer#=customer.number Customer Name=customer.name VIN=vehicle.vin Open Date=order.opened_on Miles In=order.mileage Op Code=line.code Labor Sale=line.amount"),
        ("roNumber;openedAt;customer.number;lines.code;lines.description;lines.net;vehicle.make", "roNumber=order.number openedAt=order.opened_on customer.number=customer.number lines.code=line.code lines.description=line.text lines.net=line.amount vehicle.make=vehicle.make"),
        ("Verk. an Deb.-Nr.;Name;Auftragsdat.;Kurztext;Zeilenbetrag", "Verk. an Deb.-Nr.=customer.number Name=customer.name Auftragsdat.=order.opened_on Kurztext=line.text Zeilenbetrag=line.amount"),
    ],
)  # fmt: skip
def test_columns_of_other_systems_are_known(header: str, fields: str) -> None:
    names = header.split(";")
    told = {column: field for field, column in guess(names, []).columns.items()}
    assert " ".join(f"{name}={told.get(name)}" for name in names) == fields


def test_what_belongs_to_the_dealers_people_or_means_another_day_or_amount_is_left_to_a_person() -> None:
    header = [
        "Kd-Nr", "Geburtsdatum", "Änderungsdatum", "Letztes Rechnungsdatum", "Serviceberater", "Annehmer E-Mail", "Berater Telefon",
        "Bruttobetrag", "MwSt-Betrag", "Rabattbetrag", "Data nascita", "消费顾问电话",
    ]  # fmt: skip
    rows: list[list[object]] = [
        ["1", "01.01.1960", "1.1.2025", "1.1.2025", "Max", "max@dealer.example", "0471 1", "12", "2", "1", "1.1.60", "13800138000"]
    ]
    assert guess(header, rows).columns == {"customer.number": "Kd-Nr"}  # type: ignore[arg-type]
    assert guess(["HU-Fälligkeit am", "Nächste HU fällig"], []).columns == {"vehicle.next_statutory_test_on": "HU-Fälligkeit am"}


@pytest.mark.parametrize("column", ["Next service date", "Data prossimo tagliando", "Nächstes Service Datum", "下次保养日期"])
def test_the_day_of_the_next_service_is_not_the_day_of_the_order(column: str) -> None:
    assert guess(["VIN", column], []).columns == {"vehicle.vin": "VIN", "vehicle.next_service_on": column}
    assert "order.opened_on" not in guess(["VIN", "RO No", column], []).columns


def test_a_column_of_customers_that_holds_numbers_is_their_number() -> None:
    rows: list[list[object]] = [["100", "Huber Eva"], ["D10001", "Egger Max"], [102.0, "Moser Ida"]]
    assert guess(["Kunde", "Name"], rows).columns == {"customer.number": "Kunde", "customer.name": "Name"}  # type: ignore[arg-type]
    assert guess(["Kunde", "Kundennummer"], [["Huber Eva", "1"]]).columns == {"customer.name": "Kunde", "customer.number": "Kundennummer"}
    assert guess(["客户"], [["王小明1"]]).columns == {"customer.name": "客户"}
    assert guess(["Kunde", "Kundennummer"], [["1", "1"]]).columns == {"customer.number": "Kundennummer"}


def test_the_day_on_which_a_car_was_sold_asks_for_no_order() -> None:
    header = ["Käufer-Nr", "Käufer", "FIN", "Verkaufsdatum"]
    sold = {"customer.number": "Käufer-Nr", "customer.name": "Käufer", "vehicle.vin": "FIN", "vehicle.handed_over_on": "Verkaufsdatum"}
    assert guess(header, []).columns == sold
    assert guess([*header, "Auftragsnummer"], []).columns["order.opened_on"] == "Verkaufsdatum"
    assert guess(["Materialnummer", "Verkaufsdatum"], []).columns == {"line.code": "Materialnummer", "order.opened_on": "Verkaufsdatum"}


@pytest.mark.parametrize(
    ("header", "kind", "warranty", "contract"),
    [
        ("FIN", "Fahrzeugart", "Garantie bis", "Leasingende"),
        ("FIN", "Fahrzeugklasse", "Gewährleistungsende", "Vertragsende"),
        ("Telaio", "Tipo veicolo", "Fine garanzia", "Scadenza leasing"),
        ("Serie șasiu", "Tip vehicul", "Garanție până la", "Expirare leasing"),
        ("VIN", "Vehicle type", "Warranty end", "Lease end"),
        ("车架号", "车辆类型", "保修到期", "租赁到期日"),
    ],
)
def test_what_ends_and_the_type_of_vehicle_are_known_in_five_languages(header: str, kind: str, warranty: str, contract: str) -> None:
    assert guess([header, kind, warranty, contract], []).columns == {
        "vehicle.vin": header, "vehicle.kind": kind, "vehicle.warranty_until": warranty, "vehicle.contract_until": contract,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("plate", "on", "km"),
    [
        ("Kennzeichen", "Nächster Service am", "Nächster Service bei km"),
        ("Kennzeichen", "Nächste Inspektion", "Nächste Inspektion km"),
        ("Targa", "Prossimo tagliando", "Prossimo tagliando km"),
        ("Plate", "Next service date", "Next service mileage"),
        ("Număr înmatriculare", "Următoarea revizie", "Următoarea revizie la km"),
        ("车牌号", "下次保养", "下次保养里程"),
    ],
)
def test_when_the_next_service_is_due_is_known_in_five_languages(plate: str, on: str, km: str) -> None:
    assert guess([plate, on, km], [["BZ 111 AA", "2027-05-03", "60.000"]]).columns == {
        "vehicle.plate": plate, "vehicle.next_service_on": on, "vehicle.next_service_km": km,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        (["60.000", "75.000 km", "90000"], "vehicle.next_service_km"),
        (["46150", "46211", "46300"], "vehicle.next_service_on"),  # a spreadsheet's days
        (["03.05.2027", "01.06.2026"], "vehicle.next_service_on"),
    ],
)
def test_cells_tell_whether_the_next_service_is_a_day_or_kilometres(cells: list[str], field: str) -> None:
    assert guess(["Kennzeichen", "Nächster Service"], [["BZ 111 AA", cell] for cell in cells]).columns[field] == "Nächster Service"


def test_a_list_of_customers_or_cars_asks_for_no_order_because_of_a_mileage_or_a_site() -> None:
    assert guess(["FIN", "Kennzeichen", "KM-Stand", "Filiale"], []).columns == {
        "vehicle.vin": "FIN", "vehicle.plate": "Kennzeichen", "vehicle.mileage": "KM-Stand",
    }  # fmt: skip
    assert guess(["Kundennummer", "Name", "Filiale"], []).columns == {"customer.number": "Kundennummer", "customer.name": "Name"}
    # An order whose number is called by no known name is asked for.
    assert "order.opened_on" in guess(["FIN", "Auftragsdatum", "KM-Stand"], []).columns


def test_what_stands_in_brackets_or_above_a_point_does_not_hide_a_name_nor_make_one() -> None:
    header = [
        "行驶里程(KM)",
        "Betrag (brutto)",
        "KM-Stand alt",
        "Gesamtbetrag",
        "repairOrders.date",
        "repairOrders.orderNumber",
        "repairOrders.vin",
        "repairOrders.extra",
    ]
    assert guess(header, []).columns == {
        "vehicle.vin": "repairOrders.vin", "order.number": "repairOrders.orderNumber", "order.opened_on": "repairOrders.date",
        "order.mileage": "行驶里程(KM)",
    }  # fmt: skip
