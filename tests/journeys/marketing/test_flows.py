"""A flow writes to whom it should, to nobody else, and only as many as the workshop can take."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from forecourt.engines.audience import rules, segments, standard
from forecourt.engines.audience.models import DueWork, RuleVersion
from forecourt.engines.cases import cases
from forecourt.engines.messaging.models import Message
from forecourt.journeys.marketing import background, flows, selection
from forecourt.journeys.marketing.models import Flow, Invitation
from forecourt.journeys.workshop import appointments, resources
from forecourt.kernel.errors import NotFound, NotPermitted, Refusal
from forecourt.kernel.ids import uuid7
from forecourt.records.dealership import sites
from forecourt.records.people import consent
from forecourt.records.people.models import Customer
from forecourt.records.vehicles import vehicles
from forecourt.runtime import clock
from forecourt.runtime.models import Event
from tests.cast import Alpen, Rosso, local
from tests.journeys.marketing.following import decided, react, run


def test_a_run_invites_who_is_due_and_agreed_and_a_second_run_nobody(due: Alpen, flow: Flow) -> None:
    with due.scope():
        assert run(due, flow) == 2
        assert run(due, flow) == 0
        assert list(Invitation.objects.order_by("due_on").values_list("vehicle__plate_key", "due_on", "state", "work_kinds")) == [
            ("GA123BC", local("2026-02-01 12:00").date(), "planned", ["inspection"]),
            ("BZ346AN", local("2026-03-10 12:00").date(), "planned", ["inspection"]),
        ]
        letters = Message.objects.filter(cause_kind="invitation")
        assert {(each.address, each.purpose, each.language, each.template) for each in letters} == {
            ("dana@example.org", "service_reminder", "de", "invitation")
        }
        assert letters.count() == 2
        assert Event.objects.filter(name="marketing.customer_invited").count() == 2


def test_the_preview_promises_what_the_run_does_and_says_why_others_are_left_out(due: Alpen, flow: Flow) -> None:
    with due.scope():
        told = flows.preview(actor=due.actor("Max Mair"), flow_id=flow.pk)
        assert (told.due, told.left_out, told.to_invite, told.waiting) == (3, {"no_consent": 1}, 2, 0)
        # Two weeks from Monday 8:00: ten weekdays of nine hours and two Saturdays of four, less half an hour, and the next Monday's
        # first half hour; three people, three bays.
        assert told.free_hours == {due.bozen.pk: pytest.approx(3 * 98, abs=0.1)}
        assert run(due, flow) == told.to_invite


def test_a_flow_narrowed_to_a_segment_writes_to_its_cars_alone_and_says_so_of_the_others(due: Alpen, flow: Flow) -> None:
    max_mair = due.actor("Max Mair")
    with due.scope():
        golfs = segments.create(actor=max_mair, name="Golfs", rule={"field": "model", "op": "eq", "value": "Golf"})
        flows.change(actor=max_mair, flow_id=flow.pk, segment_id=golfs.pk)
        told = flows.preview(actor=max_mair, flow_id=flow.pk)
        assert (told.due, told.left_out, told.to_invite) == (3, {"not_in_segment": 2}, 1)
        with pytest.raises(Refusal, match=flow.name) as refused:
            segments.archive(actor=max_mair, segment_id=golfs.pk)
        assert refused.value.code == "in_use"
        assert run(due, flow) == 1
        assert Invitation.objects.get().vehicle_id == due.golf.pk
        flows.change(actor=max_mair, flow_id=flow.pk, days_ahead=60)
        assert Flow.objects.get(pk=flow.pk).segment_id == golfs.pk
        flows.change(actor=max_mair, flow_id=flow.pk, segment_id="")
        assert flows.preview(actor=max_mair, flow_id=flow.pk).left_out == {"invited": 1, "no_consent": 1}
        segments.archive(actor=max_mair, segment_id=golfs.pk)
        own = segments.create(actor=max_mair, name="Mine", rule=golfs.rule, is_shared=False)
        for unusable in (golfs, own):
            with pytest.raises(Refusal) as refused:
                flows.change(actor=max_mair, flow_id=flow.pk, segment_id=unusable.pk)
            assert refused.value.code == "segment_not_usable"
        with pytest.raises(NotFound):
            flows.change(actor=due.actor("Anna Amort"), flow_id=flow.pk, segment_id=own.pk)


def agree(dealer: Alpen) -> None:
    dieter = dealer.customers["dieter"]
    consent.enter(actor=dealer.alice, customer_id=dieter.pk, purpose="service_reminder", channel="email", act="give", wording="desk")


def book(dealer: Alpen) -> None:
    appointments.book(
        actor=dealer.alice, customer_id=dealer.customers["dieter"].pk, vehicle_id=dealer.cars["octavia"].pk, site_id=dealer.bozen.pk,
        work_kinds=["oil_service"], starts_at=local("2026-03-04 08:00"), source="staff",
    )  # fmt: skip


def complain(dealer: Alpen) -> None:
    cases.open_case(
        actor=dealer.alice, kind="low_score", site_id=dealer.bozen.pk, customer_id=dealer.customers["dieter"].pk, vehicle_id=None,
        cause_kind="survey", cause_id=uuid7(),
    )  # fmt: skip


def lose_the_address(dealer: Alpen) -> None:
    Customer.objects.filter(pk=dealer.customers["dieter"].pk).update(email="")


def object_to_it(dealer: Alpen) -> None:
    dieter = dealer.customers["dieter"]
    consent.enter(actor=dealer.alice, customer_id=dieter.pk, purpose="service_reminder", channel="email", act="object", wording="desk")


def sell(dealer: Alpen) -> None:
    octavia, dieter = dealer.cars["octavia"], dealer.customers["dieter"]
    vehicles.not_my_car(actor=dealer.alice, vehicle_id=octavia.pk, customer_id=dieter.pk)


@pytest.mark.parametrize(
    ("happens", "why"),
    [(book, "booked"), (complain, "case_open"), (lose_the_address, "no_email"), (object_to_it, "no_consent"), (sell, "invited")],
)
def test_who_has_booked_complained_objected_or_sold_is_left_out(due: Alpen, flow: Flow, happens: Callable[[Alpen], None], why: str) -> None:
    with due.scope():
        agree(due)
        assert {car.why_not for car in selection.candidates(flow)} == {""}
        happens(due)
        assert {car.why_not for car in selection.candidates(flow)} == {"", why}
        assert run(due, flow) == 2


@pytest.mark.parametrize(
    ("happens", "reason"),
    [
        (book, "already_booked"),
        (complain, "case_open"),
        (object_to_it, "objected"),
        (sell, "not_their_car"),
        (lambda dealer: DueWork.objects.filter(vehicle=dealer.cars["octavia"]).delete(), "no_longer_due"),
    ],
)
def test_what_happens_after_the_run_still_holds_the_letter_back(
    due: Alpen, flow: Flow, happens: Callable[[Alpen], object], reason: str
) -> None:
    with due.scope():
        agree(due)
        assert run(due, flow) == 3
        happens(due)
        assert decided()["BZ220EM"] == ("refused", reason)


def test_a_flow_switched_off_sends_nothing_more(due: Alpen, flow: Flow) -> None:
    with due.scope():
        run(due, flow)
        flows.stop(actor=due.actor("Max Mair"), flow_id=flow.pk)
        assert decided() == {"BZ346AN": ("refused", "flow_off"), "GA123BC": ("refused", "flow_off")}
        assert run(due, flow) == 0


def test_no_more_are_invited_than_the_workshop_can_take(due: Alpen, flow: Flow) -> None:
    with due.scope():
        # Two Fridays of twenty minutes for three people: one inspection of two hours.
        sites.change_hours(actor=due.system, site_id=due.bozen.pk, opening_hours="Fr 08:00-08:20")
        resources.refresh(site_id=due.bozen.pk)
        told = flows.preview(actor=due.actor("Max Mair"), flow_id=flow.pk)
        assert (told.free_hours, told.to_invite, told.waiting) == ({due.bozen.pk: 2.0}, 1, 1)
        assert run(due, flow) == 1
        assert Invitation.objects.get().vehicle == due.panda  # the one that is due first
        assert run(due, flow) == 0  # what is offered and not answered counts as taken
        assert Flow.objects.get(pk=flow.pk).last_run == {"invited": 0, "waiting": 1}


def test_the_limit_of_a_run_holds(due: Alpen, flow: Flow) -> None:
    with due.scope():
        flows.change(actor=due.actor("Max Mair"), flow_id=flow.pk, most_per_run=1)
        assert [run(due, flow), run(due, flow), run(due, flow)] == [1, 1, 0]


def test_a_letter_that_could_not_go_is_tried_anew_another_day(due: Alpen, flow: Flow, set_clock: Callable[..., None]) -> None:
    with due.scope():
        run(due, flow)
        Invitation.objects.update(state="refused", refused_because="no_free_time")
        assert run(due, flow) == 0
        set_clock(local("2026-03-03 09:00"))
        assert run(due, flow) == 2


def test_flows_that_are_on_run_once_a_day_from_nine(due: Alpen, flow: Flow, set_clock: Callable[..., None]) -> None:
    assert flows.due_to_run() == []
    set_clock(local("2026-03-02 09:00"))
    assert flows.due_to_run() == [(flow.pk, due.id)]
    background.run_what_is_due()
    assert flows.due_to_run() == []
    with due.scope():
        assert Invitation.objects.count() == 2
    set_clock(local("2026-03-03 09:01"))
    assert flows.due_to_run() == [(flow.pk, due.id)]


def test_old_invitations_lapse(due: Alpen, flow: Flow) -> None:
    with due.scope():
        run(due, flow)
        Invitation.objects.filter(vehicle=due.golf).update(planned_at=clock.now() - timedelta(days=61), state="sent")
    background.let_old_invitations_lapse()
    with due.scope():
        assert set(Invitation.objects.values_list("vehicle__plate_key", "state")) == {("BZ346AN", "lapsed"), ("GA123BC", "planned")}


def test_only_who_may_starts_changes_or_sees_a_flow(due: Alpen, flow: Flow, rosso: Rosso) -> None:
    with due.scope():
        for forbidden in (flows.stop, flows.run_now, flows.change):
            with pytest.raises(NotPermitted):
                forbidden(actor=due.bob, flow_id=flow.pk)
        assert flows.preview(actor=due.bob, flow_id=flow.pk).due == 3
        with pytest.raises(Refusal) as refused:
            flows.change(actor=due.actor("Max Mair"), flow_id=flow.pk, days_ahead=5000)
        assert refused.value.code == "out_of_range"
    with rosso.scope(), pytest.raises(NotFound):
        flows.stop(actor=rosso.actor("C. Amministra"), flow_id=flow.pk)
    with due.scope():
        assert Flow.objects.get(pk=flow.pk).is_on


def test_standard_flows_are_installed_once_and_off(alpen: Alpen) -> None:
    with alpen.scope():
        flows.install()
        assert [(each.kind, each.is_on) for each in flows.install()] == [("service_due", False), ("test_due", False)]


def test_a_new_dealer_begins_with_rules_and_flows(alpen: Alpen) -> None:
    with alpen.scope():
        react()
        assert [each.number for each in RuleVersion.objects.all()] == [1]
        assert len(rules.active()) == len(standard.rules())
        assert set(Flow.objects.values_list("kind", "is_on")) == {("service_due", False), ("test_due", False)}
        assert rules.install() == 0
