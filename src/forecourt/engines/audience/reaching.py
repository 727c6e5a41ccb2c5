"""How far what is said beside a word reaches in one line, and of which work it is said.

Owns the sense of a line: a phrase reaches back or ahead over some words unless it is said of another work that stands nearer. The phrases
are declared by `contexts`, what they speak of by themselves is in `heading`, where a clause ends is told by `clauses`. Pure.
"""

from collections.abc import Callable, Iterator, Sequence

from forecourt.engines.audience.clauses import CLOSE, JOINT, STOP, Clauses
from forecourt.engines.audience.contexts import Context, Contexts, Others, parts
from forecourt.engines.audience.heading import Phrases, Said, word_end
from forecourt.engines.audience.needles import Hit, is_chinese

_CHINESE_A_WORD = 2
_LOOKS_ON = 3
_CLOSE = 2
_JOINED = 2


class Line:
    """One line with its clauses and all works that it names."""

    def __init__(self, contexts: Contexts, text: str, clauses: Clauses, works: Callable[[], Others]) -> None:
        self._contexts = contexts
        self._text = text
        self._clauses = clauses
        self._phrases = Phrases(contexts, text, clauses, works)
        self._acting: list[Said] = []
        self._turns = [found.start() for found in contexts.turns.finditer(text)] if clauses else []

    def silenced(
        self, words: Sequence[Hit], spoken: Sequence[Hit], asked: int, others: Callable[[Hit], Others]
    ) -> Iterator[tuple[Hit, int]]:  # fmt: skip
        """Each hit of a rule's word with those of the `asked` contexts, as bits, that it is in; `spoken` holds the hits of the phrases.
        `others` tells the words of other kinds of work than one is of."""
        acting = self._acting = list(self._phrases.acting(spoken, asked))
        for word in words:
            bits = 0
            whole = _whole(self._text, word)
            for said in acting:
                bit = 1 << said.trigger.context
                if not bits & bit and self._silences(said, word, whole, others):
                    bits |= bit
            yield word, bits

    # -- whether they reach a word --

    def _silences(self, said: Said, word: Hit, whole: tuple[int, int], others: Callable[[Hit], Others]) -> bool:
        start, end = whole
        if said.until:
            return said.hit.end <= start < said.until and not self._is_finished(end, self._clauses.end(end))
        if _is_ahead(said.hit, whole):
            if not (said.trigger.is_ahead or said.leads):
                return False
        elif said.trigger.is_ahead or end > said.hit.start:
            return False
        return self._reaches(said, word, whole) and not self._is_of_another(said, word, whole, others(word))

    def _reaches(self, said: Said, word: Hit, whole: tuple[int, int]) -> bool:
        context, hit = self._contexts.contexts[said.trigger.context], said.hit
        start, end = whole
        is_ahead = _is_ahead(hit, whole)
        if is_ahead:
            between = self._text[hit.end : self._first_joined(hit.end, start, end) if context.denies else start]
        elif context.in_clause and self._clauses.parts_plainly(end, hit.start):
            return False
        else:
            between = self._text[self._last_joined(end, hit.start) : hit.start]
        if not self._is_near(between, context, is_ahead=is_ahead):
            return False
        if is_ahead and self._is_shut_off(said, start):
            return False
        return not (context.unless_done and (self._says_done(word) or self._is_done_next(self._text[max(hit.end, end) :])))

    def _is_shut_off(self, said: Said, start: int) -> bool:
        """Whether its clause is over before the word: "no fault found, pads replaced", "(no service) oil changed"."""
        hit, between = said.hit, self._clauses.between(said.hit.end, start)
        if CLOSE in between and self._clauses.is_open(hit.start):
            return True
        if said.leads and self._clauses.may_part(hit.end, start):
            return True
        if not self._clauses.parts(hit.end, start):
            return False
        if STOP in between and (
            self._clauses.end(hit.end) > hit.end or self._phrases.names_work(self._clauses.begin(hit.start), hit.start)
        ):
            return True
        return self._contexts.contexts[said.trigger.context].denies and not self._phrases.names_work(hit.end, start)

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

    def _is_of_another(self, said: Said, word: Hit, whole: tuple[int, int], others: Others) -> bool:
        """Whether it is said of another work that stands nearer: "oil service, brakes advised", "pads declined, oil changed"."""
        hit, context = said.hit, self._contexts.contexts[said.trigger.context]
        if context.of_all:
            return self._is_a_job_of_its_own(hit, whole)
        is_behind = whole[1] <= hit.start
        if is_behind and context.heads and self._was_done_before(word, whole[1], hit):
            return True
        if is_behind and said.leads and (others or self._clauses.is_open(hit.start)):
            return self._leads_to_another(hit, others)
        return self._is_turned_to(said, word) or (bool(others) and self._stands_nearer_to_another(said, word, whole, others))

    def _is_a_job_of_its_own(self, hit: Hit, whole: tuple[int, int]) -> bool:
        """Whether a clause says that this was done, and the word stands in another: "recall carried out, pads replaced"."""
        between = (hit.end, whole[0]) if _is_ahead(hit, whole) else (whole[1], hit.start)
        return self._clauses.parts(*between) and self._is_finished(self._clauses.begin(hit.start), self._clauses.end(hit.end))

    def _stands_nearer_to_another(self, said: Said, word: Hit, whole: tuple[int, int], others: Others) -> bool:
        start, end = whole
        hit = said.hit
        if self._is_in_another_clause(said, word, others):
            return True
        if _is_ahead(hit, whole):
            is_done = self._ends_done(word, end)
            return is_done and any(last <= start and (hit.end <= first or self._is_close(last, hit.start)) for first, last in others)
        if any(end <= first and last <= hit.start and not self._are_joined(end, first) for first, last in others):
            return True
        if not self._contexts.contexts[said.trigger.context].denies and self._clauses.parts(end, hit.start) and self._opens_on(hit, others):
            return True
        return hit.needle.text in self._contexts.leading and any(
            hit.end <= first and self._is_close(hit.end, first) and not self._is_done_next(self._text[last:]) for first, last in others
        )

    def _opens_on(self, hit: Hit, others: Others) -> bool:
        """Whether it opens a clause that names another work at once: "service done, recommended cambelt"."""
        if self._phrases.names_work(self._clauses.may_begin(hit.start), hit.start):
            return False
        following = [first for first, _last in others if hit.end <= first < self._clauses.end(hit.end)]
        if not following or not self._is_close(hit.end, min(following)):
            return False
        # "To be done at the next service" is said of no service.
        return not any(hit.end <= said.hit.start < min(following) for said in self._acting if said.trigger.is_ahead)

    def _leads_to_another(self, hit: Hit, others: Others) -> bool:
        end = self._clauses.end(hit.end)
        return self._clauses.is_open(hit.start) or any(hit.end <= first < end for first, _last in others)

    def _is_turned_to(self, said: Said, word: Hit) -> bool:
        """Whether the word stands in a clause of its own that says "today", "only": "quote for pads, only oil today"."""
        if not self._turns:
            return False
        begin, end = self._clauses.begin(word.start), self._clauses.end(word.end)
        if begin <= said.hit.start < end or (said.hit.start >= end and not self._phrases.names_work(end, said.hit.start)):
            return False
        return any(begin <= turn < end for turn in self._turns)

    def _is_in_another_clause(self, said: Said, word: Hit, others: Others) -> bool:
        """Whether it is said in a clause that names another work, and the word stands in another one."""
        if self._text.isascii() and not self._contexts.contexts[said.trigger.context].denies:
            return False
        begin, end = self._clauses.begin(said.hit.start), self._clauses.may_end(said.hit.end)
        return not begin <= word.start < end and any(begin <= first and last <= end for first, last in others)

    def _last_joined(self, end: int, until: int) -> int:
        """Where the last of the works ends that are joined to the one that ends there: what is said behind it is said of all."""
        if self._contexts.also.isdisjoint(self._text[end:until].split()) and JOINT not in self._clauses.between(end, until):
            return end
        for first, last in sorted(self._phrases.works()):
            if first > end and self._are_joined(end, first) and len(self._text[end:first].split()) <= 1:
                end = last
        return end

    def _first_joined(self, start: int, first: int, end: int) -> int:
        """Where the first of the works begins that are joined to the one there: what is denied before it is denied of all, unless the last
        was done."""
        if self._contexts.also.isdisjoint(parts(self._text[start:first])) and JOINT not in self._clauses.between(start, first):
            return first
        if self._is_finished(first, self._clauses.end(end)):
            return first
        for begin, last in sorted(self._phrases.works(), reverse=True):
            if start <= begin and last < first and self._are_joined(last, first) and len(self._text[last:first].split()) <= _JOINED:
                first = begin
        return first

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
        return any(part.startswith(told.finished) and part not in told.nouns for part in own) and not any(
            part in told.to_be or (is_chinese(part[0]) and part[0] in told.to_be) for part in own
        )

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


def _is_ahead(hit: Hit, whole: tuple[int, int]) -> bool:
    """Whether the word follows; of Chinese also if both share a character: "不做保养"."""
    start, end = whole
    return start >= hit.end or (hit.start < start and hit.end < end)


def _whole(text: str, word: Hit) -> tuple[int, int]:
    """Where the whole word begins and ends of which a needle with open edges is a part."""
    return word.start if word.needle.at_start else text.rfind(" ", 0, word.start) + 1, word_end(text, word)
