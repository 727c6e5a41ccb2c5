"""Lines to decide: what waits, in which order, one click or key a decision, and all of it to be taken back."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from forecourt.engines.audience import facts, rules
from forecourt.engines.audience.learning import counting
from forecourt.engines.audience.models import Classification, DecidedText
from forecourt.kernel.identifiers import text_key
from tests.architecture.test_doors import signed_in
from tests.cast import Alpen
from tests.engines.audience.history import been

OPEN = ("Duftbaum", "Flüssigkeit X7", "Sonderarbeit nach Absprache")


@pytest.fixture
def dealer(alpen: Alpen) -> Alpen:
    """Seven lines, one of them understood; the first open text three times, the second twice; one with a suggestion."""
    with alpen.scope():
        rules.install()
        been(alpen.golf, "2025-02-10", 20_000, "Ölwechsel", *OPEN)
        been(alpen.panda, "2025-02-11", 30_000, OPEN[0], OPEN[1], OPEN[0])
        facts.refresh()
        counting.count()
        Classification.objects.filter(text_key=text_key("", OPEN[1])).update(suggested=["brake_fluid"], certainty=0.93, language="de")
    return alpen


@pytest.fixture
def client(dealer: Alpen) -> Client:
    return signed_in(dealer, "marketing")


def page(client: Client, query: str = "") -> str:
    return client.get(reverse("lines:queue") + query).content.decode()


def key(text: str) -> str:
    return text_key("", text)


def test_the_most_frequent_line_comes_first_with_what_is_thought_of_it(client: Client) -> None:
    first = page(client)
    assert first.index("Duftbaum") < first.index("Flüssigkeit X7") < first.index("Sonderarbeit nach Absprache")
    assert "Line 1 of 3" in first
    assert "3 lines, 2 cars" in first
    assert "1 of 7 lines = 14% of your history" in first
    assert "Nothing is suggested: no decided line is like this one." in first
    second = page(client, f"?line={key(OPEN[1])}")
    assert "Accept: Brake fluid" in second
    assert "very likely, 93%" in second
    assert all(f'data-key="{each}"' in second for each in "ansk19")


def test_a_decision_goes_on_to_the_next_line_and_is_undone_from_there(dealer: Alpen, client: Client) -> None:
    answer = client.post(reverse("lines:decide"), {"line": key(OPEN[0]), "kind": "-", "next": key(OPEN[1])}, follow=True)
    body = answer.content.decode()
    assert "Line 1 of 2" in body
    assert "4 of 7 lines = 57% of your history" in body
    with dealer.scope():
        done = DecidedText.objects.get()
        assert (done.text_key, done.work_kinds) == (key(OPEN[0]), [])
    undo = reverse("lines:take_back", args=[done.batch_id])
    assert undo in body
    assert "Line 1 of 3" in client.post(undo, {"line": done.text_key}, follow=True).content.decode()
    assert "This decision was taken back already." in client.post(undo, follow=True).content.decode()


def test_the_list_is_narrowed_and_stays_so_after_a_decision(dealer: Alpen, client: Client) -> None:
    found = {query: page(client, query).count('class="row-link"') for query in ("?q=x7", "?suggestion=brake_fluid", "?suggestion=%3F", "?certainty=high", "?language=de", "?told_by=model")}  # fmt: skip
    assert found == {
        "?q=x7": 1,
        "?suggestion=brake_fluid": 1,
        "?suggestion=%3F": 2,
        "?certainty=high": 1,
        "?language=de": 1,
        "?told_by=model": 0,
    }
    answer = client.post(reverse("lines:decide"), {"line": key(OPEN[0]), "kinds": ["brakes", "battery"], "suggestion": "?"})
    assert answer.headers["Location"] == reverse("lines:queue") + "?suggestion=%3F"
    with dealer.scope():
        assert DecidedText.objects.get().work_kinds == ["battery", "brakes"]
    answer = client.post(reverse("lines:decide"), {"line": key(OPEN[2])}, follow=True)
    assert "Choose at least one kind of work." in answer.content.decode()


def test_what_is_very_likely_is_accepted_at_once_and_taken_back_at_once(dealer: Alpen, client: Client) -> None:
    assert "1 suggestion of this list is very likely." in page(client)
    assert "1 suggestion accepted." in client.post(reverse("lines:accept"), follow=True).content.decode()
    with dealer.scope():
        done = DecidedText.objects.get()
        assert (done.text_key, done.work_kinds) == (key(OPEN[1]), ["brake_fluid"])
    listed = client.get(reverse("lines:decided")).content.decode()
    assert "Flüssigkeit X7" in listed
    assert "Brake fluid" in listed
    client.post(reverse("lines:take_back", args=[done.batch_id]), {"from": "decided"})
    assert "Nobody has decided a line yet." in client.get(reverse("lines:decided")).content.decode()


def test_the_list_costs_the_same_however_long_it_is(client: Client) -> None:
    with CaptureQueriesContext(connection) as queries:
        page(client)
    asked = [each["sql"] for each in queries if "audience_" in each["sql"] or "history_" in each["sql"]]
    assert len(asked) == 10, "\n".join(asked)
