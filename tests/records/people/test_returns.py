"""Entering somebody who was erased: only with a reason, which is recorded, and then the dealer's files know them too."""

from pathlib import Path
from typing import Any

import pytest

from forecourt.kernel.errors import Refusal
from forecourt.records.people import customers, erased, erasures
from forecourt.records.people.models import Customer
from forecourt.runtime.actors import Actor
from forecourt.runtime.models import AuditEntry
from tests.cast import Alpen

ZITA = {"first_name": "Zita", "last_name": "Zoller", "email": "zita@example.org", "mobile": "+393339998887", "country": "IT"}


@pytest.fixture
def anna(alpen: Alpen, settings: Any, tmp_path: Path) -> Actor:
    settings.DATA = tmp_path
    return alpen.actor("Anna Amort")


def erase(actor: Actor, customer: Customer) -> None:
    wanted = erasures.request(actor=actor, customer_id=customer.pk, reason="asked")
    assert erasures.carry_out(erasure_id=wanted.pk)


def test_who_was_erased_is_entered_again_with_a_reason_alone(alpen: Alpen, anna: Actor) -> None:
    with alpen.scope():
        erase(anna, customers.enter(actor=anna, **ZITA))
        with pytest.raises(Refusal) as refusal:
            customers.enter(actor=anna, **ZITA)
        assert (refusal.value.code, Customer.objects.filter(email="zita@example.org").count()) == ("was_erased", 0)
        customers.enter(actor=anna, returns_by="contract", **ZITA)
        assert AuditEntry.objects.get(act="people.person_returned").values["reason"] == "contract"
        assert list(erased.standing(alpen.organisation.pk)) == []


def test_who_was_erased_a_second_time_is_kept_out_again(alpen: Alpen, anna: Actor) -> None:
    with alpen.scope():
        erase(anna, customers.enter(actor=anna, **ZITA))
        erase(anna, customers.enter(actor=anna, returns_by="own_act", **ZITA))
        assert len(erased.standing(alpen.organisation.pk)) == 2  # the mail, and the mobile with the name
        with pytest.raises(Refusal, match="was erased"):
            customers.enter(actor=anna, **ZITA)


def test_somebody_of_the_household_is_entered_as_ever(alpen: Alpen, anna: Actor) -> None:
    with alpen.scope():
        erase(anna, customers.enter(actor=anna, **ZITA))
        assert customers.enter(actor=anna, **{**ZITA, "first_name": "Otto", "email": "otto@example.org"}).first_name == "Otto"
