"""Messages that wait for a person: who sees them, why they wait, and what becomes of them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from forecourt.engines.messaging.models import Message
from forecourt.kernel.ids import uuid7
from forecourt.runtime import clock
from forecourt.runtime.models import AuditEntry
from tests.cast import Alpen, Rosso, local
from tests.faces.staff.planning.test_board import signed_in

PAGE = "/staff/messages/"
LIST_QUERIES = 16  # twelve of them open the door and tell what waits, one is the line of the audit trail


@pytest.fixture(autouse=True)
def _monday_morning(set_clock: Callable[[datetime], None]) -> None:
    set_clock(local("2026-03-02 09:00"))


def held(dealer: Any, customer: str = "dana", *, site: str | None = "bozen", code: str = "relay_unknown", **more: Any) -> Message:
    person = dealer.customers[customer]
    own = uuid7()
    with dealer.scope():
        return Message.objects.create(
            id=own, cause_kind="test", cause_id=own, step="first", customer_id=person.pk,
            language="de", template="test", site_id=dealer.sites[site].pk if site else None, message_id=f"<{own.hex}@example.org>",
            due_at=clock.now(), queued_at=clock.now(),
            **({"address": f"{customer}@example.org", "purpose": "service_reminder", "state": "parked", "reason_code": code, "subject": "Your service is due"} | more),
        )  # fmt: skip


def state(dealer: Alpen, message: Message) -> str:
    with dealer.scope():
        return Message.objects.get(pk=message.pk).state


def test_a_held_message_is_listed_by_name_with_the_reason_and_counted_in_the_navigation(alpen: Alpen) -> None:
    held(alpen)
    held(alpen, "dieter", code="relay_busy", reason="451 4.7.1 come back later")
    page = signed_in(alpen).get(PAGE).content.decode()
    assert "Dana Dorfer" in page
    assert "Nobody can say whether it went" in page
    assert "The mail server asks to try later" in page
    assert "451 4.7.1 come back later" in page
    assert '<span>Held messages</span><span class="count-pill">2</span>' in page


def test_without_a_held_message_the_list_says_so_and_the_navigation_counts_nothing(alpen: Alpen) -> None:
    held(alpen, state="sent")
    page = signed_in(alpen).get(PAGE).content.decode()
    assert "No message waits for a decision." in page
    assert "count-pill" not in page


def test_one_is_sent_again_and_one_is_dropped(alpen: Alpen) -> None:
    sent, dropped, other = held(alpen), held(alpen), held(alpen)
    client = signed_in(alpen, "Max Mair")
    answer = client.post(f"{PAGE}{sent.pk}/send/", {"q": "dana", "page": "1"})
    assert answer["Location"] == f"{PAGE}?q=dana&page=1"
    client.post(f"{PAGE}{dropped.pk}/drop/")
    assert [state(alpen, each) for each in (sent, dropped, other)] == ["queued", "failed", "parked"]
    with alpen.scope():
        assert sorted(AuditEntry.objects.filter(object_kind="message").values_list("act", flat=True)) == [
            "messaging.give_up", "messaging.send_again",
        ]  # fmt: skip
    page = client.get(PAGE).content.decode()
    assert "1 message goes out again." in page
    assert "1 message stays unsent." in page


def test_several_are_decided_at_once_and_what_a_colleague_decided_before_is_told(alpen: Alpen) -> None:
    first, second, decided = held(alpen), held(alpen), held(alpen, state="sent")
    client = signed_in(alpen, "Max Mair")
    client.post(f"{PAGE}send/", {"message": [first.pk, second.pk, decided.pk]})
    assert [state(alpen, each) for each in (first, second, decided)] == ["queued", "queued", "sent"]
    page = client.get(PAGE).content.decode()
    assert "2 messages go out again." in page
    assert "1 message was decided by somebody else." in page


def test_choosing_nothing_changes_nothing_and_says_so(alpen: Alpen) -> None:
    message = held(alpen)
    client = signed_in(alpen, "Max Mair")
    client.post(f"{PAGE}drop/", {})
    assert state(alpen, message) == "parked"
    assert "Nothing was chosen." in client.get(PAGE).content.decode()


def test_a_foreign_one_among_those_chosen_lets_nothing_happen(alpen: Alpen, rosso: Rosso) -> None:
    own, foreign = held(alpen), held(rosso, "eve", site="torino")
    answer = signed_in(alpen, "Max Mair").post(f"{PAGE}drop/", {"message": [own.pk, foreign.pk]})
    assert answer.status_code == 404
    assert state(alpen, own) == "parked"


def test_who_may_only_see_is_offered_no_decision(alpen: Alpen) -> None:
    message = held(alpen)
    client = signed_in(alpen)
    page = client.get(PAGE).content.decode()
    assert "Dana Dorfer" in page
    assert f"{PAGE}{message.pk}/send/" not in page
    assert client.post(f"{PAGE}{message.pk}/send/").status_code == 403
    assert state(alpen, message) == "parked"


def test_an_adviser_sees_those_of_the_own_sites_and_those_of_no_site(alpen: Alpen) -> None:
    own, of_none = held(alpen), held(alpen, site=None)
    held(alpen, site="meran")
    assert {row["message"].pk for row in signed_in(alpen).get(PAGE).context["rows"]} == {own.pk, of_none.pk}


@pytest.mark.parametrize("text", ["dorfer", "DANA@", "service is", "Dana Dorfer"])
def test_search_finds_by_name_address_and_subject(text: str, alpen: Alpen) -> None:
    wanted = held(alpen)
    held(alpen, "dieter", subject="How was it?")
    client = signed_in(alpen)
    assert [row["message"].pk for row in client.get(PAGE, {"q": text}).context["rows"]] == [wanted.pk]
    assert "No held message is like that." in client.get(PAGE, {"q": "nobody"}).content.decode()


def test_a_long_list_has_pages_and_needs_as_many_queries_as_a_short_one(alpen: Alpen, django_assert_num_queries: Any) -> None:
    held(alpen)
    client = signed_in(alpen)
    client.get(PAGE)
    with django_assert_num_queries(LIST_QUERIES):
        client.get(PAGE)
    for _number in range(50):
        held(alpen)
    with django_assert_num_queries(LIST_QUERIES):
        page = client.get(PAGE)
    assert len(page.context["rows"]) == 50
    assert len(client.get(PAGE, {"page": "2"}).context["rows"]) == 1
