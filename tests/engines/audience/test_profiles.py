"""What segments read of car and keeper is what the records and the ledger say, a moment after they say it."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forecourt.config.postgres import owner_url
from forecourt.engines.audience import background, facts, profiles, register, rules, segments
from forecourt.engines.audience.models import VehicleFacts
from forecourt.kernel.conditions import All, Compare
from forecourt.records.history import putting_right
from forecourt.records.history.models import Visit
from forecourt.records.people import consent, customers
from forecourt.records.people.consent import house
from forecourt.records.vehicles import vehicles
from forecourt.records.vehicles.models import Vehicle
from forecourt.runtime import events
from forecourt.runtime.models import Event
from tests.cast import Alpen, Rosso, local
from tests.engines.audience.history import been

TODAY = date(2026, 3, 2)


@pytest.fixture
def dealer(alpen: Alpen, set_clock: Callable[[Any], None]) -> Alpen:
    set_clock(local("2026-03-02 08:00"))
    with alpen.scope():
        rules.install()
        been(alpen.golf, "2024-02-20", 40_000, "Ölwechsel")
        been(alpen.golf, "2025-03-01", 45_000, "Ölwechsel")
        been(alpen.golf, "2025-03-03", 45_100, "Ölwechsel")
        been(alpen.golf, "2025-11-10", 50_000, "Räderwechsel")
        facts.refresh(today=TODAY)
    return alpen


def followed(dealer: Alpen) -> VehicleFacts:
    """The row of Dana's Golf after the reactions of this context to all that happened."""
    for name, subscriber in events.subscribers().items():
        if name.startswith("engines.audience.subscribers.") and not name.endswith(("work_out_anew", "standard_rules")):
            heard = [cls.name for cls in subscriber.listens_to]
            events.react(name, [str(pk) for pk in Event.objects.filter(name__in=heard).order_by("pk").values_list("pk", flat=True)])
    return VehicleFacts.objects.get(vehicle=dealer.golf)


def agree(dealer: Alpen, act: consent.Act = "give", purpose: str = "offers", channel: str = "email") -> None:
    consent.enter(actor=dealer.alice, customer_id=dealer.dana.pk, purpose=purpose, channel=channel, act=act, wording="desk", form="counter")


def test_visits_are_counted_back_from_the_day(dealer: Alpen) -> None:
    with dealer.scope():
        row = VehicleFacts.objects.get(vehicle=dealer.golf)
        assert (row.visits_6, row.visits_12, row.visits_24, row.visits_36) == (1, 2, 3, 4)
        assert VehicleFacts.objects.get(vehicle=dealer.panda).visits_36 == 0


def test_a_mileage_put_right_in_one_order_changes_what_the_car_drives_a_year(dealer: Alpen) -> None:
    with dealer.scope():
        Visit.objects.update(mileage=None)
        been(dealer.golf, "2023-03-01", 10_000, "Ölwechsel")
        mistyped = been(dealer.golf, "2025-03-01", 3_000, "Ölwechsel")
        facts.refresh()
        before = VehicleFacts.objects.get(vehicle=dealer.golf).km_per_year
        putting_right.mileage(actor=dealer.actor("Max Mair"), visit_id=mistyped.pk, kilometres=30_000)
        assert (before, followed(dealer).km_per_year) == (None, 9_993)


def test_a_day_put_right_in_one_order_changes_when_the_car_came_last(dealer: Alpen) -> None:
    with dealer.scope():
        before = VehicleFacts.objects.get(vehicle=dealer.panda).last_visit_on
        mistyped = been(dealer.panda, "2016-03-01", 30_000, "Ölwechsel")
        facts.refresh()
        putting_right.day(actor=dealer.actor("Max Mair"), visit_id=mistyped.pk, opened_on=TODAY)
        followed(dealer)
        assert (before, VehicleFacts.objects.get(vehicle=dealer.panda).last_visit_on) == (None, TODAY)


def test_a_changed_record_is_followed_and_nothing_is_written_twice(dealer: Alpen) -> None:
    with dealer.scope():
        customers.change(actor=dealer.alice, customer_id=dealer.dana.pk, postcode="80331", city="München", country="DE", email="")
        vehicles.change(actor=dealer.alice, vehicle_id=dealer.golf.pk, model="Golf Variant")
        row = followed(dealer)
        assert (row.postcode, row.city, row.country, row.has_email, row.model) == ("80331", "München", "DE", False, "Golf Variant")
        assert profiles.refresh(today=TODAY) == 0
        assert profiles.refresh(customer_ids=[], today=TODAY) == 0


def test_catching_up_with_the_day_and_the_ledger_leaves_nothing_to_copy(dealer: Alpen) -> None:
    since, written = TODAY, []
    days = (
        "2026-05-09",
        "2026-05-10",
        "2026-11-10",
        "2027-02-19",
        "2027-02-20",
        "2027-03-01",
        "2027-03-02",
        "2027-08-31",
        "2028-03-01",
        "2028-11-10",
    )
    with dealer.scope():
        VehicleFacts.objects.filter(vehicle=dealer.panda).update(customer_kind="", make="")
        agree(dealer)  # nobody tells `profiles`
        assert profiles.catch_up(since=since, today=since) == 2
        for today in map(date.fromisoformat, days):
            written.append(profiles.catch_up(since=since, today=today))
            assert profiles.refresh(today=today) == 0, today
            since = today
    assert (written[1], written[3], sum(written) > 5) == (1, 0, True)


def test_permissions_follow_the_ledger_and_say_what_it_says_for_each_purpose_and_channel(dealer: Alpen) -> None:
    with dealer.scope():
        agree(dealer)
        agree(dealer, purpose="survey", channel="sms")
        row = followed(dealer)
        assert row.may_write == profiles.bit("offers/email") | profiles.bit("survey/sms")
        agree(dealer, "object")
        assert followed(dealer).may_write == profiles.bit("survey/sms")
        house.decide(actor=dealer.actor("Anna Amort"), double_opt_in="always")
        agree(dealer)
        for purpose, channel in profiles.PERMISSIONS:
            asked = consent.may_send(customer_id=dealer.dana.pk, purpose=purpose, channel=channel).allowed
            assert bool(followed(dealer).may_write & profiles.bit(f"{purpose}/{channel}")) == asked


def test_every_purpose_that_needs_a_yes_has_its_bit() -> None:
    assert set(profiles.PERMISSIONS) == {pair for pair in consent.PAIRS if pair[0] in consent.ADVERTISING}


def test_a_car_that_is_not_copied_yet_is_in_no_segment_and_is_worked_out_by_itself(dealer: Alpen) -> None:
    everyone = Compare("make", "not_empty")
    with dealer.scope():
        before = segments.count(actor=dealer.system, of=everyone)
        VehicleFacts.objects.filter(vehicle=dealer.golf).update(customer_kind="", make="")
        assert segments.count(actor=dealer.system, of=Compare("last_visit_on", "not_empty")) == 0
    background.begin_the_day()
    with dealer.scope():
        assert segments.count(actor=dealer.system, of=everyone) == before


def test_copying_for_one_dealer_leaves_the_other_alone(dealer: Alpen, rosso: Rosso) -> None:
    with rosso.scope():
        facts.refresh(today=TODAY)
        VehicleFacts.objects.update(make="?")
        theirs = VehicleFacts.objects.count()
    with dealer.scope():
        profiles.refresh(today=TODAY)
    with rosso.scope():
        assert VehicleFacts.objects.filter(make="?").count() == theirs > 0


def test_a_count_about_car_keeper_visits_and_permission_reads_one_table(dealer: Alpen) -> None:
    """A join of a million rows costs more than all the comparisons together."""
    elsewhere = ("due", "done", "has_appointment", "has_account", "near", "driven_since")
    with dealer.scope():
        fields = [field for field in sorted(register.kinds()) if field.partition(":")[0] not in elsewhere]
        rule = All(tuple(Compare(field, "not_empty") for field in fields))
        with CaptureQueriesContext(connection) as captured:
            segments.count(actor=dealer.system, of=rule, at=TODAY)
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (FORMAT JSON) {captured[-1]['sql']}")
            plan = cursor.fetchone()[0]
    told = plan if isinstance(plan, str) else json.dumps(plan)
    assert len(fields) > 30
    assert {part.split('"')[2] for part in told.split('"Relation Name')[1:]} == {"audience_vehiclefacts"}


def test_a_make_is_found_along_an_index_that_answers_the_commonest_criteria_alone(dealer: Alpen) -> None:
    """Cars enough that no other index costs the same, and the planner is told not to read them whole. What it was told of the rows of other tests is
    forgotten: it would take this dealer for one that has none.

    What is pinned is that the row policy leaves the index its condition.
    """
    fields = {"make": "eq", "model": "eq", "fuel": "ne", "postcode": "starts_with", "customer_kind": "eq"}
    rule = All(
        (
            *(Compare(field, op, "x") for field, op in fields.items()),
            Compare("last_visit_on", "before_days", -365),
            Compare("km_from_site", "le", 30),
        )
    )
    with dealer.scope():
        Vehicle.objects.bulk_create(Vehicle(plate=f"BZ {number}", make=f"make {number}") for number in range(2000))
        facts.refresh(today=TODAY)
    with psycopg.connect(owner_url(), dbname=connection.settings_dict["NAME"], autocommit=True) as owner:
        owner.execute("SELECT pg_clear_relation_stats('public', 'audience_vehiclefacts')")
        owner.execute("SELECT pg_clear_attribute_stats('public', 'audience_vehiclefacts', 'organisation_id', FALSE)")
    with dealer.scope(), CaptureQueriesContext(connection) as captured, connection.cursor() as cursor:
        segments.count(actor=dealer.bob, of=rule, at=TODAY)
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        counted = next(each["sql"] for each in captured if "count(*)" in each["sql"])
        cursor.execute(f"EXPLAIN {counted}")
        told = "\n".join(row[0] for row in cursor.fetchall())
    assert "Index Only Scan using car_by_criteria" in told, told
    assert "(make = 'x'::text)" in told.split("Index Cond:")[1].split("\n")[0]
