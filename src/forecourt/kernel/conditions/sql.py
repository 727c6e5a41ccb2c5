"""A rule as a PostgreSQL expression for a WHERE clause."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from forecourt.kernel.conditions.tree import All, Any, Compare, Condition, Not
from forecourt.kernel.conditions.truth import lowered, window

_COMPARISONS = {"eq": "=", "ne": "<>", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}


def to_sql(condition: Condition, columns: Mapping[str, str], today: date) -> tuple[str, list[object]]:
    """The expression with psycopg's `%s`, and its parameters.

    `columns` says the SQL expression of each field, trusted text from code: text, numbers,
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
    column = columns[leaf.field]
    match leaf.op, leaf.value:
        case ("is_empty", _):
            return _empty(column)
        case ("not_empty", _):
            return f"NOT {_empty(column)}"
        case ("in", tuple(values)):
            params.extend(values)
            return f"{column} IN ({_places(len(values))})" if values else "FALSE"
        case ("not_in", tuple(values)):
            params.extend(values)
            return f"{column} NOT IN ({_places(len(values))})" if values else f"{column} IS NOT NULL"
        case ("contains", str(text)):
            params.append(lowered(text))
            return f"strpos(lower({column}), %s) > 0"
        case ("starts_with", str(text)):
            params.append(lowered(text))
            return f"starts_with(lower({column}), %s)"
        case ("has", value):
            params.append(value)
            return f"%s = ANY({column})"
        case ("within_days", int(days)):
            params.extend(window(today, days))
            return f"{column} BETWEEN %s AND %s"
        case (op, value):
            params.append(value)
            return f"{column} {_COMPARISONS[op]} %s"


def _empty(column: str) -> str:
    # to_jsonb says "empty" of text and of lists alike, whatever the column's type.
    return f"({column} IS NULL OR to_jsonb({column}) IN ('\"\"', '[]'))"


def _places(count: int) -> str:
    return ", ".join(["%s"] * count)
