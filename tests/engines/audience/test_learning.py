"""What rules leave open is learned from decided lines, or decided by people: who wins, what follows for cars, and what is never learned."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from forecourt.engines.audience import classification, facts, rules
from forecourt.engines.audience.learning import answers, deciding, lessons, review, shelf, teaching
from forecourt.engines.audience.learning.learned import Learned
from forecourt.engines.audience.models import Classification, DueWork, WorkDone
from forecourt.kernel.errors import NotPermitted, Refusal
from forecourt.kernel.identifiers import text_key
from tests.cast import Alpen, Rosso
from tests.engines.audience.history import been


@pytest.fixture
def dealer(alpen: Alpen) -> Alpen:
    with alpen.scope():
        rules.install()
    return alpen


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
        assert DueWork.objects.get(work_kind="brake_fluid").basis["decided_by"]["by"] == "person"
        deciding.take_back(actor=anna, batch_id=batch)
        teaching.apply_decisions(deciding.texts_of(batch), actor=dealer.system)
        assert [kinds_of(text) for text in ("Ölwechsel", "Flüssigkeit X7")] == [(["oil_service"], "rules"), ([], "")]
        assert set(WorkDone.objects.values_list("work_kind", flat=True)) == {"oil_service"}
