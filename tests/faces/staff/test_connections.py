"""Programs are connected on a page: secrets shown once, what arrived and what did not with its reason, and one tap to send it again."""

import re
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from forecourt.engines.exchange import deliveries, keys
from forecourt.engines.exchange.events import SubscriptionGivenUp
from forecourt.engines.exchange.models import Delivery, Inlet, Subscription
from forecourt.engines.messaging.models import Message
from forecourt.faces.staff.connections import letters
from tests.architecture import world
from tests.cast import Alpen
from tests.faces.staff.test_privacy import signed_in
from tests.receiver import Receiver

SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]{44}")


def page(client: Client, name: str, *ids: Any) -> str:
    return client.get(reverse(f"connections:{name}", args=ids)).content.decode()


def test_a_program_is_connected_and_its_secret_is_shown_this_once(alpen: Alpen, receiver: Receiver) -> None:
    client = signed_in(alpen, "Anna Amort")
    made = client.post(reverse("connections:new"), {"name": "Till", "address": receiver.url, "events": ["job.stage", "invoice.issued"]})
    assert "no-store" in made["Cache-Control"]
    [secret] = SECRET.findall(made.content.decode())
    with alpen.scope():
        row = Subscription.objects.get()
        assert keys.held(row) == [secret]
        assert (row.made_by_id, row.events) == (alpen.staff["Anna Amort"].pk, ["invoice.issued", "job.stage"])
    for shown in (page(client, "list"), page(client, "show", row.pk), page(client, "change", row.pk)):
        assert not SECRET.search(shown)
        assert "Till" in shown
    [second] = SECRET.findall(client.post(reverse("connections:secret", args=[row.pk])).content.decode())
    assert second != secret

    client.post(reverse("connections:try_out", args=[row.pk]))
    with alpen.scope():
        assert deliveries.run(row.pk) == 1
    assert b'"test.ping"' in receiver.heard[0].body
    assert "A test" in page(client, "show", row.pk)


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("https://10.0.0.8/x", "The address leads into a private network"),
        ("http://till.example/x", "The address does not begin with https://"),
    ],
)
def test_an_address_that_may_not_be_asked_is_refused_with_its_reason(address: str, told: str, alpen: Alpen) -> None:
    client = signed_in(alpen, "Anna Amort")
    answer = client.post(reverse("connections:new"), {"name": "Till", "address": address, "events": ["job.stage"]})
    assert answer.status_code == 422
    assert told in answer.content.decode()
    with alpen.scope():
        assert Subscription.objects.count() == 0


def test_what_did_not_arrive_says_why_and_is_sent_again(alpen: Alpen, django_assert_num_queries: Any) -> None:
    client = signed_in(alpen, "Anna Amort")
    with alpen.scope():
        ids = world.at(alpen.bozen, alpen.dana, alpen.golf, 9001)
    shown = page(client, "show", ids["subscription_id"])
    assert "A job card reached a stage" in shown
    assert "Not taken (500)" in shown
    assert "No answer in time" in shown
    assert "given up" in shown
    with django_assert_num_queries(19):
        page(client, "show", ids["subscription_id"])
    client.post(reverse("connections:send_again", args=[ids["delivery_id"]]))
    with alpen.scope():
        row = Delivery.objects.get()
        assert (row.state, row.tries) == ("waiting", 0)
        Delivery.objects.update(state="parked")
    answer = client.post(reverse("connections:send_parked_again", args=[ids["subscription_id"]]), follow=True)
    assert "1 message leaves again." in answer.content.decode()
    client.post(reverse("connections:pause", args=[ids["subscription_id"]]))
    assert "Paused by hand." in page(client, "show", ids["subscription_id"])
    client.post(reverse("connections:resume", args=[ids["subscription_id"]]))
    client.post(reverse("connections:remove", args=[ids["subscription_id"]]))
    with alpen.scope():
        assert (Subscription.objects.count(), Delivery.objects.count()) == (0, 0)


def test_a_door_is_opened_closed_and_removed(alpen: Alpen) -> None:
    client = signed_in(alpen, "Anna Amort")
    made = client.post(reverse("connections:new_inlet"), {"name": "DMS", "source": "autoline", "site": str(alpen.meran.pk)})
    [secret] = SECRET.findall(made.content.decode())
    with alpen.scope():
        door = Inlet.objects.get()
        assert (keys.held(door), door.site_id) == ([secret], alpen.meran.pk)
    shown = page(client, "inlet", door.pk)
    assert f"/hooks/in/{door.pk}/" in shown
    assert not SECRET.search(shown)
    [second] = SECRET.findall(client.post(reverse("connections:inlet_secret", args=[door.pk]), {"at_once": "yes"}).content.decode())
    for act, state in (("close_inlet", "closed"), ("reopen_inlet", "open")):
        client.post(reverse(f"connections:{act}", args=[door.pk]))
        with alpen.scope():
            assert Inlet.objects.get().state == state
            assert keys.held(Inlet.objects.get()) == [second]
    client.post(reverse("connections:remove_inlet", args=[door.pk]))
    with alpen.scope():
        assert Inlet.objects.count() == 0


def test_whoever_connected_a_program_is_told_when_it_is_paused_unless_it_runs_again(alpen: Alpen) -> None:
    anna = alpen.staff["Anna Amort"]
    with alpen.scope():
        ids = world.at(alpen.bozen, alpen.dana, alpen.golf, 9001)
        Subscription.objects.update(state="paused", paused_because="failing", made_by_id=anna.pk)
        event = SubscriptionGivenUp(subscription_id=ids["subscription_id"], because="failing")
        object.__setattr__(event, "event_id", ids["delivery_id"])
        with transaction.atomic():
            letters.tell_its_owner(event)
        message = Message.objects.get(cause_kind="connection")
        assert message.address == anna.account.email
        content = letters.paused_letter(message)
        assert content.subject == "Till is not told anything any more"
        assert f"/staff/connections/{ids['subscription_id']}/" in content.text
        assert letters.still_paused(message) is None
        Subscription.objects.update(state="active")
        verdict = letters.still_paused(message)
        assert verdict is not None
        assert not verdict.allowed
