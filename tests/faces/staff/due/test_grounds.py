"""A due date says when and from what it was worked out; so do the car's page and a segment's."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from forecourt.engines.audience import facts, rules, segments
from forecourt.engines.audience.models import DueExperience, DueWork
from forecourt.records.history.models import Visit
from tests.architecture.test_doors import signed_in
from tests.cast import Alpen, local
from tests.engines.audience.history import been

TODAY = date(2026, 3, 2)


@pytest.fixture
def dealer(alpen: Alpen, set_clock: Callable[[Any], None]) -> Alpen:
    set_clock(local("2026-03-02 08:15"))
    with alpen.scope():
        rules.install()
        been(alpen.golf, "2024-03-01", 20_000, "Sichtkontrolle")
        been(alpen.golf, "2025-03-01", 40_000, "Ölwechsel")
        facts.refresh(today=TODAY)
    return alpen


def oil(dealer: Alpen) -> DueWork:
    return DueWork.objects.get(work_kind="oil_service", vehicle=dealer.golf)


def shown(dealer: Alpen) -> str:
    with dealer.scope():
        address = reverse("due:why", args=[oil(dealer).pk])
    return " ".join(signed_in(dealer, "adviser").get(address).content.decode().split())


def test_the_page_of_a_due_date_says_when_it_was_worked_out_and_from_what(dealer: Alpen) -> None:
    with dealer.scope():
        visit = Visit.objects.get(vehicle=dealer.golf, opened_on=date(2025, 3, 1))
    page = shown(dealer)
    assert "<dt>Worked out on</dt><dd>Mar 2, 2026, 08:15</dd>" in page
    assert "It stands so since" not in page
    assert (
        f'Mar 1, 2025, 40,000 km · <a class="link" href="/staff/vehicles/{dealer.golf.pk}/#order-{visit.pk}">order {visit.number}</a>'
        in page
    )
    assert "<dt>Interval</dt><dd>12 months or 15,000 km</dd>" in page
    assert "from the readings up to 40,000 km" in page
    assert "The range rests on" not in page


def test_it_says_since_when_the_date_stands_and_what_its_range_rests_on(dealer: Alpen) -> None:
    known = {"cases": 40, "uses_distance": True, "gathered_on": date(2026, 3, 1), "expected_error": 1, "expected_near": 0.5}
    rates = {"plain_error": 9, "used_error": 9, "plain_near": 0.5, "used_near": 0.5, "usual": 0, "early": -12, "late": 30}
    with dealer.scope():
        DueExperience.objects.create(work_kind="oil_service", **known, **rates)
        DueWork.objects.update(computed_on=TODAY - timedelta(days=40))
    page = shown(dealer)
    assert "<dt>It stands so since</dt><dd>Jan 21, 2026</dd>" in page
    assert "40 cars that came again, looked at on Mar 1, 2026" in page


def test_kilometres_a_year_that_did_not_count_are_not_shown_as_if_they_had(dealer: Alpen) -> None:
    with dealer.scope():
        found = oil(dealer)
        found.basis = {"interval_months": 12, "km_per_year": 20_000}
        found.save()
    page = shown(dealer)
    assert '<dt>Kilometres a year</dt><dd>20,000 km <span class="muted">not used for this date</span></dd>' in page
    assert "from the readings" not in page


def test_a_date_without_a_last_time_says_so(dealer: Alpen) -> None:
    with dealer.scope():
        found = oil(dealer)
        DueWork.objects.filter(pk=found.pk).update(
            last_done_on=None, last_done_mileage=None, last_line_id=None, because="test_date", basis={"interval_months": 24}
        )
    page = shown(dealer)
    assert "<dt>Last time</dt><dd>none is known here</dd>" in page
    assert "<dt>Date in the papers</dt>" in page
    assert "<dt>Interval</dt>" not in page


def test_a_car_worked_out_alone_after_the_others_says_its_own_day(dealer: Alpen) -> None:
    with dealer.scope():
        been(dealer.golf, "2026-03-03", 70_000, "Ölwechsel")
        facts.refresh(vehicle_ids=[dealer.golf.pk], today=TODAY + timedelta(days=1))
    assert "<dt>Worked out on</dt><dd>Mar 3, 2026</dd>" in shown(dealer)


def test_the_cars_own_page_says_it_in_short_and_its_order_can_be_pointed_at(dealer: Alpen) -> None:
    with dealer.scope():
        visit = Visit.objects.get(vehicle=dealer.golf, opened_on=date(2025, 3, 1))
    page = signed_in(dealer, "adviser").get(reverse("vehicles:vehicle", args=[dealer.golf.pk])).content.decode()
    assert "Worked out on Mar 2, 2026, 08:15." in page
    assert f'<tr id="order-{visit.pk}">' in page


def test_the_cars_own_page_gives_a_date_from_the_papers_its_own_reason(dealer: Alpen) -> None:
    with dealer.scope():
        DueWork.objects.filter(pk=oil(dealer).pk).update(because="test_date", last_done_on=None, last_done_mileage=None, last_line_id=None)
    page = signed_in(dealer, "adviser").get(reverse("vehicles:vehicle", args=[dealer.golf.pk])).content.decode()
    assert "the date in the car&#x27;s papers." in page
    assert "The car drives about" not in page


def test_a_segment_says_when_it_was_worked_out_even_if_nobody_is_in_it(dealer: Alpen) -> None:
    with dealer.scope():
        made = segments.create(actor=dealer.system, name="Trabants", rule={"field": "model", "op": "eq", "value": "Trabant"})
    page = signed_in(dealer, "manager").get(reverse("segments:members", args=[made.pk])).content.decode()
    assert "Visits, work done and due as worked out on Mar 2, 2026, 08:15." in page
