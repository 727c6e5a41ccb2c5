"""How far what is said beside a word reaches in one line, and of which work it is said.

Owns the sense of a line: a phrase reaches back or ahead over some words, heads a list ("not done: pads, oil"), leads its own clause, or is
said of another work that stands nearer, or of no work at all ("warranty refused"). The phrases are declared by `contexts`, where a
clause ends is told by `clauses`. Pure.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from forecourt.engines.audience.clauses import CLOSE, COLON, COMMA, FULL_STOP, JOINT, POINT, STOP, Clauses
from forecourt.engines.audience.contexts import Context, Contexts, Others, Trigger, parts
from forecourt.engines.audience.needles import Hit, is_chinese

_CHINESE_A_WORD = 2
_LOOKS_ON = 3
_CLOSE = 2
_LEADS = 2


@dataclass(frozen=True)
class _Said:
    """A phrase where it stands; `until` is where the list ends that it heads, `leads` whether its own clause names what it is said of."""

    trigger: Trigger
    hit: Hit
    until: int = 0
    leads: bool = False


class Line:
    """One line with its clauses and all works that it names."""

    def __init__(self, contexts: Contexts, text: str, clauses: Clauses, works: Callable[[], Others]) -> None:
        self._contexts = contexts
        self._text = text
        self._clauses = clauses
        self._works = works
        self._turns = [found.start() for found in contexts.turns.finditer(text)] if clauses else []

    def silenced(
        self, words: Sequence[Hit], spoken: Sequence[Hit], asked: int, others: Callable[[Hit], Others]
    ) -> Iterator[tuple[Hit, int]]:  # fmt: skip
        """Each hit of a rule's word with those of the `asked` contexts, as bits, that it is in; `spoken` holds the hits of the phrases.
        `others` tells the words of other kinds of work than one is of."""
        acting = list(self._acting(spoken, asked))
        for word in words:
            bits = 0
            whole = _whole(self._text, word)
            for said in acting:
                bit = 1 << said.trigger.context
                if not bits & bit and self._silences(said, word, whole, others):
                    bits |= bit
            yield word, bits

    # -- what the phrases mean in this line --

    def _acting(self, spoken: Iterable[Hit], asked: int) -> Iterator[_Said]:
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

    def _said(self, trigger: Trigger, hit: Hit) -> _Said:
        context = self._contexts.contexts[trigger.context]
        if not context.heads:
            return _Said(trigger, hit)
        may_lead = context.denies and not trigger.is_ahead and not self._text[hit.end :].isspace()
        head = next((mark for mark in self._clauses.after(hit.end) if mark[1] not in (POINT, JOINT)), None)
        may_head = head is not None and (head[1] == COLON or (context.denies and head[1] == COMMA))
        if not (may_lead or may_head) or not self._begins(hit):
            return _Said(trigger, hit)
        if head and may_head and (until := self._heads_until(trigger, hit, *head)):
            return _Said(trigger, hit, until=until)
        return _Said(trigger, hit, leads=may_lead and self._has_its_own(hit))

    def _begins(self, hit: Hit) -> bool:
        """Whether no work is named in its clause before it."""
        return not self._names_work(self._clauses.may_begin(hit.start), hit.start)

    def _heads_until(self, trigger: Trigger, hit: Hit, place: int, sign: str) -> int:
        """Where the list ends that a phrase heads at the mark behind it: "declined: pads, oil"; 0 where it heads none."""
        ends, context = _word_end(self._text, hit), self._contexts.contexts[trigger.context]
        if sign == COLON:
            is_bare = context.denies and trigger.is_ahead and " " not in hit.needle.text
            is_head = self._goes_on_to_a_list(self._text[ends:place], is_bare=is_bare)
        else:
            is_head = place == ends and not self._names_work(0, hit.start)
        if not is_head or self._names_work(hit.end, place):
            return 0
        until = self._list_end(place)
        return until if self._names_work(place, until) else 0

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
        following = [first for first, _last in self._works() if hit.end <= first < end]
        return bool(following) and len(parts(self._text[hit.end : min(following)])) <= _LEADS

    def _names_work(self, start: int, end: int) -> bool:
        return any(start <= first and last <= end for first, last in self._works())

    # -- whether they reach a word --

    def _silences(self, said: _Said, word: Hit, whole: tuple[int, int], others: Callable[[Hit], Others]) -> bool:
        start, end = whole
        if said.until:
            return said.hit.end <= start < said.until and not self._is_finished(end, self._clauses.end(end))
        if _is_ahead(said.hit, whole):
            if not (said.trigger.is_ahead or said.leads):
                return False
        elif said.trigger.is_ahead or end > said.hit.start:
            return False
        return self._reaches(said, word, whole) and not self._is_of_another(said, word, whole, others(word))

    def _reaches(self, said: _Said, word: Hit, whole: tuple[int, int]) -> bool:
        context, hit = self._contexts.contexts[said.trigger.context], said.hit
        start, end = whole
        is_ahead = _is_ahead(hit, whole)
        between = self._text[hit.end : start] if is_ahead else self._text[self._last_joined(end, hit.start) : hit.start]
        if not self._is_near(between, context, is_ahead=is_ahead):
            return False
        if is_ahead and self._is_shut_off(said, start):
            return False
        return not (context.unless_done and (self._says_done(word) or self._is_done_next(self._text[max(hit.end, end) :])))

    def _is_shut_off(self, said: _Said, start: int) -> bool:
        """Whether its clause is over before the word: "no fault found, pads replaced", "(no service) oil changed"."""
        hit, between = said.hit, self._clauses.between(said.hit.end, start)
        if CLOSE in between and self._clauses.is_open(hit.start):
            return True
        if said.leads and self._clauses.may_part(hit.end, start):
            return True
        if not self._clauses.parts(hit.end, start):
            return False
        names_work = self._names_work(hit.end, start)
        return (names_work and STOP in between) or (not names_work and self._contexts.contexts[said.trigger.context].denies)

    def _is_near(self, between: str, context: Context, *, is_ahead: bool) -> bool:
        told = self._contexts
        count = 0.0
        for part in parts(between):
            if context.ends_at_joiners and part in told.joiners:
                return False
            if part.startswith(told.done) and (is_ahead or part not in told.nouns):
                # "not done: service" is denied; what follows "no recall open, done" is another work.
                if not is_ahead or context.unless_done or count:
                    return False
            elif part not in told.fillers:
                count += 1 / _CHINESE_A_WORD if is_chinese(part[0]) else 1
        return count <= (context.ahead_reach if is_ahead else context.back_reach)

    # -- of which work --

    def _is_of_another(self, said: _Said, word: Hit, whole: tuple[int, int], others: Others) -> bool:
        """Whether it is said of another work that stands nearer: "oil service, brakes advised", "pads declined, oil changed"."""
        start, end = whole
        hit, context = said.hit, self._contexts.contexts[said.trigger.context]
        if context.of_all:
            return False
        if context.heads and end <= hit.start and self._was_done_before(word, end, hit):
            return True
        if said.leads and end <= hit.start and (others or self._clauses.is_open(hit.start)):
            return self._leads_to_another(hit, others)
        if self._is_turned_to(said, word):
            return True
        if not others:
            return False
        if self._is_in_another_clause(said, word, others):
            return True
        if _is_ahead(hit, whole):
            is_done = self._ends_done(word, end)
            return is_done and any(last <= start and (hit.end <= first or self._is_close(last, hit.start)) for first, last in others)
        if any(end <= first and last <= hit.start and not self._are_joined(end, first) for first, last in others):
            return True
        return hit.needle.text in self._contexts.leading and any(
            hit.end <= first and self._is_close(hit.end, first) and not self._is_done_next(self._text[last:]) for first, last in others
        )

    def _leads_to_another(self, hit: Hit, others: Others) -> bool:
        end = self._clauses.end(hit.end)
        return self._clauses.is_open(hit.start) or any(hit.end <= first < end for first, _last in others)

    def _is_turned_to(self, said: _Said, word: Hit) -> bool:
        """Whether the word stands in a clause of its own that says "today", "only": "quote for pads, only oil today"."""
        if not self._turns:
            return False
        begin, end = self._clauses.begin(word.start), self._clauses.end(word.end)
        if begin <= said.hit.start < end or (said.hit.start >= end and not self._names_work(end, said.hit.start)):
            return False
        return any(begin <= turn < end for turn in self._turns)

    def _is_in_another_clause(self, said: _Said, word: Hit, others: Others) -> bool:
        """Whether it is said in a clause that names another work, and the word stands in another one."""
        if self._text.isascii() and not self._contexts.contexts[said.trigger.context].denies:
            return False
        begin, end = self._clauses.begin(said.hit.start), self._clauses.may_end(said.hit.end)
        return not begin <= word.start < end and any(begin <= first and last <= end for first, last in others)

    def _last_joined(self, end: int, until: int) -> int:
        """Where the last of the works ends that are joined to the one that ends there: what is said behind it is said of all."""
        if self._contexts.also.isdisjoint(self._text[end:until].split()) and JOINT not in self._clauses.between(end, until):
            return end
        for first, last in sorted(self._works()):
            if first > end and self._are_joined(end, first) and len(self._text[end:first].split()) <= 1:
                end = last
        return end

    def _are_joined(self, end: int, first: int) -> bool:
        between = self._text[end:first].split()
        if self._clauses.parts(end, first):
            return False
        return not self._contexts.also.isdisjoint(between) or (not between and JOINT in self._clauses.between(end, first))

    def _ends_done(self, word: Hit, end: int) -> bool:
        # Chinese says what is done before what it is done to.
        last = word.needle.text.split()[-1]
        rest = self._text[end : self._clauses.end(end)]
        return (last.startswith(self._contexts.done) and not is_chinese(last[0])) or self._is_done_next(rest)

    def _is_close(self, start: int, end: int) -> bool:
        return len(parts(self._text[start:end])) <= _CLOSE

    # -- whether it was done --

    def _says_done(self, word: Hit) -> bool:
        return any(part.startswith(self._contexts.done) for part in word.needle.text.split())

    def _is_finished(self, start: int, end: int) -> bool:
        """Whether it says there that it was done, not that it is to be."""
        told = self._contexts
        own = parts(self._text[start:end])
        return any(part.startswith(told.finished) and part not in told.nouns for part in own) and told.to_be.isdisjoint(own)

    def _was_done_before(self, word: Hit, end: int, hit: Hit) -> bool:
        """Whether it is said in a later clause than the word's own, which says that this was done: "chip repaired, new screen declined"."""
        if not self._clauses.parts(end, hit.start):
            return False
        return self._is_finished(self._clauses.begin(word.start), self._clauses.end(end))

    def _is_done_next(self, rest: str) -> bool:
        """Whether the line goes on to say that it was exchanged: "… checked and replaced"."""
        told = self._contexts
        looked_at = 0
        for part in parts(rest):
            if part.startswith(told.done):
                return True
            if part in told.joiners or part.isdigit() or part.startswith(told.faults):
                continue
            looked_at += 1
            if looked_at == _LOOKS_ON or not is_chinese(part[0]):
                return False
        return False


def _is_idle(trigger: Trigger, hit: Hit, idle: Iterable[tuple[Hit, frozenset[int]]]) -> bool:
    return any(
        trigger.context in contexts and each.start <= hit.start and hit.end <= each.end and hit.needle.text != each.needle.text
        for each, contexts in idle
    )


def _is_ahead(hit: Hit, whole: tuple[int, int]) -> bool:
    """Whether the word follows; of Chinese also if both share a character: "不做保养"."""
    start, end = whole
    return start >= hit.end or (hit.start < start and hit.end < end)


def _whole(text: str, word: Hit) -> tuple[int, int]:
    """Where the whole word begins and ends of which a needle with open edges is a part."""
    return word.start if word.needle.at_start else text.rfind(" ", 0, word.start) + 1, _word_end(text, word)


def _word_end(text: str, hit: Hit) -> int:
    return hit.end if hit.needle.at_end else text.find(" ", hit.end)
