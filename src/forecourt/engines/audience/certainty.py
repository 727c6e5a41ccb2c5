"""How certain an answer of the rules is, from 0 to 1: as often as lines on such grounds were right throughout.

`certainty.toml` is counted by `python -m bench.certainty` on labelled lines that nobody read who made rules
(tests/engines/audience/labelled/later.csv), in points of log odds (a logistic regression, Cox 1958) for what can be counted
of the grounds: how many letters the weakest word has, how many words that stand apart say the same, whether another word of the line was
silenced ("no oil change"), whether the line names several kinds of work, whether a slip of the keyboard had to be mended. Codes of labelled lines
are made up, so hardly any can be counted: a dealer's whole code is the dealer's own word, and a range or a beginning of codes a little less. Pure.
"""

import math
import tomllib
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

from forecourt.engines.audience.matching import Decision, Grounds, Reading

MOST: Final = 0.99
"""Of words: more cannot be told by some hundred lines. A mended word is at most as certain as the beginning of a code."""


def of(reading: Reading) -> float:
    """How certain what the rules made of a line is: as its weakest decision."""
    table = _table()
    if not reading.decisions:
        way = "silenced" if reading.silenced else "known" if reading.is_known else "unknown"
        return float(table["nothing"][way])
    several = len({decision.work_kind for decision in reading.decisions}) > 1
    return round(min(_of_decision(each, table, silenced=reading.silenced, several=several) for each in reading.decisions), 3)


def _of_decision(decision: Decision, table: dict[str, Any], *, silenced: bool, several: bool) -> float:
    grounds = decision.grounds
    by_code = float(table["code"][grounds.code]) if grounds.code else 0.0
    if not grounds.letters:
        return by_code
    odds = points(grounds, silenced=silenced, several=several, table=table["word"])
    return max(by_code, min(1 / (1 + math.exp(-odds)), float(table["code"]["beginning"]) if grounds.is_mended else MOST))


def points(grounds: Grounds, *, silenced: bool, several: bool, table: dict[str, Any]) -> float:
    """The log odds that words on such grounds are right."""
    told = table["base"] + _step(table["letters"], grounds.letters) + _step(table["pieces"], grounds.pieces)
    return float(told + table["silenced"] * silenced + table["several"] * several + table["mended"] * grounds.is_mended)


def _step(steps: Sequence[Sequence[float]], number: int) -> float:
    return next(told for least, told in reversed(steps) if number >= least)


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    return tomllib.loads(files("forecourt.engines.audience.standard").joinpath("certainty.toml").read_text(encoding="utf-8"))
