"""Job codes as rules write them: one code, the beginning of codes ("KD*"), or a range ("4100–4199").

Owns how a written code is read and found. Codes are compared as `normal_code` makes them, without separators. A range counts the digits at
the end: those of a code are as many as the bounds have, and what stands before them is the same. Pure.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from forecourt.kernel.identifiers import normal_code

DASH = "–"
_BOUND = re.compile(r"(.*?)(\d{1,15})")
_TYPED_RANGE = re.compile(r"\s*(?:\.{2,}|…|–|—)\s*")
_PLAIN_HYPHEN = re.compile(r"\s*-\s*")
_SHORTEST_TYPED = 3  # "12-34" is more often one code than a range


@dataclass(frozen=True)
class Range:
    """All codes from `low` to `high` behind the same beginning."""

    beginning: str
    low: int
    high: int
    digits: frozenset[int]

    def holds(self, number: str) -> bool:
        return len(number) in self.digits and self.low <= int(number) <= self.high


def span(written: str) -> Range | None:
    """The range that a code means; None where it is none. A range turned round holds nothing."""
    low, dash, high = written.partition(DASH)
    first, last = _BOUND.fullmatch(normal_code(low)), _BOUND.fullmatch(normal_code(high))
    if not dash or first is None or last is None or first[1] != last[1]:
        return None
    return Range(first[1], int(first[2]), int(last[2]), frozenset(range(len(first[2]), len(last[2]) + 1)))


def tidied(typed: str) -> str:
    """A code as typed, in the form in which it is kept: "4100-4199" and "4100 .. 4199" are the range 4100–4199."""
    text = " ".join(typed.split())
    parts = _TYPED_RANGE.split(text)
    if len(parts) == 1:
        parts = _PLAIN_HYPHEN.split(text)
        if len(parts) != 2 or not _are_bounds(*parts):
            return text
    return DASH.join(parts)


def way(written: str) -> str:
    """What a written code says of a line's: "whole", a "range" or a "beginning"."""
    return "range" if span(written) else "beginning" if written.rstrip().endswith("*") else "whole"


def _are_bounds(low: str, high: str) -> bool:
    found = span(f"{low}{DASH}{high}")
    return found is not None and len(found.digits) == 1 and min(found.digits) >= _SHORTEST_TYPED


class Book:
    """The codes of all rules, ready; `find` names the rules by their places."""

    def __init__(self, codes: Iterable[tuple[int, str]]) -> None:
        self._exact: dict[str, list[tuple[int, str]]] = {}
        self._beginnings: dict[str, list[tuple[int, str]]] = {}
        self._ranges: dict[str, list[tuple[Range, int, str]]] = {}
        for rule, written in codes:
            if found := span(written):
                self._ranges.setdefault(found.beginning, []).append((found, rule, written))
            elif bare := normal_code(written.replace("*", "")):
                kept = self._beginnings if written.rstrip().endswith("*") else self._exact
                kept.setdefault(bare, []).append((rule, written))
        self._shortest = min(map(len, self._beginnings), default=0)

    def find(self, code: str) -> Iterator[tuple[int, str]]:
        """Rule and written code for each that a normal code is one of, the one that says most first."""
        yield from self._exact.get(code, ())
        if self._shortest:
            for length in range(len(code), self._shortest - 1, -1):
                yield from self._beginnings.get(code[:length], ())
        if self._ranges and (parts := _BOUND.fullmatch(code)):
            for found, rule, written in self._ranges.get(parts[1], ()):
                if found.holds(parts[2]):
                    yield rule, written
