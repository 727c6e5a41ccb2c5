"""What is learned from a dealer's decided lines, on lines whose answers were hidden: how much is suggested, counted and right.

    python -m bench.learning [FILE…]

Rules are taken away, so that lines they decided are open: those of one language, or three words in ten by chance. What is left teaches, and
people decide the first so many open lines as the labels say. The rest is asked: how many lines of a kind are suggested right, whether the
certainty that is told is the share that is right, and what from the threshold on would count by itself. Set against it are the labels, which
neither rules nor learner have seen. Teaching is timed on many texts too.
"""

import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import figures
from bench.classification import LABELLED, Labelled, read
from forecourt.engines.audience import standard
from forecourt.engines.audience.learning import bounds, lessons
from forecourt.engines.audience.learning.learned import Guess, Learned
from forecourt.engines.audience.lines import words_of
from forecourt.engines.audience.matching import Matcher

PEOPLE = (0, 60)
LANGUAGES = ("de", "it", "en", "ro", "zh")
BANDS = ((0.25, 0.5), (0.5, 0.7), (0.7, 1.01))


@dataclass(frozen=True)
class Asked:
    """The open lines that nobody decided, each with what was said of it."""

    learned: Learned | None
    said: list[tuple[Labelled, Guess]]

    def in_band(self, low: float, high: float) -> list[tuple[Labelled, Guess]]:
        return [(line, guess) for line, guess in self.said if low <= guess.certainty < high]

    @property
    def sure(self) -> list[tuple[Labelled, Guess]]:
        return [(line, guess) for line, guess in self.said if self.learned and self.learned.is_sure(guess)]


def is_right(line: Labelled, guess: Guess) -> bool:
    return frozenset(guess.kinds) == line.kinds


def ask(lines: Sequence[Labelled], rules: Sequence[dict[str, Any]], *, people: int) -> Asked:
    """Teach with what these rules and so many people's decisions say, and ask of the rest."""
    matcher = Matcher(words_of(rules))
    examples, open_lines = [], []
    for line in lines:
        if decisions := matcher.match(line.code, line.text):
            by_code = any(each.by == "code" for each in decisions)
            because = tuple(f"{each.work_kind} {each.value}" for each in decisions if each.by == "word")
            examples.append(lessons.Example("" if by_code else line.code, line.text, tuple(each.work_kind for each in decisions), because))
        elif not matcher.denied(line.text):
            open_lines.append(line)
    random.Random(1).shuffle(open_lines)
    examples += [lessons.Example(line.code, line.text, tuple(sorted(line.kinds)), is_by_person=True) for line in open_lines[:people]]
    learned = lessons.teach(examples)
    guesses = ((line, learned.guess(line.code, line.text)) for line in open_lines[people:]) if learned else iter(())
    return Asked(learned, [(line, guess) for line, guess in guesses if guess and guess.certainty >= bounds.LEAST_CERTAINTY])


def hidden() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The standard rules with some of them taken away, and what was."""
    rules = list(standard.rules())
    for language in LANGUAGES:
        yield f"rules of {language}", [rule for rule in rules if rule["language"] != language]
    for seed in range(3):
        dice = random.Random(seed)
        yield f"3 words in 10 ({seed + 1})", [{**rule, "words": [word for word in rule["words"] if dice.random() >= 0.3]} for rule in rules]


def open_of(lines: Sequence[Labelled], rules: Sequence[dict[str, Any]], people: int) -> list[Labelled]:
    matcher = Matcher(words_of(rules))
    found = [line for line in lines if not matcher.match(line.code, line.text) and not matcher.denied(line.text)]
    random.Random(1).shuffle(found)
    return found[people:]


def table(lines: Sequence[Labelled]) -> str:
    """A row for each thing that was hidden, without and with people's decisions."""
    heads = [
        "hidden",
        "people",
        "open",
        "of a kind",
        "suggested",
        "right",
        *(f"{low:.0%}–{min(high, 1):.0%}" for low, high in BANDS),
        "counted",
        "right",
    ]
    rows = [heads]
    for what, rules in hidden():
        for people in PEOPLE:
            asked, rest = ask(lines, rules, people=people), open_of(lines, rules, people)
            found = [asked.said, *(asked.in_band(*band) for band in BANDS)]
            told = [f"{sum(is_right(*each) for each in some)}/{len(some)}" for some in found]
            sure = sum(is_right(*each) for each in asked.sure)
            rows.append([what, str(people), str(len(rest)), str(sum(bool(line.kinds) for line in rest)), *told[0].split("/")[::-1], *told[1:], str(len(asked.sure)), str(sure)])  # fmt: skip
    return "\n".join("".join(f"{cell:<18}" if at == 0 else f"{cell:>11}" for at, cell in enumerate(row)) for row in rows)


def speed(lines: Sequence[Labelled], texts: int) -> figures.Figure:
    """Many numbers make every text a new one, as history does."""
    matcher = Matcher(words_of(standard.rules()))
    decided = [(line, decisions) for line in lines if (decisions := matcher.match(line.code, line.text))]
    examples = [
        lessons.Example("", f"{line.text} Nr {number}", tuple(each.work_kind for each in found), tuple(each.value for each in found))
        for number in range(texts // len(decided) + 1)
        for line, found in decided
    ][:texts]
    began = time.perf_counter()
    lessons.teach(examples)
    return figures.Figure(what=f"teaching from {texts:,} decided texts", measured=f"{time.perf_counter() - began:.1f} s")


def main(paths: Sequence[Path]) -> int:
    lines = [line for path in paths for line in read(path)]
    print(f"\n{len(lines)} lines\n{table(lines)}")
    return figures.tell([speed(lines, 10_000), speed(lines, 100_000)])


if __name__ == "__main__":
    sys.exit(main([Path(name) for name in sys.argv[1:]] or [LABELLED / "dev.csv"]))
