"""Finds the words and codes of all rules in one text, in one pass, and says which of them decided.

Owns the meaning of a rule: `a + b` wants both words (`pairs`), `unless` silences its own rule's words. How a word is written and found is in
`needles`, how a code is in `codes`, what silences it where it stands in `contexts`, slips of the keyboard in `spelling`. Pure; where
rules and texts come from is said by `rules` and `classification`.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from forecourt.engines.audience import clauses, contexts, needles, pairs
from forecourt.engines.audience.codes import Book, way
from forecourt.engines.audience.contexts import Others
from forecourt.engines.audience.needles import Finder, Found, Hit, Needle
from forecourt.engines.audience.reaching import Line
from forecourt.engines.audience.spelling import Spelling
from forecourt.kernel.identifiers import normal_code, normal_words

#: Raised when the same rules would decide differently than before, so that stored answers count as stale.
METHOD = 9


@dataclass(frozen=True)
class Words:
    """A rule as the matcher needs it; `key` names it among all."""

    work_kind: str
    codes: Sequence[str] = ()
    words: Sequence[str] = ()
    unless_words: Sequence[str] = ()
    key: str = ""
    language: str = ""


class Grounds(NamedTuple):
    """What a decision stands on: the longest word's letters, how many words apart say the same, and the code: "whole", "range", "beginning"."""

    letters: int = 0
    pieces: int = 0
    is_mended: bool = False
    code: str = ""


@dataclass(frozen=True)
class Decision:
    """Why a text is of a kind: `by` is "code" or "word", `value` as the rule writes it, `rule` the key of the rule."""

    work_kind: str
    by: str
    value: str
    rule: str = field(default="", compare=False)
    grounds: Grounds = field(default=Grounds(), compare=False)


class Reading(NamedTuple):
    """The decisions on a line; whether a word of a rule was silenced in it; whether anything in it is known at all."""

    decisions: list[Decision]
    silenced: bool
    is_known: bool


@dataclass(frozen=True)
class _Entry:
    """One written word of a rule: all its needles must be found."""

    rule: int
    written: str
    needles: frozenset[Needle]
    letters: int


class _Works:
    """The works that a line names, looked for when first asked."""

    def __init__(self, kinds: dict[Needle, set[str]], look: Callable[[], list[tuple[Hit, Collection[str]]]]) -> None:
        self._kinds = kinds
        self._look = look
        self._found: list[tuple[Hit, Collection[str]]] | None = None

    def _all(self) -> list[tuple[Hit, Collection[str]]]:
        if self._found is None:
            self._found = self._look()
        return self._found

    def all(self) -> Others:
        return [(hit.start, hit.end) for hit, _kinds in self._all()]

    def others(self, word: Hit) -> Others:
        """Those of other kinds than a word is of."""
        mine = self._kinds[word.needle]
        return [(hit.start, hit.end) for hit, of in self._all() if mine.isdisjoint(of)]


class Matcher:
    """All rules, ready; `match` costs some microseconds a text."""

    def __init__(self, rules: Sequence[Words]) -> None:
        self._rules = rules
        self._codes = Book((index, code) for index, rule in enumerate(rules) for code in rule.codes)
        self._entries = [entry for index, rule in enumerate(rules) for entry in _entries(index, rule.words)]
        unless = [entry for index, rule in enumerate(rules) for entry in _entries(index, rule.unless_words)]
        self._contexts = contexts.standard()
        self._concerned = [self._contexts.of(rule.work_kind) for rule in rules]
        self._finder = Finder([*(needle for entry in (*self._entries, *unless) for needle in entry.needles), *self._contexts.needles])
        self._spelling = _spelling([*self._entries, *unless], self._contexts.needles)
        numbers = self._finder.numbers
        self._spoken = {numbers[needle]: self._contexts.spoken_by(needle) for needle in self._contexts.needles}
        self._mentions = Finder(self._contexts.mentions)
        self._numbers = [frozenset(numbers[needle] for needle in entry.needles) for entry in self._entries]
        # One needle is enough for an entry, or it is looked at when the needle is there that fewest entries share: the others are needed too.
        self._alone: list[list[int]] = [[] for _needle in self._finder.needles]
        self._together: list[list[int]] = [[] for _needle in self._finder.needles]
        shared = Counter(number for needed in self._numbers for number in needed)
        for index, needed in enumerate(self._numbers):
            by_number = self._alone if len(needed) == 1 else self._together
            by_number[min(needed, key=lambda number: (shared[number], number))].append(index)
        self._several = frozenset(index for index, needed in enumerate(self._numbers) if len(needed) > 1)
        self._asked = frozenset(number for number in numbers.values() if self._alone[number] or self._together[number])
        self._unless: list[set[int]] = [set() for _rule in rules]
        self._unless_together: list[list[frozenset[int]]] = [[] for _rule in rules]
        for entry in unless:
            together = frozenset(numbers[needle] for needle in entry.needles)
            if len(together) == 1:
                self._unless[entry.rule] |= together
            else:
                self._unless_together[entry.rule].append(together)
        self._phrases = frozenset(number for needle, number in numbers.items() if " " in needle.text)
        self._unless_phrases = frozenset(entry.rule for entry in unless if any(" " in needle.text for needle in entry.needles))

    def match(self, code: str, text: str) -> list[Decision]:
        """The kinds of a line with what decided each, a code before a word; `code` and `text` as the line has them."""
        return self.read(code, text).decisions

    def read(self, code: str, text: str) -> Reading:
        """What `match` says, and on what grounds."""
        decided: dict[str, Decision] = {}
        for index, written in self._codes.find(normal_code(code)):
            if (rule := self._rules[index]).work_kind not in decided:
                decided[rule.work_kind] = Decision(rule.work_kind, "code", written, rule.key, Grounds(code=way(written)))
        typed = normal_words(text)
        bare = needles.searchable(corrected := self._spelling.corrected(typed))
        everything = self._finder.find(bare)
        found = {number for number, _start, _end in everything}
        complete = self._complete(found)
        entries = self._by_words(bare, text, everything, found, complete) if complete else []
        of_kinds: dict[str, list[_Entry]] = {}
        for entry in entries:
            of_kinds.setdefault(self._rules[entry.rule].work_kind, []).append(entry)
        for kind, of_kind in of_kinds.items():
            by_code = decided.get(kind)
            grounds = self._grounds(of_kind, everything, "" if corrected is typed else typed, by_code.grounds.code if by_code else "")
            if by_code:
                decided[kind] = replace(by_code, grounds=grounds)
            else:
                decided[kind] = Decision(kind, "word", of_kind[0].written, self._rules[of_kind[0].rule].key, grounds)
        is_known = bool(decided or complete) or bool(self._mentions.find(bare))
        return Reading(sorted(decided.values(), key=lambda decision: decision.work_kind), len(entries) < len(complete), is_known)

    def _grounds(self, entries: Sequence[_Entry], everything: Sequence[Found], typed: str, code: str) -> Grounds:
        """What these words of one kind weigh; `typed` is the text as it was typed, if something was mended in it."""
        said = max([entry.letters for entry in entries])
        is_mended = bool(typed) and not self._stands(entries, needles.searchable(typed))
        if len(entries) == 1 and len(entries[0].needles) == 1:
            return Grounds(said, 1, is_mended, code)
        numbers = {self._finder.numbers[needle] for entry in entries for needle in entry.needles}
        pieces = last = 0
        for start, end in sorted([(start, end) for number, start, end in everything if number in numbers]):
            if start + 1 >= last:
                pieces += 1
            last = max(last, end)
        return Grounds(said, pieces, is_mended, code)

    def _stands(self, entries: Sequence[_Entry], text: str) -> bool:
        """Whether one of them stands in a text, letter by letter."""
        found = {number for number, _start, _end in self._finder.find(text)}
        return any(all(self._finder.numbers[needle] in found for needle in entry.needles) for entry in entries)

    def mended(self, word: str) -> str:
        """A word of a normal text as these rules read it; itself, unless it has a slip of the keyboard."""
        return self._spelling.corrected(word)

    def denied(self, text: str) -> str:
        """The word of a rule that stands in a text without meaning it ("no oil change"), if there is no word that does; else empty."""
        bare = needles.searchable(self._spelling.corrected(normal_words(text)))
        everything = self._finder.find(bare)
        found = {number for number, _start, _end in everything}
        complete = self._complete(found)
        return self._entries[min(complete)].written if complete and not self._by_words(bare, text, everything, found, complete) else ""

    def _by_words(self, text: str, line: str, everything: list[Found], found: set[int], complete: list[int]) -> list[_Entry]:
        entries = [self._entries[index] for index in sorted(complete)]
        silenced = {rule for rule in {entry.rule for entry in entries} if self._is_silenced(rule, found)}
        if silenced and not silenced.isdisjoint(self._unless_phrases):
            silenced = self._silenced_in_a_clause(silenced, text, line, everything)
        if silenced and len(complete) > 1:
            silenced -= self._free_elsewhere(silenced, [entry for entry in entries if entry.rule in silenced], text, line, everything)
        deciding = [entry for entry in entries if entry.rule not in silenced]
        if not self._several.isdisjoint(complete):
            deciding = self._of_one_job(deciding, text, line, everything)
        if spoken := found & self._spoken.keys():
            concerned = 0
            for entry in deciding:
                concerned |= self._concerned[entry.rule]
            if any(self._spoken[number] & concerned for number in spoken):
                return self._meant(text, line, deciding, everything, concerned)
        return deciding

    def _complete(self, found: set[int]) -> list[int]:
        """The entries of which every needle was found, each once."""
        complete: list[int] = []
        for number in found & self._asked:
            complete += self._alone[number]
            if together := self._together[number]:
                complete += [index for index in together if self._numbers[index] <= found]
        return complete

    def _is_silenced(self, rule: int, found: set[int]) -> bool:
        return not self._unless[rule].isdisjoint(found) or any(each <= found for each in self._unless_together[rule])

    def _silenced_in_a_clause(self, silenced: set[int], text: str, line: str, everything: list[Found]) -> set[int]:
        """Those that are so by words of one clause: "oil, brakes advised" is no oil of brakes."""
        single = {number for number, _start, _end in everything if number not in self._phrases}
        surely = {rule for rule in silenced if self._is_silenced(rule, single)}
        if surely == silenced or (ends := clauses.read(line, text, self._spelling.corrected)) is clauses.NONE:
            return silenced
        for number, start, end in everything:
            if number in self._phrases and not ends.parts_plainly(start + 1, end - 1):
                single.add(number)
        return {rule for rule in silenced if rule in surely or self._is_silenced(rule, single)}

    def _free_elsewhere(self, silenced: set[int], entries: list[_Entry], text: str, line: str, everything: list[Found]) -> set[int]:
        """Those of which a word stands in another clause than the silencing one, which has its own: "MOT + rear pads for MOT"."""
        words: dict[int, set[int]] = {}
        for entry in entries:
            if len(entry.needles) == 1:
                words.setdefault(entry.rule, set()).update(self._finder.numbers[needle] for needle in entry.needles)
        found = {number for number, _start, _end in everything}
        twice = [
            rule
            for rule in silenced
            if not any(each <= found for each in self._unless_together[rule])
            and len({start for number, start, _end in everything if number in words.get(rule, ())}) > 1
        ]
        if not twice or (ends := clauses.read(line, text, self._spelling.corrected)) is clauses.NONE:
            return set()
        free: set[int] = set()
        for rule in twice:
            own = {ends.number(start + 1) for number, start, _end in everything if number in words[rule]}
            silencing = {ends.number(start + 1) for number, start, _end in everything if number in self._unless[rule]}
            if silencing <= own and own - silencing:
                free.add(rule)
        return free

    def _of_one_job(self, entries: list[_Entry], text: str, line: str, everything: list[Found]) -> list[_Entry]:
        """Those but for such as have each of their words from a clause on another job: "front pads replaced, tyre storage" replaces no tyre."""
        if len(kinds := {self._rules[entry.rule].work_kind for entry in entries}) == 1:
            return entries
        by_one_word = {self._rules[entry.rule].work_kind for entry in entries if len(entry.needles) == 1}
        if kinds == by_one_word or (ends := clauses.read(line, text, self._spelling.corrected)) is clauses.NONE:
            return entries
        wanted = {self._finder.numbers[needle] for entry in entries for needle in entry.needles}
        hits = [self._finder.hit(found) for found in everything if found[0] in wanted]
        named = [(entry.needles, self._rules[entry.rule].work_kind) for entry in entries]
        strewn = pairs.strewn(named, [(hit.needle, ends.number(hit.start)) for hit in hits], kinds - by_one_word)
        return [entry for index, entry in enumerate(entries) if index not in strewn]

    def _meant(self, text: str, line: str, entries: list[_Entry], everything: list[Found], concerned: int) -> list[_Entry]:
        """The entries of which every needle stands somewhere where no context silences it for this kind of work."""
        wanted = {self._finder.numbers[needle] for entry in entries for needle in entry.needles}
        words = [self._finder.hit(found) for found in everything if found[0] in wanted]
        spoken = [self._finder.hit(found) for found in everything if found[0] in self._spoken]
        contexts_of: dict[Needle, list[int]] = {}
        works = self._works(text, words, entries)
        sense = Line(self._contexts, text, clauses.read(line, text, self._spelling.corrected), works.all)
        for word, bits in sense.silenced(words, spoken, concerned, works.others):
            contexts_of.setdefault(word.needle, []).append(bits)
        return [
            entry
            for entry in entries
            if all(any(not bits & self._concerned[entry.rule] for bits in contexts_of[needle]) for needle in entry.needles)
        ]

    def _works(self, text: str, words: Iterable[Hit], entries: Iterable[_Entry]) -> _Works:
        """Which kinds of work the words of a line are of, also such as decide nothing by themselves."""
        kinds: dict[Needle, set[str]] = {}
        for entry in entries:
            for needle in entry.needles:
                kinds.setdefault(needle, set()).add(self._rules[entry.rule].work_kind)
        return _Works(
            kinds,
            lambda: [
                *((each, kinds[each.needle]) for each in words if each.needle.text not in self._contexts.fillers),
                *((hit, self._contexts.mentions[hit.needle]) for hit in map(self._mentions.hit, self._mentions.find(text))),
            ],
        )


def _spelling(entries: Iterable[_Entry], of_contexts: Iterable[Needle]) -> Spelling:
    of_rules = {needle for entry in entries for needle in entry.needles}
    return Spelling(
        (word for needle in of_rules if needle.at_end for word in needle.text.split()),
        others=(word for needle in {*of_rules, *of_contexts} for word in needle.text.split()),
        stems=(needle.text for entry in entries for needle in entry.needles if len(entry.needles) == 1 and not needle.at_end),
    )


def _entries(rule: int, words: Iterable[str]) -> Iterable[_Entry]:
    for word in words:
        for spelling in needles.spellings(word):
            if found := frozenset(filter(None, map(needles.written, spelling.split(" + ")))):
                yield _Entry(rule, word, found, sum(needles.letters(needle.text) for needle in found))
