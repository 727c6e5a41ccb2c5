"""A rule as a PostgreSQL expression for a WHERE clause."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeAlias

from forecourt.kernel.conditions.tree import RELATIVE, TEXT_ONLY, WITHOUT_VALUE, All, Any, Compare, Condition, Kind, Not
from forecourt.kernel.conditions.truth import lowered, period, window

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


@dataclass(frozen=True, slots=True)
class Expression:
    """The SQL of a field that has parameters of its own; no list."""

    sql: str
    params: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A number, day or flag in the one row, or no row, that another table has of the thing: `table` with its alias, and `on` which row it is.

    Asked by EXISTS: PostgreSQL makes a semi-join of it, or an anti-join under Not, where a subquery for the value would be asked row by row.
    """

    column: str
    table: str
    on: str
    params: tuple[object, ...] = ()

    def where(self, holds: str) -> str:
        return f"EXISTS (SELECT 1 FROM {self.table} WHERE {self.on} AND {holds})"  # noqa: S608 - texts from code; values are parameters

    def value(self) -> Expression:
        """The field itself, for showing it beside a few rows."""
        return Expression(f"(SELECT {self.column} FROM {self.table} WHERE {self.on} LIMIT 1)", self.params)  # noqa: S608 - likewise


Column: TypeAlias = str | Expression | Elsewhere


def to_sql(
    condition: Condition, columns: Mapping[str, Column], today: date, kinds: Mapping[str, Kind] | None = None
) -> tuple[str, list[object]]:
    """The expression with psycopg's `%s`, and its parameters.

    `columns` says the SQL expression of each field, trusted text from code, `%` doubled: text, numbers,
    boolean, date, or an array for `has`; or where else it lies. Only inside NOT is NULL turned into false: elsewhere
    WHERE treats the two alike, and a bare comparison can use its index; outside WHERE, wrap the
    whole in COALESCE(…, FALSE). Where `kinds` says what a field is, "empty" is asked plainly, which costs a third. Raises ValueError for a
    field without a column.
    """
    params: list[object] = []
    return _Writer(columns, today, kinds or {}, params).written(condition), params


@dataclass(frozen=True, slots=True)
class _Writer:
    columns: Mapping[str, Column]
    today: date
    kinds: Mapping[str, Kind]
    params: list[object]

    def written(self, condition: Condition) -> str:
        match condition:
            case Compare():
                return self._comparison(condition)
            case Not(Compare(field)) if isinstance(self.columns.get(field), Elsewhere):
                return f"NOT {self.written(condition.part)}"  # EXISTS is never NULL
            case Not(part):
                return f"NOT COALESCE({self.written(part)}, FALSE)"
            case All(parts):
                written = [self.written(part) for part in parts]
                return f"({' AND '.join(written)})" if written else "TRUE"
            case Any(parts):
                written = [self.written(part) for part in parts]
                return f"({' OR '.join(written)})" if written else "FALSE"

    def _comparison(self, leaf: Compare) -> str:
        if leaf.field not in self.columns:
            raise ValueError(f"there is no column for {leaf.field!r}")
        match self.columns[leaf.field]:
            case Elsewhere(column) as elsewhere:
                self.params.extend(elsewhere.params)
                if leaf.op == "is_empty":
                    return f"NOT {elsewhere.where(f'{column} IS NOT NULL')}"
                holds = f"{column} IS NOT NULL" if leaf.op == "not_empty" else self._compared(leaf, column, self.params)
                return elsewhere.where(holds)
            case Expression(sql, before):
                values: list[object] = []
                written = self._compared(leaf, sql, values)
                # An op may write its column twice, or not at all.
                self.params.extend([*before * written.count(sql), *values])
                return written
            case str() as column:
                return self._compared(leaf, column, self.params)

    def _compared(self, leaf: Compare, column: str, params: list[object]) -> str:
        value = leaf.value
        if leaf.op in RELATIVE and isinstance(value, int):
            return _from_today(leaf.op, value, column, self.today, params)
        if leaf.op == "in_period":
            params.extend(period(self.today, str(value)))
            return f"{column} BETWEEN %s AND %s"
        if isinstance(value, tuple):
            params.extend(value)
            return _membership(leaf.op, column, len(value))
        if leaf.op in WITHOUT_VALUE:
            return f"{'NOT ' if leaf.op == 'not_empty' else ''}{_empty(column, self.kinds.get(leaf.field))}"
        params.append(lowered(value) if leaf.op in TEXT_ONLY and isinstance(value, str) else value)
        return _WITH_ONE_VALUE[leaf.op].format(column=column)


def _from_today(op: str, days: int, column: str, today: date, params: list[object]) -> str:
    if op == "within_days":
        params.extend(window(today, days))
        return f"{column} BETWEEN %s AND %s"
    params.append(today + timedelta(days=days))
    return f"{column} {'<' if op == 'before_days' else '>'} %s"


def _membership(op: str, column: str, count: int) -> str:
    if not count:
        return "FALSE" if op == "in" else f"{column} IS NOT NULL"
    return f"{column} {'IN' if op == 'in' else 'NOT IN'} ({', '.join(['%s'] * count)})"


def _empty(column: str, kind: Kind | None) -> str:
    if kind in {"day", "number", "flag"}:
        return f"({column} IS NULL)"
    if kind == "text":
        return f"({column} IS NULL OR {column} = '')"
    # to_jsonb says "empty" of text and of lists alike, whatever the column's type.
    return f"({column} IS NULL OR to_jsonb({column}) IN ('\"\"', '[]'))"
