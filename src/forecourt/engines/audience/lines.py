"""Lines that lie in no database, classified one after the other; equal texts are matched once.

Needs neither Django nor a database, so that a file can be tried in the time it takes to read it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from forecourt.engines.audience import certainty, clauses, standard
from forecourt.engines.audience.matching import Decision, Matcher, Reading, Words
from forecourt.kernel.identifiers import normal_code

_REMEMBERED: Final = 500_000


@dataclass(frozen=True)
class Answer:
    """What a line is, what decided each kind, and how certain that is from 0 to 1."""

    kinds: tuple[str, ...]
    decided: tuple[Decision, ...]
    certainty: float


class Lines:
    """Classifies by these rules, or by the standard ones."""

    def __init__(self, matcher: Matcher | None = None) -> None:
        self._matcher = matcher or Matcher(words_of(standard.rules()))
        self._known: dict[tuple[str, str], Answer] = {}

    def answer(self, code: str, text: str) -> Answer:
        key = (normal_code(code), clauses.normal(text))
        if (known := self._known.get(key)) is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            known = self._known[key] = _answer(self._matcher.read(code, text))
        return known


def words_of(rules: Iterable[dict[str, Any]]) -> list[Words]:
    return [
        Words(rule["work_kind"], tuple(rule["codes"]), tuple(rule["words"]), tuple(rule["unless_words"]), rule["key"], rule["language"])
        for rule in rules
    ]


def _answer(reading: Reading) -> Answer:
    decisions = tuple(reading.decisions)
    return Answer(tuple(decision.work_kind for decision in decisions), decisions, certainty.of(reading))
