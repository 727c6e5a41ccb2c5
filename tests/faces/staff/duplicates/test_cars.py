"""The queue of pairs that may be one car, cleared by hand or by keyboard."""

import pytest
from django.test import Client

from forecourt.records.vehicles import duplicates, merges
from forecourt.records.vehicles.models import Vehicle, VehicleLikeness, VehicleMerge
from tests.cast import Alpen
from tests.records.vehicles.test_duplicates import OCTAVIA, car

QUEUE = "/staff/customers/duplicates/cars/"


@pytest.fixture
def anna(alpen: Alpen) -> Client:
    client = Client()
    client.force_login(alpen.staff["Anna Amort"].account, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def pairs(alpen: Alpen) -> list[VehicleLikeness]:
    """Two doubtful pairs, the first of one keeper."""
    with alpen.scope():
        for number, keeper in ((1, alpen.dana), (2, None)):
            car(keeper, f"BZ {number}00 AN", vin=f"WVWZZZ1KZAW70000{number}", **OCTAVIA)
            car(keeper, f"BZ {number}00 AN", make="Skoda", model="Octavia Combi", kind="car")
        duplicates.look(actor=alpen.actor("Anna Amort"))
        return list(duplicates.waiting())


def test_the_queue_shows_one_pair_with_evidence_in_words_and_the_other_queue_beside_it(anna: Client, pairs: list[VehicleLikeness]) -> None:
    page = anna.get(QUEUE).content.decode()
    for text in ("Pair 1 of 2", "0 / 2", "The same plate", "The same keeper", "Almost the same model", f"{QUEUE}?pair={pairs[1].pk}"):
        assert text in page, text
    assert "Different plates" not in page
    assert "Pair 2 of 2" in anna.get(f"{QUEUE}?pair={pairs[1].pk}").content.decode()
    assert f'href="{QUEUE}"' in anna.get("/staff/customers/duplicates/").content.decode()


def test_merging_takes_the_chosen_fields_and_shows_the_next_pair(alpen: Alpen, anna: Client, pairs: list[VehicleLikeness]) -> None:
    pair = pairs[0]
    choice = {"survivor": str(pair.one_id), "model": str(pair.other_id), "vin": str(pair.one_id)}
    answer = anna.post(f"{QUEUE}{pair.pk}/merge/", choice, follow=True)
    assert "Pair 1 of 1" in answer.content.decode()
    with alpen.scope():
        done = VehicleMerge.objects.get()
        assert (done.survivor_id, sorted(done.taken)) == (pair.one_id, ["kind", "model"])


def test_without_a_choice_of_which_record_stays_nothing_is_merged(alpen: Alpen, anna: Client, pairs: list[VehicleLikeness]) -> None:
    answer = anna.post(f"{QUEUE}{pairs[0].pk}/merge/", {}, follow=True)
    assert "Please choose which record stays." in answer.content.decode()
    with alpen.scope():
        assert VehicleMerge.objects.count() == 0


def test_a_decision_is_taken_back_from_the_next_page_and_from_the_cars_own(
    alpen: Alpen, anna: Client, pairs: list[VehicleLikeness]
) -> None:
    anna.post(f"{QUEUE}{pairs[0].pk}/different/")
    anna.post(f"{QUEUE}{pairs[0].pk}/ask-again/")
    anna.post(f"{QUEUE}{pairs[1].pk}/merge/", {"survivor": str(pairs[1].one_id)})
    with alpen.scope():
        done = VehicleMerge.objects.get()
    undo = f"{QUEUE}merges/{done.pk}/undo/"
    assert undo in anna.get(QUEUE).content.decode()
    assert undo in anna.get(f"/staff/vehicles/{done.survivor_id}/").content.decode()
    assert anna.get(f"/staff/vehicles/{done.absorbed_id}/").headers["Location"] == f"/staff/vehicles/{done.survivor_id}/"
    anna.post(undo)
    with alpen.scope():
        assert (merges.current_id(done.absorbed_id), VehicleLikeness.objects.filter(state="waiting").count()) == (done.absorbed_id, 1)
    assert undo not in anna.get(f"/staff/vehicles/{done.survivor_id}/").content.decode()


def test_a_pair_that_somebody_else_decided_says_so(anna: Client, pairs: list[VehicleLikeness]) -> None:
    anna.post(f"{QUEUE}{pairs[0].pk}/different/")
    answer = anna.post(f"{QUEUE}{pairs[0].pk}/different/", follow=True)
    assert "This pair was decided meanwhile." in answer.content.decode()


def test_an_empty_queue_offers_to_compare(alpen: Alpen, anna: Client) -> None:
    assert "No pair of cars waits for a decision." in anna.get(QUEUE).content.decode()
    assert anna.post(f"{QUEUE}look/").status_code == 302


def test_who_may_merge_customers_alone_sees_nothing_of_cars(alpen: Alpen, anna: Client) -> None:
    member = alpen.staff["Anna Amort"]
    with alpen.scope():
        member.granted_rights = ["people.merge"]
        member.save(update_fields=["granted_rights"])
        assert Vehicle.objects.exists()
    assert f'href="{QUEUE}"' not in anna.get("/staff/customers/duplicates/").content.decode()
    assert anna.get(QUEUE).status_code == 403


def test_who_may_merge_cars_alone_finds_them_in_the_menu_with_their_number(
    alpen: Alpen, anna: Client, pairs: list[VehicleLikeness]
) -> None:
    member = alpen.staff["Anna Amort"]
    with alpen.scope():
        member.granted_rights = ["vehicles.merge"]
        member.save(update_fields=["granted_rights"])
    page = anna.get("/staff/customers/").content.decode()
    assert f'href="{QUEUE}"' in page
    assert "Duplicate cars" in page
    assert anna.get("/staff/customers/duplicates/").status_code == 403
