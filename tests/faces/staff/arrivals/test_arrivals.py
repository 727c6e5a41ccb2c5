"""The car arrives: today's list, check in, acceptance with everything that can go wrong beside a car."""

import base64
import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from forecourt.journeys.workshop import arrivals
from forecourt.journeys.workshop.models import JobCard, Media
from forecourt.records.vehicles.models import Vehicle
from tests.cast import Alpen, Rosso
from tests.faces.staff.planning.test_board import _early_on_monday, book, signed_in  # noqa: F401 - the fixture is used

MARK = {"place": "left_front_door", "kind": "dent", "x": 19, "y": 48}


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path


def png(colour: str = "red") -> bytes:
    out = BytesIO()
    Image.new("RGB", (8, 8), colour).save(out, "PNG")
    return out.getvalue()


def signature() -> str:
    return "data:image/png;base64," + base64.b64encode(png("blue")).decode()


def arrived(dealer: Alpen) -> JobCard:
    booked = book(dealer, "golf", "08:00", ["oil_service"], "Bay 1")
    with dealer.scope():
        return arrivals.check_in(actor=dealer.alice, appointment_id=booked.pk)


def told(**more: Any) -> dict[str, Any]:
    return {
        "mileage": "84210", "fuel_percent": "60", "valuables": "Sunglasses", "damage": json.dumps([MARK]), "signed_name": "Dana Dorfer",
        "signature": signature(), "photos": SimpleUploadedFile("front.png", png(), "image/png"), **more,
    }  # fmt: skip


def test_checking_in_takes_a_car_from_expected_to_be_accepted(alpen: Alpen) -> None:
    booked = book(alpen, "golf", "08:00", ["oil_service"], "Bay 1")
    client = signed_in(alpen)
    page = client.get("/staff/arrivals/")
    assert [each.appointment.pk for each in page.context["to_come"]] == [booked.pk]
    assert "Oil service" in page.content.decode()
    checked_in = client.post(f"/staff/arrivals/{booked.pk}/check-in/")
    with alpen.scope():
        job_card = JobCard.objects.get()
    assert checked_in["Location"] == f"/staff/arrivals/{job_card.pk}/"
    # A second tap, or a colleague's, leads to the same place.
    assert client.post(f"/staff/arrivals/{booked.pk}/check-in/")["Location"] == checked_in["Location"]
    assert [each.job_card.pk for each in client.get("/staff/arrivals/").context["to_accept"]] == [job_card.pk]


def test_a_car_is_accepted_with_photo_damage_and_drawn_signature(alpen: Alpen) -> None:
    job_card = arrived(alpen)
    accepted = signed_in(alpen).post(f"/staff/arrivals/{job_card.pk}/", told())
    assert accepted["Location"] == f"/staff/job-cards/{job_card.pk}/"
    with alpen.scope():
        job_card.refresh_from_db()
        assert (job_card.stage, job_card.mileage, job_card.fuel_percent, job_card.valuables) == ("accepted", 84210, 60, "Sunglasses")
        assert job_card.damage == [{"x": 0.19, "y": 0.48, "kind": "dent", "note": "left_front_door"}]
        assert sorted(Media.objects.values_list("purpose", flat=True)) == ["acceptance", "signature"]


def test_a_typed_name_signs_too(alpen: Alpen) -> None:
    job_card = arrived(alpen)
    accepted = signed_in(alpen).post(f"/staff/arrivals/{job_card.pk}/", told(signature="", signature_typed="Dana Dorfer"))
    assert accepted.status_code == 302
    with alpen.scope():
        assert Media.objects.filter(purpose="signature").count() == 1


def test_a_falling_odometer_asks_to_look_again_and_keeps_photo_and_signature(alpen: Alpen) -> None:
    job_card = arrived(alpen)
    with alpen.scope():
        Vehicle.objects.filter(pk=alpen.golf.pk).update(mileage=90_000, mileage_on="2026-01-02")
    client = signed_in(alpen)
    refused = client.post(f"/staff/arrivals/{job_card.pk}/", told())
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "The car already had 90000 km." in page
    assert 'name="is_mileage_confirmed"' in page
    assert 'value="84210"' in page
    assert "Sunglasses</textarea>" in page
    assert json.loads(refused.context["damage"]) == [MARK]
    again = told(photos="", signature="", is_mileage_confirmed="on", carried=refused.context["taken"].carried())
    assert client.post(f"/staff/arrivals/{job_card.pk}/", again).status_code == 302
    with alpen.scope():
        assert sorted(Media.objects.values_list("purpose", flat=True)) == ["acceptance", "signature"]


def test_without_a_signature_nothing_is_accepted_and_nothing_written_is_lost(alpen: Alpen) -> None:
    job_card = arrived(alpen)
    refused = signed_in(alpen).post(f"/staff/arrivals/{job_card.pk}/", told(signature=""))
    assert refused.status_code == 422
    assert "The signature is missing." in refused.content.decode()
    assert len(refused.context["taken"].photos) == 1
    with alpen.scope():
        job_card.refresh_from_db()
    assert job_card.stage == "arrived"


def test_a_photo_that_is_none_is_refused_and_the_signature_stays(alpen: Alpen) -> None:
    job_card = arrived(alpen)
    text = SimpleUploadedFile("front.png", b"not a picture at all", "image/png")
    refused = signed_in(alpen).post(f"/staff/arrivals/{job_card.pk}/", told(photos=text))
    assert refused.status_code == 422
    assert "neither a photo nor a video" in refused.content.decode()


def test_pictures_carried_for_another_car_are_not_taken(alpen: Alpen) -> None:
    job_card = arrived(alpen)
    client = signed_in(alpen)
    refused = client.post(f"/staff/arrivals/{job_card.pk}/", told(mileage=""))
    carried = refused.context["taken"].carried()
    booked = book(alpen, "octavia", "13:00", ["oil_service"], "Bay 2")
    with alpen.scope():
        other = arrivals.check_in(actor=alpen.alice, appointment_id=booked.pk)
    again = client.post(f"/staff/arrivals/{other.pk}/", told(photos="", signature="", carried=carried))
    assert again.status_code == 422
    assert again.context["taken"].photos == []


def test_a_technician_accepts_a_reader_does_not_and_strangers_see_nothing(alpen: Alpen, rosso: Rosso) -> None:
    job_card = arrived(alpen)
    assert signed_in(alpen, "M. Huber").get(f"/staff/arrivals/{job_card.pk}/").status_code == 200
    assert signed_in(alpen, "Bob Brenner").get(f"/staff/arrivals/{job_card.pk}/").status_code == 403
    assert signed_in(rosso, "Charlie Conti").get(f"/staff/arrivals/{job_card.pk}/").status_code == 404
