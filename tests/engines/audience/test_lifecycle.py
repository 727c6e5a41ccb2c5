"""Where a customer stands (R4): by deliveries, visits and cars of the customer, whichever car it was, and from day to day."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from forecourt.engines.audience import facts, profiles, rules
from forecourt.engines.audience.lifecycle import STAGES
from forecourt.engines.audience.models import VehicleFacts
from forecourt.records.history.models import Visit
from forecourt.records.vehicles import vehicles
from forecourt.records.vehicles.models import Holding, Vehicle
from tests.cast import Alpen, local
from tests.engines.audience.history import been

TODAY = date(2026, 3, 2)


@pytest.fixture
def dealer(alpen: Alpen, set_clock: Callable[[Any], None]) -> Alpen:
    """Dana keeps her Golf alone."""
    set_clock(local("2026-03-02 08:00"))
    with alpen.scope():
        Holding.objects.filter(customer=alpen.dana).exclude(vehicle=alpen.golf).delete()
        rules.install()
    return alpen


def stands(car: Vehicle) -> str:
    return VehicleFacts.objects.get(vehicle=car).lifecycle


@pytest.mark.parametrize(
    ("since", "paid", "free", "stage"),
    [
        (None, [], [], "prospect"),
        ("2026-01-15", [], [], "new"),
        ("2025-12-02", [], [], "growing"),
        ("2025-12-03", ["2026-01-10", "2026-02-10"], [], "new"),
        ("2024-06-01", ["2025-06-01"], ["2026-01-01"], "growing"),
        ("2024-06-01", ["2024-09-01", "2025-06-01"], [], "valued"),
        ("2024-06-01", ["2025-06-01", "2025-06-01"], [], "growing"),
        ("2023-03-03", ["2024-03-02", "2025-06-01"], [], "growing"),
        ("2023-03-03", ["2024-03-03", "2025-06-01"], [], "valued"),
        ("2023-03-02", ["2025-06-01"], [], "loyal"),
        (None, ["2022-01-01", "2025-06-01"], [], "loyal"),
        (None, ["2026-02-01"], [], "new"),
        ("2020-03-02", ["2024-03-02"], [], "lost"),
        ("2020-03-02", ["2024-03-03"], [], "loyal"),
    ],
)  # fmt: skip
def test_a_customer_moves_through_the_stages(dealer: Alpen, since: str | None, paid: list[str], free: list[str], stage: str) -> None:
    with dealer.scope():
        Holding.objects.filter(vehicle=dealer.golf).update(from_on=since and date.fromisoformat(since))
        for day in paid:
            been(dealer.golf, day, None, "Ölwechsel")
        for day in free:
            been(dealer.golf, day, None, "Ölwechsel", net="0")
        facts.refresh(today=TODAY)
        row = VehicleFacts.objects.get(vehicle=dealer.golf)
        assert row.lifecycle == stage
        assert stage in dict(STAGES)


def test_it_moves_by_itself_on_its_day_and_not_before(dealer: Alpen) -> None:
    with dealer.scope():
        Holding.objects.filter(vehicle=dealer.golf).update(from_on=date(2025, 12, 3))
        been(dealer.golf, "2026-01-10", None, "Ölwechsel")
        been(dealer.golf, "2026-02-10", None, "Ölwechsel")
        facts.refresh(today=TODAY)
        seen, since = [stands(dealer.golf)], TODAY
        for day in ("2026-03-03", "2028-01-09", "2028-01-10", "2028-02-10"):
            today = date.fromisoformat(day)
            profiles.catch_up(since=since, today=today)
            seen.append(stands(dealer.golf))
            assert profiles.refresh(today=today) == 0, day
            since = today
        assert seen == ["new", "valued", "valued", "growing", "lost"]


def test_what_happens_to_one_car_moves_every_car_of_the_customer(dealer: Alpen) -> None:
    with dealer.scope():
        second = Vehicle.objects.create(make="Škoda", model="Fabia")
        facts.refresh(today=TODAY)
        Holding.objects.filter(vehicle=dealer.golf).update(from_on=date(2025, 6, 1))
        facts.refresh(vehicle_ids=[dealer.golf.pk], today=TODAY)
        before = stands(dealer.golf)
        vehicles.hand_to(actor=dealer.alice, vehicle_id=second.pk, customer_id=dealer.dana.pk, from_on=date(2026, 3, 1))
        facts.refresh(vehicle_ids=[second.pk], today=TODAY)
        assert (before, stands(dealer.golf), stands(second)) == ("growing", "loyal", "loyal")


def test_a_visit_with_somebody_elses_car_counts_for_who_brought_it(dealer: Alpen) -> None:
    with dealer.scope():
        Holding.objects.filter(vehicle=dealer.golf).update(from_on=date(2025, 6, 1))
        been(dealer.golf, "2025-09-01", None, "Ölwechsel")
        facts.refresh(today=TODAY)
        before = stands(dealer.golf)
        lent = been(dealer.panda, "2026-02-01", None, "Ölwechsel")
        Visit.objects.filter(pk=lent.pk).update(customer=dealer.dana)
        facts.refresh(vehicle_ids=[dealer.panda.pk], today=TODAY)
        assert (before, stands(dealer.golf)) == ("growing", "valued")


def test_an_order_that_its_source_cancelled_or_that_was_free_is_no_paid_visit(dealer: Alpen) -> None:
    with dealer.scope():
        Holding.objects.filter(vehicle=dealer.golf).update(from_on=date(2025, 6, 1))
        been(dealer.golf, "2025-09-01", None, "Ölwechsel")
        gone = been(dealer.golf, "2025-10-01", None, "Ölwechsel")
        Visit.objects.filter(pk=gone.pk).update(gone_on=TODAY)
        free = been(dealer.golf, "2025-11-01", None, "Ölwechsel")
        Visit.objects.filter(pk=free.pk).update(net_total=Decimal(0))
        facts.refresh(today=TODAY)
        assert stands(dealer.golf) == "growing"
        Visit.objects.filter(pk=free.pk).update(net_total=Decimal(1))
        facts.refresh(today=TODAY)
        assert stands(dealer.golf) == "valued"


def test_an_order_given_to_somebody_else_counts_no_more_for_who_had_it_from_the_next_day_on(dealer: Alpen) -> None:
    with dealer.scope():
        Holding.objects.filter(vehicle=dealer.golf).update(from_on=date(2025, 6, 1))
        been(dealer.golf, "2025-09-01", None, "Ölwechsel")
        lent = been(dealer.panda, "2026-02-01", None, "Ölwechsel")
        Visit.objects.filter(pk=lent.pk).update(customer=dealer.dana)
        facts.refresh(today=TODAY)
        before = stands(dealer.golf)
        Visit.objects.filter(pk=lent.pk).update(customer=vehicles.keeper_of(dealer.panda.pk))
        assert profiles.catch_up(since=TODAY, today=date(2026, 3, 3)) == 1
        assert (before, stands(dealer.golf)) == ("valued", "growing")
