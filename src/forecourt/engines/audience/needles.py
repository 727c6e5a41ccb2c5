"""Words as rules write them, and where they stand in a text: all of them found in one pass.

Owns the written form of a word: `*` opens an edge, umlauts are also found as typed without them. Pure.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from forecourt.kernel.identifiers import normal_words

_CHINESE = "\u3400-\u9fff\uf900-\ufaff"
_CHINESE_EDGE = re.compile(f"(?<=[{_CHINESE}])(?=[^{_CHINESE} ])|(?<=[^{_CHINESE} ])(?=[{_CHINESE}])")
_UMLAUTS = (("ä", "ae"), ("ö", "oe"), ("ü", "ue"))


class Needle(NamedTuple):
    """One word to look for, bare, and which of its edges must be those of a word."""

    text: str
    at_start: bool
    at_end: bool


class Hit(NamedTuple):
    """A needle where it stands; `start` and `end` count characters of the normal text."""

    needle: Needle
    start: int
    end: int


Found = tuple[int, int, int]
"""The number of a needle, and where its pattern begins and ends."""


class Finder:
    """All needles, ready, each known by its number. Edges are looked for as spaces, so that a letter too many is not even a hit."""

    def __init__(self, needles: Iterable[Needle]) -> None:
        self.needles = list(dict.fromkeys(needles))
        self.numbers = {needle: number for number, needle in enumerate(self.needles)}
        patterns = [_pattern(needle) for needle in self.needles]
        self._before = [pattern.startswith(" ") for pattern in patterns]
        self._after = [pattern.endswith(" ") for pattern in patterns]
        self._automaton = AhoCorasick(patterns) if patterns else None

    def find(self, text: str) -> list[Found]:
        """Every needle that stands in a text as `searchable` makes it, also where they overlap."""
        return [] if self._automaton is None else self._automaton.find_matches_as_indexes(text, overlapping=True)

    def hit(self, found: Found) -> Hit:
        number, start, end = found
        return Hit(self.needles[number], start + self._before[number], end - self._after[number])


def searchable(text: str) -> str:
    """The normal text with a space at every edge of a word: around it, and where Chinese and other letters meet."""
    if not text.isascii():
        text = _CHINESE_EDGE.sub(" ", text)
    return f" {text} "


def _pattern(needle: Needle) -> str:
    bare = searchable(needle.text)
    starts = needle.at_start and not is_chinese(needle.text[0])
    ends = needle.at_end and not is_chinese(needle.text[-1])
    return bare[0 if starts else 1 : len(bare) if ends else -1]


def written(word: str) -> Needle | None:
    """The needle of one written word; None if nothing of it is left to look for."""
    word = word.strip()
    bare = normal_words(word.strip("*"))
    return Needle(bare, not word.startswith("*"), not word.endswith("*")) if bare else None


def spellings(word: str) -> list[str]:
    """As written, and as typed where a keyboard has no umlauts."""
    typed = word.casefold()
    for umlaut, letters in _UMLAUTS:
        typed = typed.replace(umlaut, letters)
    return [word] if typed == word.casefold() else [word, typed]


def is_chinese(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff" or "\uf900" <= character <= "\ufaff"
