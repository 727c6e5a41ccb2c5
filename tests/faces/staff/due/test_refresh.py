"""What is due is worked out anew by a button: once, for one's own dealer, by who may."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from forecourt.engines.audience import background, facts, refreshing, rules
from forecourt.engines.audience.models import Build
from forecourt.kernel.errors import NotPermitted
from forecourt.runtime import access
from forecourt.runtime.models import Event
from tests.architecture.test_doors import signed_in
from tests.cast import Alpen, Rosso, local

BUTTON = "Work out anew now"
LIST, REFRESH, STATE = "/staff/due/", "/staff/due/refresh/", "/staff/due/state/"


@pytest.fixture
def dealer(alpen: Alpen, set_clock: Callable[[Any], None]) -> Alpen:
    set_clock(local("2026-03-02 08:15"))
    with alpen.scope():
        rules.install()
        facts.refresh(today=date(2026, 3, 2))
    set_clock(local("2026-03-02 10:40"))
    return alpen


def jobs() -> list[tuple[int, str, dict[str, Any]]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, status, args FROM procrastinate_jobs WHERE task_name = %s ORDER BY id", [background.refresh.name])
        return [(number, status, json.loads(args)) for number, status, args in cursor.fetchall()]


def become(status: str) -> None:
    """As a worker would: the only one there is."""
    [(number, _, _)] = jobs()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = %s::procrastinate_job_status WHERE id = %s", [status, number])


def page(client: Client, **asked: str) -> str:
    return " ".join(client.get(LIST, asked).content.decode().split())


def test_the_list_says_when_it_was_worked_out_and_offers_to_do_it_anew(dealer: Alpen) -> None:
    shown = page(signed_in(dealer, "marketing"), q="BZ")
    assert "Worked out on Mar 2, 2026, 08:15." in shown
    assert f'<form method="post" action="{REFRESH}?q=BZ"><input type="hidden" name="csrfmiddlewaretoken"' in shown
    assert BUTTON in shown
    assert "hx-get" not in shown.partition('id="worked-out"')[2].partition(">")[0]


def test_who_may_not_has_no_button_and_is_refused(dealer: Alpen) -> None:
    client = signed_in(dealer, "adviser")
    shown = page(client)
    assert "Worked out on Mar 2, 2026, 08:15." in shown
    assert BUTTON not in shown
    assert client.post(REFRESH).status_code == 403
    with dealer.scope(), pytest.raises(NotPermitted):
        refreshing.ask(actor=dealer.actor("Alice Adler"))
    assert jobs() == []


def test_it_is_asked_by_post_with_the_token_of_the_page_only(dealer: Alpen) -> None:
    client = signed_in(dealer, "manager")
    assert client.get(REFRESH).status_code == 405
    client.handler.enforce_csrf_checks = True
    assert client.post(REFRESH).status_code == 403
    assert jobs() == []


def test_pressed_it_runs_in_the_worker_and_the_page_follows_until_it_is_over(dealer: Alpen, set_clock: Callable[[Any], None]) -> None:
    client = signed_in(dealer, "manager")
    answer = client.post(f"{REFRESH}?q=BZ&sort=plate")
    assert (answer.status_code, answer["Location"]) == (302, f"{LIST}?q=BZ&sort=plate")
    [(number, status, values)] = jobs()
    assert (status, values["organisation_id"]) == ("todo", str(dealer.organisation.pk))
    with dealer.scope():
        assert Event.objects.filter(name="audience.refresh_asked").count() == 1
    shown = page(client)
    assert "Asked for at 10:40; it is worked out when its turn comes." in shown
    assert f'hx-get="{STATE}?run={number}" hx-trigger="every 2s"' in shown
    assert BUTTON not in shown
    become("doing")
    answer = client.get(STATE, {"run": number})
    assert "Being worked out anew since 10:40." in answer.content.decode()
    assert "HX-Refresh" not in answer.headers
    set_clock(local("2026-03-02 10:42"))
    background.refresh._perform(**values)
    become("succeeded")
    answer = client.get(STATE, {"run": number})
    assert answer.headers["HX-Refresh"] == "true"
    assert "Worked out on Mar 2, 2026, 10:42." in answer.content.decode()
    assert BUTTON in page(client)


@pytest.mark.parametrize("status", ["todo", "doing"])
def test_pressed_twice_it_runs_once_and_says_so(status: str, dealer: Alpen) -> None:
    client = signed_in(dealer, "manager")
    client.post(REFRESH)
    become(status)
    answer = client.post(REFRESH, follow=True)
    assert "It is already being worked out." in answer.content.decode()
    assert [each[1] for each in jobs()] == [status]
    with dealer.scope():
        assert Event.objects.filter(name="audience.refresh_asked").count() == 1


@pytest.mark.parametrize("status", ["succeeded", "failed"])
def test_once_it_is_over_it_can_be_asked_again(status: str, dealer: Alpen) -> None:
    client = signed_in(dealer, "manager")
    client.post(REFRESH)
    become("doing")
    become(status)
    client.post(REFRESH)
    assert [each[1] for each in jobs()] == [status, "todo"]


def test_a_run_that_was_given_up_is_told(dealer: Alpen) -> None:
    client = signed_in(dealer, "manager")
    client.post(REFRESH)
    become("failed")
    assert client.get(STATE, {"run": jobs()[0][0]}).headers["HX-Refresh"] == "true"
    shown = page(client)
    assert "It could not be worked out anew; the dates of before stand." in shown
    assert "Worked out on Mar 2, 2026, 08:15." in shown
    for wrong in ("", "x", "9" * 40, "-1"):
        assert client.get(STATE, {"run": wrong}).status_code == 200


def test_another_dealers_member_starts_it_for_his_own_dealer_only_and_sees_nothing_of_ours(dealer: Alpen, rosso: Rosso) -> None:
    with rosso.scope():
        refreshing.ask(actor=replace(rosso.charlie, rights=access.rights_of("manager")))
    [(number, _, values)] = jobs()
    assert values["organisation_id"] == str(rosso.organisation.pk)
    client = signed_in(dealer, "manager")
    assert BUTTON in page(client)
    become("failed")
    client.get(STATE, {"run": number})
    assert "could not be worked out" not in page(client)
    client.post(REFRESH)
    assert [each[2]["organisation_id"] for each in jobs()] == [str(rosso.organisation.pk), str(dealer.organisation.pk)]
    with dealer.scope():
        assert Build.objects.count() == 1


def test_a_dealer_whose_dates_were_never_worked_out_is_not_told_a_time(alpen: Alpen) -> None:
    shown = page(signed_in(alpen, "manager"))
    assert "Worked out on" not in shown
    assert BUTTON in shown
    assert reverse("due:refresh") in shown
