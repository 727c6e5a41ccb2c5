"""What is said beside a word so that the line speaks of a work without being it: "no oil change", "quote for brakes", "pads checked, ok".

Owns what `standard/contexts.toml` means. After NegEx (Chapman et al., "A Simple Algorithm for Identifying Negated Findings and Diseases
in Discharge Summaries", J. Biomed. Inform. 34, 2001): triggers before and behind a word, phrases in which they mean nothing, a reach in
words, and words that end it. Pure.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any, NamedTuple

from forecourt.engines.audience.needles import Hit, Needle, is_chinese, spellings, written
from forecourt.engines.audience.standard import contexts as declared
from forecourt.kernel.identifiers import normal_words

_CHINESE_A_WORD = 2
_CHINESE_COMMA = re.compile(r"(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])")
_LOOKS_ON = 3
_CLOSE = 2


Others = Sequence[tuple[int, int]]
"""Where words of other kinds of work stand in the text."""


class Context(NamedTuple):
    """One way of not meaning it; the reaches count words in between."""

    name: str
    ahead_reach: int
    back_reach: int
    ends_at_joiners: bool
    unless_done: bool
    of_all: bool
    kinds: frozenset[str]
    spares: frozenset[str]

    def concerns(self, work_kind: str) -> bool:
        return work_kind not in self.spares and (not self.kinds or work_kind in self.kinds)


class _Trigger(NamedTuple):
    context: int
    is_ahead: bool


@dataclass(frozen=True)
class Contexts:
    """All contexts; `needles` are to be found together with the words of rules, and handed to `silenced`."""

    contexts: tuple[Context, ...]
    triggers: dict[Needle, tuple[_Trigger, ...]]
    idle: dict[Needle, frozenset[int]]
    joiners: frozenset[str]
    also: frozenset[str]
    leading: frozenset[str]
    nouns: frozenset[str]
    mentions: dict[Needle, frozenset[str]]
    done: tuple[str, ...]
    faults: tuple[str, ...]
    fillers: frozenset[str]

    @property
    def needles(self) -> Iterable[Needle]:
        return [*self.triggers, *self.idle]

    def of(self, work_kind: str) -> int:
        """The contexts that concern a kind of work, as bits."""
        return sum(1 << index for index, context in enumerate(self.contexts) if context.concerns(work_kind))

    def spoken_by(self, needle: Needle) -> int:
        """The contexts that a needle opens, as bits; none for a mere turn of phrase."""
        return sum(1 << context for context in {trigger.context for trigger in self.triggers.get(needle, ())})

    def silenced(
        self, text: str, words: Sequence[Hit], spoken: Sequence[Hit], asked: int, others: Callable[[Hit], Others]
    ) -> Iterator[tuple[Hit, int]]:
        """Each hit of a rule's word with those of the `asked` contexts, as bits, that it is in; `spoken` holds the hits of our own needles.
        `others` tells the words of other kinds of work than one is of."""
        idle = [(hit, self.idle[hit.needle]) for hit in spoken if hit.needle in self.idle]
        acting = [
            (trigger, hit)
            for hit in spoken
            for trigger in self.triggers.get(hit.needle, ())
            if 1 << trigger.context & asked
            and not any(
                trigger.context in contexts and each.start <= hit.start and hit.end <= each.end and hit.needle.text != each.needle.text
                for each, contexts in idle
            )
        ]
        for word in words:
            bits = 0
            whole = _whole(text, word)
            for trigger, hit in acting:
                if (
                    not bits & 1 << trigger.context
                    and self._reaches(text, trigger, hit, word, whole)
                    and not self._is_of_another(text, trigger, hit, word, whole, others(word))
                ):
                    bits |= 1 << trigger.context
            yield word, bits

    def _is_of_another(self, text: str, trigger: _Trigger, hit: Hit, word: Hit, whole: tuple[int, int], others: Others) -> bool:
        """Whether it is said of another work that stands nearer: "oil service, brakes advised", "pads declined, oil changed"."""
        start, end = whole
        if not others or self.contexts[trigger.context].of_all:
            return False
        if not text.isascii() and _is_in_another_clause(text, hit, word, others):
            return True
        if trigger.is_ahead:
            is_done = self._ends_done(text, word, end)
            return is_done and any(last <= start and (hit.end <= first or _is_close(text[last : hit.start])) for first, last in others)
        if any(end <= first and last <= hit.start and self.also.isdisjoint(text[end:first].split()) for first, last in others):
            return True
        return hit.needle.text in self.leading and any(
            hit.end <= first and _is_close(text[hit.end : first]) and not self._is_done_next(text[last:]) for first, last in others
        )

    def _ends_done(self, text: str, word: Hit, end: int) -> bool:
        # Chinese says what is done before what it is done to.
        last = word.needle.text.split()[-1]
        return (last.startswith(self.done) and not is_chinese(last[0])) or self._is_done_next(text[end:])

    def _reaches(self, text: str, trigger: _Trigger, hit: Hit, word: Hit, whole: tuple[int, int]) -> bool:
        context = self.contexts[trigger.context]
        start, end = whole
        if trigger.is_ahead:
            if start < hit.end or not self._is_near(text[hit.end : start], context, trigger):
                return False
        elif end > hit.start or not self._is_near(text[end : hit.start], context, trigger):
            return False
        return not (context.unless_done and (self._says_done(word) or self._is_done_next(text[max(hit.end, end) :])))

    def _says_done(self, word: Hit) -> bool:
        return any(part.startswith(self.done) for part in word.needle.text.split())

    def _is_near(self, between: str, context: Context, trigger: _Trigger) -> bool:
        count = 0.0
        for part in _parts(between):
            if context.ends_at_joiners and part in self.joiners:
                return False
            if part.startswith(self.done) and (trigger.is_ahead or part not in self.nouns):
                # "not done: service" is denied; what follows "no recall open, done" is another work.
                if not trigger.is_ahead or context.unless_done or count:
                    return False
            elif part not in self.fillers:
                count += 1 / _CHINESE_A_WORD if is_chinese(part[0]) else 1
        return count <= (context.ahead_reach if trigger.is_ahead else context.back_reach)

    def _is_done_next(self, rest: str) -> bool:
        """Whether the line goes on to say that it was exchanged: "… checked and replaced"."""
        looked_at = 0
        for part in _parts(rest):
            if part.startswith(self.done):
                return True
            if part in self.joiners or part.isdigit() or part.startswith(self.faults):
                continue
            looked_at += 1
            if looked_at == _LOOKS_ON or not is_chinese(part[0]):
                return False
        return False


def _whole(text: str, word: Hit) -> tuple[int, int]:
    """Where the whole word begins and ends of which a needle with open edges is a part."""
    start = word.start if word.needle.at_start else text.rfind(" ", 0, word.start) + 1
    return start, word.end if word.needle.at_end else text.find(" ", word.end)


def _is_in_another_clause(text: str, hit: Hit, word: Hit, others: Others) -> bool:
    """Whether it is said in a clause of Chinese that names another work, and the word stands in another one: there only a comma leaves a space."""
    begins = max((each.end() for each in _CHINESE_COMMA.finditer(text, 0, hit.start + 1)), default=0)
    ends = each.start() if (each := _CHINESE_COMMA.search(text, hit.end)) else len(text)
    return not begins <= word.start < ends and any(begins <= first and last <= ends for first, last in others)


def _is_close(between: str) -> bool:
    return len(_parts(between)) <= _CLOSE


def _parts(text: str) -> list[str]:
    """The words; of Chinese, what follows from each character on, since nothing parts them."""
    if text.isascii():
        return text.split()
    parts: list[str] = []
    for word in text.split():
        if any(map(is_chinese, word)):
            parts += [word[at:] for at, character in enumerate(word) if is_chinese(character)]
        else:
            parts.append(word)
    return parts


@lru_cache(maxsize=1)
def standard() -> Contexts:
    """The contexts as `standard/contexts.toml` declares them."""
    told = declared()
    triggers: dict[Needle, list[_Trigger]] = {}
    idle: dict[Needle, list[int]] = {}
    for index, context in enumerate(told["context"]):
        for needle in _needles(context.get("idle", ())):
            idle.setdefault(needle, []).append(index)
        back = [*context.get("back", ()), *(f"{no} {done}*" for no, done in product(context.get("denials", ()), told["done"]))]
        for is_ahead, phrases in ((True, context.get("ahead", ())), (False, back)):
            for needle in _needles(phrases):
                triggers.setdefault(needle, []).append(_Trigger(index, is_ahead))
    return Contexts(
        contexts=tuple(map(_context, told["context"])),
        triggers={needle: tuple(dict.fromkeys(found)) for needle, found in triggers.items()},
        idle={needle: frozenset(found) for needle, found in idle.items()},
        joiners=_bare(told["joiners"]),
        also=_bare(told["also"]),
        leading=_bare(told["leading"]),
        nouns=_bare(told["nouns"]),
        mentions=_mentions(told["mentions"]),
        done=tuple(_bare(told["done"])),
        faults=tuple(_bare(told["faults"])),
        fillers=_bare(told["fillers"]),
    )


def _context(told: dict[str, Any]) -> Context:
    return Context(
        name=told["name"],
        ahead_reach=told["ahead_reach"],
        back_reach=told["back_reach"],
        ends_at_joiners=told.get("ends_at_joiners", False),
        unless_done=told.get("unless_done", False),
        of_all=told.get("of_all", False),
        kinds=frozenset(told.get("kinds", ())),
        spares=frozenset(told.get("spares", ())),
    )


def _needles(phrases: Iterable[str]) -> Iterator[Needle]:
    for phrase in phrases:
        for spelling in spellings(phrase):
            if needle := written(spelling):
                yield needle


def _mentions(told: dict[str, list[str]]) -> dict[Needle, frozenset[str]]:
    kinds: dict[Needle, set[str]] = {}
    for kind, phrases in told.items():
        for needle in _needles(phrases):
            kinds.setdefault(needle, set()).add(kind)
    return {needle: frozenset(found) for needle, found in kinds.items()}


def _bare(words: Iterable[str]) -> frozenset[str]:
    return frozenset(normal_words(spelling) for word in words for spelling in spellings(word))
