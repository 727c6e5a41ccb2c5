"""What one controller lets another see: only by a share that is recorded, valid today and not ended."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from forecourt.kernel.errors import NotFound, NotPermitted, Refusal
from forecourt.records.people import controllers, shares
from forecourt.records.people.models import Controller, Share
from tests.cast import Alpen, Rosso, local

GROUP = {"from_controller": "dealer", "to_controller": "group", "purpose": "offers"}


@pytest.fixture
def shared(alpen: Alpen, set_clock: Callable[[datetime], None]) -> Alpen:
    set_clock(local("2027-03-02 12:00"))
    with alpen.scope():
        controllers.add(actor=alpen.system, key="group", kind="group", name="Alpen Gruppe")
        controllers.add(actor=alpen.system, key="importer:fiat", kind="importer", name="Fiat Italia")
    return alpen


def record(dealer: Alpen, **told: Any) -> Share:
    usual: dict[str, Any] = {
        "fields": ["last_name", "email"],
        "basis": "Vertrag vom 1. März",
        "starts_on": date(2027, 3, 1),
        "ends_on": date(2027, 3, 31),
    }
    return shares.record(actor=dealer.system, **(GROUP | usual | told))


def test_another_controller_sees_the_shared_fields_and_nothing_else(shared: Alpen) -> None:
    with shared.scope():
        with pytest.raises(NotFound):
            shares.seen(actor=shared.system, customer_id=shared.dana.pk, **GROUP)
        record(shared)
        assert shares.seen(actor=shared.system, customer_id=shared.dana.pk, **GROUP) == {"email": "dana@example.org", "last_name": "Dorfer"}
        for other in ({"to_controller": "importer:fiat"}, {"purpose": "survey"}, {"from_controller": "group", "to_controller": "dealer"}):
            assert shares.shared_fields(**(GROUP | other)) == frozenset()


def test_a_share_holds_from_its_first_to_its_last_day_and_until_it_is_ended(shared: Alpen) -> None:
    with shared.scope():
        share = record(shared)
        held = [bool(shares.shared_fields(**GROUP, on=date(2027, month, day))) for month, day in ((2, 28), (3, 1), (3, 31), (4, 1))]
        assert held == [False, True, True, False]
        shares.end(actor=shared.system, share_id=share.pk)
        assert shares.shared_fields(**GROUP) == frozenset()


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"to_controller": "nobody"}, "unknown_controller"),
        ({"to_controller": "dealer"}, "same_controller"),
        ({"purpose": "fun"}, "unknown_purpose"),
        ({"fields": ["password"]}, "unknown_field"),
        ({"fields": []}, "unknown_field"),
        ({"basis": " "}, "basis_missing"),
        ({"ends_on": date(2027, 2, 1)}, "wrong_days"),
    ],
)
def test_a_share_that_says_too_little_is_refused(shared: Alpen, told: dict[str, Any], code: str) -> None:
    with shared.scope():
        with pytest.raises(Refusal) as refusal:
            record(shared, **told)
        assert (refusal.value.code, Share.objects.count()) == (code, 0)


def test_a_recorded_share_is_only_ever_ended(shared: Alpen) -> None:
    with shared.scope():
        share = record(shared)
        with pytest.raises(IntegrityError), transaction.atomic():
            Share.objects.filter(pk=share.pk).update(fields=["email", "mobile"])
        with pytest.raises(IntegrityError), transaction.atomic():
            share.delete()


def test_only_administrators_record_and_end_and_none_of_another_house(shared: Alpen, rosso: Rosso) -> None:
    with shared.scope():
        share = record(shared)
        with pytest.raises(NotPermitted):
            shares.end(actor=shared.alice, share_id=share.pk)
        assert [each.pk for each in shares.recorded(actor=shared.actor("Anna Amort"))] == [share.pk]
    with rosso.scope(), pytest.raises(NotFound):
        shares.end(actor=rosso.actor("C. Amministra"), share_id=share.pk)


def test_what_was_seen_of_whom_by_which_share_is_kept_without_a_word_of_theirs(shared: Alpen) -> None:
    with shared.scope():
        share, other = record(shared), record(shared, fields=["mobile"])
        shares.seen(actor=shared.alice, customer_id=shared.dana.pk, **GROUP)
        looks = [(look.actor_id, look.about, look.values["fields"]) for look in shares.looks(share)]
        assert looks == [(shared.alice.id, [shared.dana.pk], ["email", "last_name"])]
        assert [look.values["fields"] for look in shares.looks(other)] == [["mobile"]]
        shares.end(actor=shared.system, share_id=other.pk)
        shares.seen(actor=shared.alice, customer_id=shared.dana.pk, **GROUP)
        assert (shares.looks(share).count(), shares.looks(other).count()) == (2, 1)


def test_a_company_that_a_share_names_stays_in_the_list(shared: Alpen) -> None:
    with shared.scope():
        record(shared)
        group, importer = Controller.objects.get(key="group"), Controller.objects.get(key="importer:fiat")
        with pytest.raises(Refusal) as refusal:
            controllers.leave(actor=shared.system, controller_id=group.pk)
        assert refusal.value.code == "controller_used"
        controllers.leave(actor=shared.system, controller_id=importer.pk)
        assert set(controllers.names()) == {"dealer", "group"}
