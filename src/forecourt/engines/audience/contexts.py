"""What is said beside a word so that the line speaks of a work without being it: "no oil change", "quote for brakes", "pads checked, ok".

Owns what `standard/contexts.toml` declares; how far it reaches in a line is said by `reaching`. After NegEx (Chapman et al., "A Simple Algorithm for Identifying Negated Findings and Diseases
in Discharge Summaries", J. Biomed. Inform. 34, 2001): triggers before and behind a word, phrases in which they mean nothing, a reach in
words, and words that end it. Pure.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any, NamedTuple

from forecourt.engines.audience.needles import Needle, is_chinese, spellings, written
from forecourt.engines.audience.standard import contexts as declared
from forecourt.kernel.identifiers import normal_words

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
    denies: bool
    heads: bool
    in_clause: bool
    kinds: frozenset[str]
    spares: frozenset[str]

    def concerns(self, work_kind: str) -> bool:
        return work_kind not in self.spares and (not self.kinds or work_kind in self.kinds)


class Trigger(NamedTuple):
    """That a phrase opens a context, and over which side."""

    context: int
    is_ahead: bool


@dataclass(frozen=True)
class Contexts:
    """All contexts; `needles` are to be found together with the words of rules, and handed to `silenced`."""

    contexts: tuple[Context, ...]
    triggers: dict[Needle, tuple[Trigger, ...]]
    idle: dict[Needle, frozenset[int]]
    joiners: frozenset[str]
    also: frozenset[str]
    leading: frozenset[str]
    nouns: frozenset[str]
    mentions: dict[Needle, frozenset[str]]
    done: tuple[str, ...]
    faults: tuple[str, ...]
    fillers: frozenset[str]
    things: tuple[str, ...]
    verdicts: tuple[str, ...]
    turns: re.Pattern[str]
    finished: tuple[str, ...]
    to_be: frozenset[str]
    items: tuple[str, ...]
    closing: frozenset[str]

    @property
    def needles(self) -> Iterable[Needle]:
        return [*self.triggers, *self.idle]

    def of(self, work_kind: str) -> int:
        """The contexts that concern a kind of work, as bits."""
        return sum(1 << index for index, context in enumerate(self.contexts) if context.concerns(work_kind))

    def spoken_by(self, needle: Needle) -> int:
        """The contexts that a needle opens, as bits; none for a mere turn of phrase."""
        return sum(1 << context for context in {trigger.context for trigger in self.triggers.get(needle, ())})


def parts(text: str) -> list[str]:
    """The words; of Chinese, what follows from each character on, since nothing parts them."""
    if text.isascii():
        return text.split()
    found: list[str] = []
    for word in text.split():
        if any(map(is_chinese, word)):
            found += [word[at:] for at, character in enumerate(word) if is_chinese(character)]
        else:
            found.append(word)
    return found


@lru_cache(maxsize=1)
def standard() -> Contexts:
    """The contexts as `standard/contexts.toml` declares them."""
    told = declared()
    triggers: dict[Needle, list[Trigger]] = {}
    idle: dict[Needle, list[int]] = {}
    for index, context in enumerate(told["context"]):
        for needle in _needles(context.get("idle", ())):
            idle.setdefault(needle, []).append(index)
        back = [*context.get("back", ()), *(_denied(no, done) for no, done in product(context.get("denials", ()), told["done"]))]
        for is_ahead, phrases in ((True, context.get("ahead", ())), (False, back)):
            for needle in _needles(phrases):
                triggers.setdefault(needle, []).append(Trigger(index, is_ahead))
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
        things=tuple(_bare(told["things"])),
        verdicts=tuple(each if is_chinese(each[0]) else f" {each}" for each in _bare(told["verdicts"])),
        turns=re.compile("|".join(each if is_chinese(each[0]) else f" {each}(?= )" for each in sorted(_bare(told["turns"])))),
        finished=tuple(_bare(told["finished"])),
        to_be=_bare(told["to_be"]),
        items=tuple(_bare(told["items"])),
        closing=_bare(told["closing"]),
    )


def _denied(no: str, done: str) -> str:
    return f"{no}{'' if is_chinese(no[-1]) else ' '}{done}*"


def _context(told: dict[str, Any]) -> Context:
    return Context(
        name=told["name"],
        ahead_reach=told["ahead_reach"],
        back_reach=told["back_reach"],
        ends_at_joiners=told.get("ends_at_joiners", False),
        unless_done=told.get("unless_done", False),
        of_all=told.get("of_all", False),
        denies=told.get("denies", False),
        heads=told.get("heads", False),
        in_clause=told.get("in_clause", False),
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
    for of, phrases in told.items():
        for needle in _needles(phrases):
            kinds.setdefault(needle, set()).update(of.split())
    return {needle: frozenset(found) for needle, found in kinds.items()}


def _bare(words: Iterable[str]) -> frozenset[str]:
    return frozenset(normal_words(spelling) for word in words for spelling in spellings(word))
