"""One timeline: staff read all of it, a customer their own part, each in their language and time."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from forecourt.journeys.workshop import appointments
from forecourt.records.people import consent
from forecourt.records.timeline import reading
from forecourt.records.vehicles import vehicles
from forecourt.runtime import events
from tests.cast import Alpen, Rosso, customer_actor, local
from tests.engines.audience.history import been


@pytest.fixture
def told(alpen: Alpen, set_clock: Callable[[datetime], None]) -> Alpen:
    """Dana was here in 2024, booked by herself, agreed at the desk; her record was opened."""
    with alpen.scope():
        been(alpen.golf, "2024-05-10", 20_000, "Inspektion")
        set_clock(local("2026-03-02 08:00"))
        consent.enter(actor=alpen.alice, customer_id=alpen.dana.pk, purpose="offers", channel="email", act="give", wording="desk")
        set_clock(local("2026-03-02 09:00"))
        appointments.book(
            actor=customer_actor(alpen.dana), customer_id=alpen.dana.pk, vehicle_id=alpen.golf.pk, site_id=alpen.bozen.pk,
            work_kinds=["inspection"], starts_at=local("2026-03-05 08:00"), source="link",
        )  # fmt: skip
    return alpen


def sentences(dealer: Alpen, kind: str, subject: object, actor: object, **more: object) -> list[tuple[str, str]]:
    with dealer.scope(), timezone.override(ZoneInfo("Europe/Rome")), translation.override("en"):
        return [(each.sentence, each.actor_label) for each in reading.of(kind, subject, actor=actor, **more)]  # type: ignore[arg-type]


def test_events_and_imported_visits_stand_in_one_line_newest_first(told: Alpen) -> None:
    assert sentences(told, "customer", told.dana.pk, told.alice) == [
        ("Appointment booked for Mar 5, 2026, 08:00", "Customer"),
        ("Consent given: offers, by e-mail", "Alice Adler"),
        ("Visit: order A1 at Bozen", ""),
    ]


def test_of_an_imported_visit_only_the_day_is_known_so_no_time_is_shown(told: Alpen) -> None:
    with told.scope():
        [booked, consented, visit] = reading.of("customer", told.dana.pk, actor=told.alice)
    assert (booked.told_at, consented.told_at, visit.told_at) == (booked.at, consented.at, None)


def test_times_are_told_in_the_reader_s_zone_and_language(told: Alpen) -> None:
    with told.scope(), timezone.override(ZoneInfo("Asia/Shanghai")), translation.override("de"):
        [booked, *_rest] = reading.of("vehicle", told.golf.pk, actor=told.alice)
    assert "05.03.2026, 15:00" in booked.sentence


def test_pages_follow_each_other_without_gap_or_repetition(told: Alpen) -> None:
    whole = sentences(told, "customer", told.dana.pk, told.alice)
    with told.scope():
        first = reading.of("customer", told.dana.pk, actor=told.alice, limit=2)
    assert [*whole[:2], *sentences(told, "customer", told.dana.pk, told.alice, before=first[-1].at)] == whole


def test_a_customer_sees_nothing_that_is_for_staff(told: Alpen) -> None:
    from forecourt.records.people import customers

    with told.scope():
        customers.change(actor=told.alice, customer_id=told.dana.pk, city="Bozen")
    assert sentences(told, "customer", told.dana.pk, told.alice)[0] == ("Customer record changed", "Alice Adler")
    assert [text for text, _who in sentences(told, "customer", told.dana.pk, customer_actor(told.dana))] == [
        "Appointment booked for Mar 5, 2026, 08:00", "Consent given: offers, by e-mail", "Visit: order A1 at Bozen",
    ]  # fmt: skip


def test_the_next_keeper_of_a_car_reads_nothing_of_the_one_before(told: Alpen) -> None:
    dieter = told.customers["dieter"]
    with told.scope():
        vehicles.hand_to(actor=told.alice, vehicle_id=told.golf.pk, customer_id=dieter.pk)
    assert [text for text, _who in sentences(told, "vehicle", told.golf.pk, customer_actor(dieter))] == ["The customer keeps this car now"]
    assert len(sentences(told, "vehicle", told.golf.pk, told.alice)) == 4


def test_another_dealer_reads_nothing(told: Alpen, rosso: Rosso) -> None:
    with rosso.scope():
        assert reading.of("customer", told.dana.pk, actor=rosso.charlie) == []


def test_a_timeline_costs_four_queries_however_long_it_is(told: Alpen) -> None:
    with told.scope(), transaction.atomic():
        for channel in consent.CHANNELS:
            consent.enter(actor=told.alice, customer_id=told.dana.pk, purpose="survey", channel=channel, act="give", wording="desk")
        with CaptureQueriesContext(connection) as asked:
            assert len(reading.of("customer", told.dana.pk, actor=told.alice)) == 8
    assert len(asked) == 4


def test_every_event_has_a_sentence_whose_values_it_has() -> None:
    import dataclasses
    from string import Formatter

    for name, cls in events.registered().items():
        fields = {field.name for field in dataclasses.fields(cls)}
        wanted = {placed for _text, placed, _form, _conversion in Formatter().parse(cls.sentence) if placed}
        assert wanted <= fields, name
        assert set(cls.codes) <= fields, name


def test_an_amount_is_written_as_the_reader_writes_it() -> None:
    with translation.override("de"):
        assert reading._shown("1047.50") == "1.047,50"
