"""Lines that lie in no database, classified one after the other; equal texts are matched once.

Owns how certain an answer is. Needs neither Django nor a database, so that a file can be tried in the time it takes to read it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from forecourt.engines.audience import clauses, standard
from forecourt.engines.audience.matching import Decision, Matcher, Words
from forecourt.kernel.identifiers import normal_code

# The share of lines decided so that were right throughout, on labelled lines that the rules had not seen
# (tests/engines/audience/labelled/kept.csv). A code is the dealer's own word for the work; hardly a labelled line has one.
_BY_CODE: Final = 0.99
_BY_WORD: Final = 0.94
_BY_NOTHING: Final = 0.9
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
            known = self._known[key] = _answer(self._matcher.match(code, text))
        return known


def words_of(rules: Iterable[dict[str, Any]]) -> list[Words]:
    return [
        Words(rule["work_kind"], tuple(rule["codes"]), tuple(rule["words"]), tuple(rule["unless_words"]), rule["key"], rule["language"])
        for rule in rules
    ]


def certainty(decisions: Iterable[Decision]) -> float:
    """How often what rules decided so was right."""
    return min((_BY_CODE if decision.by == "code" else _BY_WORD for decision in decisions), default=_BY_NOTHING)


def _answer(decisions: Sequence[Decision]) -> Answer:
    return Answer(tuple(decision.work_kind for decision in decisions), tuple(decisions), certainty(decisions))
