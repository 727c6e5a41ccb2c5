"""The evening of the visit one question; a low answer becomes a case, and marketing is silent until it is solved."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from forecourt.engines.cases import cases
from forecourt.engines.cases.models import Case
from forecourt.engines.messaging import announcements, claim, pauses
from forecourt.engines.messaging.models import Message
from forecourt.journeys.care import background, surveys
from forecourt.journeys.care.models import Survey
from forecourt.journeys.workshop import job_cards
from forecourt.kernel.errors import NotFound, NotPermitted, Refusal
from forecourt.kernel.ids import uuid7
from forecourt.records.people import consent
from forecourt.runtime import events
from forecourt.runtime.models import Event
from tests.cast import Alpen, customer_actor, local
from tests.journeys.workshop.visit import MONDAY, ready


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Path, set_clock: Callable[[datetime], None]) -> None:
    settings.DATA = tmp_path
    set_clock(local(f"{MONDAY} 06:59"))


def react() -> None:
    for name, subscriber in events.subscribers().items():
        if name.startswith("journeys.care."):
            heard = [cls.name for cls in subscriber.listens_to]
            events.react(name, [str(pk) for pk in Event.objects.filter(name__in=heard).order_by("pk").values_list("pk", flat=True)])


@pytest.fixture
def collected(alpen: Alpen, set_clock: Callable[[datetime], None]) -> Survey:
    """Dana takes her car home on Monday at three."""
    with alpen.scope():
        consent.enter(actor=alpen.alice, customer_id=alpen.dana.pk, purpose="survey", channel="email", act="give", wording="desk")
        job_card = ready(alpen)
        set_clock(local(f"{MONDAY} 15:00"))
        job_cards.collect(actor=alpen.alice, job_card_id=job_card.pk)
        react()
        return Survey.objects.get()


def planned(alpen: Alpen) -> Survey:
    return surveys.plan(job_card_id=uuid7(), customer_id=alpen.dana.pk, vehicle_id=alpen.golf.pk, site_id=alpen.bozen.pk)


def test_the_question_goes_out_the_same_evening_and_once(alpen: Alpen, collected: Survey, set_clock: Callable[[datetime], None]) -> None:
    assert collected.due_at == local(f"{MONDAY} 18:30")
    set_clock(local(f"{MONDAY} 18:29"))
    background.ask_whose_evening_has_come()
    with alpen.scope():
        assert Message.objects.filter(cause_kind="survey").count() == 0
    set_clock(local(f"{MONDAY} 18:30"))
    background.ask_whose_evening_has_come()
    background.ask_whose_evening_has_come()
    with alpen.scope():
        letter = Message.objects.get(cause_kind="survey")
        assert (letter.purpose, letter.address, letter.cause_id) == ("survey", "dana@example.org", collected.pk)
        claim.claim(at_most=10)
        text = Message.objects.get(pk=letter.pk).text
        assert "Volkswagen Golf" in text
        assert "/s/" in text


@pytest.mark.parametrize(
    ("collected_at", "asked_at"),
    [
        ("2026-03-02 12:00", "2026-03-02 18:30"),
        ("2026-03-02 18:20", "2026-03-02 18:50"),
        ("2026-03-29 09:00", "2026-03-29 18:30"),  # the day the clocks go forward
        ("2026-10-25 09:00", "2026-10-25 18:30"),  # and back
    ],
)
def test_the_evening_is_that_of_the_site(collected_at: str, asked_at: str) -> None:
    assert surveys.this_evening(local(collected_at), "Europe/Rome") == local(asked_at)


def test_without_consent_nobody_is_asked_and_the_next_visit_may(alpen: Alpen, set_clock: Callable[[datetime], None]) -> None:
    with alpen.scope():
        first = planned(alpen)
        set_clock(first.due_at)
        surveys.send(survey_id=first.pk)
        claim.claim(at_most=10)
        announcements.announce(by=alpen.system)
        react()
        first.refresh_from_db()
        assert (first.state, first.skipped_because, first.sent_at) == ("skipped", "no_consent", None)
        assert Event.objects.filter(name="care.asked").count() == 0
        assert surveys.send(survey_id=planned(alpen).pk).state == "sent"


def test_nobody_is_asked_twice_within_thirty_days(alpen: Alpen, set_clock: Callable[[datetime], None]) -> None:
    with alpen.scope():
        surveys.send(survey_id=planned(alpen).pk)
        second = surveys.send(survey_id=planned(alpen).pk)
        assert (second.state, second.skipped_because) == ("skipped", "asked_recently")
        set_clock(local(f"{MONDAY} 07:00") + timedelta(days=30, minutes=1))
        assert surveys.send(survey_id=planned(alpen).pk).state == "sent"


def test_a_low_score_opens_a_case_for_the_adviser_and_silences_marketing_until_it_is_confirmed(alpen: Alpen, collected: Survey) -> None:
    with alpen.scope():
        surveys.answer(actor=customer_actor(alpen.dana), survey_id=collected.pk, score=3, comment=" It still rattles ")
        case = Case.objects.get()
        assert (case.kind, case.cause_id, case.owner_id, case.state) == ("low_score", collected.pk, alpen.alice.id, "open")
        assert case.notes.get().text == "It still rattles"
        silent = {(alpen.dana.pk, purpose): "case_open" for purpose in ("service_reminder", "survey", "offers")}
        assert pauses.reasons([alpen.dana.pk]) == silent
        about = {"actor": alpen.alice, "case_id": case.pk}
        cases.solve(**about, note="Tightened")
        react()
        assert pauses.reasons([alpen.dana.pk]) == silent
        cases.confirm(**about)
        react()
        assert pauses.reasons([alpen.dana.pk]) == {}
        cases.reopen(**about, note="It rattles again")
        react()
        assert pauses.reasons([alpen.dana.pk]) == silent


@pytest.mark.parametrize(("score", "opened"), [(0, 1), (6, 1), (7, 0), (10, 0)])
def test_six_is_low_and_seven_is_not(alpen: Alpen, score: int, opened: int) -> None:
    with alpen.scope():
        surveys.answer(actor=customer_actor(alpen.dana), survey_id=planned(alpen).pk, score=score)
        assert Case.objects.count() == opened


@pytest.mark.parametrize(("score", "comment", "code"), [(11, "", "no_score"), (-1, "", "no_score"), (5, "x" * 2001, "too_long")])
def test_what_is_no_answer_is_refused(alpen: Alpen, score: int, comment: str, code: str) -> None:
    with alpen.scope():
        survey = planned(alpen)
        with pytest.raises(Refusal) as refused:
            surveys.answer(actor=customer_actor(alpen.dana), survey_id=survey.pk, score=score, comment=comment)
        assert refused.value.code == code
        assert (Survey.objects.get(pk=survey.pk).state, Case.objects.count()) == ("planned", 0)


def test_an_answer_is_given_once_and_by_the_customer_alone(alpen: Alpen) -> None:
    with alpen.scope():
        survey = planned(alpen)
        with pytest.raises(NotFound):
            surveys.answer(actor=customer_actor(alpen.customers["dieter"]), survey_id=survey.pk, score=1)
        with pytest.raises(NotPermitted):
            surveys.answer(actor=alpen.bob, survey_id=survey.pk, score=1)
        surveys.answer(actor=customer_actor(alpen.dana), survey_id=survey.pk, score=9)
        with pytest.raises(Refusal) as again:
            surveys.answer(actor=customer_actor(alpen.dana), survey_id=survey.pk, score=1)
        assert again.value.code == "answered"
        assert (Survey.objects.get(pk=survey.pk).score, Case.objects.count()) == (9, 0)
