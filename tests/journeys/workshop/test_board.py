"""What the planning board shows."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from forecourt.journeys.workshop import appointments, board
from forecourt.journeys.workshop.models import Appointment, JobCard, StageChange
from forecourt.kernel.errors import NotFound
from forecourt.records.dealership import bays
from forecourt.runtime import clock
from tests.cast import Alpen, Rosso, local

MONDAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def _early_on_monday(set_clock: Callable[[datetime], None]) -> None:
    set_clock(local("2026-03-02 06:59"))


def book(dealer: Alpen, car: str, at: str, kinds: list[str], bay: str, day: str = "2026-03-02") -> Appointment:
    vehicle = dealer.cars[car]
    return appointments.book(
        actor=dealer.alice, customer_id=vehicle.holdings.get().customer_id, vehicle_id=vehicle.pk, site_id=dealer.bozen.pk,
        work_kinds=kinds, starts_at=local(f"{day} {at}"), source="staff", bay_id=dealer.bays[bay].pk,
    )  # fmt: skip


def arrive(appointment: Appointment, stage: str, ago: timedelta = timedelta(0)) -> JobCard:
    card = JobCard.objects.create(
        number=appointment.number, site=appointment.site, appointment=appointment, customer=appointment.customer,
        vehicle=appointment.vehicle, stage=stage,
    )  # fmt: skip
    StageChange.objects.create(job_card=card, stage=stage, at=clock.now() - ago, by_kind="staff")
    appointment.state = "arrived"
    appointment.save()
    return card


def test_the_numbers_above_agree_with_the_cards_below(alpen: Alpen, set_clock: Callable[[datetime], None]) -> None:
    with alpen.scope():
        arrive(book(alpen, "golf", "08:00", ["oil_service"], "Bay 1"), "in_work")
        waiting = arrive(book(alpen, "panda", "09:00", ["inspection"], "Bay 2"), "waiting_approval", ago=timedelta(minutes=42))
        yesterday = clock.now() - timedelta(days=1)  # it was waited for once before, and answered
        StageChange.objects.create(job_card=waiting, stage="waiting_approval", at=yesterday, by_kind="staff")
        book(alpen, "octavia", "13:00", ["statutory_test"], "Test lane")
        shown = board.day(site_id=alpen.bozen.pk, day=MONDAY)

        assert [(lane.name, lane.technician_name, lane.load_percent) for lane in shown.lanes] == [
            ("Bay 1", "M. Huber", 11),  # 60 of 540 minutes
            ("Bay 2", "L. Rossi", 22),
            ("Test lane", "A. Popescu", 8),
        ]
        assert {stage: count for stage, count in shown.counts.items() if count} == {"booked": 1, "in_work": 1, "waiting_approval": 1}
        figures = shown.figures
        assert (figures.jobs, figures.in_work, figures.bays, figures.jobs_week_before) == (3, 1, 3, 0)
        assert (figures.waiting_on_customer, figures.oldest_wait_minutes) == (1, 42)
        assert figures.utilisation_percent == 14  # 225 of 3 × 540 minutes
        assert figures.jobs == sum(shown.counts.values()) == sum(len(lane.cards) for lane in shown.lanes)


def test_a_card_says_who_what_and_where_in_the_readers_language(alpen: Alpen) -> None:
    with alpen.scope(), translation.override("de"):
        appointment = book(alpen, "golf", "08:00", ["oil_service", "brakes"], "Bay 1")
        shown = board.day(site_id=alpen.bozen.pk, day=MONDAY)
        card = shown.lanes[0].cards[0]
        assert (card.plate, card.customer_name, card.work) == ("BZ 346 AN", "Dana Dorfer", "Ölservice, Bremsen")
        assert (card.appointment_id, card.version, card.stage, card.is_movable) == (appointment.pk, 1, "booked", True)
        assert (f"{card.starts_at:%H:%M}", f"{card.ends_at:%H:%M}") == ("08:00", "11:00")
        # Shown from 07:00 to 18:00, eleven hours
        assert (card.from_minutes, card.minutes, card.left_percent, card.width_percent) == (60, 180, 9.0909, 27.2727)


def test_the_range_holds_the_opening_hours_and_every_card(alpen: Alpen, set_clock: Callable[[datetime], None]) -> None:
    with alpen.scope():
        set_clock(local("2026-03-02 09:30"))
        shown = board.day(site_id=alpen.bozen.pk, day=MONDAY).range
        assert (f"{shown.starts_at:%H:%M}", f"{shown.ends_at:%H:%M}", shown.minutes, shown.now_minutes) == ("07:00", "18:00", 660, 150)
        assert shown.ticks[0] == ("07:00", 0)
        assert shown.ticks[-1] == ("17:00", 600)
        assert shown.closed == ((0, 30), (300, 60), (630, 30))
        sunday = board.day(site_id=alpen.bozen.pk, day=date(2026, 3, 8))
        assert (sunday.is_open, sunday.range.minutes, sunday.range.now_minutes, sunday.figures.utilisation_percent) == (False, 540, None, 0)


def test_a_department_is_shown_alone_with_its_own_numbers(alpen: Alpen) -> None:
    with alpen.scope():
        bays.add(actor=alpen.system, site_id=alpen.bozen.pk, name="Paint", department="body", equipment=("body",), position=9)
        book(alpen, "golf", "08:00", ["oil_service"], "Bay 1")
        shown = board.day(site_id=alpen.bozen.pk, day=MONDAY, department="body")
        assert ([lane.name for lane in shown.lanes], shown.figures.jobs, shown.figures.bays) == (["Paint"], 0, 1)
        assert shown.departments == ("mechanical", "body")


def test_what_stands_in_a_bay_out_of_service_is_still_shown(alpen: Alpen) -> None:
    with alpen.scope():
        book(alpen, "golf", "08:00", ["oil_service"], "Bay 1")
        bays.change(actor=alpen.system, bay_id=alpen.bays["Bay 1"].pk, is_active=False)
        shown = board.day(site_id=alpen.bozen.pk, day=MONDAY)
        assert [(lane.bay_id is None, len(lane.cards)) for lane in shown.lanes] == [(False, 0), (False, 0), (True, 1)]
        assert shown.figures.jobs == 1


def test_the_board_takes_six_queries_and_a_seventh_while_a_customer_is_waited_for(alpen: Alpen, django_assert_num_queries: Any) -> None:
    with alpen.scope():
        for at in ("08:00", "09:00", "10:00", "11:00"):
            book(alpen, "golf", at, ["oil_service"], "Bay 1")
        with django_assert_num_queries(6):
            board.day(site_id=alpen.bozen.pk, day=MONDAY)
        arrive(book(alpen, "panda", "13:00", ["oil_service"], "Bay 2"), "waiting_approval")
        with django_assert_num_queries(7):
            board.day(site_id=alpen.bozen.pk, day=MONDAY)


def test_a_week_says_how_full_each_day_is(alpen: Alpen, django_assert_num_queries: Any) -> None:
    with alpen.scope():
        book(alpen, "golf", "08:00", ["oil_service"], "Bay 1")
        book(alpen, "golf", "08:00", ["inspection"], "Bay 1", day="2026-03-04")
        with django_assert_num_queries(3):
            shown = board.week(site_id=alpen.bozen.pk, day=date(2026, 3, 6))
        assert (shown.starts_on, [each.jobs for each in shown.days]) == (MONDAY, [1, 0, 1, 0, 0, 0, 0])
        assert [each.load_percent for each in shown.days] == [4, 0, 7, 0, 0, 0, 0]
        assert shown.days[2].by_bay[alpen.bays["Bay 1"].pk] == 22
        assert [each.is_open for each in shown.days] == [True] * 6 + [False]


def test_cancelled_and_missed_cars_leave_the_board(alpen: Alpen) -> None:
    with alpen.scope():
        appointment = book(alpen, "golf", "08:00", ["oil_service"], "Bay 1")
        appointments.cancel(actor=alpen.alice, appointment_id=appointment.pk)
        assert board.day(site_id=alpen.bozen.pk, day=MONDAY).figures.jobs == 0


def test_another_organisations_board_does_not_exist(alpen: Alpen, rosso: Rosso) -> None:
    with rosso.scope():
        for read in (board.day, board.week):
            with pytest.raises(NotFound):
                read(site_id=alpen.bozen.pk, day=MONDAY)
