"""Staff put a customer or a car right on a page; the page says what the file says and takes it after all."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from forecourt.engines.intake import running
from forecourt.records.history import putting_right
from forecourt.records.history.models import Visit, VisitCorrection
from forecourt.records.people.models import Customer, CustomerCorrection
from forecourt.records.vehicles.models import Vehicle, VehicleCorrection
from forecourt.runtime import clock
from tests.architecture.test_doors import signed_in
from tests.cast import Alpen
from tests.engines.intake.files import export, sent

DAY = {"opened_on": "2024-12-31"}


GOLF = {
    "plate": "BZ 111 AA", "vin": "WVWZZZ1KZAW123456", "make": "Volkswagen", "model": "Golf", "fuel": "",
    "first_registered_on": "2019-03-01", "statutory_test_due_on": "2027-05-31", "mileage": "45210",
}  # fmt: skip


@pytest.fixture
def client(alpen: Alpen, settings: Any, tmp_path: Path) -> Client:
    settings.DATA = tmp_path
    with alpen.scope():
        running.run(actor=alpen.system, import_id=sent(alpen.system, export()).pk)
    return signed_in(alpen, "manager")


def form_of(customer: Customer, **changed: str) -> dict[str, str]:
    names = ("kind", "company", "first_name", "last_name", "email", "mobile", "phone", "street", "postcode", "city")
    return {name: getattr(customer, name) for name in names} | {"country": "IT", "language": "de"} | changed


def test_a_customer_is_put_right_and_the_page_says_what_the_file_says(alpen: Alpen, client: Client) -> None:
    with alpen.scope():
        anna = Customer.objects.get(number="1001")
        Customer.objects.filter(pk=anna.pk).update(country="IT", language="de")
    answer = client.post(reverse("customers:edit", args=[anna.pk]), form_of(anna, email="anna@new.example", city="Meran"), follow=True)
    page = answer.content.decode()
    assert "Put right. The next file leaves it alone." in page
    assert "The import says: anna@example.org" in page
    assert "The import says: Königstraße 1 39100 Bozen IT" in page
    with alpen.scope():
        assert sorted(CustomerCorrection.objects.values_list("part", flat=True)) == ["address", "email"]
        held = CustomerCorrection.objects.get(part="email")
    client.post(reverse("customers:release", args=[held.pk]))
    with alpen.scope():
        assert Customer.objects.get(pk=anna.pk).email == "anna@example.org"


def test_what_cannot_be_is_told_and_changes_nothing(alpen: Alpen, client: Client) -> None:
    with alpen.scope():
        anna = Customer.objects.get(number="1001")
    answer = client.post(reverse("customers:edit", args=[anna.pk]), form_of(anna, mobile="abends"))
    assert (answer.status_code, "abends is not a telephone number." in answer.content.decode()) == (422, True)
    with alpen.scope():
        assert CustomerCorrection.objects.count() == 0


def test_a_car_is_put_right_and_its_page_says_what_the_file_says(alpen: Alpen, client: Client) -> None:
    with alpen.scope():
        golf = Vehicle.objects.get(vin="WVWZZZ1KZAW123456")
    given = GOLF | {"plate": "BZ 999 ZZ"}
    page = client.post(reverse("vehicles:edit", args=[golf.pk]), given, follow=True).content.decode()
    assert "The import says: BZ 111 AA" in page
    with alpen.scope():
        assert [each.part for each in VehicleCorrection.objects.all()] == ["plate"]
        held = VehicleCorrection.objects.get()
    client.post(reverse("vehicles:release", args=[held.pk]))
    with alpen.scope():
        assert Vehicle.objects.get(pk=golf.pk).plate == "BZ 111 AA"


def test_days_kind_and_vin_of_a_car_are_put_right_and_outlive_the_next_file(alpen: Alpen, client: Client) -> None:
    with alpen.scope():
        golf = Vehicle.objects.get(vin="WVWZZZ1KZAW123456")
    ends = {"warranty_until": "2027-03-31", "contract_until": "2026-12-31", "kind": "camper"}
    given = GOLF | ends | {"vin": "WVWZZZ1KZAW123457", "first_registered_on": "2018-03-01", "statutory_test_due_on": "2026-05-31"}
    page = client.post(reverse("vehicles:edit", args=[golf.pk]), given, follow=True).content.decode()
    assert all(words in page for words in ("Motorhome", "Warranty until", "Lease or contract until", "The import says: WVWZZZ1KZAW123456"))
    with alpen.scope():
        cars = Vehicle.objects.count()
        running.run(actor=alpen.system, import_id=sent(alpen.system, export()).pk)
        golf.refresh_from_db()
        assert (Vehicle.objects.count(), golf.vin, golf.kind, str(golf.warranty_until)) == (
            cars,
            "WVWZZZ1KZAW123457",
            "camper",
            "2027-03-31",
        )
        assert (str(golf.first_registered_on), str(golf.statutory_test_due_on)) == ("2018-03-01", "2026-05-31")
        kept = VehicleCorrection.objects.get(part="first_registration")
    page = client.post(reverse("vehicles:release", args=[kept.pk]), follow=True).content.decode()
    with alpen.scope():
        golf.refresh_from_db()
        assert str(golf.first_registered_on) == "2019-03-01"


def test_the_next_service_is_entered_and_the_page_says_what_the_file_says(alpen: Alpen, client: Client) -> None:
    with alpen.scope():
        golf = Vehicle.objects.get(vin="WVWZZZ1KZAW123456")
        Vehicle.objects.filter(pk=golf.pk).update(service_due_on="2027-05-03", service_due_km=60_000, service_told_on="2026-01-07")
    page = client.get(reverse("vehicles:vehicle", args=[golf.pk])).content.decode()
    assert all(words in page for words in ("Next service", "May 3, 2027", "60,000 km", "as known since Jan 7, 2026"))
    given = GOLF | {"service_due_on": "2026-12-24", "service_due_km": ""}
    page = client.post(reverse("vehicles:edit", args=[golf.pk]), given, follow=True).content.decode()
    assert "Dec 24, 2026" in page
    assert "The import says: May 3, 2027 · 60,000 km" in page


def test_the_next_service_of_the_file_takes_the_place_of_both_that_staff_entered(alpen: Alpen, client: Client) -> None:
    with alpen.scope():
        golf = Vehicle.objects.get(vin="WVWZZZ1KZAW123456")
        Vehicle.objects.filter(pk=golf.pk).update(service_due_km=60_000, service_told_on="2026-01-07")
    client.post(reverse("vehicles:edit", args=[golf.pk]), GOLF | {"service_due_on": "2026-12-24", "service_due_km": "50000"})
    with alpen.scope():
        held = VehicleCorrection.objects.get(part="next_service")
    client.post(reverse("vehicles:release", args=[held.pk]))
    with alpen.scope():
        golf.refresh_from_db()
        assert (golf.service_due_on, golf.service_due_km) == (None, 60_000)


def test_a_mileage_that_cannot_be_is_marked_on_its_order_until_somebody_puts_it_right(alpen: Alpen, client: Client) -> None:
    with alpen.scope():
        golf = Vehicle.objects.get(vin="WVWZZZ1KZAW123456")
        for number, (on, km) in enumerate((("2021-02-01", 10_000), ("2022-02-01", 120_000), ("2023-02-01", 20_000))):
            Visit.objects.create(vehicle=golf, site=alpen.bozen, number=f"O-{number}", source="dms", opened_on=on, mileage=km)
        typed = Visit.objects.get(number="O-1")
    address = reverse("vehicles:vehicle", args=[golf.pk])
    page = client.get(address).content.decode()
    assert page.count("doubtful") == 1
    assert page.index("120,000 km") < page.index("doubtful") < page.index("10,000 km", page.index("120,000 km") + 9)
    with alpen.scope():
        putting_right.mileage(actor=alpen.actor("Max Mair"), visit_id=typed.pk, kilometres=130_000)
    assert "doubtful" not in client.get(address).content.decode()


def test_a_vin_of_another_car_is_refused(alpen: Alpen, client: Client) -> None:
    with alpen.scope():
        golf = Vehicle.objects.get(vin="WVWZZZ1KZAW123456")
        Vehicle.objects.create(vin="WVWZZZ1KZAW123457")
    answer = client.post(reverse("vehicles:edit", args=[golf.pk]), GOLF | {"vin": "WVWZZZ1KZAW123457"})
    assert (answer.status_code, "is known already" in answer.content.decode()) == (422, True)


def test_a_mileage_put_right_is_todays_and_outlives_the_next_file(alpen: Alpen, client: Client) -> None:
    with alpen.scope():
        golf = Vehicle.objects.get(vin="WVWZZZ1KZAW123456")
        assert golf.mileage == 45_210
    given = GOLF | {"mileage": "28092"}
    assert "28,092 km" in client.post(reverse("vehicles:edit", args=[golf.pk]), given, follow=True).content.decode()
    with alpen.scope():
        running.run(actor=alpen.system, import_id=sent(alpen.system, export()).pk)
        golf.refresh_from_db()
        assert (golf.mileage, golf.mileage_on) == (28_092, clock.today(alpen.bozen.zone))
        assert VehicleCorrection.objects.count() == 0
    assert client.post(reverse("vehicles:edit", args=[golf.pk]), given | {"mileage": "-1"}).status_code == 422
    client.post(reverse("vehicles:edit", args=[golf.pk]), given | {"mileage": ""})
    with alpen.scope():
        golf.refresh_from_db()
        assert (golf.mileage, golf.mileage_on) == (None, None)


def test_an_order_is_put_right_from_the_cars_page_which_marks_it_and_takes_it_back(alpen: Alpen, client: Client) -> None:
    with alpen.scope():
        visit = Visit.objects.get(number="A-1")
    car, page = reverse("vehicles:vehicle", args=[visit.vehicle_id]), reverse("vehicles:order", args=[visit.pk])
    assert page in client.get(car).content.decode()
    assert client.post(page, DAY | {"kilometres": "-1"}).status_code == 422
    assert 'data-label="Mileage">0 km' in client.post(page, DAY | {"kilometres": "0"}, follow=True).content.decode()  # as on delivery
    shown = client.post(page, DAY | {"kilometres": "44000"}, follow=True).content.decode()
    assert "44,000 km" in shown
    assert 'data-label="Net, without tax">1,241.10<' in shown
    assert '<time datetime="2024-12-31' not in shown  # of a visit that came with a file only the day is known
    assert "put right; dms says 45,210 km" in shown
    assert "The mileage of a visit was put right" in shown
    with alpen.scope():
        held = VisitCorrection.objects.get()
    release = reverse("vehicles:release_order", args=[held.pk])
    assert release in client.get(page).content.decode()
    assert "put right; dms says" not in client.post(release, follow=True).content.decode()
    with alpen.scope():
        assert Visit.objects.get(number="A-1").mileage == 45_210


def test_the_day_of_an_order_is_put_right_beside_its_mileage_and_taken_back(alpen: Alpen, client: Client) -> None:
    with alpen.scope():
        visit = Visit.objects.get(number="A-1")
    page = reverse("vehicles:order", args=[visit.pk])
    assert 'name="opened_on" value="2024-12-31"' in client.get(page).content.decode()
    refused = client.post(page, {"opened_on": "2999-01-01", "kilometres": "45210"})
    assert (refused.status_code, "This day is still to come." in refused.content.decode()) == (422, True)
    shown = client.post(page, {"opened_on": "2024-11-30", "kilometres": "45210"}, follow=True).content.decode()
    assert "put right; dms says Dec 31, 2024" in shown
    assert "The day of a visit was put right" in shown
    with alpen.scope():
        held = VisitCorrection.objects.get()
        assert (held.part, Visit.objects.get(number="A-1").opened_on.isoformat()) == ("day", "2024-11-30")
    release = reverse("vehicles:release_order", args=[held.pk])
    assert release in client.get(page).content.decode()
    assert "put right; dms says" not in client.post(release, follow=True).content.decode()
    with alpen.scope():
        assert Visit.objects.get(number="A-1").opened_on.isoformat() == "2024-12-31"
        Visit.objects.filter(pk=visit.pk).update(is_own=True)
    assert 'name="opened_on"' not in client.get(page).content.decode()


def test_who_only_reads_sees_no_way_to_put_an_order_right_and_has_none(alpen: Alpen, client: Client) -> None:
    with alpen.scope():
        visit = Visit.objects.get(number="A-1")
    reader = signed_in(alpen, "read-only")
    page = reverse("vehicles:order", args=[visit.pk])
    assert page not in reader.get(reverse("vehicles:vehicle", args=[visit.vehicle_id])).content.decode()
    assert (reader.get(page).status_code, reader.post(page, {"kilometres": "44000"}).status_code) == (403, 403)
    with alpen.scope():
        assert Visit.objects.get(number="A-1").mileage == 45_210
