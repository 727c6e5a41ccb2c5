"""The planning board as staff see it: the page, a move, and what travels to the others."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from forecourt.faces.staff.planning import live as board_live
from forecourt.journeys.workshop import appointments, arrivals
from forecourt.journeys.workshop.events import AppointmentMoved
from forecourt.journeys.workshop.models import Appointment
from forecourt.runtime import scope
from forecourt.runtime.models.live import LiveFragment
from tests.cast import Alpen, Rosso, local

DAY = "2026-03-02"
NEXT_DAY = "2026-03-03"


@pytest.fixture(autouse=True)
def _early_on_monday(set_clock: Callable[[datetime], None]) -> None:
    set_clock(local(f"{DAY} 06:59"))


def signed_in(dealer: Any, name: str = "Alice Adler") -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(dealer.staff[name].account, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def book(dealer: Alpen, car: str, at: str, kinds: list[str], bay: str, **more: Any) -> Appointment:
    with dealer.scope():
        vehicle = dealer.cars[car]
        return appointments.book(
            actor=dealer.alice, customer_id=vehicle.holdings.get().customer_id, vehicle_id=vehicle.pk, site_id=dealer.bozen.pk,
            work_kinds=kinds, starts_at=local(f"{DAY} {at}"), source="staff", bay_id=dealer.bays[bay].pk, **more,
        )  # fmt: skip


def card(page: str, appointment: Appointment) -> str:
    [found] = [part for part in page.split("<a ") if f'id="card-{appointment.pk}"' in part]
    return found.split("</a>")[0]


def drop(client: Client, appointment: Appointment, at: str, bay: Any = "", version: int = 1, **headers: Any) -> Any:
    values = {"starts_at": f"{DAY}T{at}", "resource": bay, "version": version}
    return client.post(f"/staff/board/{appointment.pk}/move/", values, headers={"HX-Request": "true", **headers})


def test_a_card_says_plate_work_and_stage_and_stands_at_its_time(alpen: Alpen) -> None:
    booked = book(alpen, "golf", "08:00", ["oil_service"], "Bay 1")
    shown = card(signed_in(alpen).get(f"/staff/board/?day={DAY}").content.decode(), booked)
    assert f'data-move-url="/staff/board/{booked.pk}/move/"' in shown
    assert 'style="--from:60;--for:60"' in shown  # the day is shown from 07:00
    assert '<span class="plate" translate="no">BZ 346 AN</span>' in shown
    assert '<span class="board-card-work">Oil service</span><span class="board-card-stage">Booked</span>' in shown


def test_the_figures_and_the_legend_count_the_cards(alpen: Alpen) -> None:
    first = book(alpen, "golf", "08:00", ["oil_service"], "Bay 1")
    book(alpen, "octavia", "13:00", ["statutory_test"], "Test lane")
    with alpen.scope():
        arrivals.check_in(actor=alpen.alice, appointment_id=first.pk)
    response = signed_in(alpen).get(f"/staff/board/?day={DAY}")
    assert [(stage, count) for stage, count in response.context["stages"] if count] == [("booked", 1), ("arrived", 1)]
    assert (
        '<span class="stat-label">Jobs today</span><span class="stat-line"><span class="stat-value">2</span>' in response.content.decode()
    )


def test_a_board_of_many_cards_needs_as_many_queries_as_one_of_one(alpen: Alpen, django_assert_num_queries: Any) -> None:
    book(alpen, "golf", "08:00", ["oil_service"], "Bay 1")
    client = signed_in(alpen)
    client.get(f"/staff/board/?day={DAY}")
    with django_assert_num_queries(BOARD_QUERIES):
        client.get(f"/staff/board/?day={DAY}")
    book(alpen, "panda", "09:00", ["oil_service"], "Bay 2")
    book(alpen, "octavia", "13:00", ["statutory_test"], "Test lane")
    with django_assert_num_queries(BOARD_QUERIES):
        client.get(f"/staff/board/?day={DAY}")


BOARD_QUERIES = 20  # one is the line of the audit trail


def test_who_only_reads_sees_cards_that_cannot_be_moved(alpen: Alpen) -> None:
    booked = book(alpen, "golf", "08:00", ["oil_service"], "Bay 1")
    bob = signed_in(alpen, "Bob Brenner")
    page = bob.get(f"/staff/board/?day={DAY}").content.decode()
    assert "data-fixed" in card(page, booked)
    assert "data-move-url" not in card(page, booked)
    assert "New job" not in page
    assert drop(bob, booked, "10:00").status_code == 403


def test_a_search_lets_the_others_step_back_and_names_other_days(alpen: Alpen) -> None:
    golf, octavia = book(alpen, "golf", "08:00", ["oil_service"], "Bay 1"), book(alpen, "octavia", "13:00", ["oil_service"], "Bay 2")
    page = signed_in(alpen).get(f"/staff/board/?day={DAY}&q=bz346").content.decode()
    assert "is-faded" not in card(page, golf)
    assert "is-faded" in card(page, octavia)
    elsewhere = signed_in(alpen).get(f"/staff/board/?day={NEXT_DAY}&q=bz346").content.decode()
    assert f'href="?day={DAY}&amp;q=bz346"' in elsewhere or f'href="?day={DAY}&q=bz346"' in elsewhere


def test_the_week_links_every_day_with_its_load(alpen: Alpen) -> None:
    book(alpen, "golf", "08:00", ["oil_service"], "Bay 1")
    page = signed_in(alpen).get(f"/staff/board/?view=week&day={DAY}").content.decode()
    assert page.count('href="?day=2026-03-02"') == 6  # the tab, the head, the sum, and each of three bays
    assert "1 job" in page


def test_a_drop_is_answered_with_the_moved_card_both_lanes_and_the_figures(alpen: Alpen) -> None:
    booked = book(alpen, "golf", "08:00", ["oil_service"], "Bay 1")
    bay = alpen.bays["Bay 2"].pk
    response = drop(signed_in(alpen), booked, "10:15", bay)
    assert response.status_code == 200
    html = response.content.decode()
    assert f'data-into="#track-{bay}"' in html
    assert 'data-version="2"' in html
    assert 'style="--from:195;--for:60"' in html
    assert f'id="lane-{bay}"' in html
    assert f'id="lane-{alpen.bays["Bay 1"].pk}"' in html
    assert 'id="board-stats"' in html


def test_a_conflicting_drop_is_refused_with_the_reason_and_the_card_where_it_is(alpen: Alpen) -> None:
    booked = book(alpen, "golf", "08:00", ["oil_service"], "Bay 1")
    book(alpen, "octavia", "10:00", ["oil_service"], "Bay 2")
    response = drop(signed_in(alpen), booked, "10:15", alpen.bays["Bay 2"].pk)
    assert response.status_code == 409
    html = response.content.decode()
    assert "Bay 2 is taken 10:00–11:00 by BZ 220 EM." in html
    assert 'style="--from:60;--for:60"' in card(html, booked)


def test_a_drop_on_an_outdated_card_shows_how_it_stands_now(alpen: Alpen) -> None:
    booked = book(alpen, "golf", "08:00", ["oil_service"], "Bay 1")
    with alpen.scope():
        appointments.move(actor=alpen.alice, appointment_id=booked.pk, starts_at=local(f"{DAY} 09:00"), version=1)
    response = drop(signed_in(alpen), booked, "10:15", version=1)
    assert response.status_code == 409
    assert 'data-version="2"' in response.content.decode()
    assert "Somebody changed this appointment meanwhile." in response.content.decode()


def test_a_drop_that_cannot_be_read_is_422_and_a_foreign_card_404(alpen: Alpen, rosso: Rosso) -> None:
    booked = book(alpen, "golf", "08:00", ["oil_service"], "Bay 1")
    assert drop(signed_in(alpen), booked, "half past eight").status_code == 422
    assert drop(signed_in(rosso, "Charlie Conti"), booked, "10:15").status_code == 404


def test_without_script_the_page_moves_and_keeps_what_was_typed(alpen: Alpen) -> None:
    booked = book(alpen, "golf", "08:00", ["oil_service"], "Bay 1")
    client = signed_in(alpen)
    assert b'value="2026-03-02T08:00"' in client.get(f"/staff/board/{booked.pk}/move/form/").content
    refused = client.post(f"/staff/board/{booked.pk}/move/", {"starts_at": f"{DAY}T12:15", "version": 1})
    assert refused.status_code == 409
    assert b'value="2026-03-02T12:15"' in refused.content
    moved = client.post(f"/staff/board/{booked.pk}/move/", {"starts_at": f"{NEXT_DAY}T09:00", "version": 1})
    assert moved["Location"] == f"/staff/board/?day={NEXT_DAY}"


def pushed() -> dict[str, dict[str, str]]:
    with scope.everywhere("what the live process would read"):
        return {row.topic: row.variants for row in LiveFragment.objects.order_by("pk")}


def moved_event(booked: Appointment, before: datetime) -> AppointmentMoved:
    return AppointmentMoved(
        appointment_id=booked.pk, customer_id=booked.customer_id, vehicle_id=booked.vehicle_id, site_id=booked.site_id,
        starts_at=booked.starts_at, ends_at=booked.ends_at, earlier_starts_at=before,
    )  # fmt: skip


def test_a_change_travels_in_every_language_and_movable_only_for_the_desk(alpen: Alpen) -> None:
    booked = book(alpen, "golf", "08:00", ["oil_service"], "Bay 1")
    with alpen.scope():
        board_live.show_on_boards(moved_event(booked, booked.starts_at))
    [(topic, variants)] = pushed().items()
    assert topic == f"board:{alpen.bozen.pk}:{DAY}"
    assert sorted(variants) == sorted(
        f"{language}:{rights}" for language in ("de", "it", "en", "ro", "zh-hans") for rights in ("work", "floor", "look")
    )
    assert "Ölservice" in variants["de:work"]
    assert "更换机油" in variants["zh-hans:look"]
    assert "data-move-url" in card(variants["en:work"], booked)
    assert "data-move-url" not in card(variants["en:look"], booked)
    assert variants["en:floor"] == variants["en:look"]


def test_a_move_to_another_day_takes_the_card_away_from_the_first(alpen: Alpen) -> None:
    booked = book(alpen, "golf", "08:00", ["oil_service"], "Bay 1")
    with alpen.scope():
        before = booked.starts_at
        booked = appointments.move(actor=alpen.alice, appointment_id=booked.pk, starts_at=local(f"{NEXT_DAY} 09:00"), version=1)
        board_live.show_on_boards(moved_event(booked, before))
    told = pushed()
    assert f'<a class="board-card" id="card-{booked.pk}" data-swap="delete"></a>' in told[f"board:{alpen.bozen.pk}:{DAY}"]["en:work"]
    assert 'style="--from:120;--for:60"' in told[f"board:{alpen.bozen.pk}:{NEXT_DAY}"]["en:work"]


def test_a_pass_is_given_for_a_day_of_an_own_site_only(alpen: Alpen, rosso: Rosso) -> None:
    alice = signed_in(alpen)
    assert alice.post(f"/staff/live/?topic=board:{alpen.bozen.pk}:{DAY}").status_code == 200
    assert alice.post(f"/staff/live/?topic=board:{alpen.meran.pk}:{DAY}").status_code == 404
    assert alice.post(f"/staff/live/?topic=board:{rosso.torino.pk}:{DAY}").status_code == 404
