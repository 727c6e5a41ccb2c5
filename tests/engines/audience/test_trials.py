"""What other rules would make of the history: told before they are saved, and equal to what saving them does."""

import csv
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from bench.classification import LABELLED

from forecourt.engines.audience import facts, layers, rules, trials
from forecourt.engines.audience.layers import WHOLE_KIND, Own, begun
from forecourt.engines.audience.matching import Matcher
from forecourt.engines.audience.models import Classification, RuleVersion
from forecourt.engines.audience.trials import Touched
from forecourt.kernel.errors import NotPermitted
from forecourt.kernel.identifiers import text_key
from tests.cast import Alpen, Rosso
from tests.engines.audience.history import been

TODAY = date(2026, 3, 2)
INSPECTION = "inspection.de.*inspektion"


@pytest.fixture
def dealer(alpen: Alpen, rosso: Rosso) -> Alpen:
    with rosso.scope():
        been(rosso.punto, "2025-02-10", 20_000, "Sorglospaket")
        facts.refresh(today=TODAY)
    with alpen.scope():
        been(alpen.golf, "2024-02-10", 20_000, "Sorglospaket", "Ölwechsel")
        been(alpen.golf, "2025-02-10", 30_000, "SORGLOSPAKET", ("4150", "Kleinteile"))
        been(alpen.panda, "2025-03-10", 30_000, "Sorglospaket", "Inspektion")
        facts.refresh(today=TODAY)
    return alpen


def test_a_trial_says_before_saving_which_lines_and_cars_gain_or_lose_a_kind(dealer: Alpen) -> None:
    wanted = [
        replace(begun("inspection"), words=("Sorglospaket",), codes=("4100–4199",)),
        replace(begun("inspection", standard=INSPECTION), without=("*inspektion",)),
    ]
    with dealer.scope():
        before = list(Classification.objects.order_by("text_key").values())
        trial = trials.on_history(actor=dealer.bob, wanted=layers.in_force(wanted))
        assert (trial.texts, trial.altered, trial.lines) == (4, 3, 5)
        gain, loss = trial.shifts
        assert (gain.work_kind, gain.is_gain, gain.lines, gain.cars) == ("inspection", True, 4, 2)
        assert [(each.text, each.lines, [(why.by, why.value) for why in each.after]) for each in gain.examples] == [
            ("Sorglospaket", 3, [("word", "Sorglospaket")]), ("Kleinteile", 1, [("code", "4100–4199")]),
        ]  # fmt: skip
        assert (loss.work_kind, loss.is_gain, loss.lines, loss.cars) == ("inspection", False, 1, 1)
        assert [(each.text, each.before[0].value, each.after) for each in loss.examples] == [("Inspektion", "*inspektion", ())]
        assert list(Classification.objects.order_by("text_key").values()) == before
        assert not RuleVersion.objects.exists()


def test_what_a_trial_says_is_what_saving_does_and_each_line_keeps_its_rule(dealer: Alpen) -> None:
    rule = replace(begun("inspection"), words=("Sorglospaket",))
    with dealer.scope():
        trial = trials.on_history(actor=dealer.system, wanted=layers.in_force([rule]))
        rules.save(actor=dealer.system, work_kind="inspection", told=[rule], seen=0)
        assert facts.refresh(today=TODAY).texts == trial.texts
        known = Classification.objects.filter(work_kinds__contains=["inspection"])
        assert {(each.decided_by[0]["value"], each.decided_by[0]["rule"]) for each in known} == {
            ("Sorglospaket", str(rule.id)), ("*inspektion", INSPECTION),
        }  # fmt: skip
        assert trials.on_history(actor=dealer.system, wanted=layers.in_force([rule])).altered == 0


def test_what_a_person_decided_is_not_among_what_would_change(dealer: Alpen) -> None:
    wanted = layers.in_force([replace(begun("inspection"), words=("Sorglospaket",), codes=("4100–4199",))])
    with dealer.scope():
        Classification.objects.filter(text_key=text_key("", "Sorglospaket")).update(told_by="person", work_kinds=["brakes"])
        Classification.objects.filter(text_key=text_key("4150", "Kleinteile")).update(told_by="model", work_kinds=["brakes"])
        trial = trials.on_history(actor=dealer.system, wanted=wanted)
        assert (trial.texts, trial.altered, trial.lines) == (3, 1, 1)
        assert [(each.text, each.before) for each in trial.shifts[0].examples] == [("Kleinteile", ())]


def test_a_typed_line_is_read_by_the_rules_in_force_or_by_those_being_written(dealer: Alpen) -> None:
    rule = replace(begun("inspection"), words=("Sorglospaket",))
    with dealer.scope():
        assert trials.of_line(actor=dealer.bob, code="", text="Sorglospaket") == []
        [told] = trials.of_line(actor=dealer.bob, code="", text="das Sorglos-Paket, Sorglospaket", wanted=layers.in_force([rule]))
        assert (told.work_kind, told.by, told.value, told.rule) == ("inspection", "word", "Sorglospaket", str(rule.id))
        with pytest.raises(NotPermitted):
            trials.of_line(actor=replace(dealer.bob, rights=frozenset()), code="", text="x")


def test_of_a_long_history_a_sample_is_told_first_and_says_so(dealer: Alpen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trials, "BATCH", 1)
    wanted = layers.in_force([replace(begun("inspection"), words=("Sorglospaket",), codes=("4100–4199",))])
    with dealer.scope():
        first = trials.on_history(actor=dealer.system, wanted=wanted, seconds=0)
        assert (first.texts, first.total, first.is_whole) == (1, 4, False)
        whole = trials.on_history(actor=dealer.system, wanted=wanted)
        assert (whole.texts, whole.total, whole.is_whole, whole.lines) == (4, 4, True, 4)


def test_only_touched_texts_are_matched_and_none_is_missed() -> None:
    """Over lines that were written by somebody else, also with slips, and changes drawn by lot: as if all were matched twice."""
    lot = random.Random(4)
    texts = [(str(place), code, text) for place, (code, text) in enumerate(_labelled())]
    texts += [(f"slip {place}", code, _slipped(lot, text)) for place, (_key, code, text) in enumerate(texts[::2])]
    ours = layers.in_force([])
    before = Matcher(ours)
    was = {key: _kinds(before, code, text) for key, code, text in texts}
    altered = 0
    for _turn in range(3):
        wanted = layers.in_force(_drawn(lot, texts))
        after = Matcher(wanted)
        touched = {key for key, _code, _text in Touched(ours, wanted, before, after).among(texts)}
        would = {key for key, code, text in texts if _kinds(after, code, text) != was[key]}
        assert would <= touched
        assert len(touched) < len(texts) / 2
        altered += len(would)
    assert altered > 15


def _labelled() -> Iterator[tuple[str, str]]:
    with (LABELLED / "dev.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            yield row["code"], row["text"]


def _kinds(matcher: Matcher, code: str, text: str) -> list[str]:
    return [each.work_kind for each in matcher.match(code, text)]


def _slipped(lot: random.Random, text: str) -> str:
    words = text.split()
    at = lot.randrange(len(words)) if words else 0
    if words and len(words[at]) > 5:
        letter = lot.randrange(2, len(words[at]) - 1)
        words[at] = words[at][:letter] + words[at][letter + 1 :]
    return " ".join(words)


def _drawn(lot: random.Random, texts: list[tuple[str, str, str]]) -> list[Own]:
    """Some of ours off or taken apart, and some words of the texts as words of a rule or as exceptions."""
    words = [word for _key, _code, text in texts for word in text.split() if len(word) > 3]
    told = []
    for rule in lot.sample(layers.ours(), 8):
        out = tuple(lot.sample(list(rule.words), min(3, len(rule.words))))
        told.append(replace(begun(rule.work_kind, standard=rule.key), without=out, is_active=lot.random() < 0.8))
    told.append(replace(begun("brakes"), words=tuple(lot.sample(words, 4)), codes=("4100–4199", "R*"), unless_words=(lot.choice(words),)))
    told.append(replace(begun("body", standard=WHOLE_KIND), unless_words=tuple(lot.sample(words, 3))))
    return told
