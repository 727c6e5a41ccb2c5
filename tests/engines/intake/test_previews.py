"""A dry run shows by examples what would be new, what would change from what to what, what looks doubtful, and what was tidied."""

from typing import Any

import pytest

from forecourt.engines.intake import running, uploads
from forecourt.engines.intake.customers import cased
from forecourt.engines.intake.mapping import Mapping
from forecourt.engines.intake.models import Import, PreviewExample
from forecourt.records.history.models import Visit
from forecourt.records.people.models import Customer
from forecourt.records.vehicles.models import Vehicle
from forecourt.runtime.actors import Actor
from tests.cast import Alpen
from tests.engines.intake.files import ANNA, BRUNO, LINES, export, sent


@pytest.fixture
def max_mair(alpen: Alpen) -> Actor:
    """The manager, who may import."""
    return alpen.actor("Max Mair")


def previewed(actor: Actor, content: bytes) -> Import:
    return running.dry_run(actor=actor, import_id=sent(actor, content).pk)


def shown(found: Import, outcome: str) -> list[tuple[str, Any, str, dict[str, Any]]]:
    """(subject, line, title, field → (from, to))"""
    return [
        (each.subject, each.line, each.title, {name: (before, after) for name, before, after in each.values})
        for each in PreviewExample.objects.filter(of_import=found, outcome=outcome)
    ]


def test_what_would_be_new_is_shown_by_examples_of_each_kind(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        found = previewed(max_mair, export())
        assert found.preview == {
            "customer": {"created": 2, "updated": 0}, "vehicle": {"created": 2, "updated": 0}, "order": {"created": 2, "updated": 0},
            "line": {"created": 3, "updated": 0}, "duplicates": 0,
        }  # fmt: skip
        new = shown(found, "created")
        assert [(subject, title) for subject, _line, title, _values in new] == [
            ("customer", "Anna Müller"), ("customer", "Bruno Berger"), ("vehicle", "BZ 111 AA"), ("vehicle", "GA 222 BB"),
            ("order", "A-1"), ("order", "A-2"), ("line", "A-1"), ("line", "A-1"), ("line", "A-2"),
        ]  # fmt: skip
        assert new[0][3]["customer.email"] == (None, "anna@example.org")
        assert "customer.name" not in new[0][3]  # it is the title
        assert new[2][3]["keeper"] == (None, "Anna Müller")
        assert new[4][3]["order.opened_on"] == (None, "2024-12-31")
        assert new[7][3]["line.amount"] == (None, "1061.1")


def test_what_would_change_is_shown_field_by_field_and_nothing_else(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        running.run(actor=max_mair, import_id=sent(max_mair, export()).pk)
        moved = ANNA.replace("Königstraße 1", "Neue Gasse 5")
        found = previewed(
            max_mair, export(LINES[0].replace(ANNA, moved), LINES[1].replace(ANNA, moved).replace("1.061,10", "1.000,00"), LINES[2])
        )
        assert shown(found, "created") == []
        assert shown(found, "updated") == [
            ("customer", 2, "Anna Müller", {"customer.street": ("Königstraße 1", "Neue Gasse 5")}),
            ("line", 3, "A-1", {"line.amount": ("1061.1", "1000")}),
        ]


def test_a_car_that_would_change_hands_says_from_whom_to_whom(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        running.run(actor=max_mair, import_id=sent(max_mair, export(LINES[0], LINES[2])).pk)
        sold = LINES[0].replace(ANNA, BRUNO).replace("A-1;31.12.2024;02.01.2025", "A-9;01.06.2025;")
        changed = shown(previewed(max_mair, export(sold)), "updated")
        assert [(subject, title, values["keeper"]) for subject, _line, title, values in changed] == [
            ("vehicle", "BZ 111 AA", ("Anna Müller", "Bruno Berger"))
        ]


def test_a_new_customer_with_a_known_ones_address_is_doubtful_and_says_who_it_may_be(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        running.run(actor=max_mair, import_id=sent(max_mair, export()).pk)
        other = LINES[0].replace(ANNA, ANNA.replace("1001", "5001").replace("Anna", "Anne")).replace("A-1", "A-5")
        found = previewed(max_mair, export(other))
        assert found.preview["duplicates"] == 1
        assert shown(found, "doubtful") == [
            (
                "customer", 2, "Anna Müller",
                {"customer.name": ("Anna Müller", "Anne Müller"), "customer.email": ("anna@example.org", "anna@example.org")},
            )
        ]  # fmt: skip


def visited(*readings: tuple[str, int]) -> bytes:
    """Orders of one car, by day and mileage."""
    rows = [f"Anna Müller;BZ 111 AA;BOZ;B-{number};{day};{km};Inspektion\n" for number, (day, km) in enumerate(readings, start=1)]
    return ("Name;Kennzeichen;Filiale;Auftrags-Nr.;Auftragsdatum;KM-Stand;Bezeichnung\n" + "".join(rows)).encode()


def test_mileages_that_cannot_be_are_shown_beside_the_reading_that_tells_it(alpen: Alpen, max_mair: Actor) -> None:
    content = visited(("01.02.2021", 10000), ("01.08.2021", 100000), ("01.02.2022", 12000), ("01.08.2022", 1), ("01.02.2023", 13000))
    with alpen.scope():
        found = previewed(max_mair, content)
        assert found.preview["odd_mileages"] == 2
        assert shown(found, "doubtful") == [
            ("order", 3, "B-2", {"order.mileage": (10000, 100000), "order.opened_on": ("2021-02-01", "2021-08-01")}),
            ("order", 5, "B-4", {"order.mileage": (12000, 1), "order.opened_on": ("2022-02-01", "2022-08-01")}),
        ]


def test_a_mileage_that_cannot_be_stays_with_its_order_and_is_not_the_cars(alpen: Alpen, max_mair: Actor) -> None:
    first = visited(("01.02.2021", 10000), ("01.02.2022", 12000))
    with alpen.scope():
        running.run(actor=max_mair, import_id=sent(max_mair, first).pk)
        later = visited(("01.02.2021", 10000), ("01.02.2022", 12000), ("01.02.2023", 1250000))
        assert previewed(max_mair, later).preview["odd_mileages"] == 1  # told by what was kept from an earlier file, too
        running.run(actor=max_mair, import_id=sent(max_mair, later).pk)
        assert Visit.objects.get(number="B-3").mileage == 1250000
        car = Vehicle.objects.get(plate_key="BZ111AA")
        assert (car.mileage, str(car.mileage_on)) == (12000, "2022-02-01")


def test_what_was_tidied_is_shown_before_and_after(alpen: Alpen, max_mair: Actor) -> None:
    content = "Kundennummer;Name;Mobil;Kennzeichen\n1;ANNA MÜLLER-D'ANGELO;333 111 22 23;bz 111aa\n2;Bruno Berger;+393334445556;GA 222 BB\n"
    with alpen.scope():
        tidied = [values for _subject, _line, _title, values in shown(previewed(max_mair, content.encode()), "cleaned")]
        assert tidied == [
            {"customer.name": ("ANNA MÜLLER-D'ANGELO", "Anna Müller-D'Angelo")},
            {"customer.mobile": ("333 111 22 23", "+393331112223")},
            {"vehicle.plate": ("bz 111aa", "BZ 111AA")},
        ]


def test_a_sum_with_vat_is_shown_beside_the_net_sum_that_is_stored(alpen: Alpen, max_mair: Actor) -> None:
    header = "Kundennummer;FIN;Filiale;Auftrags-Nr.;Auftragsdatum;Bezeichnung;Betrag brutto;MwSt-Satz"
    car = "1;WVWZZZ1KZAW123456;BOZ;A-1;31.12.2024"
    content = f"{header}\n{car};Inspektion;122,00;\n{car};Buch;110,00;10\n{car};Öl;;10\n".encode()
    with alpen.scope():
        tidied = {title: values for _subject, _line, title, values in shown(previewed(max_mair, content), "cleaned")}
        assert tidied["Betrag brutto"] == {"line.amount": ("110,00", "100")}


def test_of_two_telephone_numbers_in_a_cell_the_first_is_kept(alpen: Alpen, max_mair: Actor) -> None:
    content = "Kundennummer;Name;Mobil\n1;Anna Müller;333 111 22 23 / 0471 123456\n2;Bruno Berger;0471/123456\n"
    with alpen.scope():
        running.run(actor=max_mair, import_id=previewed(max_mair, content.encode()).pk)
        assert list(Customer.objects.filter(number__in="12").order_by("number").values_list("mobile", flat=True)) == [
            "+393331112223",
            "+390471123456",
        ]


def test_the_examples_are_gone_once_the_file_is_in(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        found = previewed(max_mair, export())
        assert PreviewExample.objects.filter(of_import=found).count() == 10
        running.run(actor=max_mair, import_id=found.pk)
        assert PreviewExample.objects.count() == 0


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("MÜLLER", "Müller"), ("von hofer", "von Hofer"), ("D'ANGELO", "D'Angelo"), ("MCDONALD", "McDonald"), ("DE LUCA", "De Luca"),
        ("HANS-PETER", "Hans-Peter"), ("KARL III", "Karl III"), ("MacLeod", "MacLeod"), ("LI", "LI"), ("王小明", "王小明"),
    ],
)  # fmt: skip
def test_names_in_capitals_are_written_as_people_write_them(written: str, shown: str) -> None:
    assert cased(written) == shown


def test_mileage_in_miles_is_stored_in_kilometres_and_said_where_cells_were_tidied(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        for header, cells, km in (
            ("Odometer (miles)", "10,000", 16_093), ("Mileage", "10000 mi", 16_093), ("Mileage", "10000", 10_000), ("KM/Miles", "10000", 10_000),
        ):  # fmt: skip
            content = f"VIN;Registration;{header}\nWVWZZZ1KZAW123456;AB12 CDE;{cells}\n".encode()
            came = sent(max_mair, content)
            mapping = Mapping(columns={"vehicle.vin": "VIN", "vehicle.plate": "Registration", "vehicle.mileage": header})
            uploads.choose_mapping(actor=max_mair, import_id=came.pk, mapping=mapping, remember=False)
            found = running.dry_run(actor=max_mair, import_id=came.pk)
            said = {title: values for _subject, _line, title, values in shown(found, "cleaned")}
            assert said.get(header, {}) == ({"vehicle.mileage": (cells, km)} if km == 16_093 else {}), header
            made = shown(found, "created")[0][3]
            assert made["vehicle.mileage"] == (None, km), header


def test_what_a_file_does_not_say_of_a_car_is_read_off_its_number_and_shown(alpen: Alpen, max_mair: Actor) -> None:
    rows = (
        "KD-7,Gina,Galli,1HGCM82633A004352,,,,",
        "KD-8,Hans,Huber,WVWZZZAUZJW000001,Audi,,,",
        "KD-9,Ida,Innerhofer,WVWZZZAUZJW000002,,,,15.01.2012",
    )
    content = "\r\n".join(("Kundennummer,Vorname,Nachname,FIN,Marke,Modell,Modelljahr,Erstzulassung", *rows)).encode()
    with alpen.scope():
        found = previewed(max_mair, content)
        told = {title: values for subject, _line, title, values in shown(found, "cleaned") if subject == "vehicle"}
        honda = {name: after for name, (_vin, after) in told["1HGCM82633A004352"].items()}
        assert honda == {"vehicle.make": "Honda", "vehicle.model": "Accord", "vehicle.model_year": 2003}
        running.run(actor=max_mair, import_id=found.pk)
        cars = {car.vin: (car.make, car.model, car.model_year) for car in Vehicle.objects.all()}
        assert cars["1HGCM82633A004352"] == ("Honda", "Accord", 2003)
        # The file's make stands; a year that the first registration contradicts is not believed.
        assert cars["WVWZZZAUZJW000001"] == ("Audi", "", 2018)
        assert cars["WVWZZZAUZJW000002"] == ("Volkswagen", "", None)
        named = content.replace(b"352,,,,", b"352,Acura,TSX,2004,")
        running.run(actor=max_mair, import_id=sent(max_mair, named).pk)
        assert [(car.make, car.model, car.model_year) for car in Vehicle.objects.filter(vin="1HGCM82633A004352")] == [
            ("Acura", "TSX", 2004)
        ]
        running.run(actor=max_mair, import_id=sent(max_mair, content, source="other").pk)
        assert [(car.make, car.model, car.model_year) for car in Vehicle.objects.filter(vin="1HGCM82633A004352")] == [
            ("Acura", "TSX", 2004)
        ]
