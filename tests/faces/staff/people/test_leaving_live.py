"""Whoever leaves is out within seconds: the open page falls silent, the session opens nothing, the pass is worth nothing."""

import time

import pytest
from django.test import Client
from django.urls import reverse

from forecourt.records.dealership import staff
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
