"""What is found is put to the customer, decided item by item, and only then done."""

from decimal import Decimal
from typing import Any

import pytest

from forecourt.engines.offers.models import Decision, Item, Request
from forecourt.journeys.workshop import findings, job_cards
from forecourt.journeys.workshop.models import JobCard, Media, WorkLine
from forecourt.kernel.errors import NotFound, NotPermitted, Refusal
from forecourt.kernel.ids import uuid7
from forecourt.runtime import scope
from forecourt.runtime.models import Event
from tests.cast import Alpen, Rosso, customer_actor
from tests.journeys.workshop.visit import MONDAY, arrived, asked, dana, events, found, fresh, huber, in_work, ready


def decide(actor: Any, item: Item, verdict: Any = "approved", **more: Any) -> Item:
    how = "link" if actor.kind == "customer" else "phone"
    return findings.decide(
        **{"actor": actor, "item_id": item.pk, "verdict": verdict, "shown_digest": item.shown_digest, "how": how, **more}
    )


def state() -> Any:
    return (
        sorted(Item.objects.values_list("pk", "state")), sorted(WorkLine.objects.values_list("pk", "state")),
        list(JobCard.objects.values_list("stage", "version")), Decision.objects.count(), events(),
    )  # fmt: skip


def refused(code: str, call: Any, *args: Any, **more: Any) -> Refusal:
    before = state()
    with pytest.raises(Refusal) as caught:
        call(*args, **more)
    assert caught.value.code == code
    assert state() == before
    return caught.value


def test_what_is_found_is_kept_with_price_photo_and_urgency(alpen: Alpen) -> None:
    with alpen.scope():
        job_card = in_work(alpen)
        item = found(alpen, job_card)
        assert (item.net, item.tax_rate, item.gross, item.urgency, item.minutes, item.state) == (
            Decimal("180.00"), Decimal("19.00"), Decimal("214.20"), "safety", 60, "pending",
        )  # fmt: skip
        assert Media.objects.filter(job_card=job_card, purpose="finding").count() == 1
        assert found(alpen, job_card, title="Wiper blades").request_id == item.request_id
        assert fresh(job_card).stage == "in_work"
        assert events().count("work_found") == 2


def test_the_car_waits_for_the_answer_and_goes_on_after_it(alpen: Alpen) -> None:
    with alpen.scope():
        job_card = in_work(alpen)
        pads, wipers = (
            found(alpen, job_card),
            found(alpen, job_card, title="Wiper blades", net=Decimal("25.00"), minutes=10, urgency="can_wait"),
        )
        findings.put(actor=huber(alpen), job_card_id=job_card.pk)
        assert fresh(job_card).stage == "waiting_approval"
        question = Event.objects.get(name="workshop.approval_asked")
        assert (question.values["items"], question.values["request_id"]) == (2, str(pads.request_id))
        assert [item.title for item in findings.to_decide(job_card)] == ["Front brake pads", "Wiper blades"]
        pads, wipers = Item.objects.get(pk=pads.pk), Item.objects.get(pk=wipers.pk)
        decide(dana(alpen), pads)
        assert fresh(job_card).stage == "waiting_approval"
        decide(dana(alpen), wipers, "rejected")
        assert fresh(job_card).stage == "in_work"
        line = job_card.lines.get(item_id=pads.pk)
        assert (line.position, line.title, line.net, line.minutes, line.state) == (2, "Front brake pads", Decimal("180.00"), 60, "planned")
        assert not job_card.lines.filter(item_id=wipers.pk).exists()
        approved = Event.objects.get(name="workshop.item_approved")
        assert (approved.actor_kind, approved.values["how"], approved.values["gross"]) == ("customer", "link", "214.20")


def test_staff_note_what_the_customer_says_on_the_phone(alpen: Alpen) -> None:
    with alpen.scope():
        item = asked(alpen, in_work(alpen))
        decide(alpen.alice, item)
        decision = Decision.objects.get(item=item)
        assert (decision.how, decision.decided_by_kind, decision.decided_by_id) == ("phone", "staff", alpen.alice.id)


def test_each_decides_in_their_own_way(alpen: Alpen) -> None:
    with alpen.scope():
        item = asked(alpen, in_work(alpen))
        refused("wrong_way", decide, dana(alpen), item, how="phone")
        refused("wrong_way", decide, alpen.alice, item, how="link")


def test_a_decision_on_another_wording_or_price_is_refused(alpen: Alpen) -> None:
    with alpen.scope():
        item = asked(alpen, in_work(alpen))
        refused("changed_meanwhile", decide, dana(alpen), item, shown_digest="f" * 64)
        decide(dana(alpen), item)
        refused("already_decided", decide, dana(alpen), item, "rejected")


def test_nobody_else_decides(alpen: Alpen, rosso: Rosso) -> None:
    with alpen.scope():
        item = asked(alpen, in_work(alpen))
        before = state()
        for actor in (customer_actor(alpen.customers["dieter"]), customer_actor(rosso.eve), rosso.charlie):
            with pytest.raises(NotFound):
                decide(actor, item)
        for actor in (alpen.bob, huber(alpen)):
            with pytest.raises(NotPermitted):
                decide(actor, item)
        with pytest.raises(NotFound):
            decide(dana(alpen), Item(pk=uuid7(), shown_digest="x"))
        assert state() == before
    with scope.of(rosso.id), pytest.raises(NotFound):
        decide(rosso.charlie, item)


def test_work_is_found_only_on_a_car_that_is_worked_on(alpen: Alpen) -> None:
    with alpen.scope():
        refused("wrong_state", found, alpen, arrived(alpen))
        done = ready(alpen, vehicle_id=alpen.panda.pk, at=f"{MONDAY} 10:00")
        refused("wrong_state", found, alpen, done)
        with pytest.raises(NotPermitted):
            found(alpen, done, actor=alpen.bob)
        with pytest.raises(NotPermitted):
            found(alpen, done, actor=dana(alpen))
        assert Request.objects.filter(kind="extra").count() == 0


@pytest.mark.parametrize(
    ("changes", "code"), [({"title": " "}, "no_title"), ({"net": Decimal(-1)}, "wrong_price"), ({"urgency": "now"}, "wrong_urgency")]
)
def test_an_unsound_finding_leaves_nothing(alpen: Alpen, changes: dict[str, Any], code: str) -> None:
    with alpen.scope():
        job_card = in_work(alpen)
        refused(code, found, alpen, job_card, **changes)
        assert Request.objects.filter(kind="extra").count() == Media.objects.filter(purpose="finding").count() == 0


def test_nothing_found_is_nothing_to_ask(alpen: Alpen) -> None:
    with alpen.scope():
        job_card = in_work(alpen)
        refused("nothing_to_decide", findings.put, actor=huber(alpen), job_card_id=job_card.pk)
        asked(alpen, job_card)
        refused("nothing_to_decide", findings.put, actor=huber(alpen), job_card_id=job_card.pk)


def test_all_items_are_decided_together_or_none(alpen: Alpen) -> None:
    with alpen.scope():
        job_card = in_work(alpen)
        found(alpen, job_card, title="Wiper blades")
        asked(alpen, job_card)
        shown = {item.pk: item.shown_digest for item in findings.to_decide(job_card)}
        one, other = shown
        refused(
            "changed_meanwhile", findings.decide_all, actor=dana(alpen), job_card_id=job_card.pk, verdict="approved",
            shown_digests={one: shown[one], other: "0" * 64}, how="link",
        )  # fmt: skip
        with pytest.raises(NotFound):
            findings.decide_all(actor=dana(alpen), job_card_id=uuid7(), verdict="approved", shown_digests=shown, how="link")
        findings.decide_all(actor=dana(alpen), job_card_id=job_card.pk, verdict="approved", shown_digests=shown, how="link")
        assert fresh(job_card).stage == "in_work"
        assert job_card.lines.filter(state="planned").count() == 2


def test_staff_withdraw_what_nobody_works_on_yet(alpen: Alpen) -> None:
    with alpen.scope():
        job_card = in_work(alpen)
        item = asked(alpen, job_card)
        with pytest.raises(NotPermitted):
            findings.withdraw(actor=huber(alpen), item_id=item.pk)
        decide(dana(alpen), item)
        findings.withdraw(actor=alpen.alice, item_id=item.pk)
        assert (job_card.lines.get(item_id=item.pk).state, Item.objects.get(pk=item.pk).state) == ("dropped", "withdrawn")
        refused("withdrawn", decide, dana(alpen), item)
        second = asked(alpen, job_card, title="Front brake pads, original part", net=Decimal("220.00"))
        assert fresh(job_card).stage == "waiting_approval"
        decide(dana(alpen), second)
        job_cards.start_line(actor=huber(alpen), line_id=job_card.lines.get(item_id=second.pk).pk)
        refused("work_begun", findings.withdraw, actor=alpen.alice, item_id=second.pk)


def test_a_withdrawn_question_lets_the_car_go_on(alpen: Alpen) -> None:
    with alpen.scope():
        job_card = in_work(alpen)
        item = asked(alpen, job_card)
        findings.withdraw(actor=alpen.alice, item_id=item.pk)
        assert fresh(job_card).stage == "in_work"
