"""Free times and appointments by program: the same actions, the same refusals as on the pages."""

from typing import Any

import pytest

from forecourt.faces.api import appointments as by_program
from forecourt.faces.customer.appointment import views as by_customer
from forecourt.faces.staff.planning import booking as by_staff
from forecourt.faces.staff.planning import moving
from forecourt.journeys.workshop import appointments
from forecourt.journeys.workshop.models import Appointment
from forecourt.runtime.models import Event
from tests.cast import Alpen, Rosso, local
from tests.faces.api.programs import TODAY, early_on_monday, program  # noqa: F401 - the fixture is used

BOOK = "/api/v1/appointments"


def wish(dealer: Alpen, car: str = "golf", at: str = "10:00", **more: Any) -> dict[str, Any]:
    with dealer.scope():
        keeper = dealer.cars[car].holdings.get().customer_id
    return {
        "customer_id": str(keeper), "vehicle_id": str(dealer.cars[car].pk), "site_id": str(dealer.bozen.pk), "work_kinds": ["oil_service"],
        "starts_at": local(f"{TODAY} {at}").isoformat(), **more,
    }  # fmt: skip


def send(client: Any, url: str, values: dict[str, Any]) -> Any:
    return client.post(url, data=values, content_type="application/json")


def test_free_times_are_the_next_best_for_the_work(alpen: Alpen) -> None:
    query = f"site_id={alpen.bozen.pk}&work_kinds=oil_service&vehicle_id={alpen.golf.pk}"
    found = program(alpen, "adviser").get(f"/api/v1/slots?{query}&at_most=2").json()
    assert len(found) == 2
    assert found[0]["starts_at"] == "2026-03-02T08:00:00Z"  # 09:00 in Bozen: two hours of lead time
    unknown = program(alpen, "adviser").get(f"/api/v1/slots?site_id={alpen.bozen.pk}&work_kinds=cleaning_the_moon")
    assert (unknown.status_code, unknown.json()["code"]) == (409, "unknown_work")


def test_a_program_books_and_the_event_says_that_it_was_one(alpen: Alpen) -> None:
    client = program(alpen, "adviser")
    booked = send(client, BOOK, wish(alpen, note="Please wash"))
    assert booked.status_code == 201
    told = booked.json()
    assert (told["starts_at"], told["state"], told["source"], told["version"]) == ("2026-03-02T09:00:00Z", "confirmed", "api", 1)
    assert client.get(f"{BOOK}/{told['id']}").json() == told
    listed = client.get(f"{BOOK}?site_id={alpen.bozen.pk}&starts_from=2026-03-02T00:00:00Z&starts_before=2026-03-03T00:00:00Z").json()
    assert listed == {"items": [told], "count": 1}
    assert client.get(f"{BOOK}?starts_before=2026-03-02T00:00:00Z").json() == {"items": [], "count": 0}
    with alpen.scope():
        assert Appointment.objects.get().note == "Please wash"
        [event] = Event.objects.filter(name="workshop.appointment_booked")
        assert (event.actor_kind, event.values["source"]) == ("api", "api")


def test_a_program_that_never_got_its_answer_asks_again_and_is_told_of_its_appointment(alpen: Alpen) -> None:
    client = program(alpen, "adviser")
    booked = send(client, BOOK, wish(alpen)).json()
    again = send(client, BOOK, wish(alpen))
    assert (again.status_code, again.json()["code"], again.json()["appointment_id"]) == (409, "already_booked", booked["id"])
    other_work = send(client, BOOK, wish(alpen, work_kinds=["inspection"]))
    assert (other_work.status_code, other_work.json()["code"]) == (409, "slot_taken")
    with alpen.scope():
        assert Appointment.objects.count() == 1
        assert Event.objects.filter(name="workshop.appointment_booked").count() == 1


def test_who_comes_second_gets_409_with_three_other_times(alpen: Alpen) -> None:
    client = program(alpen, "adviser")
    for car in ("panda", "octavia"):
        assert send(client, BOOK, wish(alpen, car, work_kinds=["brakes"])).status_code == 201
    lost = send(client, BOOK, wish(alpen, work_kinds=["brakes"]))
    assert lost.status_code == 409
    told = lost.json()
    assert (told["code"], told["text"]) == ("slot_taken", "This time has just been taken. Here are the next best ones.")
    assert len(told["alternatives"]) == 3
    again = send(client, BOOK, wish(alpen, work_kinds=["brakes"], starts_at=told["alternatives"][0]["starts_at"]))
    assert again.status_code == 201


def test_a_move_names_the_version_it_saw_and_a_stale_one_is_refused(alpen: Alpen) -> None:
    client = program(alpen, "adviser")
    booked = send(client, BOOK, wish(alpen)).json()
    later = {"starts_at": local(f"{TODAY} 14:00").isoformat(), "version": 1}
    moved = send(client, f"{BOOK}/{booked['id']}/move", later)
    assert (moved.status_code, moved.json()["starts_at"], moved.json()["version"]) == (200, "2026-03-02T13:00:00Z", 2)
    stale = send(client, f"{BOOK}/{booked['id']}/move", later)
    assert (stale.status_code, stale.json()["code"]) == (409, "changed_meanwhile")


def test_a_cancelled_appointment_gives_its_time_back_and_is_not_cancelled_twice(alpen: Alpen) -> None:
    client = program(alpen, "adviser")
    booked = send(client, BOOK, wish(alpen)).json()
    assert send(client, f"{BOOK}/{booked['id']}/cancel", {}).json()["state"] == "cancelled"
    again = send(client, f"{BOOK}/{booked['id']}/cancel", {})
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")
    assert send(client, BOOK, wish(alpen)).status_code == 201


@pytest.mark.parametrize("at", ["2026-03-02T10:00:00", "9999-12-31T23:59:00Z", "0001-01-01T00:00:00Z", "tomorrow"])
def test_a_time_without_a_zone_or_beyond_every_calendar_is_not_understood(at: str, alpen: Alpen) -> None:
    client = program(alpen, "adviser")
    assert send(client, BOOK, wish(alpen, starts_at=at)).status_code == 422
    assert client.get("/api/v1/slots", {"site_id": str(alpen.bozen.pk), "work_kinds": "oil_service", "earliest": at}).status_code == 422
    assert client.get(BOOK, {"starts_from": at}).status_code == 422


def test_nothing_of_another_dealer_can_be_named_in_a_booking(alpen: Alpen, rosso: Rosso) -> None:
    client = program(alpen, "administrator")
    foreign = {"customer_id": rosso.eve.pk, "vehicle_id": rosso.punto.pk, "site_id": rosso.torino.pk}
    for name, value in foreign.items():
        assert send(client, BOOK, wish(alpen) | {name: str(value)}).status_code == 404, name
    booked = send(client, BOOK, wish(alpen)).json()
    with rosso.scope():
        bay, technician = rosso.bays["Ponte 1"].pk, rosso.staff["F. Ferri"].pk
    for name, value in (("bay_id", bay), ("technician_id", technician)):
        wanted = {"starts_at": booked["starts_at"], "version": 1, name: str(value)}
        refused = send(client, f"{BOOK}/{booked['id']}/move", wanted)
        assert (refused.status_code, refused.json()["code"]) == (409, "not_able"), name
    with alpen.scope():
        assert Appointment.objects.get().version == 1


def test_program_page_and_link_call_the_same_action() -> None:
    called = {vars(by_program)["workshop_appointments"], *(vars(each)["appointments"] for each in (by_staff, moving, by_customer))}
    assert called == {appointments}


def test_a_program_needs_no_csrf_token(alpen: Alpen) -> None:
    client = program(alpen, "adviser")
    client.handler.enforce_csrf_checks = True
    assert send(client, BOOK, wish(alpen)).status_code == 201
