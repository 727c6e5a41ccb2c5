"""Customers, cars and job cards by program: exact shapes, filters and pages."""

from decimal import Decimal
from typing import Any

from forecourt.journeys.workshop import appointments, arrivals
from forecourt.journeys.workshop.models import WorkLine
from tests.cast import Alpen, local
from tests.faces.api.programs import early_on_monday, program  # noqa: F401 - the fixture is used

DAY = "2026-03-02"


def test_a_customer_is_told_with_number_name_language_and_ways_to_reach_them(alpen: Alpen) -> None:
    told = program(alpen, "adviser").get(f"/api/v1/customers/{alpen.dana.pk}")
    assert told.json() == {
        "id": str(alpen.dana.pk), "number": "K-0001", "kind": "private", "name": "Dana Dorfer", "language": "de",
        "email": "dana@example.org", "phone": "", "mobile": "+393331234567", "postcode": "", "city": "",
    }  # fmt: skip


def test_customers_come_by_name_and_are_narrowed_by_number_or_e_mail(alpen: Alpen) -> None:
    client = program(alpen, "adviser")
    everybody = client.get("/api/v1/customers").json()
    assert ([each["number"] for each in everybody["items"]], everybody["count"]) == (["K-0001", "K-0002"], 2)
    assert [each["number"] for each in client.get("/api/v1/customers?number=K-0002").json()["items"]] == ["K-0002"]
    assert [each["number"] for each in client.get("/api/v1/customers?email=DANA@example.org").json()["items"]] == ["K-0001"]


def test_a_page_has_at_most_500_and_begins_where_it_is_asked_to(alpen: Alpen) -> None:
    client = program(alpen, "adviser")
    second = client.get("/api/v1/customers?limit=1&offset=1").json()
    assert ([each["number"] for each in second["items"]], second["count"]) == (["K-0002"], 2)
    for wrong in ("limit=501", "limit=0", "limit=-1", "offset=-1", "offset=10000001", "limit=x"):
        assert client.get(f"/api/v1/customers?{wrong}").status_code == 422, wrong


def test_a_value_that_the_database_cannot_hold_is_answered_400(alpen: Alpen) -> None:
    refused = program(alpen, "adviser").get("/api/v1/customers?number=%00")
    assert refused.status_code == 400


def test_a_car_is_told_and_found_by_plate_however_it_is_written(alpen: Alpen) -> None:
    client = program(alpen, "adviser")
    golf = {
        "id": str(alpen.golf.pk), "vin": "WVWZZZ1KZAW000011", "plate": "BZ 346 AN", "make": "Volkswagen", "model": "Golf",
        "fuel": "petrol", "first_registered_on": None, "mileage": None,
    }  # fmt: skip
    assert client.get("/api/v1/vehicles?plate=bz-346an").json() == {"items": [golf], "count": 1}
    assert client.get("/api/v1/vehicles?vin=wvwzzz1kzaw000011").json() == {"items": [golf], "count": 1}
    assert client.get(f"/api/v1/vehicles/{alpen.golf.pk}").json() == golf


def test_the_cars_of_a_customer_are_those_kept_today(alpen: Alpen) -> None:
    client = program(alpen, "adviser")
    with alpen.scope():
        alpen.panda.holdings.update(until_on="2026-01-01")
    kept = client.get(f"/api/v1/customers/{alpen.dana.pk}/vehicles").json()
    assert [each["plate"] for each in kept] == ["BZ 346 AN"]


def test_a_job_card_is_told_with_its_lines_and_found_by_stage_and_car(alpen: Alpen, django_assert_num_queries: Any) -> None:
    with alpen.scope():
        booked = appointments.book(
            actor=alpen.alice, customer_id=alpen.dana.pk, vehicle_id=alpen.golf.pk, site_id=alpen.bozen.pk, work_kinds=["oil_service"],
            starts_at=local(f"{DAY} 08:00"), source="staff",
        )  # fmt: skip
        card = arrivals.check_in(actor=alpen.alice, appointment_id=booked.pk)
        WorkLine.objects.filter(job_card=card).delete()
        WorkLine.objects.create(
            job_card=card, position=1, title="Oil service", net=Decimal("120.50"), tax_rate=Decimal(22), minutes=45
        )  # fmt: skip
    client = program(alpen, "technician")
    told = client.get(f"/api/v1/job-cards/{card.pk}").json()
    assert (told["number"], told["stage"], told["appointment_id"]) == (card.number, "arrived", str(booked.pk))
    assert told["lines"] == [{"title": "Oil service", "state": "planned", "minutes": 45, "net": "120.50", "tax_rate": "22.00"}]
    for query, count in (
        ("stage=arrived", 1),
        ("stage=collected", 0),
        (f"vehicle_id={alpen.golf.pk}", 1),
        (f"vehicle_id={alpen.panda.pk}", 0),
    ):
        assert client.get(f"/api/v1/job-cards?{query}").json()["count"] == count, query
