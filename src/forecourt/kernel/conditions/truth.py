"""Whether a rule holds for the facts of one thing, and why."""

from __future__ import annotations

import operator
import typing
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from forecourt.kernel.conditions.tree import (
    All,
    Any,
    Compare,
    Condition,
    Not,
    Scalar,
    Value,
    comparisons,
)

_ORDERINGS: Mapping[str, Callable[[typing.Any, typing.Any], bool]] = {
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}


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


def window(today: date, days: int) -> tuple[date, date]:
    """First and last day of `within_days`."""
    other = today + timedelta(days=days)
    return min(today, other), max(today, other)


def lowered(text: str) -> str:
    """Lower case letter by letter, as PostgreSQL does it; `str.lower` looks at the neighbours."""
    return text.lower() if text.isascii() else "".join(each.lower()[0] for each in text)


def _holds(leaf: Compare, fact: object, today: date) -> bool:
    actual = _comparable(fact)
    if leaf.op == "is_empty":
        return _is_empty(actual)
    if leaf.op == "not_empty":
        return not _is_empty(actual)
    if actual is None:
        return False
    return _known_holds(leaf, actual, today)


def _known_holds(leaf: Compare, actual: object, today: date) -> bool:
    match leaf.op, leaf.value:
        case "eq", value:
            return _same(actual, value)
        case "ne", value:
            return not _same(actual, value)
        case "in", tuple(values):
            return any(_same(actual, value) for value in values)
        case "not_in", tuple(values):
            return not any(_same(actual, value) for value in values)
        case "contains", str(text):
            return isinstance(actual, str) and lowered(text) in lowered(actual)
        case "starts_with", str(text):
            return isinstance(actual, str) and lowered(actual).startswith(lowered(text))
        case "has", value:
            return _is_list(actual) and any(_same(each, value) for each in actual)  # type: ignore[attr-defined]
        case "within_days", int(days):
            first, last = window(today, days)
            return isinstance(actual, date) and first <= actual <= last
        case op, value:
            return _one_kind(actual, value) and _ORDERINGS[op](actual, value)


def _same(actual: object, value: object) -> bool:
    if isinstance(actual, date) and isinstance(value, str):
        return actual.isoformat() == value
    return _one_kind(actual, value) and actual == value


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
