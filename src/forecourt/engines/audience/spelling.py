"""Words with a slip of the keyboard, read as the rules' word that was meant: "Inpsektion", "taglaindo", "brake flud".

One slip a word: a letter left out, doubled, changed, or two swapped (Damerau 1964), found by taking single letters out on both sides
(the symmetric delete of SymSpell, W. Garbe 2012). Short words, first and last letters are left alone: there a slip makes another word or
another form of it. Pure.
"""

import re
from collections.abc import Iterable, Iterator

_SHORTEST = 7
_SHORTEST_CHANGED = 8
_SHORTEST_STEM = 4
_REMEMBERED = 65_536
MAY_SLIP = re.compile(r"[a-z]{6,}")

#: Words of the trade or of daily life that are one slip away from a rule's word and mean something else.
_OTHER_WORDS = frozenset(
    """
    bearbeitung cambiate campaigns campagne countries coverage haltung leistung leitung materie motorina rotation schreiben service services
    servizi serviciu signal storages strage tagliate tagliata tagliato tracking trading traction warnung wartend wertung
    """.split()
)


class Spelling:
    """The words that may be meant, ready to be recognised in spite of a slip; `others` are words and beginnings that are right as they are."""

    def __init__(self, words: Iterable[str], *, others: Iterable[str] = (), stems: Iterable[str] = ()) -> None:
        meant = sorted(set(words))
        self._known = frozenset([*meant, *others, *_OTHER_WORDS])
        self._stems = tuple(stem for stem in stems if len(stem) >= _SHORTEST_STEM)
        self._by_shortened: dict[str, list[str]] = {}
        for word in meant:
            if len(word) >= _SHORTEST:
                for shortened in {word, *_shortened(word)}:
                    self._by_shortened.setdefault(shortened, []).append(word)
        self._meant: dict[str, str] = {}

    def corrected(self, text: str) -> str:
        """The normal text with its slips mended; the same object if there are none."""
        mended = MAY_SLIP.sub(self._word, text)
        return text if mended == text else mended

    def _word(self, found: re.Match[str]) -> str:
        word = found[0]
        meant = self._meant.get(word)
        if meant is None:
            if len(self._meant) >= _REMEMBERED:
                self._meant.clear()
            meant = self._meant[word] = self._meaning(word)
        return meant

    def _meaning(self, word: str) -> str:
        if word in self._known or word.startswith(self._stems):
            return word
        candidates = {
            known
            for shortened in (word, *_shortened(word))
            for known in self._by_shortened.get(shortened, ())
            if known[0] == word[0] and _is_one_slip(word, known)
        }
        # Two words that might be meant are usually the forms of one: then any of them does, the one that comes first.
        return min(candidates, default=word)


def _shortened(word: str) -> Iterator[str]:
    for at in range(1, len(word)):
        yield word[:at] + word[at + 1 :]


def _is_one_slip(word: str, known: str) -> bool:
    if abs(len(word) - len(known)) > 1:
        return False
    at = 0
    while at < min(len(word), len(known)) and word[at] == known[at]:
        at += 1
    rest, meant = word[at:], known[at:]
    if len(word) == len(known):
        is_swapped = len(rest) > 1 and rest[0] == meant[1] and rest[1] == meant[0] and rest[2:] == meant[2:]
        return is_swapped or (len(known) >= _SHORTEST_CHANGED and len(rest) > 1 and rest[1:] == meant[1:])
    longer, shorter = (rest, meant) if len(rest) > len(meant) else (meant, rest)
    return bool(shorter) and longer[1:] == shorter
