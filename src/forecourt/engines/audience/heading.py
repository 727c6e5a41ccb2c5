"""What the phrases of a line speak of: one heads a list ("not done: pads, oil"), one leads its own clause, one means no work at all.

Owns which phrases act in a line and how; which words they reach is said by `reaching`. Pure.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from forecourt.engines.audience.clauses import CLOSE, COLON, COMMA, FULL_STOP, JOINT, OPEN, POINT, STOP, Clauses
from forecourt.engines.audience.contexts import Contexts, Others, Trigger, parts
from forecourt.engines.audience.needles import Hit, is_chinese

_LEADS = 2


@dataclass(frozen=True)
class Said:
    """A phrase where it stands; `until` is where the list ends that it heads, `leads` whether its own clause names what it is said of."""

    trigger: Trigger
    hit: Hit
    until: int = 0
    leads: bool = False


class Phrases:
    """The phrases of one line, with its clauses and all works that it names."""

    def __init__(self, contexts: Contexts, text: str, clauses: Clauses, works: Callable[[], Others]) -> None:
        self._contexts = contexts
        self._text = text
        self._clauses = clauses
        self.works = works

    def acting(self, spoken: Iterable[Hit], asked: int) -> Iterator[Said]:
        told = self._contexts
        idle = [(hit, told.idle[hit.needle]) for hit in spoken if hit.needle in told.idle]
        for hit in spoken:
            for trigger in told.triggers.get(hit.needle, ()):
                if 1 << trigger.context & asked and not _is_idle(trigger, hit, idle) and self._is_meant(trigger, hit):
                    yield self._said(trigger, hit)

    def _is_meant(self, trigger: Trigger, hit: Hit) -> bool:
        """Not a denial of the warranty, nor of an exchange of what was found good, nor a "no" behind which the clause goes on."""
        told = self._contexts
        if not told.contexts[trigger.context].denies:
            return True
        if not trigger.is_ahead and hit.needle.text in told.closing and self._text[hit.end : self._clauses.may_end(hit.end)].strip():
            return False
        before = self._text[: hit.start].rstrip()
        if before.endswith(told.verdicts) and any(part.startswith(told.done) for part in parts(hit.needle.text)):
            return False
        near = before[self._clauses.begin(hit.start) :], self._text[hit.end : self._clauses.end(hit.end)]
        last = [part for part in near[0].split() if part not in told.fillers][-1:]
        first = [part for part in near[1].split() if part not in told.fillers][:1]
        return not any(part.startswith(told.things) or (is_chinese(part[0]) and part.endswith(told.things)) for part in (*last, *first))

    def _said(self, trigger: Trigger, hit: Hit) -> Said:
        context = self._contexts.contexts[trigger.context]
        if not context.heads:
            return Said(trigger, hit)
        may_lead = context.denies and not trigger.is_ahead and not self._text[hit.end :].isspace()
        head = next((mark for mark in self._clauses.after(hit.end) if mark[1] not in (POINT, JOINT)), None)
        opens = context.ahead_reach < 0 and head is not None and head[1] == OPEN
        may_head = head is not None and (head[1] == COLON or opens or (context.denies and head[1] == COMMA))
        if not (may_lead or may_head) or not self._begins(hit):
            return Said(trigger, hit)
        if head and may_head and (until := self._heads_until(trigger, hit, *head)):
            return Said(trigger, hit, until=until)
        return Said(trigger, hit, leads=may_lead and self._has_its_own(hit))

    def _begins(self, hit: Hit) -> bool:
        """Whether no work is named in its clause before it."""
        return not self.names_work(self._clauses.may_begin(hit.start), hit.start)

    def _heads_until(self, trigger: Trigger, hit: Hit, place: int, sign: str) -> int:
        """Where the list ends that a phrase heads at the mark behind it: "declined: pads, oil"; 0 where it heads none."""
        ends, context = word_end(self._text, hit), self._contexts.contexts[trigger.context]
        if sign in (COLON, OPEN):
            is_bare = context.denies and trigger.is_ahead and " " not in hit.needle.text
            is_head = self._goes_on_to_a_list(self._text[ends:place], is_bare=is_bare)
        else:
            is_head = place == ends and not self.names_work(0, hit.start)
        if not is_head or self.names_work(hit.end, place):
            return 0
        until = self._list_end(place)
        return until if self.names_work(place, until) else 0

    def _goes_on_to_a_list(self, between: str, *, is_bare: bool) -> bool:
        """Whether a phrase stands at a colon, or with "done", "items", "by the customer" before it; not "no cold air: regas"."""
        told = self._contexts
        rest = [part for part in between.split() if part not in told.fillers]
        return len(rest) <= _LEADS and (not is_bare or all(part.startswith((*told.done, *told.finished, *told.items)) for part in rest))

    def _list_end(self, place: int) -> int:
        for at, sign in self._clauses.after(place + 1):
            if sign in (STOP, FULL_STOP, CLOSE):
                return at
            if sign == COLON:
                return max(self._clauses.may_begin(at), place + 1)
        return len(self._text)

    def _has_its_own(self, hit: Hit) -> bool:
        """Whether a work follows at once in its clause: "…, nicht gemacht Bremsen"."""
        end = self._clauses.may_end(hit.end)
        following = [first for first, _last in self.works() if hit.end <= first < end]
        return bool(following) and len(parts(self._text[hit.end : min(following)])) <= _LEADS

    def names_work(self, start: int, end: int) -> bool:
        return any(start <= first and last <= end for first, last in self.works())


def _is_idle(trigger: Trigger, hit: Hit, idle: Iterable[tuple[Hit, frozenset[int]]]) -> bool:
    return any(
        trigger.context in contexts and each.start <= hit.start and hit.end <= each.end and hit.needle.text != each.needle.text
        for each, contexts in idle
    )


def word_end(text: str, hit: Hit) -> int:
    return hit.end if hit.needle.at_end else text.find(" ", hit.end)
