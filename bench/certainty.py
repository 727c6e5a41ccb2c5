"""Counts how certain answers of the rules are, and writes the table that `engines/audience/certainty.py` reads.

    python -m bench.certainty [--write]

Counted on `later.csv`, which nobody read who made rules: on lines that were read while the rules were made nearly all is right, which says nothing.
`dev.csv` is only asked whether the codes in it were right, since those are made up. Of the lines nothing but sums is printed.
Slips of the keyboard are as good as absent there, so they are made: two letters of one long word swapped in each line, by a fixed seed, and
lines in which the rules then mended a word are counted with the others, each as a third of a line. Effects have their signs by reason (more letters, more
words that agree: never less certain); what the count says against it is left at nothing. Without --write it tells how well the shipped table fits.
"""

import math
import random
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from bench.classification import LABELLED, Labelled, read, standard
from forecourt.engines.audience import certainty
from forecourt.engines.audience import standard as shipped
from forecourt.engines.audience.matching import Grounds, Matcher, Reading

LETTERS = (1, 6, 8, 10)
PIECES = (1, 2, 3)
SEED, WEIGHT_OF_SLIPS, RIDGE = 20261123, 1 / 3, 1.0
TABLE = Path(shipped.__file__).parent / "certainty.toml"
BANDS = ((0.0, 0.9), (0.9, 0.95), (0.95, 0.975), (0.975, 1.0))

Counted = list[tuple[Reading, bool]]


def asked(lines: Iterable[Labelled], matcher: Matcher) -> Counted:
    """What the rules say of each line, and whether it is right throughout."""
    read_as = [(matcher.read(line.code, line.text), line.kinds) for line in lines]
    return [(reading, {each.work_kind for each in reading.decisions} == kinds) for reading, kinds in read_as]


def mistyped(lines: Iterable[Labelled]) -> list[Labelled]:
    """Each line with two inner letters of one of its long words swapped."""
    chance = random.Random(SEED)
    return [Labelled(line.language, "", slip, line.kinds) for line in lines if (slip := _with_slip(line.text, chance)) != line.text]


def _with_slip(text: str, chance: random.Random) -> str:
    words = list(re.finditer(r"[A-Za-z]{8,}", text))
    if not words:
        return text
    word = chance.choice(words)
    at = word.start() + chance.randrange(1, len(word[0]) - 2)
    return f"{text[:at]}{text[at + 1]}{text[at]}{text[at + 2 :]}"


def by_words(counted: Counted) -> list[tuple[Reading, Grounds, bool]]:
    """The lines that words alone decided, with the grounds of the weakest decision."""
    told = [(reading, [each.grounds for each in reading.decisions], right) for reading, right in counted]
    return [
        (reading, min(grounds, key=lambda each: (min(each.letters, LETTERS[-1]), each.pieces)), right)
        for reading, grounds, right in told
        if grounds and not any(each.code for each in grounds)
    ]


def _features(reading: Reading, grounds: Grounds) -> list[float]:
    several = len(reading.decisions) > 1
    steps = [*(grounds.letters >= least for least in LETTERS[1:]), *(grounds.pieces >= least for least in PIECES[1:])]
    return [1.0, *map(float, steps), -float(reading.silenced), -float(several), -float(grounds.is_mended)]


def fitted(lines: Sequence[tuple[Reading, Grounds, bool]], weights: Sequence[float]) -> list[float]:
    """The points: a base, then effects that are nothing or for certainty. Logistic regression by projected gradients, with a mild ridge."""
    known = np.array([_features(reading, grounds) for reading, grounds, _right in lines])
    right, weight = np.array([float(right) for _reading, _grounds, right in lines]), np.array(weights)
    points = np.zeros(known.shape[1])
    points[0] = math.log((right * weight).sum() / ((1 - right) * weight).sum())
    pulled = np.array([0.0, *[RIDGE] * (known.shape[1] - 1)])
    step = 4 / ((known**2).sum(axis=1) * weight).sum()
    for _turn in range(30_000):
        off = weight * (right - 1 / (1 + np.exp(-known @ points)))
        points += step * (known.T @ off - pulled * points)
        points[1:] = np.maximum(points[1:], 0)
    return [round(float(each), 2) for each in points]


def table(later: Sequence[Labelled], dev: Sequence[Labelled], matcher: Matcher) -> str:
    """The text of `certainty.toml`."""
    counted, slips = asked(later, matcher), by_words(asked(mistyped(later), matcher))
    plain, mended = by_words(counted), [each for each in slips if each[1].is_mended]
    base, *effects = fitted([*plain, *mended], [1.0] * len(plain) + [WEIGHT_OF_SLIPS] * len(mended))
    letters, pieces = (np.round(np.cumsum([0.0, *part]), 2).tolist() for part in (effects[:3], effects[3:5]))
    silenced, several, slip = effects[5:]
    codes = [right for reading, right in [*counted, *asked(dev, matcher)] if any(each.grounds.code for each in reading.decisions)]
    nothing = [(reading, right) for reading, right in counted if not reading.decisions]
    ways = {
        "unknown": [right for reading, right in nothing if not reading.is_known],
        "known": [right for reading, right in nothing if reading.is_known and not reading.silenced],
        "silenced": [right for reading, right in nothing if reading.silenced],
    }
    return "\n".join(
        [
            "# How often answers of the rules are right, by what they stand on; made by `python -m bench.certainty --write`, not by hand.",
            f"# Words: {len(plain)} lines, {_wrong(plain)} of them wrong, and {len(mended)} with a slip made, {_wrong(mended)} wrong.",
            "# Points of log odds; steps: from so many on.",
            "[word]",
            f"base = {base}",
            f"letters = {[[least, told] for least, told in zip(LETTERS, letters, strict=True)]}",
            f"pieces = {[[least, told] for least, told in zip(PIECES, pieces, strict=True)]}",
            f"silenced = {-silenced}",
            f"several = {-several}",
            f"mended = {-slip}",
            "",
            f"# Beginnings: {len(codes)} lines, {codes.count(False)} wrong. No line has a range or a whole code of a rule: said, not counted.",
            "[code]",
            f"beginning = {share(codes)}",
            "range = 0.99",
            "whole = 0.995",
            "",
            f"# No kind of work: {', '.join(f'{way} {len(told)} lines, {told.count(False)} wrong' for way, told in ways.items())}.",
            "[nothing]",
            *(f"{way} = {share(told)}" for way, told in ways.items()),
            "",
        ]
    )


def _wrong(lines: Iterable[tuple[Reading, Grounds, bool]]) -> int:
    return sum(not right for *_line, right in lines)


def share(told: Sequence[bool]) -> float:
    """The share that is right, half a line added on either side (Jeffreys' prior)."""
    return round((sum(told) + 0.5) / (len(told) + 1), 3)


def fit(counted: Counted) -> str:
    """How certain it says to be, and how often it is right; beside one figure for all (Brier, "Verification of forecasts", 1950)."""
    told = [(certainty.of(reading), right) for reading, right in counted]
    mean = sum(right for _told, right in told) / len(told)
    rows = []
    for low, high in BANDS:
        if band := [(each, right) for each, right in told if low <= each < high]:
            said, was = sum(each for each, _right in band) / len(band), sum(right for _each, right in band) / len(band)
            rows.append(f"  {low:.3f} to {high:.3f}: {len(band):>5} lines, said {said:.3f}, right {was:.3f}")
    brier = sum((each - right) ** 2 for each, right in told) / len(told)
    return "\n".join([*rows, f"  Brier {brier:.4f}, with {mean:.3f} for all {mean * (1 - mean):.4f}"])


def main(arguments: Sequence[str]) -> int:
    matcher = standard()
    later, dev = read(LABELLED / "later.csv"), read(LABELLED / "dev.csv")
    if "--write" in arguments:
        TABLE.write_text(table(later, dev, matcher), encoding="utf-8")
    for name, lines in (("later", later), ("dev (read by whoever made the rules)", dev), ("later with slips", mistyped(later))):
        print(f"{name}\n{fit(asked(lines, matcher))}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
