"""The rules of one kind of work while they are being written: read from what is kept or from what a browser sent, and drawn again.

A part is a rule, ours or the dealer's, or the exceptions of the whole kind. Its slot names its fields, so that the page works without script.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Final
from uuid import UUID

from django.http import QueryDict

from forecourt.engines.audience import layers, rules
from forecourt.engines.audience.decided import Shares
from forecourt.engines.audience.layers import WHOLE_KIND, Own
from forecourt.engines.audience.matching import Words
from forecourt.kernel.errors import Refusal

LISTS: Final = ("codes", "words", "unless_words")
_MOST_OWN, _MOST_LETTERS = 60, 40_000
_NEW: Final = "new"  # so begins the slot of a rule that is not kept yet
_LAST_ID: Final = 2**128 - 1


@dataclass
class Part:
    """One rule on the page: what the dealer says, and for one of ours what we say."""

    own: Own
    ours: Words | None = None
    slot: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    counted: dict[str, int] = field(default_factory=dict)  # lines of the history by the word that decided them
    lines: int = 0
    is_whole: bool = False  # its words stand on the page; else they come once it is opened

    @property
    def is_ours(self) -> bool:
        return self.ours is not None

    @property
    def is_whole_kind(self) -> bool:
        return self.own.standard == WHOLE_KIND

    @property
    def key(self) -> str:
        """As decisions name the rule."""
        return self.ours.key if self.ours else str(self.own.id)

    @property
    def is_changed(self) -> bool:
        return not self.own.is_empty

    @property
    def name(self) -> str:
        """What it begins with."""
        rule = self.ours or self.own
        return next(iter([*rule.words, *rule.codes]), "")

    @property
    def fields(self) -> list[tuple[str, Sequence[str], str]]:
        """The dealer's words, by list, with what is wrong there."""
        lists = ("unless_words",) if self.is_whole_kind else LISTS
        return [(part, getattr(self.own, part), self.errors.get(part, "")) for part in lists]

    @property
    def said_by_us(self) -> list[tuple[str, list[tuple[str, int, bool]]]]:
        """Our words, by list: each with its lines, and whether the dealer took it out."""
        return [
            (part, [(word, self.counted.get(word, 0), word in self.out) for word in getattr(self.ours, part)])
            for part in LISTS
            if getattr(self.ours, part, ())
        ]

    @property
    def out(self) -> set[str]:
        return set(self.own.without)

    @property
    def size(self) -> int:
        """Words and codes that decide."""
        rule = self.ours
        kept = sum(1 for word in (*rule.words, *rule.codes) if word not in self.out) if rule else 0
        return kept + len(self.own.words) + len(self.own.codes)


@dataclass
class Draft:
    """All that is said of one kind of work."""

    work_kind: str
    never: Part
    own: list[Part]
    ours: list[Part]

    @property
    def parts(self) -> list[Part]:
        return [self.never, *self.own, *self.ours]

    def told(self) -> list[Own]:
        """As the rules keep it."""
        return [part.own for part in self.parts]

    def in_force(self) -> list[Words]:
        """All rules as they would be; Refusal where something cannot be meant."""
        others = [each for each in rules.own() if each.work_kind != self.work_kind]
        told = layers.cleaned(self.told())
        new = {part.own.id: UUID(int=_LAST_ID - _MOST_OWN + place) for place, part in enumerate(self.own) if part.slot.startswith(_NEW)}
        # Rules not kept yet are the same rules from one request to the next, so that they are made ready to match once.
        return layers.in_force([*others, *(replace(each, id=new.get(each.id, each.id)) for each in told)])

    def mark(self, refusal: Refusal) -> None:
        """Put what is wrong beside its field."""
        for part in self.parts if "rule" in refusal.facts else ():
            if refusal.facts["rule"] in {part.own.standard, str(part.own.id)} - {""}:
                part.errors[str(refusal.facts["part"])] = refusal.text

    def add(self) -> None:
        """One more rule of the dealer's own, empty."""
        taken = {part.slot for part in self.own}
        slot = next(slot for place in count() if (slot := f"{_NEW}{place}") not in taken)
        self.own.append(Part(layers.begun(self.work_kind), slot=slot))

    def count(self, shares: Shares) -> None:
        """Put to each rule and word how many lines of the history it decides."""
        for part in self.parts:
            part.lines = shares.rules[part.key]
            part.counted = {value: lines for (rule, value), lines in shares.words.items() if rule == part.key}


def of_kind(work_kind: str) -> Draft:
    """As it is kept."""
    kept = layers.settled(rules.own(work_kind))
    changed = {each.standard: each for each in kept if each.standard}
    never = changed.get(WHOLE_KIND) or layers.begun(work_kind, standard=WHOLE_KIND)
    return Draft(
        work_kind,
        Part(never, slot="never"),
        [Part(each, slot=f"own{place}") for place, each in enumerate(each for each in kept if not each.standard)],
        [
            Part(changed.get(rule.key) or layers.begun(work_kind, standard=rule.key), rule, slot=_slot(rule))
            for rule in layers.ours(work_kind)
        ],
    )


def read(work_kind: str, sent: QueryDict) -> Draft:
    """As a browser sent it. What the browser does not name is as it is kept; a rule of the dealer's own it takes out by leaving it away."""
    draft = of_kind(work_kind)
    draft.never.own = _said(draft.never.own, "never", sent)
    for part in draft.ours:
        if f"{part.slot}.words" in sent:
            part.own = _said(part.own, part.slot, sent, without=sent.getlist(f"{part.slot}.without"))
            part.is_whole = True
    known = {str(part.own.id): part.own for part in draft.own}
    draft.own = []
    for slot in sent.getlist("own")[:_MOST_OWN]:
        begun = known.get(sent.get(f"{slot}.id", "")) or layers.begun(work_kind)
        if sent.get(f"{slot}.gone") != "yes":
            draft.own.append(Part(_said(begun, slot, sent), slot=slot))
    return draft


def _said(begun: Own, slot: str, sent: QueryDict, *, without: Iterable[str] = ()) -> Own:
    lists = {part: tuple(_lines(sent.get(f"{slot}.{part}", ""))) for part in LISTS}
    return Own(
        begun.id, begun.work_kind, begun.standard, **lists, without=tuple(without), is_active=sent.get(f"{slot}.off") != "yes"
    )  # fmt: skip


def _lines(typed: str) -> list[str]:
    """One word a line; who writes without script may also part them by semicolons."""
    return [word for line in typed[:_MOST_LETTERS].splitlines() for word in line.split(";") if word.strip()]


def _slot(rule: Words) -> str:
    return "s" + hashlib.blake2b(rule.key.encode(), digest_size=4).hexdigest()
