"""How right the standard rules are on labelled lines: F1 per language and kind of work, and every line that was answered wrongly.

    python -m bench.classification [FILE…]

The lines are those of `tests/engines/audience/labelled`, written and labelled by somebody who had not seen the rules. A kind counts in the
mean if a line of the set is of it. Matching is timed too.
"""

import csv
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench import figures
from forecourt.engines.audience.lines import words_of
from forecourt.engines.audience.matching import Matcher
from forecourt.engines.audience.standard import rules

LABELLED = Path(__file__).parent.parent / "tests/engines/audience/labelled"


@dataclass(frozen=True)
class Labelled:
    """A line, and the kinds of work it is by the judgement of a person."""

    language: str
    code: str
    text: str
    kinds: frozenset[str]


@dataclass
class Score:
    """Right, wrongly found and missed answers per kind, and the lines with a wrong one."""

    right: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    wrong: list[tuple[Labelled, frozenset[str]]] = field(default_factory=list)
    lines: int = 0

    def f1(self, kind: str) -> float:
        double = 2 * self.right[kind]
        return double / (double + self.false[kind] + self.missed[kind])

    @property
    def kinds(self) -> list[str]:
        return sorted(kind for kind in {*self.right, *self.missed})

    @property
    def macro(self) -> float:
        """The mean of F1 over the kinds that occur."""
        return sum(map(self.f1, self.kinds)) / len(self.kinds)

    @property
    def micro(self) -> float:
        right = 2 * self.right.total()
        return right / (right + self.false.total() + self.missed.total())


def read(path: Path) -> list[Labelled]:
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Labelled(row["language"], row.get("code") or "", row["text"], frozenset(filter(None, row["kinds"].split("+"))))
            for row in csv.DictReader(file)
        ]


def score(lines: Iterable[Labelled], matcher: Matcher) -> Score:
    found = Score()
    for line in lines:
        kinds = frozenset(decision.work_kind for decision in matcher.match(line.code, line.text))
        found.lines += 1
        found.right.update(line.kinds & kinds)
        found.false.update(kinds - line.kinds)
        found.missed.update(line.kinds - kinds)
        if kinds != line.kinds:
            found.wrong.append((line, kinds))
    return found


def by_language(lines: Sequence[Labelled], matcher: Matcher) -> dict[str, Score]:
    return {each: score([line for line in lines if line.language == each], matcher) for each in sorted({line.language for line in lines})}


def standard() -> Matcher:
    return Matcher(words_of(rules()))


def table(lines: Sequence[Labelled], matcher: Matcher) -> str:
    """F1 per kind and language, their means, and the wrong lines."""
    whole, languages = score(lines, matcher), by_language(lines, matcher)
    columns = [*languages.values(), whole]
    rows = [["", *languages, "all"]]
    rows += [[kind, *(f"{each.f1(kind):.3f}" if kind in each.kinds else "" for each in columns)] for kind in whole.kinds]
    rows.append(["macro F1", *(f"{each.macro:.3f}" for each in columns)])
    rows.append(["micro F1", *(f"{each.micro:.3f}" for each in columns)])
    rows.append(["lines wrong", *(f"{len(each.wrong)}/{each.lines}" for each in columns)])
    told = [f"{name:<18}" + "".join(f"{cell:>9}" for cell in cells) for name, *cells in rows]
    told += [_wrong(line, kinds) for line, kinds in whole.wrong]
    return "\n".join(told)


def _wrong(line: Labelled, kinds: frozenset[str]) -> str:
    changes = [f"-{kind}" for kind in sorted(line.kinds - kinds)] + [f"+{kind}" for kind in sorted(kinds - line.kinds)]
    return f"  {line.language}  {line.text}  [{line.code}]  {' '.join(changes)}"


def main(paths: Sequence[Path]) -> int:
    matcher = standard()
    told = []
    for path in paths:
        lines = read(path)
        print(f"\n{path.name}: {len(lines)} lines\n{table(lines, matcher)}")
        found = score(lines, matcher)
        lowest = min(each.macro for each in by_language(lines, matcher).values())
        told.append(
            figures.Figure(
                what=f"classification, {path.stem} lines: macro F1",
                measured=f"{found.macro:.3f}, lowest language {lowest:.3f}",
                promise="0.95, no language below 0.90",
                is_met=found.macro >= 0.95 and lowest >= 0.90,
            )
        )
    told.append(_speed(matcher, [line for path in paths for line in read(path)]))
    return figures.tell(told)


def _speed(matcher: Matcher, lines: Sequence[Labelled]) -> figures.Figure:
    """Many numbers make every text a new one, as history does."""
    texts = [(line.code, f"{line.text} {number}") for number in range(20) for line in lines]
    began = time.perf_counter()
    for code, text in texts:
        matcher.match(code, text)
    seconds = time.perf_counter() - began
    return figures.Figure(what="classification of a text not seen before", measured=f"{seconds / len(texts) * 1e6:.1f} µs")


if __name__ == "__main__":
    sys.exit(main([Path(name) for name in sys.argv[1:]] or sorted(LABELLED.glob("*.csv"))))
