"""A dealer's file goes in: what is right is in the records, what is wrong is listed, and a second time nothing changes."""

import datetime
from dataclasses import replace
from decimal import Decimal
from typing import cast

import pytest
from django.db import connection

from forecourt.engines.intake import rejections, running, sources, uploads
from forecourt.engines.intake.mapping import Mapping
from forecourt.engines.intake.models import Import, RejectedRow
from forecourt.engines.intake.words import NameOrder
from forecourt.kernel.errors import NotFound, NotPermitted, Refusal
from forecourt.records.dealership.models import Site
from forecourt.records.history.models import JobLine, Visit
from forecourt.records.people.models import ConsentEntry, Customer, CustomerReference
from forecourt.records.vehicles.models import Holding, Vehicle
from forecourt.runtime.actors import Actor
from forecourt.runtime.models import Event
from tests.cast import Alpen, Rosso
from tests.engines.intake.files import ANNA, ANNAS_GOLF, BRUNO, BRUNOS_PANDA, HEADER, LINES, counts, export, sent


@pytest.fixture
def max_mair(alpen: Alpen) -> Actor:
    """The manager, who may import."""
    return alpen.actor("Max Mair")


def imported(actor: Actor, content: bytes, **more: object) -> Import:
    return running.run(actor=actor, import_id=sent(actor, content, **more).pk)  # type: ignore[arg-type]


def test_a_file_of_repair_orders_becomes_customers_cars_visits_and_lines(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        done = imported(max_mair, export())
        assert counts(done) == {"read": 3, "created": 3, "updated": 0, "unchanged": 0, "rejected": 0}
        assert done.state == "applied"
        anna = Customer.objects.get(number="1001")
        assert (anna.kind, anna.salutation, anna.first_name, anna.last_name) == ("private", "Frau", "Anna", "Müller")
        assert (anna.email, anna.mobile, anna.street, anna.postcode, anna.city) == (
            "anna@example.org", "+393331112223", "Königstraße 1", "39100", "Bozen",
        )  # fmt: skip
        golf = Vehicle.objects.get(vin="WVWZZZ1KZAW123456")
        assert (golf.plate, golf.plate_key, golf.make, golf.model) == ("BZ 111 AA", "BZ111AA", "Volkswagen", "Golf")
        assert (golf.first_registered_on, golf.statutory_test_due_on) == (datetime.date(2019, 3, 1), datetime.date(2027, 5, 31))
        assert (golf.mileage, golf.mileage_on) == (45_210, datetime.date(2024, 12, 31))
        holding = Holding.objects.get(vehicle=golf)
        assert (holding.customer_id, holding.role, holding.from_on, holding.until_on) == (
            anna.pk,
            "keeper",
            datetime.date(2024, 12, 31),
            None,
        )
        visit = Visit.objects.get(number="A-1")
        assert (visit.site_id, visit.vehicle_id, visit.customer_id, visit.source) == (alpen.bozen.pk, golf.pk, anna.pk, "dms")
        assert (visit.opened_on, visit.closed_on, visit.mileage) == (datetime.date(2024, 12, 31), datetime.date(2025, 1, 2), 45_210)
        assert (visit.is_own, visit.net_total) == (False, Decimal("1241.10"))
        lines = [
            (line.position, line.kind, line.code, line.text, line.hours, line.quantity, line.net_amount)
            for line in visit.lines.order_by("position")
        ]
        assert lines == [
            (1, "labour", "0100", "Inspektion mit Ölwechsel", Decimal("1.50"), Decimal("1.000"), Decimal("180.00")),
            (2, "part", "OIL-5W30", "Motoröl 5W30", None, Decimal("4.500"), Decimal("1061.10")),
        ]
        assert JobLine.objects.get(visit__number="A-2").net_amount == Decimal("-90.00")


def test_what_is_written_part_by_part_is_the_same(alpen: Alpen, max_mair: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("forecourt.runtime.database.bulk._ROWS_AT_ONCE", 1)
    with alpen.scope():
        assert counts(imported(max_mair, export())) == {"read": 3, "created": 3, "updated": 0, "unchanged": 0, "rejected": 0}
        assert [visit.lines.count() for visit in Visit.objects.filter(source="dms").order_by("number")] == [2, 1]
        assert counts(imported(max_mair, export()))["unchanged"] == 3


def test_the_same_file_twice_changes_nothing(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        imported(max_mair, export())
        before = [
            list(model.objects.order_by("pk").values())
            for model in (Customer, CustomerReference, Vehicle, Holding, Visit, JobLine, ConsentEntry)
        ]
        again = imported(max_mair, export())
        assert counts(again) == {"read": 3, "created": 0, "updated": 0, "unchanged": 3, "rejected": 0}
        after = [
            list(model.objects.order_by("pk").values())
            for model in (Customer, CustomerReference, Vehicle, Holding, Visit, JobLine, ConsentEntry)
        ]
        assert after == before


def test_one_import_is_one_event_whatever_its_length(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        done = imported(max_mair, export())
        event = Event.objects.get(name="intake.import_applied")
        assert event.values == {
            "import_id": str(done.pk), "number": 1, "rows_read": 3, "rows_created": 3, "rows_updated": 0, "rows_unchanged": 0, "rows_rejected": 0,
            "rows_erased": 0, "gone": 0, "back": 0,
        }  # fmt: skip


def test_a_dry_run_counts_and_lists_but_leaves_no_trace_in_the_records(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        customers = Customer.objects.count()
        found = sent(max_mair, export(*LINES, LINES[0].replace("180,00", "viele").replace("A-1", "A-9")))
        checked = running.dry_run(actor=max_mair, import_id=found.pk)
        assert checked.state == "checked"
        assert counts(checked) == {"read": 4, "created": 3, "updated": 0, "unchanged": 0, "rejected": 1}
        assert RejectedRow.objects.get().reason_code == "no_number"
        assert (Customer.objects.count(), Visit.objects.count()) == (customers, 0)
        assert not Event.objects.filter(name="intake.import_applied").exists()
        done = running.run(actor=max_mair, import_id=found.pk)
        assert counts(done) == counts(checked)
        assert RejectedRow.objects.count() == 1


def test_wrong_rows_are_listed_with_line_column_value_and_reason_and_the_right_ones_are_in(alpen: Alpen, max_mair: Actor) -> None:
    wrong = (
        f"{ANNA};{ANNAS_GOLF};BOZ;A-3;31.02.2025;;45.300;1;L;1;Text;1;1;10,00",
        f"{ANNA};WVWZZZ1KZAW12345;BZ 111 AA;VW;Golf;;;BOZ;A-4;01.03.2025;;45.300;1;L;1;Text;1;1;10.000.00",
        f"{BRUNO};{BRUNOS_PANDA};XYZ;A-5;01.03.2025;;1;1;L;1;Text;1;1;1",
        f"{BRUNO};;;;;;;MER;A-6;01.03.2025;;1;1;L;1;Text;1;1;1",
        f"{BRUNO};{BRUNOS_PANDA};MER;;01.03.2025;;1;1;L;1;Text;1;1;1",
        f"{BRUNO};{BRUNOS_PANDA};MER;A-7;01.03.2099;;1;1;L;1;Text;1;1;1",
        f"{BRUNO};{BRUNOS_PANDA};MER;A-8;01.03.2025;;1;1;L;1;Text;1;1;1;shifted",
    )
    with alpen.scope():
        done = imported(max_mair, export(*LINES, *wrong))
        assert counts(done) == {"read": 10, "created": 3, "updated": 0, "unchanged": 0, "rejected": 7}
        listed = [(row.line, row.column, row.value, row.reason_code) for row in RejectedRow.objects.all()]
        assert listed == [
            (5, "Auftragsdatum", "31.02.2025", "no_such_day"),
            (6, "FIN", "WVWZZZ1KZAW12345", "no_vin"),
            (6, "Nettobetrag", "10.000.00", "no_number"),
            (7, "Filiale", "XYZ", "unknown_site"),
            (8, "FIN", "", "missing"),
            (9, "Auftrags-Nr.", "", "missing"),
            (10, "Auftragsdatum", "01.03.2099", "in_the_future"),
            (11, "", "shifted", "too_many_cells"),
        ]
        assert RejectedRow.objects.all()[0].reason == "This day does not exist."
        assert sorted(Visit.objects.values_list("number", flat=True)) == ["A-1", "A-2"]


def test_rejected_rows_come_back_corrected_and_only_they_are_new(alpen: Alpen, max_mair: Actor) -> None:
    wrong = f"{ANNA};{ANNAS_GOLF};BOZ;A-3;31.02.2025;;45.300;1;L;=1+1;@SUM(A1) Öl;1;1;10,00"
    with alpen.scope():
        done = imported(max_mair, export(*LINES, wrong))
        file = rejections.rejected_file(actor=max_mair, import_id=done.pk)
        text = file.decode("utf-8-sig")
        assert text.splitlines()[0] == f"{HEADER};Reason"
        assert text.splitlines()[1].endswith(";'=1+1;'@SUM(A1) Öl;1;1;10,00;Auftragsdatum: This day does not exist.")
        again = imported(max_mair, text.replace("31.02.2025", "28.02.2025").encode("utf-8-sig"))
        assert counts(again) == {"read": 1, "created": 1, "updated": 0, "unchanged": 0, "rejected": 0}
        line = JobLine.objects.get(visit__number="A-3")
        assert (line.code, line.text, line.visit.opened_on) == ("=1+1", "@SUM(A1) Öl", datetime.date(2025, 2, 28))
        workbook = rejections.rejected_file(actor=max_mair, import_id=done.pk, kind="xlsx")
        assert counts(imported(max_mair, workbook, name="again.xlsx"))["rejected"] == 1


def test_a_value_that_is_not_needed_is_left_out_and_remarked_once(alpen: Alpen, max_mair: Actor) -> None:
    anna = ANNA.replace("+39 333 1112223", "abends anrufen").replace("anna@example.org", "keine@")
    lines = [line.replace(ANNA, anna) for line in LINES]
    with alpen.scope():
        done = imported(max_mair, export(*lines))
        assert (done.rows_created, done.rows_rejected, done.rows_remarked) == (3, 0, 2)
        remarks = [(row.line, row.column, row.value, row.reason_code, row.is_remark) for row in RejectedRow.objects.all()]
        assert remarks == [(2, "Mobil", "abends anrufen", "no_phone", True), (2, "E-Mail", "keine@", "no_email", True)]
        assert (Customer.objects.get(number="1001").email, Customer.objects.get(number="1001").mobile) == ("", "")


def test_an_order_that_our_workshop_knows_by_number_or_by_car_and_day_is_joined(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        imported(max_mair, export(LINES[0]))
        golf = Vehicle.objects.get(vin="WVWZZZ1KZAW123456")
        common = {"site": alpen.bozen, "vehicle": golf, "source": "own", "is_own": True}
        by_number = Visit.objects.create(number="W-7", opened_on=datetime.date(2025, 4, 1), **common)
        by_day = Visit.objects.create(number="W-8", opened_on=datetime.date(2025, 5, 2), mileage=50_000, **common)
        done = imported(
            max_mair,
            export(
                f"{ANNA};{ANNAS_GOLF};BOZ;W-7;02.04.2025;03.04.2025;49.000;1;L;0100;Inspektion;1;1;100,00",
                f"{ANNA};{ANNAS_GOLF};BOZ;D-99;02.05.2025;04.05.2025;50.001;1;L;0100;Inspektion;1;1;100,00",
            ),
        )
        assert Visit.objects.count() == 3
        by_number.refresh_from_db()
        by_day.refresh_from_db()
        assert (by_number.opened_on, by_number.closed_on, by_number.mileage) == (
            datetime.date(2025, 4, 1),
            datetime.date(2025, 4, 3),
            49_000,
        )
        assert (by_day.number, by_day.closed_on, by_day.mileage) == ("W-8", datetime.date(2025, 5, 4), 50_000)
        assert JobLine.objects.filter(visit__is_own=True).count() == 0
        assert counts(done) == {"read": 2, "created": 0, "updated": 2, "unchanged": 0, "rejected": 0}


def test_what_changed_in_the_file_is_changed_and_a_blank_cell_takes_nothing_away(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        imported(max_mair, export())
        anna = ANNA.replace("Königstraße 1", "Neue Gasse 5").replace("anna@example.org", "")
        done = imported(
            max_mair, export(LINES[0].replace(ANNA, anna), LINES[1].replace(ANNA, anna).replace("1.061,10", "1.000,00"), LINES[2])
        )
        assert counts(done) == {"read": 3, "created": 0, "updated": 2, "unchanged": 1, "rejected": 0}
        customer = Customer.objects.get(number="1001")
        assert (customer.street, customer.email) == ("Neue Gasse 5", "anna@example.org")
        assert Visit.objects.get(number="A-1").net_total == Decimal("1180.00")


def test_rows_that_come_twice_in_one_file_are_taken_once(alpen: Alpen, max_mair: Actor) -> None:
    without_positions = [";".join(line.split(";")[:21] + line.split(";")[22:]) for line in LINES]
    header = HEADER.replace("Pos.;", "")
    with alpen.scope():
        done = imported(max_mair, export(*LINES, *LINES))
        assert counts(done) == {"read": 6, "created": 3, "updated": 0, "unchanged": 3, "rejected": 0}
        Vehicle.objects.all()
    with alpen.scope():
        done = imported(max_mair, export(*[line.replace("A-", "B-") for line in without_positions * 2], header=header), source="other")
        assert counts(done) == {"read": 6, "created": 3, "updated": 0, "unchanged": 3, "rejected": 0}
        assert list(Visit.objects.get(number="B-1").lines.order_by("position").values_list("position", "code")) == [
            (1, "0100"),
            (2, "OIL-5W30"),
        ]


def test_two_lines_with_one_number_that_differ_are_not_silently_one(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        done = imported(max_mair, export(LINES[0], LINES[1].replace(";2;T;", ";1;T;")))
        assert counts(done) == {"read": 2, "created": 1, "updated": 0, "unchanged": 0, "rejected": 1}
        rejected = RejectedRow.objects.get()
        assert (rejected.line, rejected.column, rejected.value, rejected.reason_code) == (3, "Pos.", "1", "line_number_twice")
        assert rejected.cells[0] == "1001"


def test_an_order_number_of_another_car_is_refused_rather_than_overwritten(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        imported(max_mair, export())
        done = imported(max_mair, export(f"{BRUNO};{BRUNOS_PANDA};BOZ;A-1;01.06.2025;;13.000;1;L;1;Text;1;1;1"))
        assert counts(done) == {"read": 1, "created": 0, "updated": 0, "unchanged": 0, "rejected": 1}
        assert RejectedRow.objects.get().reason_code == "order_of_another_car"
        assert Visit.objects.get(number="A-1").vehicle.make == "Volkswagen"


def test_customers_cars_orders_and_lines_may_come_in_files_of_their_own(alpen: Alpen, max_mair: Actor) -> None:
    files = (
        "Kundennummer;Firma\n7;Alpen Bau GmbH\n8;Nur Nummer\n",
        "Kundennummer;Fahrzeugnummer;Kennzeichen;FIN\n7;F1;BZ 777 ZZ;WVWZZZ1KZAW777777\n",
        "Auftragsnummer;Filiale;Auftragsdatum;Fahrzeugnummer;Kundennummer;KM-Stand\nX1;BOZ;01.02.2025;F1;7;1000\nX2;BOZ;01.03.2025;F9;7;1000\n",
        "Auftragsnummer;Filiale;Position;Bezeichnung;Nettobetrag\nX1;BOZ;1;Bremsen;250,00\nX3;BOZ;1;Bremsen;250,00\n",
    )
    with alpen.scope():
        results = [counts(imported(max_mair, text.encode())) for text in files]
        assert [(each["read"], each["created"], each["rejected"]) for each in results] == [(2, 2, 0), (1, 1, 0), (2, 1, 1), (2, 1, 1)]
        assert [row.reason_code for row in RejectedRow.objects.order_by("of_import__number")] == ["unknown_vehicle", "unknown_order"]
        visit = Visit.objects.get(number="X1")
        assert (visit.customer.company if visit.customer else "", visit.vehicle.plate, visit.net_total) == (
            "Alpen Bau GmbH",
            "BZ 777 ZZ",
            Decimal("250.00"),
        )
        assert [counts(imported(max_mair, text.encode()))["unchanged"] for text in files] == [2, 1, 1, 1]


@pytest.mark.parametrize(("said", "first_name"), [(None, "Anna"), ("first", "Rossi0"), ("last", "Anna")])
def test_people_are_called_by_their_first_name_whichever_stands_first(
    alpen: Alpen, max_mair: Actor, said: str | None, first_name: str
) -> None:
    names = [f"ROSSI{number} {first}" for first in ("ANNA", "BRUNO", "CARLA") for number in range(15)]
    file = "Codice cliente;Ragione sociale\n" + "".join(
        f"{number};{name}\n" for number, name in enumerate([*names, "BIANCHI SRL"], start=1)
    )
    with alpen.scope():
        found = sent(max_mair, file.encode())
        mapping = uploads.look(actor=max_mair, import_id=found.pk).mapping
        mapping = replace(mapping, name_orders={"customer.name": cast("NameOrder", said)} if said else {})
        uploads.choose_mapping(actor=max_mair, import_id=found.pk, mapping=mapping)
        running.run(actor=max_mair, import_id=found.pk)
        assert Customer.objects.get(number="1").first_name == first_name
        assert Customer.objects.get(number="46").company == "BIANCHI SRL"


def test_known_customers_and_cars_are_recognised_across_sources(alpen: Alpen, max_mair: Actor) -> None:
    line = "K9;Herr;Dana;Dorfer;;;;+39 333 1234567;;;WVWZZZ1KZAW000011;BZ 346 AN;VW;Golf;;;BOZ;Z-1;01.02.2025;;77.000;1;L;1;Text;1;1;1"
    with alpen.scope():
        imported(max_mair, export(line))
        assert CustomerReference.objects.get(number="K9").customer_id == alpen.dana.pk
        assert Visit.objects.get(number="Z-1").vehicle_id == alpen.golf.pk
        assert Holding.objects.filter(vehicle=alpen.golf).count() == 1
        alpen.golf.refresh_from_db()
        assert (alpen.golf.make, alpen.golf.mileage) == ("VW", 77_000)


def test_the_latest_visitor_keeps_the_car_and_an_older_file_does_not_undo_it(alpen: Alpen, max_mair: Actor) -> None:
    older = f"{BRUNO};{ANNAS_GOLF};BOZ;O-1;01.02.2020;;5.000;1;L;1;Text;1;1;1"
    newer = f"{ANNA};{ANNAS_GOLF};BOZ;N-1;01.02.2024;;40.000;1;L;1;Text;1;1;1"
    with alpen.scope():
        imported(max_mair, export(newer))
        imported(max_mair, export(older))
        golf = Vehicle.objects.get(vin="WVWZZZ1KZAW123456")
        assert (golf.mileage, Holding.objects.get(vehicle=golf, until_on=None).customer.number) == (40_000, "1001")
        sold = f"{BRUNO};{ANNAS_GOLF};BOZ;N-2;01.02.2025;;50.000;1;L;1;Text;1;1;1"
        imported(max_mair, export(sold))
        holdings = [
            (each.customer.number, each.from_on, each.until_on) for each in Holding.objects.filter(vehicle=golf).order_by("from_on")
        ]
        assert holdings == [
            ("1001", datetime.date(2024, 2, 1), datetime.date(2025, 2, 1)),
            ("1002", datetime.date(2025, 2, 1), None),
        ]


def test_a_car_given_away_is_not_given_back_by_the_next_export(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        imported(max_mair, export(LINES[0]))
        Holding.objects.filter(customer__number="1001").update(until_on=datetime.date(2025, 6, 1))
        again = imported(max_mair, export(LINES[0]))
        assert (again.rows_unchanged, Holding.objects.filter(customer__number="1001", until_on=None).count()) == (1, 0)


def test_what_the_file_says_of_permission_is_entered_once_and_never_overrides_the_person(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        imported(max_mair, export())
        imported(max_mair, export())
        entries = list(
            ConsentEntry.objects.order_by("customer__number").values_list("customer__number", "purpose", "channel", "act", "source")
        )
        assert entries == [("1001", "offers", "email", "give", "import:dms"), ("1002", "offers", "email", "withdraw", "import:dms")]
        bruno = Customer.objects.get(number="1002")
        ConsentEntry.objects.create(
            customer=bruno, purpose="offers", channel="email", act="withdraw", wording="link", source="link",
            entered_at=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
        )  # fmt: skip
        imported(max_mair, export(LINES[2].replace("bruno@example.org;N", "bruno@example.org;J")))
        assert [entry.act for entry in ConsentEntry.objects.filter(customer=bruno)] == ["withdraw", "withdraw"]


def test_missing_columns_are_refused_by_name_and_nothing_is_applied(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        found = sent(max_mair, b"Auftragsnummer;KM-Stand\n1;2\n")
        with pytest.raises(Refusal) as caught:
            running.run(actor=max_mair, import_id=found.pk)
        assert caught.value.code == "missing_columns"
        assert "Order date" in caught.value.text
        assert "“Auftragsnummer”, “KM-Stand”" in caught.value.text
        found.refresh_from_db()
        assert (found.state, found.refusal_code, found.refusal_text) == ("refused", "missing_columns", caught.value.text)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (HEADER.encode("cp1252") + b"\r\n", "no_rows"),
        (b"x;y\n1;2\n", "no_columns_known"),
    ],
)
def test_what_is_no_export_is_refused_and_says_so(alpen: Alpen, max_mair: Actor, content: bytes, code: str) -> None:
    with alpen.scope():
        found = sent(max_mair, content)
        with pytest.raises(Refusal):
            running.run(actor=max_mair, import_id=found.pk)
        found.refresh_from_db()
        assert (found.state, found.refusal_code) == ("refused", code)


def test_a_file_that_breaks_off_in_the_middle_leaves_nothing_half_applied(alpen: Alpen, max_mair: Actor) -> None:
    content = export(*LINES) + b'"never closed;' + b"x" * 200_000
    with alpen.scope():
        found = sent(max_mair, content)
        with pytest.raises(Refusal):
            running.run(actor=max_mair, import_id=found.pk)
        assert (Visit.objects.count(), Customer.objects.filter(number="1001").count()) == (0, 0)


def test_a_mapping_is_chosen_once_and_used_for_the_next_file(alpen: Alpen, max_mair: Actor) -> None:
    content = b"k;n;m\n5;Meier;meier@example.org\n"
    mapping = Mapping({"customer.number": "k", "customer.name": "n", "customer.email": "m"}, constants={"customer.language": "it"})
    with alpen.scope():
        found = sent(max_mair, content, source="sheet")
        look = uploads.look(actor=max_mair, import_id=found.pk)
        assert (look.header, look.rows, look.rows_estimate) == (["k", "n", "m"], [["5", "Meier", "meier@example.org"]], 1)
        uploads.choose_mapping(actor=max_mair, import_id=found.pk, mapping=mapping)
        assert running.run(actor=max_mair, import_id=found.pk).rows_created == 1
        assert sources.saved_mapping("sheet") == mapping
        assert imported(max_mair, content.replace(b"5;", b"6;").replace(b"meier@", b"max@"), source="sheet").rows_created == 1
        assert [customer.language for customer in Customer.objects.filter(number__in=("5", "6"))] == ["it", "it"]


def test_one_who_may_not_import_cannot_and_foreign_imports_do_not_exist(alpen: Alpen, rosso: Rosso, max_mair: Actor) -> None:
    with alpen.scope():
        with pytest.raises(NotPermitted):
            sent(alpen.bob, export())
        found = sent(max_mair, export())
        with pytest.raises(NotPermitted):
            running.run(actor=alpen.bob, import_id=found.pk)
    with rosso.scope(), pytest.raises(NotFound):
        running.run(actor=rosso.actor("C. Amministra"), import_id=found.pk)


def test_two_dealers_may_have_the_same_customer_car_and_order_numbers(alpen: Alpen, rosso: Rosso, max_mair: Actor) -> None:
    theirs = [line.replace(";BOZ;", ";TOR;").replace(";MER;", ";TOR;") for line in LINES]
    with alpen.scope():
        imported(max_mair, export())
    with rosso.scope():
        assert imported(rosso.actor("C. Amministra"), export(*theirs)).rows_created == 3
        assert Visit.objects.get(number="A-1").site_id == rosso.torino.pk
    with alpen.scope():
        assert counts(imported(max_mair, export()))["unchanged"] == 3


@pytest.mark.django_db(transaction=True)
def test_progress_is_seen_from_outside_while_nothing_else_is(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from forecourt.engines.intake import progress, reading_along
    from tests.cast import autohaus_alpen

    alpen = autohaus_alpen()
    monkeypatch.setattr(progress, "SECONDS", 0)
    monkeypatch.setattr(reading_along, "ROWS", 1024)
    seen: list[tuple[str, int, str, int, int]] = []

    def look(step: str, rows: int, _total: int, _seconds_left: float) -> None:
        other = connection.copy()
        with other.cursor() as cursor:
            cursor.execute("SELECT step, rows_done, (SELECT count(*) FROM history_visit), begun_at < ready_at FROM intake_import")
            *before, is_told = cursor.fetchone()
        other.close()
        assert is_told or not seen
        seen.append((step, rows, *before))

    lines = [LINES[0].replace("A-1", f"P-{number}") for number in range(3000)]
    with alpen.scope():
        found = sent(alpen.actor("Max Mair"), export(*lines))
        running.run(actor=alpen.actor("Max Mair"), import_id=found.pk, told=look)
        assert seen == [
            ("reading", 1024, "", 0, 0), ("reading", 2048, "reading", 1024, 0), ("reading", 3000, "reading", 2048, 0),
            ("customers", 3000, "reading", 3000, 0), ("cars", 3000, "customers", 3000, 0), ("orders", 3000, "cars", 3000, 0), ("ending", 3000, "orders", 3000, 0),
        ]  # fmt: skip
        assert Visit.objects.count() == 3000


def test_what_is_wrong_with_an_order_is_said_of_each_of_its_lines_and_lines_that_stand_apart_find_their_order(
    alpen: Alpen, max_mair: Actor
) -> None:
    first, second = (line.replace("31.12.2024", "31.13.2024") for line in LINES[:2])
    apart = LINES[2].replace(";1;L;0200;", ";2;L;0300;")
    with alpen.scope():
        done = imported(max_mair, export(first, second, LINES[2], LINES[0], apart))

        assert counts(done) == {"read": 5, "created": 3, "updated": 0, "unchanged": 0, "rejected": 2}
        assert list(RejectedRow.objects.values_list("line", "reason_code")) == [(2, "no_such_day"), (3, "no_such_day")]
        assert sorted(JobLine.objects.filter(visit__number__in=("A-1", "A-2")).values_list("visit__number", "position")) == [
            ("A-1", 1), ("A-2", 1), ("A-2", 2),
        ]  # fmt: skip


def test_a_sale_over_the_counter_is_left_out_and_the_reason_says_so(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        counter = LINES[1].replace(ANNAS_GOLF, ";;;;;").replace("A-1", "P-1")
        done = imported(max_mair, export(LINES[0], counter))
        assert (done.rows_created, done.rows_rejected) == (1, 1)
        reason = RejectedRow.objects.get(of_import=done).reason
        assert reason == "The order names no car. Sales without a car, such as parts over the counter, are not taken in."


def test_strangers_without_a_number_do_not_become_one_customer(alpen: Alpen, max_mair: Actor) -> None:
    rows = [
        f"NULL;Herr;Hans;Huber;Weg 1;39100;Bozen;;;;{ANNAS_GOLF};BOZ;A-1;31.12.2024;;45.210;1;L;1;Text;1;1;1",
        f"0;Frau;Eva;Egger;Weg 2;39100;Bozen;;;;{BRUNOS_PANDA};BOZ;A-2;31.12.2024;;45.210;1;L;1;Text;1;1;1",
        f"2,02501E+11;Frau;Ida;Moser;Weg 3;39100;Bozen;;;;{BRUNOS_PANDA};BOZ;A-3;31.12.2024;;45.210;1;L;1;Text;1;1;1",
        f"#NV;Herr;Max;Mayr;Weg 4;39100;Bozen;;;;{BRUNOS_PANDA};BOZ;0;31.12.2024;;45.210;1;L;1;Text;1;1;1",
    ]
    with alpen.scope():
        done = imported(max_mair, export(*rows))
        assert counts(done) == {"read": 4, "created": 2, "updated": 0, "unchanged": 0, "rejected": 2}
        assert {visit.number: visit.customer and visit.customer.last_name for visit in Visit.objects.all()} == {
            "A-1": "Huber",
            "A-2": "Egger",
        }
        assert [(row.line, row.column, row.reason_code) for row in RejectedRow.objects.all()] == [
            (4, "Kd-Nr.", "shortened_number"), (5, "Auftrags-Nr.", "missing"),
        ]  # fmt: skip


def test_how_a_file_writes_its_days_and_figures_is_told_by_all_of_it(alpen: Alpen, max_mair: Actor) -> None:
    def row(number: int, day: str, closed: str, first: str, mileage: str, quantity: str, amount: str) -> str:
        return f"{ANNA};WVWZZZ1KZAW123456;BZ 111 AA;VW;Golf;{first};;BOZ;A-{number};{day};{closed};{mileage};1;L;1;Text;1:30;{quantity};{amount}"

    rows = [
        row(1, "24-01-11", "31.12.2099", "19-03-01", "45.210,00", "1.000", "1.234,50"),
        row(2, "24-02-12", "24-02-13", "19-03-01", "45'310 km", "4.500", "125.-"),
        row(3, "24-03-29", "01.01.1753", "19-03-01", "45,410", "0.750", "125,--"),
    ]
    with alpen.scope():
        assert counts(imported(max_mair, export(*rows)))["rejected"] == 0
        told = [
            (visit.opened_on.isoformat(), visit.closed_on and visit.closed_on.isoformat(), visit.mileage)
            for visit in Visit.objects.order_by("number")
        ]
        assert told == [("2024-01-11", None, 45_210), ("2024-02-12", "2024-02-13", 45_310), ("2024-03-29", None, 45_410)]
        lines = [(str(line.hours), str(line.quantity), str(line.net_amount)) for line in JobLine.objects.order_by("visit__number")]
        assert lines == [("1.50", "1.000", "1234.50"), ("1.50", "4.500", "125.00"), ("1.50", "0.750", "125.00")]
        assert Vehicle.objects.get(vin="WVWZZZ1KZAW123456").first_registered_on == datetime.date(2019, 3, 1)
        assert [(row.line, row.reason_code) for row in RejectedRow.objects.all()] == [(2, "in_the_future")]


def test_an_instant_is_on_the_day_of_the_site(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        imported(max_mair, export(LINES[0].replace("31.12.2024", "2024-12-30T23:00:00.000Z")))
        assert Visit.objects.get().opened_on == datetime.date(2024, 12, 31)


def test_names_are_those_of_the_person_or_firm_that_the_columns_mean(alpen: Alpen, max_mair: Actor) -> None:
    content = "Cod. cliente;Titolo;Cognome e nome;Città\n1;Sig.;DE LUCA MARIO;Bolzano\n2;Spett.le;Trasporti Rossi;Bolzano\n"
    with alpen.scope():
        assert imported(max_mair, content.encode()).rows_created == 2
        named = {
            each.number: (each.kind, each.first_name, each.last_name, each.company) for each in Customer.objects.filter(number__in="12")
        }
        assert named == {"1": ("private", "Mario", "De Luca", ""), "2": ("business", "", "", "Trasporti Rossi")}


def test_a_number_that_stands_for_strangers_is_remarked_on(alpen: Alpen, max_mair: Actor) -> None:
    stranger = BRUNO.replace("1002", "1001")
    rows = [
        LINES[0],
        LINES[2].replace(BRUNO, stranger),
        # Married, and a slip of the pen.
        f"{ANNA.replace('Müller', 'Egger').replace('1001', '1003')};{ANNAS_GOLF};BOZ;A-7;31.12.2024;;45.210;1;L;1;Text;1;1;1",
        f"{ANNA.replace('1001', '1003')};{ANNAS_GOLF};BOZ;A-8;31.12.2024;;45.210;1;L;1;Text;1;1;1",
    ]
    with alpen.scope():
        found = sent(max_mair, export(*rows))
        for done in (running.dry_run(actor=max_mair, import_id=found.pk), running.run(actor=max_mair, import_id=found.pk)):
            assert (done.rows_rejected, done.rows_remarked) == (0, 1)
            remark = RejectedRow.objects.get(of_import=done)
            assert (remark.line, remark.column, remark.value, remark.reason_code, remark.is_remark) == (
                3,
                "Kd-Nr.",
                "1001",
                "number_of_several",
                True,
            )


def test_a_postcode_that_lost_its_nought_gets_it_back_where_the_country_is_said(alpen: Alpen, max_mair: Actor) -> None:
    content = "Kundennummer;Name;PLZ;Ort;Land\n1;Huber Eva;1067;Dresden;D\n2;Egger Max;1010;Wien;A\n3;Moser Ida;I-39100;Bozen;\n"
    with alpen.scope():
        imported(max_mair, content.encode())
        assert dict(Customer.objects.filter(number__in="123").values_list("number", "postcode")) == {
            "1": "01067",
            "2": "1010",
            "3": "39100",
        }


def test_a_national_telephone_number_is_read_in_the_customer_s_own_country(alpen: Alpen, max_mair: Actor) -> None:
    header = "Kundennummer;Vorname;Nachname;Land;Mobil;FIN"
    rows = (
        "1;Ana;Popescu;RO;0722 123 456;{}1",
        "2;Alois;Auer;Österreich;0664 1234567;{}2",
        "3;Anna;Amort;I;333 1112223;{}3",
        "4;Uli;Ungenau;??;333 1112224;{}4",
    )
    content = "\r\n".join((header, *(row.format("WVWZZZ1KZAW12345") for row in rows))).encode("cp1252")
    with alpen.scope():
        found = sent(max_mair, content)
        seen = uploads.look(actor=max_mair, import_id=found.pk)
        mobile = uploads.trial(actor=max_mair, seen=seen, mapping=seen.mapping)["customer.mobile"]
        assert [example.after for example in mobile.cleaned] == ["+40722123456", "+436641234567"]
        running.run(actor=max_mair, import_id=found.pk)
        assert dict(Customer.objects.filter(number__in="1234").values_list("number", "mobile")) == {
            "1": "+40722123456", "2": "+436641234567", "3": "+393331112223", "4": "+393331112224",
        }  # fmt: skip


def test_a_bad_plate_or_mileage_beside_a_good_number_costs_only_itself(alpen: Alpen, max_mair: Actor) -> None:
    good = "WVWZZZ1KZAW700001"
    cars = (f"{good};ohne", f"{good};Unbekannt", f"{good};A-B-C", ";unbekannt", "WVWZZZ1KZAW7OOOO1;", "11111111111111111;", ";A-B-C")
    rows = (f"{number};{car};BOZ;O-{number};02.02.2025;20.000.000;Service" for number, car in enumerate(cars, start=1))
    content = "\r\n".join(("Kundennummer;FIN;Kennzeichen;Filiale;Auftrags-Nr.;Auftragsdatum;KM-Stand;Bezeichnung", *rows)).encode("cp1252")
    with alpen.scope():
        done = imported(max_mair, content)
        wrong = {(each.line, each.reason_code) for each in RejectedRow.objects.filter(of_import=done)}
        assert {pair for pair in wrong if pair[1] != "number_too_large"} == {
            (4, "no_plate"),
            (5, "missing"),
            (7, "missing"),
            (8, "no_plate"),
        }
        visits = {visit.number: (visit.vehicle.vin, visit.vehicle.plate, visit.mileage) for visit in Visit.objects.filter(source="dms")}
        assert visits == {f"O-{number}": (good, "", None) for number in (1, 2, 3, 5)}
        assert done.rows_rejected == 3


def test_sums_with_tax_and_in_another_money_become_net_sums_in_ours_or_none(alpen: Alpen, max_mair: Actor) -> None:
    header = "Kundennummer;FIN;Filiale;Auftrags-Nr.;Auftragsdatum;Pos.;Bezeichnung;Betrag brutto;MwSt-Satz;Währung"
    told = (
        "119,00 €;19 %;",
        "122,00;22;EUR",
        "0,10;0,22;€",
        "122,00;;",
        "200 CHF;22;",
        "200,00;22;Fr.",
        "50,00;steuerfrei;",
        ";22;EUR",
        "-122,00;22;EUR",
    )
    rows = (f"1;WVWZZZ1KZAW700001;BOZ;O-1;02.02.2025;{at};Service {at};{cells}" for at, cells in enumerate(told, start=1))
    content = "\r\n".join((header, *rows)).encode("cp1252")
    with alpen.scope():
        alpen.bozen.tax_rate = Decimal(22)
        alpen.bozen.save(update_fields=["tax_rate"])
        Site.objects.exclude(pk=alpen.bozen.pk).update(tax_rate=Decimal(22))
        done = imported(max_mair, content)
        assert (done.rows_created, done.rows_rejected) == (len(told), 0)
        net = dict(JobLine.objects.filter(visit__source="dms").values_list("position", "net_amount"))
        expected = ("100.00", "100.00", "0.08", "100.00", "0", "0", "40.98", "0", "-100.00")
        assert net == {at: Decimal(each) for at, each in enumerate(expected, start=1)}
        remarked = {(row.line, row.reason_code) for row in RejectedRow.objects.filter(of_import=done)}
        assert remarked == {(6, "other_currency"), (7, "other_currency"), (8, "no_number")}
