"""Entering a customer at the desk, also one who was erased and comes anew: with a reason alone, which the trail keeps."""

from pathlib import Path
from typing import Any

import pytest

from forecourt.records.people import customers, erased, erasures
from forecourt.records.people.models import Customer
from forecourt.runtime.models import AuditEntry
from tests.cast import Alpen
from tests.faces.staff.customers.test_person import signed_in

PAGE = "/staff/customers/new/"
ZITA = {
    "kind": "private", "first_name": "Zita", "last_name": "Zoller", "email": "zita@example.org", "mobile": "+39 333 9998887", "country": "IT",
    "language": "it",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _data_folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path


def erase_zita(alpen: Alpen) -> None:
    with alpen.scope():
        anna = alpen.actor("Anna Amort")
        wanted = erasures.request(actor=anna, customer_id=customers.enter(actor=anna, **ZITA).pk, reason="asked")
        assert erasures.carry_out(erasure_id=wanted.pk)


def zitas(alpen: Alpen) -> list[Customer]:
    with alpen.scope():
        return list(Customer.objects.filter(email="zita@example.org"))


def test_whoever_comes_for_the_first_time_is_entered_and_shown(alpen: Alpen) -> None:
    alice = signed_in(alpen.staff["Alice Adler"])
    form = alice.get(PAGE).content.decode()
    assert "Why they are a customer again" not in form
    assert '<option value="IT" selected>' in form
    answer = alice.post(PAGE, ZITA, follow=True)
    [zita] = zitas(alpen)
    assert answer.redirect_chain == [(f"/staff/customers/{zita.pk}/", 302)]
    assert (zita.name, zita.mobile, zita.home_site_id, zita.language) == ("Zita Zoller", "+393339998887", alpen.bozen.pk, "it")
    assert PAGE in alice.get("/staff/customers/").content.decode()


def test_only_of_whom_staff_entered_the_page_says_so(alpen: Alpen) -> None:
    alice = signed_in(alpen.staff["Alice Adler"])
    alice.post(PAGE, ZITA)
    [zita] = zitas(alpen)
    with alpen.scope():
        came_somehow = Customer.objects.create(number="77", last_name="Zanon")
    for customer, told in ((zita, (True, False)), (came_somehow, (False, True))):
        page = alice.get(f"/staff/customers/{customer.pk}/").content.decode()
        assert ("Entered here by staff." in page, "how it came is not recorded" in page) == told


def test_what_cannot_be_entered_says_why_and_keeps_what_was_typed(alpen: Alpen) -> None:
    alice = signed_in(alpen.staff["Alice Adler"])
    for wrong, told in (
        ({"mobile": "12"}, "12 is not a telephone number."),
        ({"first_name": "", "last_name": ""}, "A customer needs a name."),
    ):
        answer = alice.post(PAGE, ZITA | wrong)
        assert answer.status_code == 422
        assert told in answer.content.decode()
        assert 'value="zita@example.org"' in answer.content.decode()
    assert zitas(alpen) == []


def test_who_was_erased_is_entered_with_a_reason_alone_and_the_trail_says_by_whom(alpen: Alpen) -> None:
    erase_zita(alpen)
    alice = signed_in(alpen.staff["Alice Adler"])
    for given in ({}, {"returns_by": ""}, {"returns_by": "a whim"}):
        answer = alice.post(PAGE, ZITA | given)
        assert (answer.status_code, zitas(alpen)) == (422, [])
        assert 'name="returns_by"' in answer.content.decode()
    asked = alice.post(PAGE, ZITA).content.decode()
    assert "This person was erased." in asked
    assert "Why they are a customer again</label>" in asked  # not "(optional)"
    assert alice.post(PAGE, ZITA | {"returns_by": "contract"}).status_code == 302
    assert len(zitas(alpen)) == 1
    with alpen.scope():
        line = AuditEntry.objects.get(act="people.person_returned")
        assert (line.actor_id, line.values["reason"]) == (alpen.staff["Alice Adler"].pk, "contract")
        assert list(erased.standing(alpen.organisation.pk)) == []


def test_who_may_not_change_customers_enters_nobody_and_is_not_offered_it(alpen: Alpen) -> None:
    erase_zita(alpen)
    bob = signed_in(alpen.staff["Bob Brenner"])
    assert bob.get(PAGE).status_code == bob.post(PAGE, ZITA | {"returns_by": "contract"}).status_code == 403
    assert PAGE not in bob.get("/staff/customers/").content.decode()
    assert zitas(alpen) == []
    with alpen.scope():
        assert not AuditEntry.objects.filter(act="people.person_returned").exists()
