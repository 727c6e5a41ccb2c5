"""Booking at the desk, and the page of an appointment."""

from forecourt.journeys.workshop.models import Appointment
from tests.cast import Alpen, Rosso, local
from tests.faces.staff.planning.test_board import DAY, _early_on_monday, book, signed_in  # noqa: F401 - the fixture is used

NEW = "/staff/board/new/"


def test_a_search_finds_the_car_by_plate_or_keeper(alpen: Alpen) -> None:
    client = signed_in(alpen)
    assert [car.plate for car, _ in client.get(f"{NEW}?q=bz346").context["results"]] == ["BZ 346 AN"]
    assert client.get(f"{NEW}?q=zz999").context["results"] == []


def test_a_car_is_booked_for_its_keeper_at_a_free_time(alpen: Alpen) -> None:
    client = signed_in(alpen)
    page = client.get(f"{NEW}?vehicle={alpen.golf.pk}&kinds=oil_service&from_day={DAY}")
    (day, times) = page.context["free"][0]
    assert (day.isoformat(), times[0][1].hour, page.context["customer"]) == (DAY, 9, alpen.dana)  # two hours of lead time
    values = {"vehicle": alpen.golf.pk, "kinds": "oil_service", "slot": local(f"{DAY} 10:00").isoformat(), "note": "Please wash"}
    booked = client.post(NEW, values)
    assert booked["Location"] == f"/staff/board/?day={DAY}"
    with alpen.scope():
        found = Appointment.objects.get()
    assert (found.customer_id, found.starts_at, found.note, found.source) == (alpen.dana.pk, local(f"{DAY} 10:00"), "Please wash", "staff")


def test_a_time_that_was_just_taken_is_refused_with_the_next_best_and_the_note_is_kept(alpen: Alpen) -> None:
    for car, bay in (("panda", "Bay 1"), ("octavia", "Bay 2")):
        book(alpen, car, "10:00", ["oil_service"], bay)
    values = {"vehicle": alpen.golf.pk, "kinds": "brakes", "slot": local(f"{DAY} 10:00").isoformat(), "note": "Squeaks"}
    refused = signed_in(alpen).post(NEW, values)
    assert refused.status_code == 409
    assert "This time has just been taken." in refused.content.decode()
    assert len(refused.context["instead"]) == 3
    assert "Squeaks</textarea>" in refused.content.decode()


def test_without_a_time_nothing_is_booked(alpen: Alpen) -> None:
    refused = signed_in(alpen).post(NEW, {"vehicle": alpen.golf.pk, "kinds": "oil_service"})
    assert refused.status_code == 422
    assert "Please choose a time." in refused.content.decode()


def test_an_appointment_is_cancelled_with_a_reason_and_takes_a_note_before(alpen: Alpen) -> None:
    booked = book(alpen, "golf", "10:00", ["oil_service"], "Bay 1")
    client = signed_in(alpen)
    assert client.post(f"/staff/board/{booked.pk}/add/", {"note": "Comes early"}).status_code == 302
    assert "Comes early" in client.get(f"/staff/board/{booked.pk}/").content.decode()
    assert client.post(f"/staff/board/{booked.pk}/cancel/", {"reason": "because"}).status_code == 422
    assert client.post(f"/staff/board/{booked.pk}/cancel/", {"reason": "customer_asked"}).status_code == 302
    assert client.post(f"/staff/board/{booked.pk}/cancel/", {"reason": "customer_asked"}).status_code == 409
    assert "Cancelled" in client.get(f"/staff/board/{booked.pk}/").content.decode()


def test_a_car_that_did_not_come_is_missed_only_after_its_time(alpen: Alpen) -> None:
    booked = book(alpen, "golf", "10:00", ["oil_service"], "Bay 1")
    refused = signed_in(alpen).post(f"/staff/board/{booked.pk}/missed/")
    assert refused.status_code == 409
    assert "The car is not expected before its time." in refused.content.decode()


def test_who_only_reads_sees_an_appointment_without_buttons_and_strangers_see_none(alpen: Alpen, rosso: Rosso) -> None:
    booked = book(alpen, "golf", "10:00", ["oil_service"], "Bay 1")
    page = signed_in(alpen, "Bob Brenner").get(f"/staff/board/{booked.pk}/").content.decode()
    assert "Dana Dorfer" in page
    assert "Cancel appointment" not in page
    assert "Check in" not in page
    assert signed_in(rosso, "Charlie Conti").get(f"/staff/board/{booked.pk}/").status_code == 404
