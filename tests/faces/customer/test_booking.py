"""The page behind an invitation, used as people do: twice, on two phones, with a wrong file, after the car was sold."""

import re
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from forecourt.journeys.marketing.models import Flow, Invitation
from forecourt.journeys.workshop import appointments
from forecourt.journeys.workshop.models import Appointment, Media
from forecourt.records.vehicles import vehicles
from forecourt.runtime import links
from forecourt.runtime.models import StoredFile
from tests.cast import Alpen, local

pytestmark = pytest.mark.django_db
BROWSER = {"accept": "text/html,*/*;q=0.8", "accept-language": "en"}
NINE, TWO = "2026-03-03T08:00:00+00:00", "2026-03-03T13:00:00+00:00"


@pytest.fixture(autouse=True)
def monday(set_clock: Callable[[datetime], None], settings: Any, tmp_path: Path) -> None:
    set_clock(local("2026-03-02 08:00"))
    settings.DATA = tmp_path


@pytest.fixture
def invitation(alpen: Alpen) -> Invitation:
    with alpen.scope():
        flow = Flow.objects.create(kind="service_due", name="Service due", work_kinds=["inspection"])
        return Invitation.objects.create(
            flow=flow, customer=alpen.dana, vehicle=alpen.golf, site_id=alpen.bozen.pk, work_kinds=["inspection"],
            due_on=local("2026-03-10 08:00").date(), planned_at=local("2026-03-02 07:00"), state="sent",
        )  # fmt: skip


@pytest.fixture
def phone(client: Client) -> Client:
    client.defaults.update({"HTTP_ACCEPT": BROWSER["accept"], "HTTP_ACCEPT_LANGUAGE": "en"})
    client.cookies["forecourt_language"] = "en"
    return client


def page_of(invitation: Invitation) -> str:
    link = {"organisation_id": invitation.organisation_id, "subject_id": invitation.pk, "holder_id": invitation.customer_id}
    return reverse("customer_booking", kwargs={"token": links.make(purpose="booking", **link)})


def chosen(answer: Any) -> list[str]:
    return re.findall(r'name="slot" value="([^"]+)" checked', answer.content.decode())


def picture(name: str = "dent.jpg") -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", (64, 48), "navy").save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def kept(alpen: Alpen) -> tuple[int, int, int]:
    with alpen.scope():
        return Appointment.objects.count(), Media.objects.count(), StoredFile.objects.count()


@pytest.mark.parametrize("wrong", [{"note": "x" * 5000}, {"photos": SimpleUploadedFile("list.jpg", b"not a picture")}])
def test_the_time_that_was_chosen_stays_chosen_while_the_rest_is_corrected(
    alpen: Alpen, invitation: Invitation, phone: Client, wrong: dict[str, Any]
) -> None:
    answer = phone.post(page_of(invitation), {"slot": TWO, "note": "Please look at the brakes"} | wrong)
    assert (answer.status_code, chosen(answer)) == (409, [TWO])
    assert wrong.get("note", "Please look at the brakes") in answer.content.decode()
    if "photos" in wrong:
        assert "list.jpg: This is neither a photo nor a video" in answer.content.decode()
    assert kept(alpen) == (0, 0, 0)


def test_what_the_second_phone_sends_is_added_to_the_one_appointment(alpen: Alpen, invitation: Invitation, phone: Client) -> None:
    page = page_of(invitation)
    sent = {"slot": NINE, "note": "Brakes squeak"}
    for _ in range(2):  # a double tap is one booking, one note, one photo, and says nothing
        answer = phone.post(page, sent | {"photos": picture()})
        assert "already" not in answer["Location"]
    answer = phone.post(page, {"slot": TWO, "note": "I wait at the counter", "photos": picture("again.jpg")}, follow=True)
    assert "This visit was booked already, for the time above." in answer.content.decode()
    assert kept(alpen) == (1, 1, 1)
    with alpen.scope():
        booked = Appointment.objects.get()
        assert (booked.starts_at.isoformat(), booked.note) == (NINE, "Brakes squeak\nI wait at the counter")


def test_a_car_that_is_not_mine_any_more_has_a_page_and_no_times(alpen: Alpen, invitation: Invitation, phone: Client) -> None:
    page = page_of(invitation)
    answer = phone.post(f"{page}not-mine/", follow=True)
    assert "Thank you for telling us." in answer.content.decode()
    for again in (phone.get(page), phone.get(f"{page}not-mine/", follow=True), phone.post(page, {"slot": NINE}, follow=True)):
        assert (again.status_code, "Thank you for telling us." in again.content.decode()) == (200, True)
    assert kept(alpen)[0] == 0


def test_the_link_of_a_visit_that_took_place_books_no_second_one(alpen: Alpen, invitation: Invitation, phone: Client) -> None:
    with alpen.scope():
        booked = appointments.book(
            actor=alpen.alice, customer_id=alpen.dana.pk, vehicle_id=alpen.golf.pk, site_id=alpen.bozen.pk, work_kinds=["inspection"],
            starts_at=datetime.fromisoformat(NINE), source="staff",
        )  # fmt: skip
        Invitation.objects.update(state="came", appointment_id=booked.pk)
    answer = phone.get(page_of(invitation), follow=True)
    assert answer.resolver_match.url_name == "customer_appointment"


def test_a_sold_car_is_no_longer_booked_by_an_old_link(alpen: Alpen, invitation: Invitation, phone: Client) -> None:
    with alpen.scope():
        vehicles.not_my_car(actor=alpen.alice, vehicle_id=alpen.golf.pk, customer_id=alpen.dana.pk)
    assert chosen(phone.get(page_of(invitation))) == []


def test_a_link_that_is_over_says_what_to_do(invitation: Invitation, phone: Client) -> None:
    for path in (page_of(invitation)[:-5] + "AAAA/", page_of(invitation).replace("/b/", "/a/"), "/s/none/"):
        answer = phone.get(path)
        assert answer.status_code == 404
        assert "This link opens nothing any more" in answer.content.decode()
        assert 'href="/me/"' in answer.content.decode()


def test_a_reload_of_what_a_form_answered_goes_back_to_its_page(alpen: Alpen, invitation: Invitation, phone: Client) -> None:
    page = page_of(invitation)
    assert phone.get(f"{page}not-mine/")["Location"] == page
    assert phone.get(f"/staff/job-cards/lines/{invitation.pk}/start/")["Location"] == "/staff/job-cards/"
    # A program is told the truth.
    assert phone.get(f"{page}not-mine/", headers={"accept": "*/*"}).status_code == 405
    assert kept(alpen) == (0, 0, 0)


def test_forms_of_a_link_s_page_count_as_ours(invitation: Invitation, phone: Client) -> None:
    """With "no-referrer" a browser would send them as from nowhere, and choosing a language would be refused."""
    assert phone.get(page_of(invitation))["Referrer-Policy"] == "same-origin"
