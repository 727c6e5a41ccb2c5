"""The rule itself: frozen values, and JSON in and out.

JSON: `{"all": […]}`, `{"any": […]}`, `{"not": …}` or
`{"field": "last_visit_on", "op": "within_days", "value": -365}`.

| op | value | true where the fact |
|---|---|---|
| eq, ne | text, number, flag or ISO day | is, or is known and is not, the value |
| lt, le, gt, ge | number or ISO day | is known and stands so to the value |
| in, not_in | list | is, or is known and is not, one of them |
| is_empty, not_empty | none | is unknown, empty text or an empty list; or is not |
| contains, starts_with | text | is text that does so, without regard to case |
| has | text or number | is a list with that member |
| within_days | whole number n | is a day from today to today + n (from today − n back if n is negative) |
| before_days, after_days | whole number n | is a day before, or after, today + n |
| in_period | one of PERIODS | is a day of that month, quarter or year of the calendar, seen from today |
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, TypeAlias, get_args

Scalar: TypeAlias = str | int | bool | Decimal | date
Value: TypeAlias = Scalar | tuple[Scalar, ...] | None
Op = Literal[
    "eq", "ne", "lt", "le", "gt", "ge", "in", "not_in", "is_empty", "not_empty",
    "contains", "starts_with", "has", "within_days", "before_days", "after_days", "in_period",
]  # fmt: skip
#: What a field holds, for checking a rule when it is written.
Kind = Literal["text", "number", "flag", "day", "texts"]

OPS: tuple[str, ...] = get_args(Op)
ORDERINGS = frozenset({"lt", "le", "gt", "ge"})
MEMBERSHIPS = frozenset({"in", "not_in"})
WITHOUT_VALUE = frozenset({"is_empty", "not_empty"})
TEXT_ONLY = frozenset({"contains", "starts_with"})
#: Their value is a number of days counted from today.
RELATIVE = frozenset({"within_days", "before_days", "after_days"})
#: What `in_period` takes.
PERIODS: tuple[str, ...] = tuple(f"{turn}_{unit}" for unit in ("month", "quarter", "year") for turn in ("this", "next", "last"))
MOST_DAYS = 36_525
DEEPEST = 20

_ANYWHERE = WITHOUT_VALUE | {"eq", "ne"} | MEMBERSHIPS
OPS_OF_KIND: Mapping[str, frozenset[str]] = {
    "text": _ANYWHERE | TEXT_ONLY,
    "number": _ANYWHERE | ORDERINGS,
    "flag": WITHOUT_VALUE | {"eq", "ne"},
    "day": _ANYWHERE | ORDERINGS | RELATIVE | {"in_period"},
    "texts": WITHOUT_VALUE | {"has"},
}


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds; true without parts."""

    parts: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Any:
    """At least one part holds; false without parts."""

    parts: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Not:
    part: Condition


@dataclass(frozen=True, slots=True)
class Compare:
    """One fact against one value. Raises ValueError where op and value do not fit."""

    field: str
    op: str
    value: Value = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", _fitting(self.op, self.value))


Condition: TypeAlias = All | Any | Not | Compare


def parse(data: object, kinds: Mapping[str, Kind] | None = None) -> Condition:
    """A rule from JSON; with `kinds`, unknown fields and values of a wrong kind are refused.

    Raises ValueError saying where and what.
    """
    return _parsed(data, kinds, "rule", DEEPEST)


def dump(condition: Condition) -> dict[str, object]:
    """JSON that `parse` reads back as an equal rule; days as ISO text, decimals as numbers."""
    match condition:
        case All(parts):
            return {"all": [dump(part) for part in parts]}
        case Any(parts):
            return {"any": [dump(part) for part in parts]}
        case Not(part):
            return {"not": dump(part)}
        case Compare(field, op, value):
            plain: dict[str, object] = {"field": field, "op": op}
            return plain if op in WITHOUT_VALUE else plain | {"value": _plain(value)}


def comparisons(condition: Condition) -> Iterator[Compare]:
    """The leaves, from left to right."""
    match condition:
        case Compare():
            yield condition
        case Not(part):
            yield from comparisons(part)
        case All(parts) | Any(parts):
            for part in parts:
                yield from comparisons(part)


def fields_of(condition: Condition) -> frozenset[str]:
    """The facts a rule asks for."""
    return frozenset(leaf.field for leaf in comparisons(condition))


def _parsed(data: object, kinds: Mapping[str, Kind] | None, place: str, depth: int) -> Condition:
    if not isinstance(data, Mapping):
        raise ValueError(f"{place}: expected an object, found {type(data).__name__}")  # noqa: TRY004  # JSON of a user, no fault of the caller
    if not depth:
        raise ValueError(f"{place}: nested too deeply")
    match dict(data):
        case {"all": parts, **rest} if not rest:
            return All(_parsed_parts(parts, kinds, f"{place}.all", depth))
        case {"any": parts, **rest} if not rest:
            return Any(_parsed_parts(parts, kinds, f"{place}.any", depth))
        case {"not": part, **rest} if not rest:
            return Not(_parsed(part, kinds, f"{place}.not", depth - 1))
        case {"field": str(field), "op": str(op), **rest} if rest.keys() <= {"value"}:
            return _parsed_comparison(field, op, rest.get("value"), kinds, place)
    raise ValueError(f"{place}: expected all, any, not, or field and op; found {', '.join(map(str, data)) or 'nothing'}")


def _parsed_parts(parts: object, kinds: Mapping[str, Kind] | None, place: str, depth: int) -> tuple[Condition, ...]:
    if not isinstance(parts, Sequence) or isinstance(parts, str):
        raise ValueError(f"{place}: expected a list")  # noqa: TRY004  # likewise
    return tuple(_parsed(part, kinds, f"{place}[{index}]", depth - 1) for index, part in enumerate(parts))


def _parsed_comparison(field: str, op: str, value: object, kinds: Mapping[str, Kind] | None, place: str) -> Compare:
    try:
        comparison = Compare(field, op, value)  # type: ignore[arg-type]  # checked within
        if kinds is not None:
            comparison = _of_kind(comparison, kinds)
    except ValueError as wrong:
        raise ValueError(f"{place}: {wrong}") from None
    return comparison


def _of_kind(comparison: Compare, kinds: Mapping[str, Kind]) -> Compare:
    field, op, value = comparison.field, comparison.op, comparison.value
    if field not in kinds:
        raise ValueError(f"there is no field {field!r}")
    kind = kinds[field]
    if op not in OPS_OF_KIND[kind]:
        raise ValueError(f"{op} does not go with {field!r}, which is a {kind}")
    if op in WITHOUT_VALUE or op in RELATIVE or op == "in_period":
        return comparison
    if isinstance(value, tuple):
        return Compare(field, op, tuple(_scalar_of_kind(each, kind) for each in value))
    return Compare(field, op, _scalar_of_kind(value, kind))


def _scalar_of_kind(value: object, kind: Kind) -> Scalar:
    match kind, value:
        case ("text" | "texts", str(text)):
            return text
        case "flag", bool(flag):
            return flag
        case "number", (int() | Decimal()) as number if not isinstance(number, bool):
            return number
        case "day", date() as day:
            return day
        case "day", str(text):
            return day_of(text)
    raise ValueError(f"{value!r} is not a {'text' if kind == 'texts' else kind}")


def day_of(text: str) -> date:
    """Raises ValueError unless the text is YYYY-MM-DD."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a day like 2025-12-31") from None
    if day.isoformat() != text:
        raise ValueError(f"{text!r} is not a day like 2025-12-31")
    return day


def _fitting(op: str, value: object) -> Value:
    if op not in OPS:
        raise ValueError(f"unknown op {op!r}, expected one of {', '.join(OPS)}")
    if op in WITHOUT_VALUE:
        if value is not None:
            raise ValueError(f"{op} takes no value")
        return None
    if op in MEMBERSHIPS:
        if isinstance(value, str) or not isinstance(value, Sequence | frozenset | set):
            raise ValueError(f"{op} needs a list")
        return tuple(map(_scalar, value))
    return _fitting_scalar(op, _scalar(value))


def _fitting_scalar(op: str, value: Scalar) -> Scalar:
    if op in RELATIVE and (isinstance(value, bool) or not isinstance(value, int) or abs(value) > MOST_DAYS):
        raise ValueError(f"{op} needs a whole number of days")
    if op == "in_period" and value not in PERIODS:
        raise ValueError(f"in_period needs one of {', '.join(PERIODS)}")
    if op in TEXT_ONLY and not (isinstance(value, str) and value):
        raise ValueError(f"{op} needs a text")
    if op in ORDERINGS:
        if isinstance(value, bool):
            raise ValueError(f"{op} needs a number or a day")
        if isinstance(value, str):
            return day_of(value)
    if op == "has" and isinstance(value, bool | date):
        raise ValueError("has needs a text or a number")
    return value


def _scalar(value: object) -> Scalar:
    match value:
        case str():
            if "\x00" in value:
                raise ValueError("text must not contain the character NUL")
            return value
        case float():
            if not math.isfinite(value):
                raise ValueError(f"{value} is not a number")
            return Decimal(repr(value))
        case datetime():
            raise ValueError("compare days, not instants")
        case bool() | int() | date():
            return value
        case Decimal():
            if not value.is_finite():
                raise ValueError(f"{value} is not a number")
            return value
    raise ValueError(f"a value cannot be {type(value).__name__}")


def _plain(value: Value) -> object:
    match value:
        case tuple():
            return [_plain(each) for each in value]
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case date():
            return value.isoformat()
    return value
