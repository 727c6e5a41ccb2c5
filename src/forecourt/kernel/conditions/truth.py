"""Whether a rule holds for the facts of one thing, and why."""

from __future__ import annotations

import typing
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from forecourt.kernel.conditions.tree import (
    RELATIVE,
    WITHOUT_VALUE,
    All,
    Any,
    Compare,
    Condition,
    Not,
    Value,
    comparisons,
)


@dataclass(frozen=True, slots=True)
class Reason:
    """One comparison, the fact it met (None where unknown), and whether it held by itself."""

    field: str
    op: str
    value: Value
    actual: object
    holds: bool


def evaluate(condition: Condition, facts: Mapping[str, object], today: date) -> bool:
    """Whether the rule holds. A fact of another kind than the value makes its comparison false."""
    match condition:
        case Compare():
            return _holds(condition, facts.get(condition.field), today)
        case All(parts):
            return all(evaluate(part, facts, today) for part in parts)
        case Any(parts):
            return any(evaluate(part, facts, today) for part in parts)
        case Not(part):
            return not evaluate(part, facts, today)


def explain(condition: Condition, facts: Mapping[str, object], today: date) -> list[Reason]:
    """Every comparison of the rule with the fact it met, in the order written."""
    return [
        Reason(leaf.field, leaf.op, leaf.value, actual, _holds(leaf, actual, today))
        for leaf in comparisons(condition)
        for actual in (facts.get(leaf.field),)
    ]


def because(condition: Condition, facts: Mapping[str, object], today: date) -> list[Reason]:
    """The comparisons that make the rule hold, or keep it from holding, each with the fact it met; without those that made no difference."""
    return list(_because(condition, facts, today, holds=evaluate(condition, facts, today)))


def _because(condition: Condition, facts: Mapping[str, object], today: date, *, holds: bool) -> Iterator[Reason]:
    match condition:
        case Compare():
            yield from explain(condition, facts, today)
        case Not(part):
            yield from _because(part, facts, today, holds=not holds)
        case All(parts) | Any(parts):
            for part in parts:
                if evaluate(part, facts, today) is holds:
                    yield from _because(part, facts, today, holds=holds)


def window(today: date, days: int) -> tuple[date, date]:
    """First and last day of `within_days`."""
    other = today + timedelta(days=days)
    return min(today, other), max(today, other)


def period(today: date, name: str) -> tuple[date, date]:
    """First and last day of `in_period`: a month, a quarter or a year of the calendar."""
    turn, _, unit = name.partition("_")
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    number = (today.year * 12 + today.month - 1) // months + {"last": -1, "this": 0, "next": 1}[turn]
    first, after = (date(month // 12, month % 12 + 1, 1) for month in (number * months, (number + 1) * months))
    return first, after - timedelta(days=1)


def lowered(text: str) -> str:
    """Lower case letter by letter, as PostgreSQL does it; `str.lower` looks at the neighbours."""
    return text.lower() if text.isascii() else "".join(each.lower()[0] for each in text)


def _holds(leaf: Compare, fact: object, today: date) -> bool:
    actual = _comparable(fact)
    if leaf.op in WITHOUT_VALUE:
        return _is_empty(actual) is (leaf.op == "is_empty")
    if actual is None:
        return False
    if leaf.op in RELATIVE and isinstance(leaf.value, int):
        return isinstance(actual, date) and _stands_so(leaf.op, leaf.value, actual, today)
    if leaf.op == "in_period":
        first, last = period(today, str(leaf.value))
        return isinstance(actual, date) and first <= actual <= last
    return _TESTS[leaf.op](actual, leaf.value)


def _stands_so(op: str, days: int, actual: date, today: date) -> bool:
    if op == "within_days":
        first, last = window(today, days)
        return first <= actual <= last
    turn = today + timedelta(days=days)
    return actual < turn if op == "before_days" else actual > turn


def _same(actual: object, value: object) -> bool:
    if isinstance(actual, date) and isinstance(value, str):
        return actual.isoformat() == value
    return _one_kind(actual, value) and actual == value


def _differ(actual: object, value: object) -> bool:
    of_one_kind = _one_kind(actual, value) or (isinstance(actual, date) and isinstance(value, str))
    return of_one_kind and not _same(actual, value)


def _among(actual: object, values: typing.Any) -> bool:
    return any(_same(actual, value) for value in values)


def _not_among(actual: object, values: typing.Any) -> bool:
    return all(_differ(actual, value) for value in values)


def _contains(actual: object, text: typing.Any) -> bool:
    return isinstance(actual, str) and lowered(text) in lowered(actual)


def _starts_with(actual: object, text: typing.Any) -> bool:
    return isinstance(actual, str) and lowered(actual).startswith(lowered(text))


def _has(actual: typing.Any, value: typing.Any) -> bool:
    return _is_list(actual) and any(_same(each, value) for each in actual)


def _one_kind(actual: object, value: object) -> bool:
    # In Python True == 1; in a rule a flag is no number.
    return _kind(actual) is _kind(value)


def _kind(value: object) -> type:
    for kind in (bool, int, date, str):
        if isinstance(value, kind):
            return kind
    return int if isinstance(value, Decimal) else type(value)


def _comparable(fact: object) -> object:
    """Instants count as their day, floats as the decimal they print."""
    if isinstance(fact, datetime):
        return fact.date()
    if isinstance(fact, float):
        return Decimal(repr(fact))
    return fact


def _is_list(fact: object) -> bool:
    return isinstance(fact, Collection) and not isinstance(fact, str | Mapping)


def _is_empty(fact: object) -> bool:
    return fact is None or fact == "" or (_is_list(fact) and not fact)


# op and value fit each other: Compare has seen to that.
_TESTS: Mapping[str, Callable[[typing.Any, typing.Any], bool]] = {
    "eq": _same,
    "ne": _differ,
    "lt": lambda actual, value: _one_kind(actual, value) and actual < value,
    "le": lambda actual, value: _one_kind(actual, value) and actual <= value,
    "gt": lambda actual, value: _one_kind(actual, value) and actual > value,
    "ge": lambda actual, value: _one_kind(actual, value) and actual >= value,
    "in": _among,
    "not_in": _not_among,
    "contains": _contains,
    "starts_with": _starts_with,
    "has": _has,
}
