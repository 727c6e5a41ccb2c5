"""Teaches from decided texts, and measures itself on texts that it held back.

What is not decided is no example of "none": only people say that. So whether an answer can be trusted is tried in the two ways in which an
undecided line differs from a decided one. It has none of the words that decide: each word of the rules is held back once, with all texts
that it decided. And it may be work of no kind: each kind is held back once, so that its texts are strangers, of which any kind is a
wrong answer. Strangers count as much as people found lines of no kind, half until they decided enough. A score becomes a certainty by
Platt's method (J. Platt, "Probabilistic Outputs for Support Vector Machines", 1999) on all that was held back, and the threshold is the
lowest certainty from which on at least `AIM` of the answers were right, also of those alone that people decided: they are the only ones of
lines that rules leave open. Before people decided `LEAST_BY_PEOPLE` texts there is no threshold.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log1p
from typing import Any, Final

import numpy as np

from forecourt.engines.audience.learning import pieces
from forecourt.engines.audience.learning.bounds import AIM, LEAST_BY_PEOPLE, LEAST_OF_A_KIND, LEAST_SURE, LEAST_TEXTS
from forecourt.engines.audience.learning.learned import NONE, Learned, Report, chance, judged

MOST_TEXTS: Final = 20_000
MOST_TRIED: Final = 8_000
_LEAST_ANSWERS: Final = 30
_LEAST_ANSWERS_OF_PEOPLE: Final = 5
_PARTS: Final = 5
_SEED: Final = 20261122
_STEPS: Final = 120_000


@dataclass(frozen=True)
class Example:
    """One decided text; no kinds: of none. `because` names the words that decided, `language` is that of their rule.

    A code by which rules decided is left out: it tells the learner nothing of lines that rules leave open.
    """

    code: str
    text: str
    kinds: tuple[str, ...]
    because: tuple[str, ...] = ()
    is_by_person: bool = False
    lines: int = 1
    language: str = ""


@dataclass(frozen=True)
class _Taught:
    """All examples as the learner sees them: a row each, and which kinds it is."""

    examples: Sequence[Example]
    rows: Any
    answers: Any
    weights: Any


@dataclass(frozen=True)
class _Said:
    """What was said of a text that was held back."""

    score: float
    is_right: bool
    is_strange: bool
    is_of_people: bool


def kinds_of(examples: Sequence[Example]) -> tuple[str, ...]:
    """The kinds with enough examples; `none` is one of them."""
    counted = Counter(kind for example in examples for kind in example.kinds or (NONE,))
    return tuple(sorted(kind for kind, count in counted.items() if count >= LEAST_OF_A_KIND))


def teach(examples: Sequence[Example]) -> Learned | None:
    """What these texts teach; None if they are too few."""
    kinds = kinds_of(examples)
    known = [example for example in examples if set(example.kinds or (NONE,)) <= set(kinds)]
    if len(known) < LEAST_TEXTS or len(set(kinds) - {NONE}) < 2:
        return None
    known = _bounded(known)
    counted = _table(known)
    rarity = np.log((len(known) + 1) / (np.asarray(counted.sum(axis=0)).ravel() + 1)) + 1
    rows = _weighed(counted, rarity)
    taught = _Taught(known, rows, _answers(known, kinds), np.array([1 + log1p(example.lines) for example in known]))
    slope, offset, report = _tried(taught, kinds)
    weights, bias = _fitted(taught, np.arange(len(known)))
    languages, of_languages, bias_of_languages = _languages(taught)
    weights, bias = np.hstack([weights, of_languages]), np.concatenate([bias, bias_of_languages])
    return Learned(kinds, languages, (weights * rarity[:, None]).astype(np.float32), rarity.astype(np.float32), bias, slope, offset, report)


def _bounded(examples: Sequence[Example]) -> list[Example]:
    """In an order by chance, what people decided first, so that none of it is left out."""
    order = np.random.default_rng(_SEED).permutation(len(examples))
    mixed = sorted((examples[int(index)] for index in order), key=lambda example: not example.is_by_person)
    return mixed[:MOST_TEXTS]


def _table(examples: Sequence[Example]) -> Any:
    """A row a text, a column a piece: one where it occurs."""
    from scipy.sparse import csr_matrix

    found = [pieces.of(example.code, example.text) for example in examples]
    starts = np.cumsum([0, *map(len, found)])
    columns = np.fromiter((piece for each in found for piece in each), dtype=np.int32, count=int(starts[-1]))
    return csr_matrix((np.ones(len(columns)), columns, starts), shape=(len(examples), 1 << pieces.BITS))


def _weighed(counted: Any, rarity: Any) -> Any:
    """Rare pieces tell more; every row has the length one."""
    rows = counted.multiply(rarity[None, :]).tocsr()
    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    rows.data /= np.repeat(np.maximum(lengths, 1e-9), np.diff(rows.indptr))
    return rows


def _answers(examples: Sequence[Example], kinds: Sequence[str]) -> Any:
    return np.array([[kind in (example.kinds or (NONE,)) for kind in kinds] for example in examples])


def _fitted(taught: _Taught, of: Any) -> tuple[Any, Any]:
    """A logistic regression a kind over these rows; a kind that is not among them is never the answer."""
    rows, answers, weights = taught.rows[of], taught.answers[of], taught.weights[of]
    columns = [_fitted_one(rows, answers[:, index], weights) for index in range(answers.shape[1])]
    return np.array([column[0] for column in columns], dtype=np.float32).T, np.array([column[1] for column in columns], dtype=np.float32)


def _languages(taught: _Taught) -> tuple[tuple[str, ...], Any, Any]:
    """The languages of the rules that decided, to tell apart those of undecided lines."""
    said = np.array([example.language for example in taught.examples])
    languages = tuple(sorted({str(each) for each in said if each and (said == each).sum() >= LEAST_OF_A_KIND}))
    if len(languages) < 2:
        return (), np.zeros((taught.rows.shape[1], 0), dtype=np.float32), np.zeros(0, dtype=np.float32)
    told = _Taught(taught.examples, taught.rows, said[:, None] == np.array(languages)[None, :], taught.weights)
    return languages, *_fitted(told, np.flatnonzero(np.isin(said, languages)))


def _fitted_one(rows: Any, is_kind: Any, weights: Any) -> tuple[Any, float]:
    from sklearn.linear_model import SGDClassifier

    if is_kind.all() or not is_kind.any():
        return np.zeros(rows.shape[1]), 30.0 if is_kind.all() else -30.0
    rounds = max(6, min(20, _STEPS // rows.shape[0]))
    learner = SGDClassifier(loss="log_loss", alpha=1e-5, max_iter=rounds, tol=None, random_state=_SEED)
    learner.fit(rows, is_kind, sample_weight=weights / weights.mean())
    return learner.coef_[0], float(learner.intercept_[0])


def _tried(taught: _Taught, kinds: Sequence[str]) -> tuple[float, float, Report]:
    """Slope and offset of the certainty, and how the answers did that were held back."""
    said: list[_Said] = []
    examples = taught.examples[:MOST_TRIED]
    for held, strange, others in _parts(examples, kinds, taught.answers[:MOST_TRIED]):
        weights, bias = _fitted(taught, others)
        for of, is_strange in ((held, False), (strange, True)):
            for at, odds in zip(of, np.asarray(taught.rows[of] @ weights + bias), strict=True):
                named, score = judged(odds)
                is_right = not is_strange and set(named) == set(np.flatnonzero(taught.answers[at]))
                said.append(_Said(score, is_right, is_strange, examples[at].is_by_person and not is_strange))
    share = _share_of_none(examples)
    strangers = sum(each.is_strange for each in said)
    weight = np.array([share / strangers if each.is_strange else (1 - share) / (len(said) - strangers) for each in said])
    slope, offset = _calibrated(said, weight)
    return slope, offset, _report(said, weight, slope, offset, len(taught.examples))


def _parts(examples: Sequence[Example], kinds: Sequence[str], answers: Any) -> Iterator[tuple[Any, Any, Any]]:
    """Per part: the numbers of the texts held back for their words, of strangers, and of those that teach."""
    dice = np.random.default_rng(_SEED + 1)
    reasons = sorted({reason for example in examples for reason in example.because})
    part_of = dict(zip(reasons, dice.permutation(len(reasons)) % _PARTS, strict=True))
    own = dice.permutation(len(examples)) % _PARTS
    strange_in = dice.permutation(len(kinds)) % _PARTS
    for part in range(_PARTS):
        held = np.array([part in ({part_of[each] for each in example.because} or {own[at]}) for at, example in enumerate(examples)])
        gone = np.array([kind != NONE and strange_in[at] == part for at, kind in enumerate(kinds)])
        strange = answers[:, gone].any(axis=1)
        others = np.flatnonzero(~held & ~strange)
        if len(others):
            yield np.flatnonzero(held & ~strange), np.flatnonzero(strange & ~answers[:, ~gone].any(axis=1)), others


def _share_of_none(examples: Sequence[Example]) -> float:
    """How many undecided lines are of no kind, as far as people showed."""
    by_people = [example for example in examples if example.is_by_person]
    return (10 + sum(not example.kinds for example in by_people)) / (20 + len(by_people))


def _calibrated(said: Sequence[_Said], weight: Any) -> tuple[float, float]:
    from sklearn.linear_model import LogisticRegression

    right = [each.is_right for each in said]
    if all(right) or not any(right):
        return 0.0, 30.0 if all(right) else -30.0
    fitted = LogisticRegression(C=1e3).fit([[each.score] for each in said], right, sample_weight=weight * len(said))
    return max(0.0, float(fitted.coef_[0][0])), float(fitted.intercept_[0])


def _report(said: Sequence[_Said], weight: Any, slope: float, offset: float, texts: int) -> Report:
    """The lowest certainty from which on answers are right often enough, of all and of what people decided; a few lucky ones do not count."""
    order = sorted(range(len(said)), key=lambda at: -said[at].score)
    right = np.array([said[at].is_right for at in order])
    of_people = np.array([said[at].is_of_people for at in order])
    weight = weight[order]
    share = np.cumsum(right * weight) / np.cumsum(weight)
    share_of_people = np.cumsum(right & of_people) / np.maximum(np.cumsum(of_people), 1)
    certainty = np.array([chance(slope * said[at].score + offset) for at in order])
    is_enough = (certainty >= LEAST_SURE) & (share >= AIM) & (np.arange(len(said)) + 1 >= _LEAST_ANSWERS)
    is_enough &= (share_of_people >= AIM) & (np.cumsum(of_people) >= _LEAST_ANSWERS_OF_PEOPLE)
    by_people = int(of_people.sum())
    if by_people < LEAST_BY_PEOPLE or not is_enough.any():
        return Report(texts, by_people, None, 0.0, 0.0)
    last = int(np.flatnonzero(is_enough)[-1])
    return Report(texts, by_people, float(certainty[last]), float(share[last]), float(np.cumsum(weight)[last] / weight.sum()))
