"""What was learned, and what it says of a line: the kinds, how certain that is, the language, and which word speaks for it.

Linear: each kind and language has a weight for every piece, so an answer can be explained. Knows neither Django nor scikit-learn.
"""

from dataclasses import dataclass
from math import exp, log
from typing import Any, Final

import numpy as np

from forecourt.engines.audience.learning import pieces
from forecourt.kernel.identifiers import normal_words

NONE: Final = "none"
"""What people call a line that is of no kind."""
_LEAST_SCORE: Final = 1e-6
_FURTHEST: Final = 30.0
_SURE_OF_LANGUAGE: Final = 0.4


@dataclass(frozen=True)
class Guess:
    """What a line may be; no kinds means that it is of none. `certainty` is the share of guesses like this one that were right."""

    kinds: tuple[str, ...]
    certainty: float
    language: str = ""


@dataclass(frozen=True)
class Report:
    """How it did on decided texts that were held back: the share right of those that it answered, from `threshold` up.

    No threshold: nothing was right often enough, or people decided too little to tell, so that it only suggests.
    """

    texts: int
    by_people: int
    threshold: float | None
    right: float
    answered: float


@dataclass(frozen=True)
class Learned:
    """Weights (a row a piece, a column a kind, then a language; rarity is in them), and how a score becomes a certainty."""

    kinds: tuple[str, ...]
    languages: tuple[str, ...]
    weights: Any
    rarity: Any
    bias: Any
    slope: float
    offset: float
    report: Report

    def guess(self, code: str, text: str) -> Guess | None:
        """What the line may be; None if nothing in it was ever seen."""
        found = pieces.of(code, text)
        if not found or not self.weights[found].any():
            return None
        odds = self.weights[found].sum(axis=0) / float(np.linalg.norm(self.rarity[found])) + self.bias
        chosen, score = judged(odds[: len(self.kinds)])
        kinds = {self.kinds[index] for index in chosen}
        return Guess(tuple(sorted(kinds - {NONE})), self.certainty(score), self._language(odds[len(self.kinds) :]))

    def certainty(self, score: float) -> float:
        return chance(self.slope * score + self.offset)

    def is_sure(self, guess: Guess) -> bool:
        """Whether the guess counts as the line's kind."""
        return self.report.threshold is not None and guess.certainty >= self.report.threshold

    def telling_word(self, text: str, kind: str) -> str:
        """The word of the text that speaks most for a kind; empty if none does."""
        if kind not in self.kinds:
            return ""
        column = self.weights[:, self.kinds.index(kind)]
        speaking = {word: float(column[list(pieces.of_word(word))].sum()) for word in normal_words(text).split()}
        word = max(speaking, key=speaking.__getitem__, default="")
        return word if word and speaking[word] > 0 else ""

    def _language(self, odds: Any) -> str:
        if not len(odds) or chance(float(odds.max())) < _SURE_OF_LANGUAGE:
            return ""
        return self.languages[int(odds.argmax())]


def chance(odds: float) -> float:
    """The probability of log-odds."""
    return 1 / (1 + exp(-max(-_FURTHEST, min(_FURTHEST, odds))))


def judged(odds: Any) -> tuple[list[int], float]:
    """Which kinds these log-odds name, the likeliest first (one at least), and the log-odds that just those are right."""
    chances = 1 / (1 + np.exp(-np.clip(odds, -_FURTHEST, _FURTHEST)))
    chosen = [int(index) for index in np.argsort(-chances) if chances[index] >= 0.5] or [int(np.argmax(chances))]
    is_chosen = np.zeros(len(chances), dtype=bool)
    is_chosen[chosen] = True
    whole = float(np.prod(np.where(is_chosen, chances, 1 - chances)))
    whole = min(max(whole, _LEAST_SCORE), 1 - _LEAST_SCORE)
    return chosen, log(whole / (1 - whole))
