"""Python and DuckDB, asked through Ibis, give the same answer to the same rule."""

from datetime import date
from decimal import Decimal

import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecourt.kernel import conditions
from forecourt.kernel.conditions import Compare, Condition
from forecourt.kernel.conditions.columns import to_ibis

from .rules import DAYS, EVERY_COMPARISON, NUMBERS, TEXTS, facts, rules

TODAY = date(2025, 6, 2)
TYPES = {
    "at": pa.int32(), "name": pa.string(), "km": pa.decimal128(12, 4), "vip": pa.bool_(), "seen_on": pa.date32(), "tags": pa.list_(pa.string()),
}  # fmt: skip


def answers(asked: list[Condition], known: list[dict[str, object]]) -> list[list[int]]:
    """For each rule, the positions of the facts for which DuckDB says that it holds; all are asked at once."""
    rows = [each | {"at": at, "km": None if each["km"] is None else Decimal(str(each["km"]))} for at, each in enumerate(known)]
    duckdb = ibis.duckdb.connect()
    duckdb.con.register("known", pa.table({name: pa.array([row[name] for row in rows], kind) for name, kind in TYPES.items()}))
    table = duckdb.table("known")
    held = table.select("at", **{f"rule_{number}": to_ibis(rule, table, TODAY) for number, rule in enumerate(asked)}).order_by("at")
    columns = duckdb.con.sql(duckdb.compile(held)).to_arrow_table().to_pydict()
    duckdb.disconnect()
    return [[at for at, holds in enumerate(columns[f"rule_{number}"]) if holds] for number in range(len(asked))]


@settings(max_examples=40, deadline=None)
@given(asked=st.lists(rules, min_size=1, max_size=4), known=st.lists(facts, min_size=1, max_size=8))
def test_python_and_duckdb_agree(asked: list[Condition], known: list[dict[str, object]]) -> None:
    expected = [[at for at, each in enumerate(known) if conditions.evaluate(rule, each, TODAY)] for rule in asked]
    assert answers(asked, known) == expected


def test_python_and_duckdb_agree_on_every_comparison_of_every_value() -> None:
    unknown: dict[str, object] = dict.fromkeys(("name", "km", "vip", "seen_on", "tags"))
    known = [
        unknown,
        *(unknown | {"name": text, "tags": [text, "b"]} for text in TEXTS),
        *(unknown | {"km": number, "tags": []} for number in NUMBERS),
        *(unknown | {"seen_on": day, "vip": day > TODAY} for day in DAYS),
    ]
    asked = [*EVERY_COMPARISON, Compare("seen_on", "eq", "2025-06-02"), Compare("seen_on", "in", ["2025-06-02"])]
    expected = [[at for at, each in enumerate(known) if conditions.evaluate(rule, each, TODAY)] for rule in asked]
    assert list(zip(asked, answers(list(asked), known), strict=True)) == list(zip(asked, expected, strict=True))


def test_a_field_without_a_column_is_an_error() -> None:
    with pytest.raises(ValueError, match="no column for 'colour'"):
        to_ibis(Compare("colour", "eq", "red"), {}, TODAY)
