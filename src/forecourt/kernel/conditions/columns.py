"""A rule as an Ibis expression over the columns of a table, for DuckDB and Spark alike.

Apart from the package's other evaluators, since Ibis takes a second to load. Lower case is the engine's own: Spark, unlike the
others, lowers a few letters (İ, a final Σ) by their neighbours.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any as Anything

import ibis

from forecourt.kernel.conditions.tree import RELATIVE, TEXT_ONLY, All, Any, Compare, Condition, Not
from forecourt.kernel.conditions.truth import lowered, period, window

_OPERATORS = {"eq": operator.eq, "ne": operator.ne, "lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge}


def to_ibis(condition: Condition, columns: Mapping[str, Anything], today: date) -> Anything:
    """True or false for each row, never unknown. `columns` says the expression of each field; raises ValueError for one without."""
    match condition:
        case Compare(field):
            if field not in columns:
                raise ValueError(f"there is no column for {field!r}")
            return _compared(condition, columns[field], today).fill_null(False)  # noqa: FBT003 - a value
        case Not(part):
            return ~to_ibis(part, columns, today)
        case All(parts):
            return _joined([to_ibis(part, columns, today) for part in parts], is_all=True)
        case Any(parts):
            return _joined([to_ibis(part, columns, today) for part in parts], is_all=False)


def _joined(parts: list[Anything], *, is_all: bool) -> Anything:
    whole: Anything = ibis.literal(is_all)
    for part in parts:
        whole = whole & part if is_all else whole | part
    return whole


def _compared(leaf: Compare, column: Anything, today: date) -> Anything:
    if leaf.op in {"is_empty", "not_empty"}:
        return _is_empty(column) if leaf.op == "is_empty" else ~_is_empty(column)
    if leaf.op in RELATIVE and isinstance(leaf.value, int):
        return _from_today(leaf.op, leaf.value, column, today)
    if leaf.op == "in_period":
        first, last = period(today, str(leaf.value))
        return column.between(ibis.literal(first), ibis.literal(last))
    if isinstance(leaf.value, tuple):
        values = [_fitting(each, column) for each in leaf.value]
        is_one = column.isin(values) if values else ibis.literal(False) & column.notnull()  # noqa: FBT003 - a value
        return is_one if leaf.op == "in" else column.notnull() & ~is_one
    if leaf.op in TEXT_ONLY and isinstance(leaf.value, str):
        text = lowered(leaf.value)
        return column.lower().contains(text) if leaf.op == "contains" else column.lower().startswith(text)
    value = _fitting(leaf.value, column)
    return column.contains(value) if leaf.op == "has" else _OPERATORS[leaf.op](column, value)


def _from_today(op: str, days: int, column: Anything, today: date) -> Anything:
    if op == "within_days":
        first, last = window(today, days)
        return column.between(ibis.literal(first), ibis.literal(last))
    turn = ibis.literal(today + timedelta(days=days))
    return column < turn if op == "before_days" else column > turn


def _is_empty(column: Anything) -> Anything:
    if column.type().is_string():
        return column.isnull() | (column == "").fill_null(False)  # noqa: FBT003 - a value
    if column.type().is_array():
        return column.isnull() | (column.length() == 0).fill_null(False)  # noqa: FBT003 - a value
    return column.isnull()


def _fitting(value: object, column: Anything) -> Anything:
    """Days may be written as text."""
    if isinstance(value, str) and column.type().is_date():
        return ibis.literal(date.fromisoformat(value))
    return ibis.literal(value)
