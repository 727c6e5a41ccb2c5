"""Whoever leaves is out within seconds: the open page falls silent, the session opens nothing, the pass is worth nothing.

So is the pass of who may do less than before, and of who no longer stands in for somebody: nothing is drawn for them as before.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from forecourt.records.dealership import deputies, rights, staff
from forecourt.records.dealership.models import StaffMember
from forecourt.runtime import clock
from forecourt.runtime.live import fragments, tokens
from tests.cast import Alpen
from tests.runtime.test_live import LiveProcess, live, live_process  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_open_page_and_its_session_end_within_five_seconds(alpen: Alpen, live: LiveProcess) -> None:  # noqa: F811
    client = Client()
    client.force_login(alpen.staff["Alice Adler"].account, backend="allauth.account.auth_backends.AuthenticationBackend")
    token = client.post(f"{reverse('staff_live')}?topic=board:{alpen.bozen.pk}").json()["token"]
    stream = live.follow(token)
    began = time.monotonic()
    with alpen.scope():
        staff.leave(actor=alpen.actor("Anna Amort"), staff_member_id=alpen.staff["Alice Adler"].pk)
    assert stream.event()["event"] == "ended"
    assert time.monotonic() - began < 5
    assert live.ask(f"/live?token={token}").status == 403
    assert client.get("/staff/board/")["Location"].startswith("/signin/")


def signed_in(alpen: Alpen, name: str) -> Client:
    client = Client()
    client.force_login(alpen.staff[name].account, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def token_of(client: Client, alpen: Alpen) -> str:
    token: str = client.post(f"{reverse('staff_live')}?topic=board:{alpen.bozen.pk}").json()["token"]
    return token


def held(token: str, settings: Any) -> tokens.Pass:
    found = tokens.check(token, secret=settings.SECRET_KEY)
    assert found is not None
    return found


CHANGES: dict[str, Callable[[Alpen, StaffMember], Any]] = {
    "another role": lambda alpen, alice: staff.change(actor=alpen.system, staff_member_id=alice.pk, role="read-only"),
    "other sites": lambda alpen, alice: staff.change(actor=alpen.system, staff_member_id=alice.pk, site_ids=[alpen.meran.pk]),
    "not active": lambda alpen, alice: staff.change(actor=alpen.system, staff_member_id=alice.pk, is_active=False),
    "a role that may less": lambda alpen, _alice: rights.adjust(
        actor=alpen.system, role="adviser", right="workshop.move_appointment", allowed=False
    ),
    "a right taken": lambda alpen, alice: rights.take(actor=alpen.system, staff_member_id=alice.pk, right="people.merge"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_page_open_while_its_persons_rights_change_gets_nothing_drawn_for_the_old_ones(
    alpen: Alpen,
    live: LiveProcess,  # noqa: F811
    settings: Any,
    change: str,
) -> None:
    with alpen.scope():
        rights.grant(actor=alpen.system, staff_member_id=alpen.staff["Alice Adler"].pk, right="people.merge")
    client = signed_in(alpen, "Alice Adler")
    token = token_of(client, alpen)
    stream = live.follow(token)
    with alpen.scope():
        CHANGES[change](alpen, alpen.staff["Alice Adler"])
        fragments.push(f"board:{alpen.bozen.pk}", {held(token, settings).variant: "<p>drawn for who may move</p>"})
    assert stream.event()["event"] == "ended"
    assert stream.response.read() == b""
    assert live.ask(f"/live?token={token}").status == 403


def test_the_page_comes_back_as_what_its_person_may_see_now(alpen: Alpen, settings: Any) -> None:
    client = signed_in(alpen, "Alice Adler")
    assert held(token_of(client, alpen), settings).variant == "en:work"
    with alpen.scope():
        staff.change(actor=alpen.system, staff_member_id=alpen.staff["Alice Adler"].pk, role="technician")
    assert held(token_of(client, alpen), settings).variant == "en:floor"


def test_whoever_stands_in_follows_for_as_long_as_that_holds_and_no_longer(alpen: Alpen, live: LiveProcess, settings: Any) -> None:  # noqa: F811
    tina, alice = alpen.staff["T. Moser"], alpen.staff["Alice Adler"]
    now = clock.now()
    with alpen.scope():
        deputy = deputies.name(
            actor=alpen.system, staff_member_id=alice.pk, stand_in_id=tina.pk, starts_at=now, ends_at=now + timedelta(minutes=2)
        )
    client = signed_in(alpen, "T. Moser")
    before = client.post(f"{reverse('staff_live')}?topic=board:{alpen.meran.pk}").json()["token"]
    stream = live.follow(before)
    client.post(reverse("own:act_for"), {"colleague": str(alice.pk)})
    assert stream.event()["event"] == "ended"  # another page of the same browser would show two roles at once
    token = token_of(client, alpen)
    shown = held(token, settings)
    assert (shown.variant, 100 < shown.ends_at - shown.issued_at <= 120) == ("en:work", True)
    time.sleep(0.05)
    stream = live.follow(token_of(client, alpen))
    with alpen.scope():
        deputies.end(actor=alpen.system, deputy_id=deputy.pk)
    assert stream.event()["event"] == "ended"
