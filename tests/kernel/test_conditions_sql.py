"""Python and PostgreSQL give the same answer to the same rule."""

from collections.abc import Mapping
from datetime import date

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forecourt.kernel import conditions
from forecourt.kernel.conditions import Compare, Condition, Not

from .rules import DAYS, EVERY_COMPARISON, NUMBERS, TEXTS, facts, rules

pytestmark = pytest.mark.django_db
TODAY = date(2025, 6, 2)
COLUMNS: dict[str, conditions.Column] = {name: f"fact.{name}" for name in ("name", "km", "vip", "seen_on", "tags")}
# The same facts where some have parameters of their own or lie in a table of their own, with a row only where they are known.
ELSEWHERE = COLUMNS | {
    "name": conditions.Expression("nullif(fact.name, %s)", ("no such text",)),
    "seen_on": conditions.Elsewhere("side.day", "(SELECT fact.at, fact.seen_on AS day WHERE fact.seen_on IS NOT NULL) side", "side.at < %s", (9999,)),
    "km": conditions.Elsewhere("side.km", "(SELECT fact.km) side", "TRUE"),
}  # fmt: skip


def answers(rule: Condition, known: list[dict[str, object]], columns: Mapping[str, conditions.Column] = COLUMNS) -> list[int]:
    """Positions of the facts for which PostgreSQL says that the rule holds."""
    where, params = conditions.to_sql(rule, columns, TODAY)
    row = "(%s::int, %s::text, %s::numeric, %s::boolean, %s::date, %s::text[])"
    values = [value for at, each in enumerate(known) for value in (at, *(each[name] for name in COLUMNS))]
    table = f"(VALUES {', '.join([row] * len(known))}) AS fact (at, name, km, vip, seen_on, tags)"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT at FROM {table} WHERE {where} ORDER BY at", [*values, *params])
        return [at for (at,) in cursor.fetchall()]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rules, st.lists(facts, min_size=1, max_size=8))
def test_python_and_postgresql_agree(rule: Condition, known: list[dict[str, object]]) -> None:
    expected = [at for at, each in enumerate(known) if conditions.evaluate(rule, each, TODAY)]
    assert (answers(rule, known), answers(rule, known, ELSEWHERE)) == (expected, expected)


def test_python_and_postgresql_agree_on_every_comparison_of_every_value() -> None:
    unknown: dict[str, object] = dict.fromkeys(COLUMNS)
    known = [
        unknown,
        *(unknown | {"name": text, "tags": [text, "b"]} for text in TEXTS),
        *(unknown | {"km": number, "tags": []} for number in NUMBERS),
        *(unknown | {"seen_on": day, "vip": day > TODAY} for day in DAYS),
    ]

    for rule in EVERY_COMPARISON:
        expected = [at for at, each in enumerate(known) if conditions.evaluate(rule, each, TODAY)]
        assert (rule, answers(rule, known), answers(rule, known, ELSEWHERE)) == (rule, expected, expected)


def test_days_written_as_text_compare_with_dates() -> None:
    known: list[dict[str, object]] = [{"name": None, "km": None, "vip": None, "seen_on": TODAY, "tags": None}]

    for op, expected in {"eq": [0], "ne": [], "ge": [0], "lt": []}.items():
        assert answers(Compare("seen_on", op, "2025-06-02"), known) == expected
    assert answers(Compare("seen_on", "in", ["2025-06-02", "2025-06-03"]), known) == [0]


def test_a_comparison_can_use_its_index_because_nothing_is_wrapped_around_it() -> None:
    assert conditions.to_sql(Compare("km", "gt", 5), COLUMNS, TODAY) == ("fact.km > %s", [5])
    assert conditions.to_sql(Not(Compare("km", "gt", 5)), COLUMNS, TODAY) == ("NOT COALESCE(fact.km > %s, FALSE)", [5])


def test_a_field_of_another_table_is_asked_by_exists_and_its_negation_by_no_more_than_not() -> None:
    columns = {"km": conditions.Elsewhere("side.km", "side", "side.at = fact.at AND side.kind = %s", ("x",))}
    exists = "EXISTS (SELECT 1 FROM side WHERE side.at = fact.at AND side.kind = %s AND side.km > %s)"
    assert conditions.to_sql(Compare("km", "gt", 5), columns, TODAY) == (exists, ["x", 5])
    assert conditions.to_sql(Not(Compare("km", "gt", 5)), columns, TODAY) == (f"NOT {exists}", ["x", 5])


def test_a_field_without_a_column_is_an_error() -> None:
    with pytest.raises(ValueError, match="no column for 'colour'"):
        conditions.to_sql(Compare("colour", "eq", "red"), COLUMNS, TODAY)
