"""Rules and facts for property tests: every op on fields of every kind."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from forecourt.kernel.conditions import All, Any, Compare, Condition, Not
from forecourt.kernel.conditions.tree import PERIODS

_DAY = date(2025, 6, 2)

# Few values, so that rules and facts often meet; Σ, İ and ẞ are where lower case is not simple.
TEXTS = ("", "a", "A", "ab", "Ab ", "bä", "BÄ", "ΑΣ", "ας", "İ", "i", "ẞ", "ss", "机油", "100%", "{}", "a'b", "\\", "a_b")
NUMBERS = (-3, -1, 0, 1, 2, 3, Decimal("0.1"), Decimal("2.5"), Decimal("-1.25"))
DAYS = tuple(_DAY + timedelta(days=days) for days in range(-5, 6))

texts = st.sampled_from(TEXTS)
telling_texts = texts.filter(bool)
numbers = st.sampled_from(NUMBERS)
days = st.sampled_from(DAYS)
_EQUALITY = st.sampled_from(["eq", "ne"])
_MEMBERSHIP = st.sampled_from(["in", "not_in"])
_ORDERING = st.sampled_from(["lt", "le", "gt", "ge"])

comparisons = st.one_of(
    st.builds(Compare, st.just("name"), _EQUALITY, texts),
    st.builds(Compare, st.just("name"), _MEMBERSHIP, st.lists(texts, max_size=3)),
    st.builds(Compare, st.just("name"), st.sampled_from(["contains", "starts_with"]), telling_texts),
    st.builds(Compare, st.just("km"), st.one_of(_EQUALITY, _ORDERING), numbers),
    st.builds(Compare, st.just("km"), _MEMBERSHIP, st.lists(numbers, max_size=3)),
    st.builds(Compare, st.just("vip"), _EQUALITY, st.booleans()),
    st.builds(Compare, st.just("seen_on"), st.one_of(_EQUALITY, _ORDERING), days),
    st.builds(Compare, st.just("seen_on"), _MEMBERSHIP, st.lists(days, max_size=3)),
    st.builds(Compare, st.just("seen_on"), st.sampled_from(["within_days", "before_days", "after_days"]), st.integers(-4, 4)),
    st.builds(Compare, st.just("seen_on"), st.just("in_period"), st.sampled_from(PERIODS)),
    st.builds(Compare, st.just("tags"), st.just("has"), texts),
    st.builds(Compare, st.sampled_from(["name", "km", "vip", "seen_on", "tags"]), st.sampled_from(["is_empty", "not_empty"])),
)


EVERY_COMPARISON: tuple[Compare, ...] = (
    *(Compare("name", op, text) for op in ("eq", "ne", "contains", "starts_with") for text in TEXTS if text or op in {"eq", "ne"}),
    *(Compare("km", op, number) for op in ("eq", "ne", "lt", "le", "gt", "ge") for number in NUMBERS),
    *(Compare("seen_on", op, day) for op in ("eq", "ne", "lt", "le", "gt", "ge") for day in DAYS),
    *(Compare("seen_on", op, days) for op in ("within_days", "before_days", "after_days") for days in range(-5, 6)),
    *(Compare("seen_on", "in_period", period) for period in PERIODS),
    *(Compare("vip", op, flag) for op in ("eq", "ne") for flag in (True, False)),
    *(Compare("tags", "has", text) for text in TEXTS),
    *(Compare(field, op) for op in ("is_empty", "not_empty") for field in ("name", "km", "vip", "seen_on", "tags")),
)


def _nested(parts: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    lists = st.lists(parts, max_size=3).map(tuple)
    return st.one_of(st.builds(All, lists), st.builds(Any, lists), st.builds(Not, parts))


rules: st.SearchStrategy[Condition] = st.recursive(comparisons, _nested, max_leaves=8)

facts: st.SearchStrategy[dict[str, object]] = st.fixed_dictionaries(
    {
        "name": st.none() | texts,
        "km": st.none() | numbers,
        "vip": st.none() | st.booleans(),
        "seen_on": st.none() | days,
        "tags": st.none() | st.lists(texts, max_size=3),
    }
)
