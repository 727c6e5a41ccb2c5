"""What follows from visits: facts per car and what is due, against the kernel's arithmetic and exact days."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forecourt.engines.audience import classification, due, facts, rules
from forecourt.engines.audience.due import DueFilters
from forecourt.engines.audience.models import Classification, DueWork, Rule, VehicleFacts
from forecourt.kernel.errors import NotPermitted
from forecourt.kernel.identifiers import text_key
from forecourt.kernel.quantities import next_due
from forecourt.records.people import consent
from forecourt.records.vehicles import vehicles
from forecourt.records.vehicles.models import Holding, Vehicle
from tests.cast import Alpen, Rosso
from tests.engines.audience.history import been

TODAY = date(2026, 3, 2)


@pytest.fixture
def dealer(alpen: Alpen) -> Alpen:
    with alpen.scope():
        rules.install()
    return alpen


def due_of(car: Vehicle) -> dict[str, tuple[date, str]]:
    return {each.work_kind: (each.due_on, each.because) for each in DueWork.objects.filter(vehicle=car)}


def test_a_service_is_due_after_its_months_where_little_is_driven(dealer: Alpen) -> None:
    with dealer.scope():
        been(dealer.golf, "2023-02-10", 10_000, "Ölwechsel")
        visit = been(dealer.golf, "2025-02-10", 20_000, "Inspektion nach Herstellervorgabe", "Ölwechsel")
        facts.refresh(today=TODAY)
        assert due_of(dealer.golf) == {"inspection": (date(2027, 2, 10), "time"), "oil_service": (date(2026, 2, 10), "time")}
        row = DueWork.objects.get(vehicle=dealer.golf, work_kind="inspection")
        assert (row.last_done_on, row.last_done_mileage, row.customer_id, row.site_id) == (
            date(2025, 2, 10), 20_000, dealer.dana.pk, dealer.bozen.pk,
        )  # fmt: skip
        assert row.last_line_id == visit.lines.get(position=1).pk
        assert row.basis == {
            "interval_months": 24, "interval_km": 20_000, "km_per_year": 4997, "decided_by": {"by": "word", "value": "*inspektion"},
        }  # fmt: skip


def test_who_names_the_new_texts_has_them_answered_and_those_that_other_rules_answered(dealer: Alpen) -> None:
    with dealer.scope():
        been(dealer.golf, "2025-02-10", 20_000, "Ölwechsel", "Räderwechsel")
        assert classification.refresh(text_keys=[]) == 0
        assert classification.refresh(text_keys=[text_key("", "Ölwechsel"), "of no line"]) == 1
        assert classification.refresh() == 1
        rules.change(actor=dealer.actor("Max Mair"), work_kind="oil_service", words=["Rapsöl"])
        been(dealer.golf, "2025-02-11", 20_000, "Rapsöl")
        assert classification.refresh(text_keys=[]) == 2
        assert classification.refresh() == 1


def test_a_service_is_due_by_distance_where_much_is_driven(dealer: Alpen) -> None:
    with dealer.scope():
        been(dealer.golf, "2024-03-01", 0, "Sichtkontrolle")
        been(dealer.golf, "2025-03-01", 40_000, "Ölwechsel")
        facts.refresh(today=TODAY)
        yearly = VehicleFacts.objects.get(vehicle=dealer.golf).km_per_year
        assert yearly == 40_027
        assert due_of(dealer.golf)["oil_service"] == (date(2025, 3, 1) + timedelta(days=int(15_000 * 365.25 / yearly)), "distance")


def test_a_mistyped_reading_does_not_disturb_the_yearly_distance(dealer: Alpen) -> None:
    with dealer.scope():
        for day, km in (("2023-01-01", 10_000), ("2024-01-01", 200_000), ("2024-01-02", 20_000), ("2025-01-01", 30_000)):
            been(dealer.golf, day, km, "Ölwechsel")
        facts.refresh(today=TODAY)
        assert VehicleFacts.objects.get(vehicle=dealer.golf).km_per_year == 9_993


def test_a_mistyped_reading_is_not_the_latest_mileage(dealer: Alpen) -> None:
    with dealer.scope():
        for day, km in (("2023-01-01", 10_000), ("2024-01-01", 20_000), ("2025-01-01", 30_000), ("2025-06-01", 3_500)):
            been(dealer.golf, day, km, "Ölwechsel")
        facts.refresh(today=TODAY)
        assert VehicleFacts.objects.get(vehicle=dealer.golf).last_mileage == 30_000


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    first=st.dates(date(2020, 1, 1), date(2022, 12, 31)), days=st.integers(30, 1200), km=st.integers(0, 150_000),
    months=st.integers(1, 60), interval_km=st.none() | st.integers(1, 60_000),
)  # fmt: skip
def test_the_database_says_the_same_day_as_the_kernel(
    dealer: Alpen, first: date, days: int, km: int, months: int, interval_km: int | None
) -> None:
    from django.db import transaction

    from forecourt.records.catalogue.models import WorkKind

    with dealer.scope(), transaction.atomic():
        WorkKind.objects.filter(code="inspection").update(interval_months=months, interval_km=interval_km)
        last = first + timedelta(days=days)
        been(dealer.golf, first.isoformat(), 1000, "Sichtkontrolle")
        been(dealer.golf, last.isoformat(), 1000 + km, "Inspektion")
        facts.refresh(today=TODAY)
        yearly = VehicleFacts.objects.get(vehicle=dealer.golf).km_per_year
        expected = next_due(last, 1000 + km, months=months, km=interval_km, km_per_year=yearly, today=TODAY)
        assert expected is not None
        assert due_of(dealer.golf)["inspection"] == (expected.on, expected.because)
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("registered", "test_on", "tested", "expected"),
    [
        (None, date(2026, 9, 30), None, (date(2026, 9, 30), "test_date")),
        (None, date(2025, 5, 31), "2025-05-20", (date(2027, 5, 20), "time")),  # the date in the papers is the test that was done
        (None, date(2027, 5, 31), "2025-05-20", (date(2027, 5, 31), "test_date")),  # and this one its successor
        (None, None, "2025-05-20", (date(2027, 5, 20), "time")),
        (date(2023, 6, 15), None, None, (date(2027, 6, 15), "first_registration")),  # Italy: four years, then every two
        (date(2019, 6, 15), None, None, (date(2027, 6, 15), "first_registration")),
        (None, None, None, None),
    ],
)
def test_the_statutory_test_is_due_by_the_papers_else_after_the_last_one_else_by_the_car_s_age(
    dealer: Alpen, registered: date | None, test_on: date | None, tested: str | None, expected: tuple[date, str] | None
) -> None:
    with dealer.scope():
        Vehicle.objects.filter(pk=dealer.golf.pk).update(first_registered_on=registered, statutory_test_due_on=test_on)
        if tested:
            been(dealer.golf, tested, None, "HU/AU")
        facts.refresh(today=TODAY)
        assert due_of(dealer.golf).get("statutory_test") == expected


def test_a_young_car_is_due_for_its_first_inspection_and_an_old_unknown_one_is_not(dealer: Alpen) -> None:
    with dealer.scope():
        Vehicle.objects.filter(pk=dealer.golf.pk).update(first_registered_on=date(2024, 4, 1))
        Vehicle.objects.filter(pk=dealer.panda.pk).update(first_registered_on=date(2015, 4, 1))
        facts.refresh(today=TODAY)
        assert due_of(dealer.golf)["inspection"] == (date(2026, 4, 1), "first_registration")
        assert "inspection" not in due_of(dealer.panda)


def test_customers_are_told_apart_by_service_tyres_and_absence(dealer: Alpen) -> None:
    with dealer.scope():
        been(dealer.golf, "2025-04-10", 20_000, "Räderwechsel", net="39")
        been(dealer.golf, "2025-10-10", 25_000, "Räderwechsel", net="39")
        been(dealer.panda, "2024-02-01", 9_000, "Inspektion")
        facts.refresh(today=TODAY)
        golf, panda = (VehicleFacts.objects.get(vehicle=car) for car in (dealer.golf, dealer.panda))
        assert (golf.is_service_customer, golf.is_tyre_customer, golf.is_lost) == (True, True, False)
        assert (panda.is_service_customer, panda.is_tyre_customer, panda.is_lost) == (False, False, True)
        assert (golf.visits, golf.spent_net, golf.last_visit_on, golf.last_mileage) == (2, Decimal("78.00"), date(2025, 10, 10), 25_000)


def test_free_work_makes_no_service_customer(dealer: Alpen) -> None:
    with dealer.scope():
        been(dealer.golf, "2025-10-10", 25_000, "Inspektion", net="0")
        facts.refresh(today=TODAY)
        assert VehicleFacts.objects.get(vehicle=dealer.golf).is_service_customer is False


def test_a_car_without_a_keeper_is_not_due(dealer: Alpen) -> None:
    with dealer.scope():
        been(dealer.golf, "2025-02-10", 20_000, "Inspektion")
        facts.refresh(today=TODAY)
        vehicles.not_my_car(actor=dealer.actor("dana"), vehicle_id=dealer.golf.pk, customer_id=dealer.dana.pk)
        facts.refresh(vehicle_ids=[dealer.golf.pk], today=TODAY)
        assert due_of(dealer.golf) == {}
        assert Holding.objects.get(vehicle=dealer.golf).until_on is not None


def test_a_refresh_of_one_car_leaves_the_others_and_a_second_run_changes_nothing(dealer: Alpen) -> None:
    with dealer.scope():
        been(dealer.golf, "2025-02-10", 20_000, "Inspektion")
        been(dealer.panda, "2025-02-10", 20_000, "Inspektion")
        facts.refresh(today=TODAY)
        before = list(DueWork.objects.order_by("id").values())
        facts.refresh(vehicle_ids=[dealer.golf.pk], today=TODAY)
        assert facts.refresh(today=TODAY).texts == 0
        assert list(DueWork.objects.order_by("id").values()) == before


def test_another_dealer_s_visits_stay_their_own(dealer: Alpen, rosso: Rosso) -> None:
    with rosso.scope():
        been(rosso.punto, "2025-02-10", 20_000, "Tagliando")
    with dealer.scope():
        facts.refresh(today=TODAY)
    with rosso.scope():
        assert DueWork.objects.count() == 0
        assert Classification.objects.count() == 0


def test_a_changed_rule_alters_history_without_touching_lines(dealer: Alpen) -> None:
    with dealer.scope():
        been(dealer.golf, "2025-02-10", 20_000, "Sorglospaket")
        facts.refresh(today=TODAY)
        assert due_of(dealer.golf) == {}
        rules.change(actor=dealer.actor("Max Mair"), work_kind="inspection", words=["Sorglospaket"])
        facts.refresh(today=TODAY)
        assert due_of(dealer.golf) == {"inspection": (date(2027, 2, 10), "time")}
        assert classification.of_line(code="", text="SORGLOSPAKET").decided_by[0].value == "Sorglospaket"


def test_who_may_only_read_changes_no_rule(dealer: Alpen) -> None:
    with dealer.scope(), pytest.raises(NotPermitted):
        rules.change(actor=dealer.bob, work_kind="inspection", words=["x"])
    with dealer.scope():
        assert Rule.objects.filter(words=["x"]).count() == 0


@pytest.fixture
def listed(dealer: Alpen, set_clock: Callable[..., None]) -> Alpen:
    from tests.cast import local

    set_clock(local("2026-03-02 08:00"))
    with dealer.scope():
        been(dealer.golf, "2024-01-10", 20_000, ("INSP1", "Inspektion"))
        been(dealer.panda, "2024-09-10", 20_000, "Inspektion")
        been(dealer.cars["octavia"], "2024-05-10", 20_000, "Inspektion", site=dealer.meran)
        consent.enter(
            actor=dealer.alice, customer_id=dealer.dana.pk, purpose="service_reminder", channel="email", act="give", wording="desk"
        )
        facts.refresh(today=TODAY)
    return dealer


@pytest.mark.parametrize(
    ("filters", "plates"),
    [
        (DueFilters(), ["BZ346AN", "BZ220EM", "GA123BC"]),
        (DueFilters(text="bz 346"), ["BZ346AN"]),
        (DueFilters(text="durr"), ["BZ220EM"]),
        (DueFilters(text="Dieter D"), ["BZ220EM"]),
        (DueFilters(text="nobody"), []),
        (DueFilters(work_kinds=["inspection"], due_from=date(2026, 2, 1), due_until=date(2026, 6, 30)), ["BZ220EM"]),
        (DueFilters(is_overdue=True), ["BZ346AN"]),
        (DueFilters(make="Fiat"), ["GA123BC"]),
        (DueFilters(may_write=True), ["BZ346AN", "GA123BC"]),
        (DueFilters(may_write=False), ["BZ220EM"]),
        (DueFilters(has_email=False), []),
        (DueFilters(order="-due_on"), ["GA123BC", "BZ220EM", "BZ346AN"]),
        (DueFilters(order="customer"), ["BZ346AN", "GA123BC", "BZ220EM"]),
        (DueFilters(order="plate"), ["BZ220EM", "BZ346AN", "GA123BC"]),
    ],
)
def test_the_list_is_narrowed_and_ordered_as_asked(listed: Alpen, filters: DueFilters, plates: list[str]) -> None:
    with listed.scope():
        anna = listed.actor("Anna Amort")
        assert [row.due.vehicle.plate_key for row in due.page(actor=anna, filters=filters)] == plates
        assert due.count(actor=anna, filters=filters) == len(plates)


def test_an_adviser_sees_what_is_due_at_her_site_only(listed: Alpen) -> None:
    with listed.scope():
        assert [row.due.vehicle.plate_key for row in due.page(actor=listed.alice)] == ["BZ346AN", "GA123BC"]


def test_a_page_costs_five_queries(listed: Alpen) -> None:
    with listed.scope(), CaptureQueriesContext(connection) as queries:
        rows = due.page(actor=listed.actor("Anna Amort"))
        shown = [
            (row.customer.name, row.kind_label("de"), row.due.vehicle.facts.km_per_year, due.reasons(row)) for row in rows if row.customer
        ]
    assert len(shown) == 3
    assert len(queries) == 5


def test_it_says_in_words_why_a_car_is_on_the_list(listed: Alpen) -> None:
    with listed.scope():
        row = due.of_vehicle(actor=listed.alice, vehicle_id=listed.golf.pk)[0]
        assert due.reasons(row, language="en") == [
            "Inspection is due on Jan 10, 2026: 24 months after the last time.",
            "Last done on Jan 10, 2024 at 20,000 km.",
            "Recognised by the code INSP* in the line “Inspektion” of order A1.",
        ]
