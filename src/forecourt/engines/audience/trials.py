"""What other rules would make of the dealer's history, worked out before they are saved; and of one line that somebody types.

Only texts in which something stands that was changed are matched twice: to look for a few words in all texts costs a hundredth of
matching them all. What was only learned counts as of no kind, as rules say. Nothing is stored.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from heapq import nlargest
from math import inf
from time import monotonic
from typing import Final

from django.db import connection

from forecourt.engines.audience import needles, rules
from forecourt.engines.audience.codes import Book
from forecourt.engines.audience.matching import Decision, Matcher, Words
from forecourt.engines.audience.models import Classification
from forecourt.engines.audience.needles import Finder, Needle
from forecourt.engines.audience.spelling import MAY_SLIP
from forecourt.kernel.identifiers import normal_code, normal_words
from forecourt.runtime import access, scope
from forecourt.runtime.actors import Actor

EXAMPLES: Final = 6
BATCH: Final = 20_000
_STANDING: Final = "person"
Text = tuple[str, str, str]
"""Key, code and text."""

# One line of each text that was classified; an index finds it, however many lines there are. Keys are digests: their order is no order of
# the texts, so that the first so many are a fair sample. What a person decided stays so, whatever rules say.
_TEXTS = """
SELECT known.text_key, line.code, line.text
  FROM audience_classification known
 CROSS JOIN LATERAL (SELECT code, text FROM history_jobline line
                      WHERE line.organisation_id = known.organisation_id AND line.text_key = known.text_key LIMIT 1) line
 WHERE known.organisation_id = %(organisation)s AND known.text_key > %(after)s AND known.told_by <> %(standing)s
 ORDER BY known.text_key LIMIT %(most)s
"""
_LINES = """
SELECT text_key, count(*) FROM history_jobline WHERE organisation_id = %(organisation)s AND text_key = ANY(%(keys)s) GROUP BY text_key
"""
_CARS = """
SELECT altered.name, count(DISTINCT visit.vehicle_id)
  FROM unnest(%(keys)s::text[], %(names)s::text[]) AS altered (text_key, name)
  JOIN history_jobline line ON line.organisation_id = %(organisation)s AND line.text_key = altered.text_key
  JOIN history_visit visit ON visit.organisation_id = line.organisation_id AND visit.id = line.visit_id
 GROUP BY altered.name
"""


@dataclass(frozen=True)
class Example:
    """A text of the history, and what decides its kinds before and after."""

    code: str
    text: str
    lines: int
    before: tuple[Decision, ...]
    after: tuple[Decision, ...]


@dataclass
class Shift:
    """What one kind of work would gain, or lose."""

    work_kind: str
    is_gain: bool
    lines: int = 0
    cars: int = 0
    examples: list[Example] = field(default_factory=list)


@dataclass
class Trial:
    """What would change, by kind of work; `texts` of `total` were looked through, `altered` of them would be of other kinds."""

    texts: int
    total: int
    altered: int
    lines: int
    shifts: list[Shift]
    seconds: float
    is_whole: bool = True


def on_history(*, actor: Actor, wanted: Sequence[Words], seconds: float = inf) -> Trial:
    """What these rules would make of the history instead of those in force; of a sample by lot where the seconds did not suffice."""
    access.require(actor, "audience.see_rules")
    began = monotonic()
    now = rules.active()
    before, after = rules.matcher(now), rules.matcher(wanted)
    touched = Touched(now, wanted, before, after)
    altered: dict[str, Example] = {}
    looked, is_whole = 0, True
    for texts in _batches():
        looked += len(texts)
        for key, code, text in touched.among(texts):
            was, would = before.match(code, text), after.match(code, text)
            if {each.work_kind for each in was} != {each.work_kind for each in would}:
                altered[key] = Example(code, text, 0, tuple(was), tuple(would))
        is_whole = len(texts) < BATCH or monotonic() - began <= seconds
        if not is_whole:
            break
    lines = _lines_of(list(altered))
    total = looked if is_whole else Classification.objects.exclude(told_by=_STANDING).count()
    return Trial(looked, total, len(altered), sum(lines.values()), _shifts(altered, lines), monotonic() - began, is_whole)


def of_line(*, actor: Actor, code: str, text: str, wanted: Sequence[Words] | None = None) -> list[Decision]:
    """What a line would be, and what decides each kind; by these rules, or by those in force."""
    access.require(actor, "audience.see_rules")
    return rules.matcher(rules.active() if wanted is None else wanted).match(code, text)


class Touched:
    """Finds the texts that two sets of rules might decide differently: they hold a word or code that only one has, or a slip read anew."""

    def __init__(self, before: Sequence[Words], after: Sequence[Words], reads: Matcher, would_read: Matcher) -> None:
        self._reads, self._would_read = reads, would_read
        old, new = {each.key: each for each in before}, {each.key: each for each in after}
        words: set[str] = set()
        codes: set[str] = set()
        for key in {*old, *new}:
            was, now = old.get(key), new.get(key)
            words |= _part(was, "words") ^ _part(now, "words")
            codes |= _part(was, "codes") ^ _part(now, "codes")
            if was and now:
                words |= _part(was, "unless_words") ^ _part(now, "unless_words")
        pieces = (piece for word in words for spelling in needles.spellings(word) for piece in spelling.split(" + "))
        self._needles = {needle for piece in pieces if (needle := needles.written(piece))}
        self._codes = Book((0, code) for code in codes)

    def among(self, texts: Sequence[Text]) -> Iterator[Text]:
        normal = [normal_words(text) for _key, _code, text in texts]
        finder = Finder(self._needles | self._slips(normal))
        for each, words in zip(texts, normal, strict=True):
            if finder.find(needles.searchable(words)) or any(self._codes.find(normal_code(each[1]))):
                yield each

    def _slips(self, normal: list[str]) -> set[Needle]:
        """Words with a slip that both read otherwise, or that are read as a changed word."""
        parts = {part for needle in self._needles for part in needle.text.split()}
        found = set()
        for word in set(MAY_SLIP.findall("\n".join(normal))):
            was, would = self._reads.mended(word), self._would_read.mended(word)
            if was != would or (was != word and any(part in was for part in parts)):
                found.add(Needle(word, at_start=False, at_end=False))
        return found


def _part(rule: Words | None, part: str) -> set[str]:
    return set(getattr(rule, part)) if rule else set()


def _batches() -> Iterator[list[Text]]:
    after = ""
    with connection.cursor() as cursor:
        while True:
            cursor.execute(_TEXTS, {"organisation": scope.organisation_id(), "after": after, "most": BATCH, "standing": _STANDING})
            texts = list(cursor.fetchall())
            if texts:
                after = texts[-1][0]
                yield texts
            if len(texts) < BATCH:
                return


def _lines_of(keys: list[str]) -> Counter[str]:
    with connection.cursor() as cursor:
        cursor.execute(_LINES, {"organisation": scope.organisation_id(), "keys": keys})
        return Counter(dict(cursor.fetchall()))


def _shifts(altered: dict[str, Example], lines: Counter[str]) -> list[Shift]:
    if not altered:
        return []
    found: dict[str, Shift] = {}
    pairs: list[tuple[str, str]] = []
    for key, example in altered.items():
        was, would = {each.work_kind for each in example.before}, {each.work_kind for each in example.after}
        for kind in was ^ would:
            name = f"{'+' if kind in would else '-'}{kind}"
            shift = found.setdefault(name, Shift(kind, is_gain=kind in would))
            shift.lines += lines[key]
            shift.examples.append(Example(example.code, example.text, lines[key], example.before, example.after))
            pairs.append((key, name))
    cars = _cars_of(pairs)
    for name, shift in found.items():
        shift.cars = cars.get(name, 0)
        shift.examples = nlargest(EXAMPLES, shift.examples, key=lambda each: (each.lines, each.text))
    return sorted(found.values(), key=lambda each: (-each.lines, each.work_kind))


def _cars_of(pairs: list[tuple[str, str]]) -> dict[str, int]:
    keys, names = zip(*pairs, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(_CARS, {"organisation": scope.organisation_id(), "keys": list(keys), "names": list(names)})
        return dict(cursor.fetchall())
