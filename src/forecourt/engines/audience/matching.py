"""Finds the words and codes of all rules in one text, in one pass, and says which of them decided.

Owns the meaning of a rule's written form: `*` opens an edge of a word, `a + b` wants both, codes may end in `*`. Pure; where rules
and texts come from is said by `rules` and `classification`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ahocorasick_rs import AhoCorasick

from forecourt.kernel.identifiers import normal_code, normal_words

#: Raised when the same rules would decide differently than before, so that stored answers count as stale.
METHOD = 1

_UMLAUTS = (("ä", "ae"), ("ö", "oe"), ("ü", "ue"))


@dataclass(frozen=True)
class Words:
    """A rule as the matcher needs it."""

    work_kind: str
    codes: Sequence[str] = ()
    words: Sequence[str] = ()
    unless_words: Sequence[str] = ()


@dataclass(frozen=True)
class Decision:
    """Why a text is of a kind: `by` is "code" or "word", `value` as the rule writes it."""

    work_kind: str
    by: str
    value: str


@dataclass(frozen=True)
class _Needle:
    """One word to look for, bare, and which of its edges must be those of a word."""

    text: str
    at_start: bool
    at_end: bool


@dataclass
class _Entry:
    """One written word of a rule: all its needles must be found."""

    rule: int
    written: str
    is_unless: bool
    needles: frozenset[_Needle] = field(default_factory=frozenset)


class Matcher:
    """All rules, ready; `match` costs some microseconds a text."""

    def __init__(self, rules: Sequence[Words]) -> None:
        self._rules = rules
        self._exact: dict[str, list[tuple[str, str]]] = {}
        self._prefixes: dict[str, list[tuple[str, str]]] = {}
        for rule in rules:
            for code in rule.codes:
                kept = self._prefixes if code.rstrip().endswith("*") else self._exact
                if bare := normal_code(code.replace("*", "")):
                    kept.setdefault(bare, []).append((rule.work_kind, code))
        self._shortest = min(map(len, self._prefixes), default=0)
        self._entries = [entry for index, rule in enumerate(rules) for entry in _entries(index, rule)]
        self._needles_by_text: dict[str, list[_Needle]] = {}
        self._entries_by_needle: dict[_Needle, list[int]] = {}
        for index, entry in enumerate(self._entries):
            for needle in entry.needles:
                if needle not in self._entries_by_needle:
                    self._needles_by_text.setdefault(needle.text, []).append(needle)
                self._entries_by_needle.setdefault(needle, []).append(index)
        self._texts = list(self._needles_by_text)
        self._automaton = AhoCorasick(self._texts) if self._texts else None

    def match(self, code: str, text: str) -> list[Decision]:
        """The kinds of a line with what decided each, a code before a word; `code` and `text` as the line has them."""
        decided: dict[str, Decision] = {}
        for work_kind, written in self._by_code(normal_code(code)):
            decided.setdefault(work_kind, Decision(work_kind, "code", written))
        for entry in self._by_words(normal_words(text)):
            work_kind = self._rules[entry.rule].work_kind
            decided.setdefault(work_kind, Decision(work_kind, "word", entry.written))
        return sorted(decided.values(), key=lambda decision: decision.work_kind)

    def _by_code(self, code: str) -> Iterable[tuple[str, str]]:
        yield from self._exact.get(code, ())
        if self._shortest:
            # The longest prefix says most, so it is named as the reason.
            for length in range(len(code), self._shortest - 1, -1):
                yield from self._prefixes.get(code[:length], ())

    def _by_words(self, text: str) -> list[_Entry]:
        found = self._found(text)
        if not found:
            return []
        touched = {index for needle in found for index in self._entries_by_needle[needle]}
        complete = [self._entries[index] for index in sorted(touched) if self._entries[index].needles <= found]
        silenced = {entry.rule for entry in complete if entry.is_unless}
        return [entry for entry in complete if not entry.is_unless and entry.rule not in silenced]

    def _found(self, text: str) -> set[_Needle]:
        if self._automaton is None or not text:
            return set()
        found: set[_Needle] = set()
        for pattern, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            for needle in self._needles_by_text[self._texts[pattern]]:
                if (not needle.at_start or _is_edge(text, start)) and (not needle.at_end or _is_edge(text, end)):
                    found.add(needle)
        return found


def _entries(index: int, rule: Words) -> Iterable[_Entry]:
    for is_unless, written in ((False, rule.words), (True, rule.unless_words)):
        for word in written:
            for spelling in _spellings(word):
                if needles := frozenset(filter(None, map(_needle, spelling.split(" + ")))):
                    yield _Entry(index, word, is_unless, needles)


def _spellings(word: str) -> list[str]:
    """As written, and as typed where a keyboard has no umlauts."""
    typed = word.casefold()
    for umlaut, written in _UMLAUTS:
        typed = typed.replace(umlaut, written)
    return [word] if typed == word.casefold() else [word, typed]


def _needle(part: str) -> _Needle | None:
    part = part.strip()
    bare = normal_words(part.strip("*"))
    return _Needle(bare, not part.startswith("*"), not part.endswith("*")) if bare else None


def _is_edge(text: str, at: int) -> bool:
    """Whether a word may begin or end here: beside a space, at either end, or next to a Chinese character."""
    if at in {0, len(text)}:
        return True
    before, after = text[at - 1], text[at]
    return before == " " or after == " " or _is_chinese(before) or _is_chinese(after)


def _is_chinese(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff" or "\uf900" <= character <= "\ufaff"
