"""What rules leave open is learned from decided lines, or decided by people: who wins, what follows for cars, and what is never learned."""

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from forecourt.engines.audience import classification, due, facts, rules
from forecourt.engines.audience.learning import answers, bounds, deciding, lessons, review, shelf, teaching
from forecourt.engines.audience.learning.learned import Guess
from forecourt.engines.audience.learning.lessons import Example
from forecourt.engines.audience.models import Classification, DueWork, WorkDone
from forecourt.kernel.errors import NotFound, NotPermitted, Refusal
from forecourt.kernel.identifiers import text_key
from forecourt.runtime import clock
from tests.cast import Alpen, Rosso
from tests.engines.audience.history import been

WORDS = {
    "brakes": "Klotz Scheibe Sattel Trommel Seilzug Belag",
    "oil_service": "Schmierstoff Wanne Ablassschraube Filterpatrone Viskosität Füllmenge",
    "battery": "Akku Starterzelle Polklemme Ladestrom Spannungstest Säure",
}
CODES = {"brakes": "BREMS", "oil_service": "OELW", "battery": "BATT"}
NOTHING = "Scheibenwischer Leuchtmittel Fussmatte Kennzeichen Duftbaum Frostschutz"


def texts(words: str, count: int) -> list[str]:
    """So many different texts of two or three of these words."""
    told = words.split()
    return [
        f"{told[at % 6]} {told[(at // 6 + at) % 6]} {told[at // 36 % 6]} {'links rechts vorn hinten neu alt'.split()[at // 7 % 6]}"
        for at in range(count)
    ]


class Trap:
    """Makes a file when it is read as a pickle."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, tuple[Path]]:
        return Path.touch, (self.path,)


def lesson(*, people: int = 0) -> list[Example]:
    known = [Example("", text, (kind,)) for kind, words in WORDS.items() for text in texts(words, 110)]
    of_people = [Example("", text, (), is_by_person=True) for text in texts(NOTHING, people)]
    return known + of_people + [Example("", f"{text} tauschen", ("brakes",), is_by_person=True) for text in texts(WORDS["brakes"], people)]


@pytest.fixture
def dealer(alpen: Alpen) -> Alpen:
    with alpen.scope():
        rules.install()
    return alpen


@pytest.fixture
def taught(dealer: Alpen) -> Alpen:
    """A history of 330 texts that rules know by their codes, and four that they do not."""
    with dealer.scope():
        lines = [(CODES[kind], text) for kind, words in WORDS.items() for text in texts(words, 110)]
        been(dealer.golf, "2025-02-10", 20_000, *lines)
        been(dealer.panda, "2025-03-10", 30_000, "Starterzelle Säure", "Starterzelle Säure", "Duftbaum Vanille", "Klotz Sattel schwer")
        facts.refresh()
        teaching.learn(actor=dealer.system)
    return dealer


def kinds_of(text: str) -> tuple[list[str], str]:
    row = Classification.objects.get(text_key=text_key("", text))
    return row.work_kinds, row.told_by


def test_a_person_wins_over_the_rules_until_it_is_taken_back(dealer: Alpen) -> None:
    with dealer.scope():
        been(dealer.golf, "2025-02-10", 20_000, "Ölwechsel", "Flüssigkeit X7")
        facts.refresh()
        assert [kinds_of(text) for text in ("Ölwechsel", "Flüssigkeit X7")] == [(["oil_service"], "rules"), ([], "")]
        keys = [text_key("", text) for text in ("Ölwechsel", "Flüssigkeit X7")]
        anna = dealer.actor("Anna Amort")
        batch = deciding.decide(actor=anna, kinds={keys[0]: (), keys[1]: ("brake_fluid",)})
        teaching.apply_decisions(deciding.texts_of(batch), actor=dealer.system)
        assert [kinds_of(text) for text in ("Ölwechsel", "Flüssigkeit X7")] == [([], "person"), (["brake_fluid"], "person")]
        assert set(WorkDone.objects.values_list("work_kind", flat=True)) == {"brake_fluid"}
        [row] = due.rows_of([DueWork.objects.get(work_kind="brake_fluid")])
        day = due._day(clock.now().date())
        assert f"Anna Amort decided on {day} what the line “Flüssigkeit X7” of order {row.line.visit.number} is." in due.reasons(row)
        deciding.take_back(actor=anna, batch_id=batch)
        teaching.apply_decisions(deciding.texts_of(batch), actor=dealer.system)
        assert [kinds_of(text) for text in ("Ölwechsel", "Flüssigkeit X7")] == [(["oil_service"], "rules"), ([], "")]
        assert set(WorkDone.objects.values_list("work_kind", flat=True)) == {"oil_service"}


def test_what_a_person_decided_outlives_other_rules(dealer: Alpen) -> None:
    with dealer.scope():
        been(dealer.golf, "2025-02-10", 20_000, "Flüssigkeit X7")
        facts.refresh()
        key = text_key("", "Flüssigkeit X7")
        deciding.decide(actor=dealer.actor("Anna Amort"), kinds={key: ()})
        rules.change(actor=dealer.actor("Anna Amort"), work_kind="brake_fluid", words=["flüssigkeit x7"])
        facts.refresh()
        assert kinds_of("Flüssigkeit X7") == ([], "person")
        assert classification.of_line(code="", text="Flüssigkeit X7").decided_by[0].by == "person"


def test_who_decides_first_is_not_overruled_by_a_second_click(dealer: Alpen) -> None:
    with dealer.scope():
        been(dealer.golf, "2025-02-10", 20_000, "Flüssigkeit X7")
        facts.refresh()
        key = text_key("", "Flüssigkeit X7")
        first = deciding.decide(actor=dealer.actor("Anna Amort"), kinds={key: ("brakes",)})
        with pytest.raises(Refusal, match="decided this line meanwhile"):
            deciding.decide(actor=dealer.actor("Max Mair"), kinds={key: ("battery",)})
        assert answers.standing([key])[key].batch_id == first
        with pytest.raises(Refusal, match="does not exist any more"):
            deciding.decide(actor=dealer.actor("Max Mair"), kinds={key: ("painting",)})
        deciding.take_back(actor=dealer.actor("Max Mair"), batch_id=first)
        with pytest.raises(Refusal, match="taken back already"):
            deciding.take_back(actor=dealer.actor("Max Mair"), batch_id=first)
        with pytest.raises(NotPermitted):
            deciding.decide(actor=dealer.bob, kinds={key: ("brakes",)})


def test_a_dealer_decides_nothing_at_another(dealer: Alpen, rosso: Rosso) -> None:
    with dealer.scope():
        been(dealer.golf, "2025-02-10", 20_000, "Flüssigkeit X7")
        facts.refresh()
        batch = deciding.decide(actor=dealer.actor("Anna Amort"), kinds={text_key("", "Flüssigkeit X7"): ("brakes",)})
    with rosso.scope():
        with pytest.raises(NotFound):
            deciding.take_back(actor=rosso.system, batch_id=batch)
        with pytest.raises(NotFound):
            deciding.decide(actor=rosso.system, kinds={text_key("", "Flüssigkeit X7"): ("brakes",)})


def test_a_word_that_is_denied_is_decided_and_not_asked_about(dealer: Alpen) -> None:
    with dealer.scope():
        been(dealer.golf, "2025-02-10", 20_000, "kein Ölwechsel", "Flüssigkeit X7")
        facts.refresh()
        teaching.learn(actor=dealer.system)
        assert [kinds_of(text) for text in ("kein Ölwechsel", "Flüssigkeit X7")] == [([], "denied"), ([], "")]
        assert review.keys(actor=dealer.system, filters=review.Filters()) == [text_key("", "Flüssigkeit X7")]
        assert (review.progress().lines, review.progress().decided) == (2, 1)


def test_open_lines_are_suggested_from_the_dealers_own_and_count_for_nothing_yet(taught: Alpen) -> None:
    with taught.scope():
        assert kinds_of("Starterzelle Säure") == ([], "")
        first, *others = review.lines(actor=taught.system, text_keys=review.keys(actor=taught.system, filters=review.Filters()))
        assert (first.text, first.lines, first.cars, first.suggested) == ("Starterzelle Säure", 2, 1, ("battery",))
        assert review.telling_word(first) in {"starterzelle", "saure"}
        assert {line.text: line.suggested for line in others}["Klotz Sattel schwer"] == ("brakes",)
        known = answers.learner()
        assert (known.threshold, known.basis["texts"], known.basis["by_people"]) == (None, 330, 0)
        assert not teaching.learn(actor=taught.system).is_taught  # nothing is new


def test_what_is_sure_enough_counts_says_so_and_is_silent_when_switched_off(taught: Alpen) -> None:
    with taught.scope():
        knowing = answers.learned()
        sure = lessons.teach(lesson(people=60))
        assert sure is not None
        assert sure.report.threshold is not None
        shelf.put(answers.folder(), taught.id, answers.learner().version, sure)
        assert answers.learned() is not knowing
        outcome = teaching.learn(actor=taught.system, is_answered=True)
        assert (outcome.altered, kinds_of("Starterzelle Säure"), kinds_of("Duftbaum Vanille")[0]) == (2, (["battery"], "model"), [])
        [row] = due.rows_of(list(DueWork.objects.filter(work_kind="battery", vehicle=taught.panda)) or [_due(taught)])
        assert any("Recognised by comparison with your other lines" in each and "%" in each for each in due.reasons(row))
        deciding.switch(actor=taught.actor("Anna Amort"), is_on=False)
        teaching.learn(actor=taught.system, is_answered=True)
        assert kinds_of("Starterzelle Säure") == ([], "")


def _due(dealer: Alpen) -> DueWork:
    decided = Classification.objects.get(text_key=text_key("", "Starterzelle Säure")).decided_by[0]
    line = dealer.panda.visits.get().lines.first()
    assert line is not None
    return DueWork(
        vehicle=dealer.panda, work_kind="battery", due_on=date(2026, 1, 1), because="time", last_line_id=line.pk, computed_on=date(2026, 1, 1),
        basis={"decided_by": decided},
    )  # fmt: skip


# -- what is learned, without a database --


def test_too_little_history_teaches_nothing() -> None:
    assert lessons.teach(lesson()[: bounds.LEAST_TEXTS - 1]) is None
    assert lessons.teach([Example("", f"{text} {at}", ("brakes",)) for at, text in enumerate(texts(WORDS["brakes"], 400))]) is None
    assert lessons.kinds_of([*lesson(), *[Example("", f"Lack {at}", ("body",)) for at in range(9)]]) == ("battery", "brakes", "oil_service")


def test_it_decides_only_where_people_showed_what_is_none_and_the_same_texts_teach_the_same() -> None:
    alone, with_people = lessons.teach(lesson()), lessons.teach(lesson(people=60))
    assert alone is not None
    assert with_people is not None
    assert alone.report.threshold is None
    few = lessons.teach(lesson(people=12))
    assert few is not None
    assert (few.report.by_people, few.report.threshold) == (22, None)  # on so few it would be luck
    assert with_people.report.right >= bounds.AIM
    assert with_people.report.threshold is not None
    assert with_people.report.threshold >= bounds.LEAST_SURE
    none, brakes = with_people.guess("", "Leuchtmittel Kennzeichen neu"), with_people.guess("", "Sattel Trommel tauschen")
    assert none is not None
    assert brakes is not None
    assert (none.kinds, with_people.is_sure(none), brakes.kinds, with_people.is_sure(brakes)) == ((), True, ("brakes",), True)
    assert with_people.guess("", "") is None
    again = lessons.teach(lesson(people=60))
    assert again is not None
    assert np.array_equal(again.weights, with_people.weights)


def test_what_was_learned_is_read_back_by_its_own_dealer_only_and_never_as_code(tmp_path: Path, alpen: Alpen, rosso: Rosso) -> None:
    learned = lessons.teach(lesson())
    assert learned is not None
    shelf.put(tmp_path, alpen.id, "1", learned)
    shelf.put(tmp_path, alpen.id, "2", learned)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["2.npz"]
    kept = shelf.take(tmp_path, alpen.id, "2")
    assert kept is not None
    assert isinstance(kept.guess("", "Akku"), Guess)
    assert kept.guess("", "Akku") == learned.guess("", "Akku")
    own = tmp_path / str(alpen.id) / "2.npz"
    (tmp_path / str(rosso.id)).mkdir()
    (tmp_path / str(rosso.id) / "2.npz").write_bytes(own.read_bytes())
    assert shelf.take(tmp_path, rosso.id, "2") is None
    np.savez(
        own, weights=np.array([Trap(tmp_path / "sprung")], dtype=object), rarity=kept.rarity, bias=kept.bias, told=np.zeros(1, np.uint8)
    )
    assert shelf.take(tmp_path, alpen.id, "2") is None
    assert not (tmp_path / "sprung").exists()
    own.write_bytes(b"no archive")
    assert shelf.take(tmp_path, alpen.id, "2") is None
    assert shelf.take(tmp_path, alpen.id, "3") is None
