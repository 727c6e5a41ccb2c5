"""A next service that somebody named who saw the car: when it is due by the car's condition, and when what was named no longer counts."""

from datetime import date
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.utils import translation

from forecourt.engines.audience import due, facts, hindsight, rules
from forecourt.engines.audience.lake import worth
from forecourt.engines.audience.models import DueWork
from forecourt.records.vehicles import vehicles
from forecourt.records.vehicles.models import Vehicle
from tests.cast import Alpen
from tests.engines.audience.history import been

TODAY = date(2026, 3, 2)


@pytest.fixture
def dealer(alpen: Alpen) -> Alpen:
    with alpen.scope():
        rules.install()
    return alpen


def named(car: Vehicle, on: str | None, km: int | None, told: str) -> None:
    Vehicle.objects.filter(pk=car.pk).update(service_due_on=on, service_due_km=km, service_told_on=told)


def inspection(car: Vehicle) -> DueWork:
    facts.refresh(vehicle_ids=[car.pk], today=TODAY)
    return DueWork.objects.get(vehicle=car, work_kind="inspection")


def driven(dealer: Alpen) -> None:
    """About 9,650 km a year; the last inspection at 40,000 km, one visit since."""
    been(dealer.golf, "2023-02-10", 20_000, "Sichtkontrolle")
    been(dealer.golf, "2025-02-10", 40_000, "Inspektion")
    been(dealer.golf, "2026-02-10", 49_000, "Räderwechsel")


@pytest.mark.parametrize(
    ("on", "km", "told", "expected"),
    [
        ("2026-09-01", None, "2025-02-10", (date(2026, 9, 1), "condition")),  # on the day of the last service itself
        (None, 55_000, "2025-02-10", (date(2026, 10, 11), "condition")),  # 6,000 km after the latest reading
        (None, 60_000, "2025-02-10", (date(2027, 2, 10), "time")),  # further than two years: kilometres take the place of kilometres alone
        ("2026-09-01", 60_000, "2025-02-10", (date(2026, 9, 1), "condition")),  # whichever comes first
        (
            "2027-09-01",
            60_000,
            "2025-02-10",
            (date(2027, 5, 2), "condition"),
        ),  # later than by the two years: what was named takes their place
        ("2027-09-01", None, "2025-02-10", (date(2027, 5, 2), "distance")),  # the distance since the last time is sooner than the day
        (None, 48_000, "2026-01-01", (date(2026, 2, 10), "condition")),  # reached when the car was last read
        ("2026-09-01", 55_000, "2025-02-09", (date(2027, 2, 10), "time")),  # named before the last service: it was about that one
        ("2025-04-30", None, "2026-01-01", (date(2027, 2, 10), "time")),  # a stale day that a file repeats
        (None, 42_000, "2026-01-01", (date(2027, 2, 10), "time")),  # stale kilometres: the service at 40,000 was that one
        ("2025-04-30", 55_000, "2026-01-01", (date(2026, 10, 11), "condition")),  # of the two one is stale
    ],
)
def test_a_named_service_rules_until_it_is_done(
    dealer: Alpen, on: str | None, km: int | None, told: str, expected: tuple[date, str],
    settings: LazySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    with dealer.scope():
        driven(dealer)
        named(dealer.golf, on, km, told)
        found = inspection(dealer.golf)
        assert (found.due_on, found.because) == expected
        settings.DATA = tmp_path
        monkeypatch.setattr(worth, "LINES", 0)  # and through the lake
        facts.refresh(today=TODAY)
        found = DueWork.objects.get(vehicle=dealer.golf, work_kind="inspection")
        assert (found.due_on, found.because) == expected


def test_kilometres_alone_say_no_day_where_nothing_tells_how_far_the_car_is_driven(dealer: Alpen) -> None:
    with dealer.scope():
        been(dealer.golf, "2025-02-10", 40_000, "Inspektion")
        named(dealer.golf, None, 60_000, "2025-02-10")
        assert inspection(dealer.golf).because == "time"


def test_the_reason_says_what_was_named_and_when(dealer: Alpen) -> None:
    with dealer.scope():
        driven(dealer)
        named(dealer.golf, "2027-09-01", 60_000, "2025-02-10")
        inspection(dealer.golf)
        actor = dealer.actor("Max Mair")

        def reasons(language: str) -> list[str]:
            [row] = [each for each in due.of_vehicle(actor=actor, vehicle_id=dealer.golf.pk) if each.due.work_kind == "inspection"]
            with translation.override(language):
                return due.reasons(row)

        assert reasons("en")[:2] == [
            "Inspection is due on May 2, 2027: about then the car reaches the 60,000 km named for the next one, known since Feb 10, 2025.",
            "Last done on Feb 10, 2025 at 40,000 km.",
        ]
        assert hindsight.expected(DueWork.objects.get(vehicle=dealer.golf, work_kind="inspection")) is None
        named(dealer.golf, "2026-09-01", 60_000, "2025-02-10")
        inspection(dealer.golf)
        assert reasons("en")[0] == "Inspection is due on Sep 1, 2026: this day was named for the next one, known since Feb 10, 2025."


def test_what_staff_enter_makes_the_day_at_once(dealer: Alpen) -> None:
    with dealer.scope():
        driven(dealer)
        vehicles.change(actor=dealer.actor("Max Mair"), vehicle_id=dealer.golf.pk, service_due_on=date(2027, 1, 7))
        golf = Vehicle.objects.get(pk=dealer.golf.pk)
        assert golf.service_told_on is not None
        facts.refresh(vehicle_ids=[golf.pk])
        assert DueWork.objects.get(vehicle=golf, work_kind="inspection").due_on == date(2027, 1, 7)
        vehicles.change(actor=dealer.actor("Max Mair"), vehicle_id=dealer.golf.pk, service_due_on=None)
        assert Vehicle.objects.get(pk=dealer.golf.pk).service_told_on is None
