"""The risk that a car does not come again: counted in the dealer's own past, a year back, and asked of every car by its visits."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from forecourt.engines.audience import facts, leaving, register, rules
from forecourt.engines.audience.models import LeavingExperience
from forecourt.engines.audience.segments import members, phrases
from forecourt.kernel.conditions import Compare
from forecourt.records.history.models import Visit
from forecourt.records.vehicles.models import Vehicle
from tests.cast import Alpen, Rosso, local
from tests.engines.audience.history import been

TODAY = date(2026, 3, 2)


@pytest.fixture
def dealer(alpen: Alpen, set_clock: Callable[[Any], None]) -> Alpen:
    """Forty cars that were here once fourteen months before, of which ten came again within the year."""
    set_clock(local("2026-03-02 08:00"))
    with alpen.scope():
        rules.install()
        for number in range(40):
            car = Vehicle.objects.create(make="Seat", model=f"Ibiza {number}")
            been(car, "2024-01-15", None, "Ölwechsel")
            if number < 10:
                been(car, "2025-07-01", None, "Ölwechsel")
        been(alpen.golf, "2024-12-20", None, "Ölwechsel")
        facts.refresh(today=TODAY)
    return alpen


def test_it_is_the_share_of_cars_like_it_that_stayed_away(dealer: Alpen) -> None:
    with dealer.scope():
        assert leaving.risk_of(leaving.risks(), visits=1, last_visit_on=date(2024, 12, 20), today=TODAY) == leaving.Risk(75, 40, 30)
        counted = LeavingExperience.objects.order_by("months").values_list("visits", "months", "cars", "stayed_away")
        assert list(counted) == [(1, 0, 1, 1), (1, 12, 40, 30)]


@pytest.mark.parametrize(
    ("visits", "last", "told"),
    [
        (1, date(2025, 3, 2), True), (1, date(2025, 3, 3), False), (1, date(2024, 9, 3), True), (1, date(2024, 9, 2), False), (2, date(2025, 1, 1), False), (0, None, False),
    ],
)  # fmt: skip
def test_only_cars_alike_in_visits_and_months_are_told(dealer: Alpen, visits: int, last: date | None, *, told: bool) -> None:
    with dealer.scope():
        assert (leaving.risk_of(leaving.risks(), visits=visits, last_visit_on=last, today=TODAY) is not None) is told


def test_a_visit_on_the_very_day_was_before_it_and_a_car_that_is_gone_tells_nothing(dealer: Alpen) -> None:
    with dealer.scope():
        been(Vehicle.objects.create(make="Seat", model="Arona"), "2025-03-02", None, "Ölwechsel")
        Vehicle.objects.filter(model__in=["Ibiza 20", "Ibiza 21"]).update(gone_on=TODAY)
        leaving.refresh(today=date(2026, 3, 9))
        assert leaving.risks()[1, 12] == leaving.Risk(74, 38, 28)
        LeavingExperience.objects.all().delete()
        leaving.refresh(today=TODAY)
        assert LeavingExperience.objects.get(visits=1, months=0).stayed_away == 2


def test_few_cars_tell_nothing(dealer: Alpen) -> None:
    with dealer.scope():
        LeavingExperience.objects.filter(months=12).update(cars=29, stayed_away=29)
        assert leaving.risks() == {}


def test_a_segment_asks_it_and_says_why(dealer: Alpen) -> None:
    with dealer.scope():
        rule, criterion = Compare("leaving", "ge", 70), register.criteria()[[each.name for each in register.criteria()].index("leaving")]
        [member] = members.page(actor=dealer.alice, of=rule)
        assert (member.facts.vehicle_id, member.reasons[0].actual) == (dealer.golf.pk, 75)
        told = phrases.Speech().reason(member.reasons[0], member.facts)
        assert told == "Risk of leaving: 75% (of 40 cars like it, 30 did not come in the year after)"
        assert phrases.compare(register.Asked(criterion, ""), "ge", "70 %") == rule
        assert members.count(actor=dealer.alice, of=Compare("leaving", "ge", 76)) == 0


def test_a_segment_and_a_car_are_told_the_same(dealer: Alpen) -> None:
    with dealer.scope():
        on_the_day = Vehicle.objects.create(make="Seat", model="Arona")
        been(on_the_day, "2025-03-02", None, "Ölwechsel")
        facts.refresh(today=TODAY)
        found = members.facts_of(rule=Compare("leaving", "ge", 0), vehicle_ids=list(Vehicle.objects.values_list("pk", flat=True)), at=TODAY)
        assert found[on_the_day.pk]["leaving"] == 75
        for car in Vehicle.objects.select_related("facts"):
            risk = leaving.risk_of(leaving.risks(), visits=car.facts.visits, last_visit_on=car.facts.last_visit_on, today=TODAY)
            assert found[car.pk]["leaving"] == (risk.percent if risk else None), car


def test_another_dealers_past_tells_nothing_here(dealer: Alpen, rosso: Rosso) -> None:
    with rosso.scope():
        assert leaving.risks() == {}


def test_it_is_counted_anew_once_a_week(dealer: Alpen) -> None:
    with dealer.scope():
        Visit.objects.filter(opened_on=date(2025, 7, 1)).update(gone_on=TODAY)
        leaving.refresh(today=date(2026, 3, 8))
        assert leaving.risks()[1, 12].percent == 75
        leaving.refresh(today=date(2026, 3, 9))
        assert leaving.risks()[1, 12].percent == 100
