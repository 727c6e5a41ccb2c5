"""Stages, clocking, the check by somebody else, and the way out."""

from typing import Any

import pytest

from forecourt.journeys.workshop import findings, job_cards
from forecourt.journeys.workshop.models import JobCard
from forecourt.kernel.errors import NotFound, NotPermitted, Refusal
from forecourt.records.history.models import Visit
from forecourt.records.timeline import reading
from forecourt.runtime.models import Event
from tests.cast import Alpen, local
from tests.journeys.workshop.visit import (
    MONDAY,
    accepted,
    arrived,
    asked,
    checked,
    dana,
    events,
    found,
    fresh,
    huber,
    in_work,
    ready,
    rossi,
)  # fmt: skip


def refused(code: str, call: Any, job_card: JobCard, *, line: bool = False, **more: Any) -> Refusal:
    before = (events(), fresh(job_card).stage, fresh(job_card).version)
    with pytest.raises(Refusal) as caught:
        call(**more) if line else call(job_card_id=job_card.pk, **more)
    assert caught.value.code == code
    assert before == (events(), fresh(job_card).stage, fresh(job_card).version)
    return caught.value


def test_the_first_line_begun_brings_the_car_into_work(alpen: Alpen) -> None:
    with alpen.scope():
        job_card = accepted(alpen)
        line = job_cards.start_line(actor=huber(alpen), line_id=job_card.lines.get().pk)
        assert (line.state, line.worked_by_id) == ("in_work", huber(alpen).id)
        assert line.started_at is not None
        assert fresh(job_card).stage == "in_work"
        # An hour before the agreed time: it will be ready sooner, too.
        assert events()[-3:] == ["work_started", "stage_changed", "expected_time_changed"]
        refused("wrong_state", job_cards.start_line, job_card, line=True, actor=huber(alpen), line_id=line.pk)
        done = job_cards.finish_line(actor=huber(alpen), line_id=line.pk)
        assert (done.state, done.done_at is not None) == ("done", True)
        assert fresh(job_card).stage == "in_work"
        refused("wrong_state", job_cards.finish_line, job_card, line=True, actor=huber(alpen), line_id=line.pk)


def test_work_does_not_begin_before_acceptance_or_without_approval(alpen: Alpen) -> None:
    with alpen.scope():
        job_card = arrived(alpen)
        refused("wrong_state", job_cards.start_line, job_card, line=True, actor=huber(alpen), line_id=job_card.lines.get().pk)
        job_card = accepted(alpen, vehicle_id=alpen.panda.pk, at=f"{MONDAY} 10:00")
        line = job_card.lines.get()
        line.item_id = None
        line.save()
        refused("not_approved", job_cards.start_line, job_card, line=True, actor=huber(alpen), line_id=line.pk)
        refused("wrong_state", job_cards.finish_line, job_card, line=True, actor=huber(alpen), line_id=line.pk)


def test_nobody_passes_the_check_of_their_own_work(alpen: Alpen) -> None:
    with alpen.scope():
        job_card = in_work(alpen)
        job_cards.finish_line(actor=huber(alpen), line_id=job_card.lines.get().pk)
        job_cards.advance(actor=huber(alpen), job_card_id=job_card.pk, to="quality_check")
        for to in ("washed", "ready"):
            refused("own_work", job_cards.advance, job_card, actor=huber(alpen), to=to)
            refused("own_work", job_cards.advance, job_card, actor=alpen.system, to=to)
        now = job_cards.advance(actor=rossi(alpen), job_card_id=job_card.pk, to="washed")
        assert (now.stage, now.checked_by_id) == ("washed", rossi(alpen).id)
        now = job_cards.advance(actor=huber(alpen), job_card_id=job_card.pk, to="ready")
        event = Event.objects.get(name="workshop.car_ready")
        assert (now.stage, event.values["checked_by_id"]) == ("ready", str(rossi(alpen).id))


def test_who_helped_with_a_line_does_not_check_the_car(alpen: Alpen) -> None:
    with alpen.scope():
        job_card = accepted(alpen)
        line = job_card.lines.get()
        job_cards.start_line(actor=rossi(alpen), line_id=line.pk)
        job_cards.finish_line(actor=rossi(alpen), line_id=line.pk)
        job_cards.advance(actor=huber(alpen), job_card_id=job_card.pk, to="quality_check")
        refused("own_work", job_cards.advance, job_card, actor=rossi(alpen), to="ready")
        refused("own_work", job_cards.advance, job_card, actor=huber(alpen), to="ready")
        assert job_cards.advance(actor=alpen.alice, job_card_id=job_card.pk, to="ready").stage == "ready"


def test_what_goes_back_to_work_is_checked_anew(alpen: Alpen) -> None:
    with alpen.scope():
        job_card = ready(alpen)
        job_cards.advance(actor=alpen.alice, job_card_id=job_card.pk, to="in_work")
        assert fresh(job_card).checked_by_id is None
        refused("wrong_state", job_cards.advance, job_card, actor=alpen.alice, to="ready")
        assert checked(alpen, job_card).stage == "ready"


def test_ready_cannot_be_reached_around_the_check(alpen: Alpen) -> None:
    with alpen.scope():
        job_card = in_work(alpen)
        job_cards.finish_line(actor=huber(alpen), line_id=job_card.lines.get().pk)
        for to in ("ready", "washed"):
            refused("wrong_state", job_cards.advance, job_card, actor=alpen.alice, to=to)
        JobCard.objects.filter(pk=job_card.pk).update(stage="washed")  # as no action of ours leaves it
        refused("not_checked", job_cards.advance, job_card, actor=alpen.alice, to="ready")


def test_the_check_waits_for_all_work_and_all_answers(alpen: Alpen) -> None:
    with alpen.scope():
        job_card = in_work(alpen)
        assert refused("work_left", job_cards.advance, job_card, actor=huber(alpen), to="quality_check").facts == {"left": ["Ölservice"]}
        job_cards.finish_line(actor=huber(alpen), line_id=job_card.lines.get().pk)
        item = found(alpen, job_card)
        refused("approval_open", job_cards.advance, job_card, actor=huber(alpen), to="quality_check")
        findings.withdraw(actor=alpen.alice, item_id=item.pk)
        assert job_cards.advance(actor=huber(alpen), job_card_id=job_card.pk, to="quality_check").stage == "quality_check"


def test_waiting_for_approval_needs_a_question(alpen: Alpen) -> None:
    with alpen.scope():
        job_card = in_work(alpen)
        refused("nothing_to_decide", job_cards.advance, job_card, actor=alpen.alice, to="waiting_approval")
        found(alpen, job_card)  # noted, but not put yet
        refused("nothing_to_decide", job_cards.advance, job_card, actor=alpen.alice, to="waiting_approval")


def test_parts_can_be_waited_for(alpen: Alpen) -> None:
    with alpen.scope():
        job_card = in_work(alpen)
        assert job_cards.advance(actor=huber(alpen), job_card_id=job_card.pk, to="waiting_parts").stage == "waiting_parts"
        event = Event.objects.filter(name="workshop.stage_changed").latest("pk")
        assert (event.values["earlier"], event.values["stage"]) == ("in_work", "waiting_parts")
        entry = next(iter(reading.of("job_card", job_card.pk, actor=alpen.alice)))
        assert entry.sentence == "Stage: Waiting for parts"
        assert job_cards.advance(actor=huber(alpen), job_card_id=job_card.pk, to="in_work").stage == "in_work"


def test_a_stage_moved_by_two_people_at_once_is_refused_to_the_second(alpen: Alpen) -> None:
    with alpen.scope():
        job_card = in_work(alpen)
        job_cards.advance(actor=huber(alpen), job_card_id=job_card.pk, to="waiting_parts", version=job_card.version)
        refusal = refused("changed_meanwhile", job_cards.advance, job_card, actor=alpen.alice, to="in_work", version=job_card.version)
        assert refusal.facts["job_card"].stage == "waiting_parts"  # type: ignore[attr-defined]


def test_arrival_and_acceptance_are_no_mere_stages(alpen: Alpen) -> None:
    with alpen.scope():
        job_card = arrived(alpen)
        refused("wrong_state", job_cards.advance, job_card, actor=alpen.alice, to="accepted")


def test_a_technician_of_the_site_is_assigned(alpen: Alpen) -> None:
    with alpen.scope():
        job_card = arrived(alpen)
        assert job_cards.assign(actor=alpen.alice, job_card_id=job_card.pk, technician_id=rossi(alpen).id).technician_id == rossi(alpen).id
        assert events()[-1] == "technician_assigned"
        for other in ("T. Moser", "Bob Brenner"):
            with pytest.raises(NotFound):
                job_cards.assign(actor=alpen.alice, job_card_id=job_card.pk, technician_id=alpen.staff[other].pk)
        assert fresh(job_card).technician_id == rossi(alpen).id


def test_a_collected_car_ends_its_visit(alpen: Alpen) -> None:
    with alpen.scope():
        job_card = in_work(alpen)
        refused("wrong_state", job_cards.collect, job_card, actor=alpen.alice)
        assert Visit.objects.get().closed_on is None
        checked(alpen, job_card)
        with pytest.raises(NotPermitted):
            job_cards.collect(actor=huber(alpen), job_card_id=job_card.pk)
        assert job_cards.advance(actor=alpen.alice, job_card_id=job_card.pk, to="collected").stage == "collected"
        assert str(Visit.objects.get().closed_on) == MONDAY
        assert events()[-1] == "car_collected"


def test_who_only_looks_changes_nothing(alpen: Alpen) -> None:
    with alpen.scope():
        job_card = in_work(alpen)
        line = job_card.lines.get()
        for actor in (alpen.bob, dana(alpen)):
            for call, facts in (
                (job_cards.advance, {"job_card_id": job_card.pk, "to": "waiting_parts"}),
                (job_cards.assign, {"job_card_id": job_card.pk, "technician_id": rossi(alpen).id}),
                (job_cards.finish_line, {"line_id": line.pk}),
                (job_cards.collect, {"job_card_id": job_card.pk}),
            ):
                with pytest.raises(NotPermitted):
                    call(actor=actor, **facts)
        assert (fresh(job_card).stage, job_card.lines.get().state) == ("in_work", "in_work")


def steps(job_card: JobCard) -> list[tuple[str, str]]:
    return [(step.code, step.state) for step in job_cards.customer_steps(fresh(job_card))]


def test_the_customer_follows_six_steps(alpen: Alpen) -> None:
    with alpen.scope():
        job_card = arrived(alpen)
        todo = [("diagnosis", "todo"), ("decision", "todo"), ("repair", "todo"), ("final_check", "todo"), ("ready", "todo")]
        assert steps(job_card) == [("checked_in", "current"), *todo]
        job_card = in_work(alpen, vehicle_id=alpen.panda.pk, at=f"{MONDAY} 10:00")
        assert steps(job_card) == [("checked_in", "done"), ("diagnosis", "current"), *todo[1:]]
        item = asked(alpen, job_card)
        assert steps(job_card)[2] == ("decision", "current")
        findings.decide(actor=dana(alpen), item_id=item.pk, verdict="approved", shown_digest=item.shown_digest, how="link")
        assert steps(job_card)[1:4] == [("diagnosis", "done"), ("decision", "done"), ("repair", "current")]
        checked(alpen, job_card)
        assert [state for _, state in steps(job_card)] == ["done"] * 5 + ["current"]
        job_cards.collect(actor=alpen.alice, job_card_id=job_card.pk)
        assert [state for _, state in steps(job_card)] == ["done"] * 6
        shown = job_cards.customer_steps(fresh(job_card))
        assert [step.label for step in shown] == ["Checked in", "Diagnosis and work", "Your decision", "Repair", "Final check", "Ready"]
        assert all(step.at is not None for step in shown)


def test_steps_that_were_not_needed_are_passed_over(alpen: Alpen) -> None:
    with alpen.scope():
        job_card = ready(alpen)
        assert steps(job_card) == [
            ("checked_in", "done"), ("diagnosis", "done"), ("decision", "skipped"), ("repair", "skipped"), ("final_check", "done"),
            ("ready", "current"),
        ]  # fmt: skip
        assert job_cards.customer_steps(job_card)[2].at is None
        assert local(f"{MONDAY} 06:59") < job_cards.customer_steps(job_card)[0].at  # type: ignore[operator]
