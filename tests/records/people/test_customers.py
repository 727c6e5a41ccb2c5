"""Customers are entered, changed and found."""

import pytest

from forecourt.kernel.errors import NotFound, NotPermitted, Refusal
from forecourt.records.people import customers
from forecourt.records.people.models import Customer, NameWord
from forecourt.runtime.models import Event
from tests.cast import Alpen, Rosso, customer_actor


@pytest.mark.parametrize("text", ["Dorf", "dana", "Dana Dorfer", "DORFER, D", "dana@", "K-0001", "+39 333 1234567", "333 123 4567"])
def test_a_customer_is_found_by_name_number_mail_or_telephone(alpen: Alpen, text: str) -> None:
    with alpen.scope():
        assert "Dana Dorfer" in [each.name for each in customers.search(actor=alpen.alice, text=text)]


@pytest.mark.parametrize("text", ["orfer", "Dana Dürr", "Eve", "999"])
def test_what_does_not_fit_is_not_found(alpen: Alpen, rosso: Rosso, text: str) -> None:
    with alpen.scope():
        assert customers.search(actor=alpen.alice, text=text) == []


def test_a_new_name_is_found_at_once_and_the_old_one_no_longer(alpen: Alpen) -> None:
    with alpen.scope():
        customers.change(actor=alpen.alice, customer_id=alpen.dana.pk, last_name="Größer")
        assert customers.search(actor=alpen.alice, text="Dorfer") == []
        assert [each.pk for each in customers.search(actor=alpen.alice, text="groesser")] == [alpen.dana.pk]
        Customer.objects.filter(pk=alpen.dana.pk).update(match_name="ampl anna")  # as an import writes it
        assert [each.pk for each in customers.search(actor=alpen.alice, text="anna")] == [alpen.dana.pk]
        assert set(NameWord.objects.filter(customer=alpen.dana).values_list("word", flat=True)) == {"ampl", "anna"}


def test_events_tell_which_fields_changed_and_never_what_stands_in_them(alpen: Alpen) -> None:
    with alpen.scope():
        customers.change(actor=alpen.alice, customer_id=alpen.dana.pk, email="D@Example.ORG", city="Bozen")
        assert Event.objects.get(name="people.customer_changed").values == {
            "customer_id": str(alpen.dana.pk), "fields": ["city", "email"],
        }  # fmt: skip
        assert Customer.objects.get(pk=alpen.dana.pk).email == "d@example.org"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, "name_missing"),
        ({"last_name": "A", "email": "nowhere"}, "email_wrong"),
        ({"last_name": "A", "mobile": "12"}, "phone_wrong"),
        ({"last_name": "A", "number": "K-0001"}, "number_taken"),
    ],
)
def test_what_cannot_be_entered_is_refused_and_leaves_nothing(alpen: Alpen, fields: dict[str, str], code: str) -> None:
    with alpen.scope():
        with pytest.raises(Refusal) as refused:
            customers.enter(actor=alpen.alice, **fields)
        assert refused.value.code == code
        assert Customer.objects.count() == 2


def test_an_entered_customer_gets_a_number_and_telephone_numbers_in_one_form(alpen: Alpen) -> None:
    with alpen.scope():
        first = customers.enter(actor=alpen.alice, first_name="Ugo", last_name="Uberti", mobile="333 765 4321")
        second = customers.enter(actor=alpen.alice, kind="business", company="Obst AG")
        assert (first.number, second.number, first.mobile, second.sort_key) == ("C-000001", "C-000002", "+393337654321", "obst ag")


def test_nobody_reads_or_writes_where_they_may_not(alpen: Alpen, rosso: Rosso) -> None:
    with alpen.scope():
        with pytest.raises(NotPermitted):
            customers.change(actor=alpen.bob, customer_id=alpen.dana.pk, city="X")
        with pytest.raises(NotFound):
            customers.find(actor=alpen.alice, customer_id=rosso.eve.pk)
        with pytest.raises(NotFound):
            customers.find(actor=customer_actor(alpen.dana), customer_id=alpen.customers["dieter"].pk)
        assert customers.find(actor=customer_actor(alpen.dana), customer_id=alpen.dana.pk) == alpen.dana
