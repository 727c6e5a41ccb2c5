"""A rule as a PostgreSQL expression for a WHERE clause."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from forecourt.kernel.conditions.tree import TEXT_ONLY, WITHOUT_VALUE, All, Any, Compare, Condition, Not
from forecourt.kernel.conditions.truth import lowered, window

_WITH_ONE_VALUE = {
    "eq": "{column} = %s",
    "ne": "{column} <> %s",
    "lt": "{column} < %s",
    "le": "{column} <= %s",
    "gt": "{column} > %s",
    "ge": "{column} >= %s",
    "contains": "strpos(lower({column}), %s) > 0",
    "starts_with": "starts_with(lower({column}), %s)",
    "has": "%s = ANY({column})",
}


def to_sql(condition: Condition, columns: Mapping[str, str], today: date) -> tuple[str, list[object]]:
    """The expression with psycopg's `%s`, and its parameters.

    `columns` says the SQL expression of each field, trusted text from code, `%` doubled: text, numbers,
    boolean, date, or an array for `has`. Only inside NOT is NULL turned into false: elsewhere
    WHERE treats the two alike, and a bare comparison can use its index; outside WHERE, wrap the
    whole in COALESCE(…, FALSE). Raises ValueError for a field without a column.
    """
    params: list[object] = []
    return _written(condition, columns, today, params), params


def _written(condition: Condition, columns: Mapping[str, str], today: date, params: list[object]) -> str:
    match condition:
        case Compare():
            return _comparison(condition, columns, today, params)
        case Not(part):
            return f"NOT COALESCE({_written(part, columns, today, params)}, FALSE)"
        case All(parts):
            written = [_written(part, columns, today, params) for part in parts]
            return f"({' AND '.join(written)})" if written else "TRUE"
        case Any(parts):
            written = [_written(part, columns, today, params) for part in parts]
            return f"({' OR '.join(written)})" if written else "FALSE"


def _comparison(leaf: Compare, columns: Mapping[str, str], today: date, params: list[object]) -> str:
    if leaf.field not in columns:
        raise ValueError(f"there is no column for {leaf.field!r}")
    column, value = columns[leaf.field], leaf.value
    if leaf.op == "within_days" and isinstance(value, int):
        params.extend(window(today, value))
        return f"{column} BETWEEN %s AND %s"
    if isinstance(value, tuple):
        params.extend(value)
        return _membership(leaf.op, column, len(value))
    if leaf.op in WITHOUT_VALUE:
        return f"{'NOT ' if leaf.op == 'not_empty' else ''}{_empty(column)}"
    params.append(lowered(value) if leaf.op in TEXT_ONLY and isinstance(value, str) else value)
    return _WITH_ONE_VALUE[leaf.op].format(column=column)


def _membership(op: str, column: str, count: int) -> str:
    if not count:
        return "FALSE" if op == "in" else f"{column} IS NOT NULL"
    return f"{column} {'IN' if op == 'in' else 'NOT IN'} ({', '.join(['%s'] * count)})"


def _empty(column: str) -> str:
    # to_jsonb says "empty" of text and of lists alike, whatever the column's type.
    return f"({column} IS NULL OR to_jsonb({column}) IN ('\"\"', '[]'))"
