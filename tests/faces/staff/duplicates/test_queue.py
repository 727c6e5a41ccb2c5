"""The queue of pairs that may be one person, cleared by hand or by keyboard."""

import pytest
from django.test import Client

from forecourt.records.people import duplicates, merges
from forecourt.records.people.models import Customer, Likeness, Merge
from tests.cast import Alpen
from tests.records.people.test_duplicates import HOME, person


@pytest.fixture
def anna(alpen: Alpen) -> Client:
    client = Client()
    client.force_login(alpen.staff["Anna Amort"].account, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def pairs(alpen: Alpen) -> list[Likeness]:
    """Two doubtful pairs."""
    with alpen.scope():
        Customer.objects.update(mobile="")
        for name in ("Josef Huber", "Karl Mair"):
            person(name, **HOME, city="Bozen")
            person(name, **HOME, email=f"{name[0]}@example.org")
        duplicates.look(actor=alpen.actor("Anna Amort"))
        return list(duplicates.waiting())


def test_the_queue_shows_one_pair_with_evidence_and_where_one_is(anna: Client, pairs: list[Likeness]) -> None:
    page = anna.get("/staff/customers/duplicates/").content.decode()
    assert "Pair 1 of 2" in page
    assert "0 / 2" in page
    assert "The same address" in page
    assert f"/staff/customers/duplicates/?pair={pairs[1].pk}" in page
    assert "Pair 2 of 2" in anna.get(f"/staff/customers/duplicates/?pair={pairs[1].pk}").content.decode()


def test_merging_takes_the_chosen_fields_and_shows_the_next_pair(alpen: Alpen, anna: Client, pairs: list[Likeness]) -> None:
    pair = pairs[0]
    answer = anna.post(
        f"/staff/customers/duplicates/{pair.pk}/merge/",
        {"survivor": str(pair.one_id), "email": str(pair.other_id), "address": str(pair.one_id)},
        follow=True,
    )
    assert "Pair 1 of 1" in answer.content.decode()
    with alpen.scope():
        done = Merge.objects.get()
        assert (done.survivor_id, list(done.taken)) == (pair.one_id, ["email"])


def test_a_decision_is_taken_back_from_the_next_page(alpen: Alpen, anna: Client, pairs: list[Likeness]) -> None:
    anna.post(f"/staff/customers/duplicates/{pairs[0].pk}/different/")
    anna.post(f"/staff/customers/duplicates/{pairs[0].pk}/ask-again/")
    anna.post(f"/staff/customers/duplicates/{pairs[1].pk}/merge/", {"survivor": str(pairs[1].one_id)})
    with alpen.scope():
        done = Merge.objects.get()
    assert f"/staff/customers/duplicates/merges/{done.pk}/undo/" in anna.get("/staff/customers/duplicates/").content.decode()
    anna.post(f"/staff/customers/duplicates/merges/{done.pk}/undo/")
    with alpen.scope():
        assert (merges.current_id(done.absorbed_id), Likeness.objects.filter(state="waiting").count()) == (done.absorbed_id, 1)


def test_a_pair_that_somebody_else_decided_says_so(anna: Client, pairs: list[Likeness]) -> None:
    anna.post(f"/staff/customers/duplicates/{pairs[0].pk}/different/")
    answer = anna.post(f"/staff/customers/duplicates/{pairs[0].pk}/different/", follow=True)
    assert "This pair was decided meanwhile." in answer.content.decode()


def test_an_empty_queue_offers_to_compare(alpen: Alpen, anna: Client) -> None:
    assert "No pair waits for a decision." in anna.get("/staff/customers/duplicates/").content.decode()
    assert anna.post("/staff/customers/duplicates/look/").status_code == 302
    anna.post("/staff/customers/duplicates/policy/", {})
    with alpen.scope():
        assert duplicates.policy().merges_clear_pairs is False
