"""Who is in a segment and why: PostgreSQL against the rule tree's own truth, and the walls around it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forecourt.engines.audience import criteria, facts, profiles, register, rules, segments
from forecourt.engines.audience.models import Segment, VehicleFacts, WorkDone
from forecourt.engines.audience.segments import keeping, lines, members, phrases, ready_made, spellings, values
from forecourt.kernel import conditions
from forecourt.kernel.conditions import All, Compare, Condition, Not
from forecourt.kernel.conditions import Any as AnyOf
from forecourt.kernel.conditions.tree import PERIODS
from forecourt.kernel.errors import NotFound, NotPermitted, Refusal
from forecourt.records.accounts.models import Account, CustomerLink
from forecourt.records.people import consent
from forecourt.records.people.models import Customer
from forecourt.records.vehicles.models import Holding, Vehicle
from tests.cast import Alpen, Rosso, local
from tests.engines.audience.history import been

TODAY = date(2026, 3, 2)
MORNING = local("2026-03-02 08:00")
GOLF = {"field": "model", "op": "eq", "value": "Golf"}
DAYS = [TODAY + timedelta(days=days) for days in (-800, -400, -365, -20, 0, 30, 400)]


@pytest.fixture
def dealer(alpen: Alpen, set_clock: Callable[[Any], None]) -> Alpen:
    """Dana's Golf was here often, her Panda once, Dieter's Octavia never; the house has a car of its own."""
    set_clock(MORNING)
    with alpen.scope():
        rules.install()
        Customer.objects.filter(pk=alpen.dana.pk).update(postcode="39100", city="Bozen")
        Customer.objects.filter(pk=alpen.customers["dieter"].pk).update(postcode="", email="", kind="business")
        Vehicle.objects.filter(pk=alpen.golf.pk).update(
            first_registered_on=date(2019, 5, 2), model_year=2019, kind="car", warranty_until=date(2025, 4, 30), contract_until=date(2025, 8, 31)
        )  # fmt: skip
        been(alpen.golf, "2024-10-20", 40_000, "Räderwechsel")
        been(alpen.golf, "2025-02-10", 50_000, "Inspektion nach Herstellervorgabe", "Ölwechsel")
        been(alpen.panda, "2023-05-01", 20_000, "Ölwechsel", site=alpen.meran)
        own = Vehicle.objects.create(vin="WVWZZZ1KZAW000099", make="Volkswagen", model="Golf")
        house = Customer.objects.create(number="K-9", kind="internal", company="Autohaus Alpen")
        Holding.objects.create(vehicle=own, customer=house)
        consent.enter(
            actor=alpen.system, customer_id=alpen.dana.pk, purpose="offers", channel="email", act="give", form="counter", source="staff",
            wording="desk", language="de",
        )  # fmt: skip
        facts.refresh(today=TODAY)
    return alpen


def plates(dealer: Alpen, rule: Condition, **more: Any) -> list[str]:
    return [member.facts.vehicle.model for member in segments.page(actor=dealer.system, of=rule, at=TODAY, order="car", **more)]


def test_each_criterion_knows_what_the_records_say(dealer: Alpen) -> None:
    with dealer.scope():
        fields = sorted(register.kinds())
        rule = All(tuple(Compare(field, "not_empty") for field in fields))
        known = members.facts_of(rule=rule, vehicle_ids=[dealer.golf.pk, dealer.cars["octavia"].pk], at=TODAY)
        golf, octavia = known[dealer.golf.pk], known[dealer.cars["octavia"].pk]
        told = {
            "make": "Volkswagen", "model": "Golf", "model_year": 2019, "first_registered_on": date(2019, 5, 2), "fuel": "petrol",
            "vehicle_kind": "car", "warranty_until": date(2025, 4, 30), "contract_until": date(2025, 8, 31),
            "statutory_test_due_on": None, "city": "Bozen", "postcode": "39100", "country": "IT", "customer_kind": "private", "language": "de",
            "has_email": True, "site": str(dealer.bozen.pk), "last_visit_on": date(2025, 2, 10), "visits": 2, "last_mileage": 50_000,
            "is_service_customer": True, "is_tyre_customer": False, "is_lost": False, "has_appointment": False,
            "due:inspection": date(2025, 9, 24), "due:battery": None, "done:tyre_change": date(2024, 10, 20), "done:battery": None,
            "done:oil_service": date(2025, 2, 10), "may_write:offers/email": True, "may_write:offers/sms": False,
            "km_from_site": 0, "has_account": False, "visited:12": 0, "visited:24": 2, f"near:{dealer.bozen.pk}": True,
        }  # fmt: skip
        assert {field: golf[field] for field in told} == told
        assert octavia["km_from_site"] is None
        assert octavia[f"near:{dealer.bozen.pk}"] is None  # where Dieter lives is not known
        assert (octavia["has_email"], octavia["last_visit_on"], octavia["site"], octavia["customer_kind"]) == (
            False,
            None,
            None,
            "business",
        )
        assert {each.name for each in register.criteria()} == {field.partition(":")[0] for field in fields}


VALUES = {
    "text": ("Golf", "Fiat", "Volkswagen", "39100", "Bozen", "petrol", "business", "de", ""),
    "number": (0, 1, 2, 2019, 40_000),
    "flag": (True, False),
}


def comparisons(field: str, kind: str) -> st.SearchStrategy[Compare]:
    never = st.builds(Compare, st.just(field), st.sampled_from(["is_empty", "not_empty"]))
    if kind == "day":
        periods = st.builds(Compare, st.just(field), st.just("in_period"), st.sampled_from(PERIODS))
        relative = st.builds(Compare, st.just(field), st.sampled_from(["within_days", "before_days", "after_days"]), st.integers(-900, 500))
        return st.one_of(
            never, relative, st.builds(Compare, st.just(field), st.sampled_from(["lt", "ge", "eq"]), st.sampled_from(DAYS)), periods
        )
    ops = {"text": ["eq", "ne"], "number": ["ge", "le", "eq"], "flag": ["eq", "ne"]}[kind]
    found = st.one_of(never, st.builds(Compare, st.just(field), st.sampled_from(ops), st.sampled_from(VALUES[kind])))
    if kind == "text":
        begins = st.builds(Compare, st.just(field), st.sampled_from(["starts_with", "contains"]), st.sampled_from(["g", "39", "BO"]))
        return st.one_of(
            found, begins, st.builds(Compare, st.just(field), st.just("in"), st.lists(st.sampled_from(VALUES[kind]), max_size=2))
        )
    return found


def test_postgresql_finds_the_cars_for_which_the_rule_is_true(dealer: Alpen) -> None:
    with dealer.scope():
        kinds = register.kinds()
        leaves = st.sampled_from(sorted(kinds)).flatmap(lambda field: comparisons(field, kinds[field]))
        lists = lambda parts: st.lists(parts, max_size=3).map(tuple)  # noqa: E731
        nested = st.recursive(
            leaves,
            lambda parts: st.one_of(st.builds(All, lists(parts)), st.builds(AnyOf, lists(parts)), st.builds(Not, parts)),
            max_leaves=6,
        )
        everyone = [dealer.golf.pk, dealer.panda.pk, dealer.cars["octavia"].pk]

        @settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
        @given(nested)
        def agree(rule: Condition) -> None:
            known = members.facts_of(rule=rule, vehicle_ids=everyone, at=TODAY)
            true = {each for each in everyone if conditions.evaluate(rule, known[each], TODAY)}
            found = set(segments.cars(actor=dealer.system, of=rule, at=TODAY).values_list("vehicle_id", flat=True))
            assert found == true
            assert segments.count(actor=dealer.system, of=rule, at=TODAY) == len(true)

        agree()


def test_a_page_says_why_each_car_is_there_in_as_many_queries_as_ever(dealer: Alpen) -> None:
    rule = AnyOf(
        (Compare("make", "eq", "Škoda"), All((Compare("city", "eq", "Bozen"), Not(Compare("done:tyre_change", "within_days", -365)))))
    )
    with dealer.scope():
        with CaptureQueriesContext(connection) as captured:
            found = segments.page(actor=dealer.system, of=rule, at=TODAY, order="car")
        assert len(captured) == 6  # two look for other spellings of the make and the city
        speech = phrases.Speech()
        told = {member.facts.vehicle.model: [speech.reason(reason, member.facts) for reason in member.reasons] for member in found}
        assert told == {
            "Golf": ["City: Bozen", "Last done: Tyre change: Oct 20, 2024"],
            "Octavia": ["Make: Škoda"],
            "Panda": ["City: Bozen", "Last done: Tyre change: never"],
        }
        assert [member.customer.name for member in found if member.customer] == ["Dana Dorfer", "Dana Dorfer", "Dieter Dürr"]


def test_members_are_searched_sorted_and_turned_page_by_page(dealer: Alpen) -> None:
    everyone = Compare("country", "eq", "IT")
    with dealer.scope():
        assert plates(dealer, everyone) == ["Panda", "Golf", "Octavia"]
        assert plates(dealer, everyone, text="dorfer") == ["Panda", "Golf"]
        assert plates(dealer, everyone, text="BZ346") == ["Golf"]
        assert plates(dealer, everyone, offset=1, size=1) == ["Golf"]
        assert segments.count(actor=dealer.system, of=everyone, text="dorfer") == 2


def test_a_count_is_one_query_and_the_cars_of_the_house_are_in_no_segment(dealer: Alpen) -> None:
    with dealer.scope(), CaptureQueriesContext(connection) as captured:
        assert segments.count(actor=dealer.system, of=Compare("country", "eq", "IT"), at=TODAY) == 3
    assert len(captured) == 1


def test_a_make_is_found_however_people_and_programs_write_it(dealer: Alpen) -> None:
    with dealer.scope():
        VehicleFacts.objects.filter(make="Škoda").update(make="SKODA")
        found = {}
        for asked in ("Volkswagen", "VW", "volkswagen", "Skoda", "škoda", "Seat"):
            rule = Compare("make", "eq", asked)
            found[asked] = [member.facts.vehicle.model for member in segments.page(actor=dealer.system, of=rule, at=TODAY)]
        assert found == {
            "Volkswagen": ["Golf"], "VW": ["Golf"], "volkswagen": ["Golf"], "Skoda": ["Octavia"], "škoda": ["Octavia"], "Seat": [],
        }  # fmt: skip
        both = Compare("make", "in", ("vw", "SKODA"))
        assert segments.count(actor=dealer.system, of=both, at=TODAY) == 2
        assert segments.count(actor=dealer.system, of=Compare("make", "ne", "VW"), at=TODAY) == 2
        assert segments.count(actor=dealer.system, of=Compare("model", "eq", "GOLF"), at=TODAY) == 1
        assert (spellings.there_are("make"), spellings.there_are("model")) == (
            ["Fiat", "SKODA", "Volkswagen"],
            ["Golf", "Octavia", "Panda"],
        )


def test_a_city_is_found_however_people_and_programs_write_it(dealer: Alpen) -> None:
    written = {dealer.golf: "München", dealer.panda: "MUENCHEN", dealer.cars["octavia"]: " Munchen "}
    with dealer.scope():
        for car, city in written.items():
            VehicleFacts.objects.filter(vehicle=car).update(city=city)
        found = {asked: set(plates(dealer, Compare("city", "eq", asked))) for asked in ("münchen", "Muenchen ", "MUNCHEN", "Mönchen")}
        assert found == {
            "münchen": {"Golf", "Panda", "Octavia"}, "Muenchen ": {"Golf", "Panda"}, "MUNCHEN": {"Golf", "Octavia"}, "Mönchen": set(),
        }  # fmt: skip
        assert plates(dealer, Compare("city", "ne", "Muenchen")) == ["Octavia"]
        assert plates(dealer, Compare("city", "in", ("Bozen", "MÜNCHEN"))) == ["Panda", "Golf", "Octavia"]
        for stored, asked in (
            ("Ørsted", "oersted"),
            ("'s-Hertogenbosch", "'S Hertogenbosch"),
            ("北京", "北京"),
            ("Sankt Ulrich", "St. Ulrich"),
        ):
            VehicleFacts.objects.filter(vehicle=dealer.golf).update(city=stored)
            assert plates(dealer, Compare("city", "eq", asked)) == ["Golf"], stored
        VehicleFacts.objects.filter(vehicle=dealer.golf).update(city="Moeciu")
        assert plates(dealer, Compare("city", "eq", "Mociu")) == []


def test_a_country_is_found_by_its_letters_and_by_its_name(dealer: Alpen) -> None:
    with dealer.scope():
        VehicleFacts.objects.filter(vehicle=dealer.golf).update(country="it")
        found = {
            asked: segments.count(actor=dealer.system, of=Compare("country", "eq", asked))
            for asked in ("IT", " it ", "Italien", "意大利", "AT")
        }
        assert found == {"IT": 3, " it ": 3, "Italien": 3, "意大利": 3, "AT": 0}
        assert segments.count(actor=dealer.system, of=Compare("country", "not_in", ("italia", "AT"))) == 0


def test_staff_of_one_site_find_the_cars_that_were_last_there_or_nowhere(dealer: Alpen, rosso: Rosso) -> None:
    everyone = Compare("country", "eq", "IT")
    with dealer.scope():
        assert {member.facts.vehicle.model for member in segments.page(actor=dealer.bob, of=everyone)} == {"Golf", "Octavia"}
        assert segments.count(actor=dealer.bob, of=everyone) == 2
        with pytest.raises(NotPermitted):
            segments.count(actor=dealer.actor("M. Huber"), of=everyone)
    with rosso.scope():
        facts.refresh(today=TODAY)
        assert segments.count(actor=rosso.system, of=everyone) == 1


def test_the_last_day_of_each_work_follows_the_visits(dealer: Alpen) -> None:
    with dealer.scope():
        visit = been(dealer.golf, "2025-11-03", 60_000, "Räderwechsel")
        facts.refresh(vehicle_ids=[dealer.golf.pk], today=TODAY)
        assert WorkDone.objects.get(vehicle=dealer.golf, work_kind="tyre_change").last_on == date(2025, 11, 3)
        visit.lines.all().delete()
        visit.delete()
        facts.refresh(today=TODAY)
        assert WorkDone.objects.get(vehicle=dealer.golf, work_kind="tyre_change").last_on == date(2024, 10, 20)
        assert WorkDone.objects.filter(vehicle=dealer.panda).count() == 1


# -- keeping --


def marketing(dealer: Alpen) -> Any:
    return dealer.actor("Max Mair")


def test_a_segment_is_made_changed_doubled_put_away_and_taken_back(dealer: Alpen) -> None:
    max_mair = marketing(dealer)
    with dealer.scope():
        segment = segments.create(actor=max_mair, name=" Golfs ", rule={"all": [GOLF]})
        assert (segment.name, segment.version, segment.made_by, segment.is_shared) == ("Golfs", 1, max_mair.id, True)
        changed = segments.change(actor=max_mair, segment_id=segment.pk, version=1, name="Golfs", rule={"not": GOLF})
        assert (changed.version, changed.rule) == (2, {"not": GOLF})
        assert segments.change(actor=max_mair, segment_id=segment.pk, version=2, name="Golfs", rule={"not": GOLF}).version == 2
        with pytest.raises(Refusal) as refused:
            segments.change(actor=max_mair, segment_id=segment.pk, version=1, name="Polos", rule=GOLF)
        assert refused.value.code == "changed_meanwhile"
        copy = segments.duplicate(actor=max_mair, segment_id=segment.pk)
        assert (copy.name, copy.rule, copy.is_shared) == ("Golfs (copy)", {"not": GOLF}, False)
        segments.archive(actor=max_mair, segment_id=segment.pk)
        assert [each.pk for each in segments.seen(actor=max_mair)] == [copy.pk]
        assert [each.pk for each in segments.seen(actor=max_mair, is_archived=True)] == [segment.pk]
        segments.restore(actor=max_mair, segment_id=segment.pk)
        assert [each.name for each in segments.seen(actor=max_mair, text="golf")] == ["Golfs", "Golfs (copy)"]


def test_a_rule_that_cannot_be_or_would_find_everybody_is_refused(dealer: Alpen) -> None:
    wrong: list[tuple[object, str]] = [
        ({"all": []}, "rule_empty"),
        ({"all": [GOLF, {"not": {"any": []}}]}, "rule_empty"),
        ({"field": "shoe_size", "op": "eq", "value": 43}, "rule_wrong"),
        ({"field": "due:nothing", "op": "is_empty"}, "rule_wrong"),
        ({"field": "visits", "op": "eq", "value": "two"}, "rule_wrong"),
        ("drop table", "rule_wrong"),
        ({"any": [GOLF] * 61}, "rule_too_long"),
    ]
    with dealer.scope():
        for rule, code in wrong:
            with pytest.raises(Refusal) as refused:
                segments.create(actor=dealer.system, name="x", rule=rule)
            assert refused.value.code == code, rule
        assert not Segment.objects.exists()


def test_what_one_keeps_to_oneself_is_not_there_for_others(dealer: Alpen) -> None:
    max_mair, anna = marketing(dealer), dealer.actor("Anna Amort")
    with dealer.scope():
        own = segments.create(actor=max_mair, name="Mine", rule=GOLF, is_shared=False)
        assert [each.name for each in segments.seen(actor=max_mair)] == ["Mine"]
        assert not segments.seen(actor=anna).exists()
        ways: list[Callable[[], Any]] = [
            lambda: segments.find(actor=anna, segment_id=own.pk),
            lambda: segments.count(actor=anna, of=own),
            lambda: segments.duplicate(actor=anna, segment_id=own.pk),
            lambda: segments.archive(actor=anna, segment_id=own.pk),
            lambda: segments.change(actor=anna, segment_id=own.pk, version=1, name="x", rule=GOLF),
        ]
        for way in ways:
            with pytest.raises(NotFound):
                way()
        assert segments.count(actor=max_mair, of=own) == segments.count(actor=dealer.system, of=own) == 1


def test_who_may_only_look_changes_nothing(dealer: Alpen) -> None:
    with dealer.scope():
        with pytest.raises(NotPermitted):
            segments.create(actor=dealer.bob, name="x", rule=GOLF)
        assert segments.seen(actor=dealer.bob).count() == 0


# -- in words --


def test_every_ready_made_segment_is_a_rule_that_can_be_kept_counted_and_written_again(dealer: Alpen) -> None:
    with dealer.scope():
        speech = phrases.Speech()
        for each in ready_made.READY_MADE:
            rule = keeping.checked(each.rule)
            assert segments.count(actor=dealer.system, of=rule, at=TODAY) >= 0
            for leaf in conditions.comparisons(rule):
                asked = register.asked(leaf.field)
                assert asked is not None
                assert phrases.compare(asked, *phrases.written(leaf)) == leaf, each.key
            assert speech.rule(rule)
        test_due = ready_made.ready_made("test_due")
        assert test_due is not None
        assert speech.rule(keeping.checked(test_due.rule)) == "Due: Statutory test within the next 30 days and Has an appointment is no"


@pytest.mark.parametrize(
    ("number", "unit", "days", "again"),
    [(12, "months", 365, (1, "years")), (2, "years", 730, (2, "years")), (3, "months", 91, (3, "months")), (30, "days", 30, (30, "days")),
     (1, "months", 30, (30, "days")), (2, "weeks", 14, (2, "weeks")), (100, "days", 100, (100, "days"))],
)  # fmt: skip
def test_a_span_comes_back_as_it_would_be_said(number: int, unit: str, days: int, again: tuple[int, str]) -> None:
    assert (values.in_days(number, unit), phrases.as_span(days)) == (days, again)


@pytest.mark.parametrize(
    ("field", "how", "value", "upto", "unit", "told", "cars"),
    [
        ("last_mileage", "between", "20000", "45000", "", "Mileage from 20,000 km to 45,000 km", ["Panda"]),
        ("last_visit_on", "between", "2025-02-10", "2025-02-10", "", "Last visit from Feb 10, 2025 to Feb 10, 2025", ["Golf"]),
        ("done:oil_service", "not_last", "2", "", "years", "Last done: Oil service not within the last 2 years", ["Panda", "Octavia"]),
        ("last_visit_on", "period", "last_month", "", "", "Last visit falls in last month", []),
        ("last_visit_on", "period", "last_year", "", "", "Last visit falls in last year", ["Golf"]),
        ("visited:24", "ge", "1", "", "", "Visits in the last 24 months is at least 1", ["Golf"]),
    ],
)
def test_a_line_of_the_builder_finds_its_cars_and_comes_back_as_it_was_written(
    dealer: Alpen, field: str, how: str, value: str, upto: str, unit: str, told: str, cars: list[str]
) -> None:
    with dealer.scope():
        asked = register.asked(field)
        assert asked is not None
        rule = lines.condition(asked, how, value, unit=unit, upto=upto)
        assert keeping.checked(conditions.dump(rule)) == rule
        assert phrases.Speech().rule(rule) == told
        assert plates(dealer, rule) == cars
        again = lines.written(rule)
        assert again == lines.Written(field=field, how=how, value=value, upto=upto, unit=unit)


def test_a_month_begins_when_it_begins_where_the_dealer_is(dealer: Alpen, set_clock: Callable[[Any], None]) -> None:
    registered_this_month = Compare("first_registered_on", "in_period", "this_month")
    with dealer.scope():
        Vehicle.objects.filter(pk=dealer.golf.pk).update(first_registered_on=date(2026, 3, 1))
        profiles.refresh(today=TODAY)
        found = {}
        for moment in ("2026-02-28 23:59", "2026-03-01 00:01", "2026-03-31 23:59", "2026-04-01 00:01"):
            set_clock(local(moment))  # in Bozen, where UTC is an hour or two behind
            found[moment[5:]] = segments.count(actor=dealer.system, of=registered_this_month)
    assert found == {"02-28 23:59": 0, "03-01 00:01": 1, "03-31 23:59": 1, "04-01 00:01": 0}


def test_a_range_that_ends_before_it_begins_says_so(dealer: Alpen) -> None:
    asked = register.asked("visits")
    assert asked is not None
    with pytest.raises(ValueError, match="must not come before"):
        lines.condition(asked, "between", "5", upto="4")
    with pytest.raises(ValueError, match="Fill this in"):
        lines.condition(asked, "between", "5")


def test_whose_account_is_linked_is_found_until_the_link_ends(dealer: Alpen) -> None:
    linked = Compare("has_account", "eq", value=True)
    with dealer.scope():
        assert plates(dealer, linked) == []
        account = Account.objects.create(email="dana@example.org")
        link = CustomerLink.objects.create(
            account=account, organisation_id=dealer.id, customer_id=dealer.dana.pk, way="staff_check", began_at=MORNING
        )
        assert plates(dealer, linked) == ["Panda", "Golf"]
        CustomerLink.objects.filter(pk=link.pk).update(ended_at=MORNING)
        assert plates(dealer, linked) == []


def test_what_a_flow_uses_is_neither_put_away_nor_hidden(dealer: Alpen, monkeypatch: Any) -> None:
    monkeypatch.setattr(keeping, "_uses", [lambda _segment_id: ["Service due"]])
    with dealer.scope():
        segment = segments.create(actor=dealer.system, name="Golfs", rule=GOLF)
        ways: list[Callable[[], Any]] = [
            lambda: segments.archive(actor=dealer.system, segment_id=segment.pk),
            lambda: segments.change(actor=dealer.system, segment_id=segment.pk, version=1, name="Golfs", rule=GOLF, is_shared=False),
        ]
        for way in ways:
            with pytest.raises(Refusal, match="Service due") as refused:
                way()
            assert refused.value.code == "in_use"
        kept = Segment.objects.get()
        assert (kept.archived_at, kept.is_shared) == (None, True)
        assert segments.change(actor=dealer.system, segment_id=segment.pk, version=1, name="All Golfs", rule=GOLF).name == "All Golfs"


def test_what_cannot_be_compared_says_so_in_words(alpen: Alpen) -> None:
    wrong = [
        ("visits", "ge", "many"), ("last_visit_on", "ago", "-3"), ("last_visit_on", "ago", "9" * 9), ("last_visit_on", "lt", "31.12.2025"),
        ("fuel", "eq", "water"), ("is_lost", "eq", "perhaps"), ("make", "eq", " "), ("make", "eq", "a\x00"), ("make", "shouts", "x"),
    ]  # fmt: skip
    with alpen.scope():
        for field, code, value in wrong:
            asked = register.asked(field)
            assert asked is not None
            with pytest.raises(ValueError, match=r"\.$"):
                phrases.compare(asked, code, value)


def test_a_field_that_nobody_declares_any_more_is_told_and_no_fault(dealer: Alpen) -> None:
    with dealer.scope():
        old = Segment(rule={"field": "horoscope", "op": "eq", "value": "leo"}, made_at=MORNING, changed_at=MORNING, is_shared=True)
        old.organisation_id = dealer.id
        with pytest.raises(Refusal) as refused:
            segments.count(actor=dealer.system, of=old)
        assert refused.value.code == "criterion_gone"


def test_the_stage_of_a_customer_is_told_by_the_visits(dealer: Alpen) -> None:
    def stages() -> dict[str, list[str]]:
        return {code: plates(dealer, Compare("stage", "eq", code)) for code, _words in criteria.STAGES}

    with dealer.scope():
        assert stages() == {"prospect": ["Octavia"], "first": [], "active": [], "lapsed": ["Golf"], "lost": ["Panda"]}
        been(dealer.golf, "2025-03-03", 52_000, "Ölwechsel")
        been(dealer.cars["octavia"], "2026-02-27", 20_000, "Ölwechsel")
        facts.refresh(today=TODAY)
        assert stages() == {"prospect": [], "first": ["Octavia"], "active": ["Golf"], "lapsed": [], "lost": ["Panda"]}


def test_a_warranty_and_a_lease_that_end_soon_are_found(dealer: Alpen) -> None:
    with dealer.scope():
        Vehicle.objects.filter(pk=dealer.golf.pk).update(warranty_until=date(2026, 5, 1), contract_until=date(2026, 9, 1))
        Vehicle.objects.filter(pk=dealer.panda.pk).update(warranty_until=date(2026, 5, 2), contract_until=date(2026, 9, 2), kind="van")
        profiles.refresh(today=TODAY)
        found = {
            name: plates(dealer, Compare(f"{name}_until", "within_days", days)) for name, days in (("warranty", 60), ("contract", 183))
        }
        assert found == {"warranty": ["Golf"], "contract": ["Golf"]}
        assert plates(dealer, Compare("vehicle_kind", "eq", "van")) == ["Panda"]
