"""Who may do what: absent and foreign look alike, own but not allowed does not."""

import dataclasses

import pytest

from forecourt.kernel.errors import NotFound, NotPermitted
from forecourt.kernel.ids import uuid7
from forecourt.records.dealership.models import Bay
from forecourt.records.people.models import Customer
from forecourt.records.vehicles.models import Holding
from forecourt.runtime import access
from tests.cast import Alpen, Rosso, customer_actor

RIGHT = "workshop.move_appointment"


def test_absent_and_foreign_are_the_same_answer(alpen: Alpen, rosso: Rosso) -> None:
    with alpen.scope():
        for unknown in (uuid7(), rosso.eve.pk):
            with pytest.raises(NotFound):
                access.fetch(Customer, unknown, actor=alpen.alice, right="workshop.book")


def test_a_foreign_row_in_hand_is_absent_too(alpen: Alpen, rosso: Rosso) -> None:
    with pytest.raises(NotFound):
        access.require(alpen.alice, RIGHT, rosso.eve)


def test_own_but_not_allowed_is_said(alpen: Alpen) -> None:
    with alpen.scope(), pytest.raises(NotPermitted) as refused:
        access.fetch(Customer, alpen.dana.pk, actor=alpen.bob, right="workshop.book")
    assert refused.value.right == "workshop.book"


def test_a_foreign_row_is_absent_even_to_who_lacks_the_right(alpen: Alpen, rosso: Rosso) -> None:
    with pytest.raises(NotFound):
        access.require(alpen.bob, RIGHT, rosso.eve)


def test_what_lies_at_a_site_where_one_does_not_work_is_absent(alpen: Alpen) -> None:
    with alpen.scope():
        with pytest.raises(NotFound):
            access.fetch(Bay, alpen.bays["Bay A"].pk, actor=alpen.alice, right="workshop.see_board")
        assert access.fetch(Bay, alpen.bays["Bay 1"].pk, actor=alpen.alice, right="workshop.see_board").name == "Bay 1"
        assert access.fetch(Bay, alpen.bays["Bay A"].pk, actor=alpen.actor("Max Mair"), right="workshop.see_board").name == "Bay A"


def test_a_customer_reaches_only_what_is_theirs(alpen: Alpen) -> None:
    with alpen.scope():
        golf, octavia = Holding.objects.get(vehicle=alpen.golf), Holding.objects.get(vehicle=alpen.cars["octavia"])
    dana = customer_actor(alpen.dana)
    access.require(dana, RIGHT, golf)
    with pytest.raises(NotFound):
        access.require(dana, RIGHT, octavia)
    with pytest.raises(NotPermitted):
        access.require(dana, "workshop.check_in", golf)


def test_the_product_itself_may_do_all_within_its_organisation_only(alpen: Alpen, rosso: Rosso) -> None:
    access.require(alpen.system, RIGHT, alpen.dana)
    with pytest.raises(NotFound):
        access.require(alpen.system, RIGHT, rosso.eve)


def test_a_right_that_nobody_declared_is_a_fault(alpen: Alpen) -> None:
    with pytest.raises(KeyError):
        access.require(alpen.system, "workshop.dance")


def test_may_answers_what_require_would(alpen: Alpen, rosso: Rosso) -> None:
    assert access.may(alpen.alice, RIGHT) is True
    assert access.may(alpen.bob, RIGHT) is False
    assert access.may(alpen.alice, RIGHT, rosso.eve) is False


def test_rights_come_from_the_role_and_an_administrator_has_all() -> None:
    assert "workshop.see_board" in access.rights_of("read-only")
    assert "workshop.book" not in access.rights_of("read-only")
    powerful = {name for name, right in access.rights().items() if right.powerful}
    assert access.rights_of("administrator") == frozenset(access.rights()) - powerful
    assert access.rights_of("nobody") == frozenset()
    assert "workshop.decide" in access.customer_rights()
    assert "workshop.decide_for_customer" not in access.customer_rights()


def test_a_right_is_declared_once_and_for_roles_that_exist() -> None:
    with pytest.raises(ValueError, match="declared twice"):
        access.declare(RIGHT, roles=("adviser",))
    with pytest.raises(ValueError, match="unknown roles"):
        access.declare("tests.never", roles=("king",))
    assert "tests.never" not in access.rights()


def test_an_actor_cannot_be_given_more_rights_on_the_way(alpen: Alpen) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        alpen.bob.rights = frozenset({RIGHT})  # type: ignore[misc]
