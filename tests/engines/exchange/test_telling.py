"""What happens here is told to those who asked for it: once written with its event, signed, tried again for a day, then left to a person."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from forecourt.engines.exchange import background, deliveries, keys, signing, subscriptions, vocabulary
from forecourt.engines.exchange.models import Attempt, Delivery, Subscription
from forecourt.journeys.workshop.events import AppointmentBooked, AppointmentMoved
from forecourt.kernel.errors import NotFound, NotPermitted, Refusal
from forecourt.kernel.ids import uuid7
from forecourt.records.people.events import CustomerChanged
from forecourt.runtime import clock
from forecourt.runtime.events import publish
from forecourt.runtime.models import AuditEntry, Event
from tests.cast import Alpen, Rosso, local
from tests.receiver import Receiver

NOW = local("2026-03-02 08:00")


@pytest.fixture
def told(alpen: Alpen, receiver: Receiver, set_clock: Callable[[datetime], None]) -> tuple[Subscription, str]:
    set_clock(NOW)
    with alpen.scope():
        return subscriptions.subscribe(actor=alpen.system, name="Till", address=receiver.url, events=["appointment.booked"])


def booked(alpen: Alpen) -> Any:
    with transaction.atomic():
        return publish(
            AppointmentBooked(
                appointment_id=uuid7(), customer_id=alpen.dana.pk, vehicle_id=alpen.golf.pk, site_id=alpen.bozen.pk, starts_at=NOW,
                ends_at=NOW + timedelta(hours=1), source="staff",
            ),
            by=alpen.system,
        )  # fmt: skip


def holds(secret: str, heard: Any) -> bool:
    signature = signing.Signature([secret], message_id=heard.headers["webhook-id"], timestamp=heard.headers["webhook-timestamp"])
    signature.update(heard.body)
    return signature.holds(heard.headers["webhook-signature"])


def test_an_event_arrives_signed_with_ids_and_codes_only(alpen: Alpen, told: Any, receiver: Receiver) -> None:
    subscription, secret = told
    with alpen.scope():
        event_id = booked(alpen)
        assert deliveries.run(subscription.pk) == 1
        row = Delivery.objects.get()
        assert (row.state, row.tries, row.event_id, row.lease_until) == ("delivered", 1, event_id, None)
        assert Attempt.objects.values_list("status", "outcome").get() == (200, "delivered")
    [heard] = receiver.heard
    assert holds(secret, heard)
    assert not holds(signing.new_secret(), heard)
    assert heard.headers["webhook-id"] == f"msg_{row.pk.hex}"
    assert signing.is_fresh(heard.headers["webhook-timestamp"])
    assert heard.headers["content-type"] == "application/json"
    message = json.loads(heard.body)
    assert (message["type"], message["version"], message["event_id"]) == ("appointment.booked", 1, str(event_id))
    assert message["data"]["customer_id"] == str(alpen.dana.pk)
    assert set(message["data"]) == {"appointment_id", "customer_id", "vehicle_id", "site_id", "starts_at", "ends_at", "source"}


def test_what_is_rolled_back_is_told_to_nobody_and_what_nobody_asked_for_neither(alpen: Alpen, told: Any) -> None:
    with alpen.scope():
        with pytest.raises(RuntimeError), transaction.atomic():
            booked(alpen)
            raise RuntimeError
        with transaction.atomic():
            publish(CustomerChanged(customer_id=alpen.dana.pk, fields=["city"]), by=alpen.system)
        assert Delivery.objects.count() == 0
        assert Event.objects.filter(name="workshop.appointment_booked").count() == 0


def test_an_appointment_that_only_changes_its_bay_is_not_told(alpen: Alpen, told: Any, receiver: Receiver) -> None:
    with alpen.scope():
        subscriptions.change(
            actor=alpen.system, subscription_id=told[0].pk, name="Till", address=receiver.url, events=["appointment.moved"]
        )
        about = {
            "appointment_id": uuid7(), "customer_id": alpen.dana.pk, "vehicle_id": alpen.golf.pk, "site_id": alpen.bozen.pk,
            "starts_at": NOW, "ends_at": NOW, "earlier_starts_at": NOW,
        }  # fmt: skip
        for time_changed in (False, True):
            with transaction.atomic():
                publish(AppointmentMoved(**about, time_changed=time_changed), by=alpen.system)
        assert Delivery.objects.count() == 1


def test_another_dealers_events_are_not_told(alpen: Alpen, rosso: Rosso, told: Any) -> None:
    with rosso.scope():
        with transaction.atomic():
            publish(CustomerChanged(customer_id=rosso.eve.pk, fields=["city"]), by=rosso.system)
        with pytest.raises(NotFound):
            subscriptions.pause(actor=rosso.system, subscription_id=told[0].pk)
    with alpen.scope():
        assert Delivery.objects.count() == 0


def test_it_is_tried_again_for_a_day_and_then_left_to_a_person(
    alpen: Alpen, told: Any, receiver: Receiver, set_clock: Callable[[datetime], None]
) -> None:
    subscription, _secret = told
    receiver.statuses = [500] * 9
    with alpen.scope():
        booked(alpen)
        pauses = []
        for _ in range(9):
            assert deliveries.run(subscription.pk) == 1
            assert deliveries.run(subscription.pk) == 0  # not before its time
            row = Delivery.objects.get()
            pauses.append(row.due_at - clock.now())
            set_clock(max(row.due_at, Subscription.objects.get().rests_until or NOW) + timedelta(seconds=1))
        assert row.state == "parked"
        assert [each for each in pauses[:8] if each <= timedelta(0)] == []
        assert pauses[:8] == sorted(pauses[:8]) or pauses[6] > timedelta(hours=7)
        assert timedelta(hours=20) < sum(pauses[:8], timedelta(0)) < timedelta(hours=28)
        assert list(Attempt.objects.values_list("status", "outcome").distinct()) == [(500, "refused")]
        subscriptions.send_again(actor=alpen.system, delivery_id=row.pk)
        assert deliveries.run(subscription.pk) == 1
        assert Delivery.objects.get().state == "delivered"
    assert len({heard.headers["webhook-id"] for heard in receiver.heard}) == 1
    assert len(receiver.heard) == 10


def test_a_wish_to_wait_is_kept(alpen: Alpen, told: Any, receiver: Receiver) -> None:
    receiver.statuses, receiver.headers = [503], {"Retry-After": "900"}
    with alpen.scope():
        booked(alpen)
        deliveries.run(told[0].pk)
        assert Delivery.objects.get().due_at - clock.now() > timedelta(seconds=890)
        assert (Subscription.objects.get().rests_until or NOW) - clock.now() > timedelta(seconds=890)


def test_an_address_that_fails_rests_and_holds_up_what_comes_after_it_only_so_long(alpen: Alpen, told: Any, receiver: Receiver) -> None:
    receiver.statuses = [500]
    with alpen.scope():
        booked(alpen)
        booked(alpen)
        assert deliveries.run(told[0].pk) == 1
        assert list(deliveries.due()) == []
        Subscription.objects.update(rests_until=NOW)
        assert [each.pk for each in deliveries.due()] == [told[0].pk]
        assert deliveries.run(told[0].pk) == 1
        assert Subscription.objects.values_list("failures", "failing_since", "rests_until").get() == (0, None, None)


def test_an_address_that_fails_for_days_is_paused_and_somebody_is_told(
    alpen: Alpen, told: Any, receiver: Receiver, set_clock: Callable[[datetime], None]
) -> None:
    receiver.statuses = [500, 500]
    with alpen.scope():
        booked(alpen)
        deliveries.run(told[0].pk)
        assert Subscription.objects.get().state == "active"
        set_clock(NOW + timedelta(days=3, minutes=1))
        deliveries.run(told[0].pk)
        row = Subscription.objects.get()
        assert (row.state, row.paused_because) == ("paused", "failing")
        assert Event.objects.filter(name="exchange.subscription_given_up").count() == 1
        booked(alpen)
        assert (deliveries.run(row.pk), list(deliveries.due())) == (0, [])
        subscriptions.resume(actor=alpen.system, subscription_id=row.pk)
        assert deliveries.run(row.pk) == 2  # what came meanwhile waited


def test_one_that_says_it_is_gone_is_paused_at_once(alpen: Alpen, told: Any, receiver: Receiver) -> None:
    receiver.statuses = [410]
    with alpen.scope():
        booked(alpen)
        deliveries.run(told[0].pk)
        assert Subscription.objects.values_list("state", "paused_because").get() == ("paused", "gone")
        assert Delivery.objects.get().state == "parked"


def test_a_redirect_is_a_failure(alpen: Alpen, told: Any, receiver: Receiver) -> None:
    receiver.statuses, receiver.headers = [302], {"Location": "https://10.0.0.8/"}
    with alpen.scope():
        booked(alpen)
        deliveries.run(told[0].pk)
        assert Attempt.objects.values_list("status", "outcome").get() == (302, "redirect")


def test_an_address_that_turned_private_is_not_connected_to(
    alpen: Alpen, told: Any, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.receiver import HOST, stand_for

    stand_for(monkeypatch, HOST, "127.0.0.1")
    with alpen.scope():
        booked(alpen)
        deliveries.run(told[0].pk)
        assert Attempt.objects.values_list("status", "outcome").get() == (None, "private")
    assert receiver.heard == []


def test_two_workers_do_not_send_the_same_message(alpen: Alpen, told: Any) -> None:
    with alpen.scope():
        booked(alpen)
        assert deliveries._claim(told[0].pk) is not None
        assert deliveries._claim(told[0].pk) is None
        Delivery.objects.update(lease_until=deliveries._machine() - timedelta(seconds=1))
        assert deliveries._claim(told[0].pk) is not None  # its worker died


def test_while_a_secret_changes_both_sign_and_then_the_new_one_alone(
    alpen: Alpen, told: Any, receiver: Receiver, set_clock: Callable[[datetime], None]
) -> None:
    subscription, first = told
    with alpen.scope():
        second = subscriptions.rotate(actor=alpen.system, subscription_id=subscription.pk)
        booked(alpen)
        deliveries.run(subscription.pk)
        set_clock(NOW + timedelta(days=1, minutes=1))
        booked(alpen)
        deliveries.run(subscription.pk)
        third = subscriptions.rotate(actor=alpen.system, subscription_id=subscription.pk, at_once=True)
        booked(alpen)
        deliveries.run(subscription.pk)
    heard = receiver.heard
    assert [[holds(secret, each) for secret in (first, second, third)] for each in heard] == [
        [True, True, False], [False, True, False], [False, False, True],
    ]  # fmt: skip


def test_secrets_lie_sealed_and_earlier_ones_go(alpen: Alpen, told: Any, set_clock: Callable[[datetime], None], settings: Any) -> None:
    subscription, secret = told
    with alpen.scope():
        subscriptions.rotate(actor=alpen.system, subscription_id=subscription.pk)
        row = Subscription.objects.get()
        assert secret not in json.dumps([str(value) for value in vars(row).values()])
        assert keys.held(row)[1] == secret
    assert keys.renew_seals() == 2
    set_clock(NOW + timedelta(days=2))
    background.forget_old()
    with alpen.scope():
        assert Subscription.objects.values_list("earlier_sealed_secret", "earlier_until").get() == ("", None)
        trail = list(AuditEntry.objects.filter(act__startswith="exchange.").order_by("at", "pk").values_list("act", flat=True))
        assert trail == ["exchange.subscription_made", "exchange.subscription_secret"]
        assert secret not in str(list(AuditEntry.objects.values_list("values", flat=True)))


def test_private_addresses_unknown_events_and_a_crowd_are_refused(alpen: Alpen, told: Any, receiver: Receiver) -> None:
    def code(**values: Any) -> str:
        with pytest.raises(Refusal) as refusal:
            subscriptions.subscribe(**{"actor": alpen.system, "name": "x", "address": receiver.url, "events": ["job.stage"], **values})
        return refusal.value.code

    with alpen.scope():
        assert code(address="https://10.0.0.8/") == "address_refused"
        assert code(address="http://hooks.example/") == "address_refused"
        assert code(events=["people.customer_changed", "nonsense"]) == "no_events"
        for _ in range(subscriptions.MOST - 1):
            subscriptions.subscribe(actor=alpen.system, name="x", address=receiver.url, events=["job.stage"])
        assert code() == "too_many"
        with pytest.raises(NotPermitted):
            subscriptions.subscribe(actor=alpen.alice, name="x", address=receiver.url, events=["job.stage"])


def test_what_was_told_is_forgotten_after_a_month(alpen: Alpen, told: Any, set_clock: Callable[[datetime], None]) -> None:
    with alpen.scope():
        booked(alpen)
        set_clock(NOW + timedelta(days=29))
        booked(alpen)
        set_clock(NOW + timedelta(days=31))
    background.forget_old()
    with alpen.scope():
        assert Delivery.objects.count() == 1


def test_the_poll_opens_one_lane_for_an_address(alpen: Alpen, told: Any) -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    with alpen.scope():
        booked(alpen)
        booked(alpen)
    background.tell_due()
    background.tell_due()
    waiting = ProcrastinateJob.objects.filter(task_name="engines.exchange.background.tell")
    assert [each.args["subscription"] for each in waiting] == [str(told[0].pk)]


def test_removing_one_takes_its_secret_and_what_waited_along(alpen: Alpen, told: Any) -> None:
    with alpen.scope():
        booked(alpen)
        subscriptions.remove(actor=alpen.system, subscription_id=told[0].pk)
        assert (Subscription.objects.count(), Delivery.objects.count()) == (0, 0)
        booked(alpen)
        assert Delivery.objects.count() == 0


def test_a_name_is_declared_once() -> None:
    with pytest.raises(ValueError, match="declared twice"):
        vocabulary.declare("job.stage", "x", {})
