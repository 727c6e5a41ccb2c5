import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any as Anything

import pytest
from hypothesis import given

from forecourt.kernel import conditions
from forecourt.kernel.conditions import All, Any, Compare, Condition, Not, Reason

from .rules import facts, rules

TODAY = date(2025, 6, 2)
KINDS: Mapping[str, conditions.Kind] = {"make": "text", "km": "number", "vip": "flag", "last_visit_on": "day", "tags": "texts"}


def holds(op: str, value: Anything, actual: object) -> bool:
    return conditions.evaluate(Compare("fact", op, value), {"fact": actual}, TODAY)


@pytest.mark.parametrize(
    ("op", "value", "actual", "expected"),
    [
        ("eq", "Fiat", "Fiat", True),
        ("eq", "Fiat", "FIAT", False),
        ("ne", "Fiat", "Opel", True),
        ("eq", 0.1, Decimal("0.1"), True),
        ("eq", 1, True, False),
        ("ne", 1, True, False),
        ("eq", "2025-06-02", TODAY, True),
        ("ne", "2025-06-02", TODAY, False),
        ("lt", 10, 9, True),
        ("lt", 10, 10, False),
        ("le", 10, Decimal(10), True),
        ("gt", "2025-06-01", TODAY, True),
        ("ge", "2025-06-02", TODAY, True),
        ("ge", "2025-06-02", datetime(2025, 6, 2, 23, tzinfo=UTC), True),
        ("gt", 5, "6", False),
        ("in", ["de", "it"], "it", True),
        ("in", [], "it", False),
        ("not_in", ["de", "it"], "ro", True),
        ("not_in", ["de", "it"], "it", False),
        ("not_in", [], "it", True),
        ("contains", "GOLF", "VW Golf Variant", True),
        ("contains", "o", 100, False),
        ("starts_with", "vw", "VW Golf", True),
        ("starts_with", "golf", "VW Golf", False),
        ("has", "vip", ["fleet", "vip"], True),
        ("has", "vip", [], False),
        ("has", "v", "vip", False),
        ("within_days", 14, date(2025, 6, 16), True),
        ("within_days", 14, date(2025, 6, 17), False),
        ("within_days", 14, date(2025, 6, 1), False),
        ("within_days", -365, date(2024, 6, 2), True),
        ("within_days", -365, date(2024, 6, 1), False),
        ("within_days", -365, date(2025, 6, 3), False),
        ("within_days", 0, TODAY, True),
        ("before_days", -365, date(2024, 6, 1), True),
        ("before_days", -365, date(2024, 6, 2), False),
        ("before_days", 0, TODAY, False),
        ("after_days", 30, date(2025, 7, 2), False),
        ("after_days", 30, date(2025, 7, 3), True),
        ("is_empty", None, "", True),
        ("is_empty", None, [], True),
        ("is_empty", None, 0, False),
        ("not_empty", None, "x", True),
    ],
)
def test_a_comparison_says_what_its_word_says(op: str, value: Anything, actual: object, expected: bool) -> None:
    assert holds(op, value, actual) is expected


@pytest.mark.parametrize(
    ("op", "value"),
    [("eq", "x"), ("ne", "x"), ("lt", 1), ("ge", 1), ("in", ["x"]), ("not_in", ["x"]), ("not_in", []), ("contains", "x"),
     ("starts_with", "x"), ("has", "x"), ("within_days", 1), ("before_days", 1), ("after_days", -1), ("not_empty", None)],
)  # fmt: skip
def test_an_absent_fact_makes_every_comparison_false_and_its_negation_true(op: str, value: Anything) -> None:
    rule = Compare("fact", op, value)

    assert not conditions.evaluate(rule, {}, TODAY)
    assert not conditions.evaluate(rule, {"fact": None}, TODAY)
    assert conditions.evaluate(Not(rule), {}, TODAY)
    assert conditions.evaluate(Compare("fact", "is_empty"), {}, TODAY)


def test_all_of_nothing_is_true_and_any_of_nothing_is_false() -> None:
    assert conditions.evaluate(All(), {}, TODAY)
    assert not conditions.evaluate(Any(), {}, TODAY)


def test_an_explanation_names_every_comparison_with_the_fact_it_met() -> None:
    rule = All((Compare("make", "eq", "Fiat"), Not(Compare("km", "gt", 100_000)), Any((Compare("vip", "eq", True),))))

    assert conditions.explain(rule, {"make": "Fiat", "km": 80_000}, TODAY) == [
        Reason("make", "eq", "Fiat", "Fiat", holds=True),
        Reason("km", "gt", 100_000, 80_000, holds=False),
        Reason("vip", "eq", True, None, holds=False),
    ]


def test_a_rule_is_read_from_json() -> None:
    data = {
        "all": [
            {"field": "make", "op": "in", "value": ["Fiat", "Opel"]},
            {"not": {"field": "last_visit_on", "op": "within_days", "value": -365}},
            {"any": [{"field": "km", "op": "ge", "value": 40000.5}, {"field": "last_visit_on", "op": "lt", "value": "2024-01-31"}]},
            {"field": "tags", "op": "is_empty"},
        ]
    }

    rule = conditions.parse(data, KINDS)

    assert rule == All(
        (
            Compare("make", "in", ("Fiat", "Opel")),
            Not(Compare("last_visit_on", "within_days", -365)),
            Any((Compare("km", "ge", Decimal("40000.5")), Compare("last_visit_on", "lt", date(2024, 1, 31)))),
            Compare("tags", "is_empty"),
        )
    )
    assert conditions.dump(rule) == data
    assert conditions.fields_of(rule) == {"make", "last_visit_on", "km", "tags"}


@given(rules)
def test_a_rule_written_down_reads_back_and_means_the_same(rule: Condition) -> None:
    kinds: Mapping[str, conditions.Kind] = {"name": "text", "km": "number", "vip": "flag", "seen_on": "day", "tags": "texts"}

    assert conditions.parse(json.loads(json.dumps(conditions.dump(rule))), kinds) == rule


@given(rules, facts)
def test_a_negated_rule_is_true_exactly_where_the_rule_is_not(rule: Condition, known: dict[str, object]) -> None:
    assert conditions.evaluate(Not(rule), known, TODAY) is not conditions.evaluate(rule, known, TODAY)


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        ([], "rule: expected an object, found list"),
        ({}, "rule: expected all, any, not, or field and op; found nothing"),
        ({"all": [], "any": []}, "found all, any"),
        ({"all": "x"}, "rule.all: expected a list"),
        ({"any": [{"not": 5}]}, r"rule.any\[0\].not: expected an object, found int"),
        ({"field": "km", "op": "like", "value": 1}, "rule: unknown op 'like'"),
        ({"field": "km", "op": "eq"}, "a value cannot be NoneType"),
        ({"field": "km", "op": "eq", "value": float("nan")}, "not a number"),
        ({"field": "km", "op": "gt", "value": "much"}, "'much' is not a day like"),
        ({"field": "km", "op": "gt", "value": True}, "gt needs a number or a day"),
        ({"field": "km", "op": "in", "value": 5}, "in needs a list"),
        ({"field": "make", "op": "contains", "value": ""}, "contains needs a text"),
        ({"field": "make", "op": "eq", "value": "a\x00"}, "NUL"),
        ({"field": "make", "op": "is_empty", "value": 1}, "is_empty takes no value"),
        ({"field": "last_visit_on", "op": "within_days", "value": 1.5}, "whole number of days"),
        ({"field": "last_visit_on", "op": "within_days", "value": 99999}, "whole number of days"),
        ({"field": "nothing", "op": "eq", "value": 1}, "there is no field 'nothing'"),
        ({"field": "vip", "op": "gt", "value": 1}, "gt does not go with 'vip', which is a flag"),
        ({"field": "km", "op": "eq", "value": "5"}, "'5' is not a number"),
        ({"field": "km", "op": "in", "value": [5, True]}, "True is not a number"),
        ({"field": "last_visit_on", "op": "eq", "value": "20250602"}, "not a day like"),
        ({"field": "km", "op": "eq", "value": 1, "extra": 2}, "found field, op, value, extra"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_with_its_place(data: object, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        conditions.parse(data, KINDS)


def test_a_rule_nested_without_end_is_refused() -> None:
    data: dict[str, Anything] = {"field": "km", "op": "eq", "value": 1}
    for _ in range(100_000):
        data = {"not": data}

    with pytest.raises(ValueError, match="nested too deeply"):
        conditions.parse(data)


@pytest.mark.parametrize(
    ("today", "name", "first", "last"),
    [
        ("2026-01-31", "this_month", "2026-01-01", "2026-01-31"),
        ("2026-01-31", "next_month", "2026-02-01", "2026-02-28"),
        ("2026-01-31", "last_month", "2025-12-01", "2025-12-31"),
        ("2024-12-31", "next_month", "2025-01-01", "2025-01-31"),
        ("2024-03-31", "last_month", "2024-02-01", "2024-02-29"),
        ("2026-02-14", "this_quarter", "2026-01-01", "2026-03-31"),
        ("2026-02-14", "last_quarter", "2025-10-01", "2025-12-31"),
        ("2026-11-23", "next_quarter", "2027-01-01", "2027-03-31"),
        ("2026-11-23", "this_year", "2026-01-01", "2026-12-31"),
        ("2026-11-23", "next_year", "2027-01-01", "2027-12-31"),
        ("2026-11-23", "last_year", "2025-01-01", "2025-12-31"),
    ],
)
def test_a_period_of_the_calendar_is_seen_from_today(today: str, name: str, first: str, last: str) -> None:
    ends = date.fromisoformat(first), date.fromisoformat(last)
    rule = Compare("seen_on", "in_period", name)
    around = [ends[0] - timedelta(days=1), *ends, ends[1] + timedelta(days=1)]
    assert [conditions.evaluate(rule, {"seen_on": day}, date.fromisoformat(today)) for day in around] == [False, True, True, False]
    assert not conditions.evaluate(rule, {"seen_on": None}, date.fromisoformat(today))


def test_a_period_that_nobody_knows_is_no_rule() -> None:
    for value in ("someday", 3, "", True):
        with pytest.raises(ValueError, match="in_period needs one of this_month"):
            Compare("seen_on", "in_period", value)
    with pytest.raises(ValueError, match="does not go with"):
        conditions.parse({"field": "name", "op": "in_period", "value": "this_month"}, {"name": "text"})
