"""Two records of one person become one, and two again with everything that hung on each."""

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from forecourt.kernel.errors import NotFound, NotPermitted, Refusal
from forecourt.records.people import consent, customers, merges
from forecourt.records.people.models import ConsentEntry, Customer, CustomerReference, Merge, MovedRow
from forecourt.records.timeline import reading
from forecourt.runtime import clock, references
from forecourt.runtime.actors import Actor
from forecourt.runtime.models import AuditEntry
from tests.cast import Alpen, Rosso, add_customer_with_car
from tests.records.people.hanging import hang

# What a merge leaves behind on purpose, besides events and the audit trail.
HISTORY = {"people.merge", "people.movedrow", "people.likeness", "runtime.event", "runtime.eventsubject", "runtime.auditentry"}


@pytest.fixture
def anna(alpen: Alpen, settings: Any, tmp_path: Path) -> Actor:
    settings.DATA = tmp_path
    return alpen.actor("Anna Amort")


@pytest.fixture
def twin(alpen: Alpen) -> Customer:
    """Dana once more, from the other system."""
    customer, _car = add_customer_with_car(alpen, "dana2", plate="GG 777 HH")
    with alpen.scope():
        Customer.objects.filter(pk=customer.pk).update(
            first_name="Dana", last_name="Dorfer", email="d.dorfer@example.com", street="Gasse 1"
        )
        customer.refresh_from_db()
    return customer


def rows_of_all_tables() -> dict[str, list[Any]]:
    from django.apps import apps

    return {
        model._meta.label_lower: sorted(model._default_manager.values_list(), key=str)
        for model in apps.get_models()
        if model.__module__.startswith("forecourt.") and model._meta.managed and model._meta.label_lower not in HISTORY
    }


def test_a_merge_of_two_people_with_300_things_of_every_kind_is_undone_row_for_row(alpen: Alpen, anna: Actor, twin: Customer) -> None:
    with alpen.scope():
        hang(alpen, alpen.dana, 300)
        hang(alpen, twin, 300)
        before = rows_of_all_tables()

        done = merges.merge(actor=anna, survivor_id=alpen.dana.pk, absorbed_id=twin.pk, take=["email"])

        moving = {label: each for label, each in references.known().items() if each.kind == "customer" and not each.stays}
        left = {label: each.model.objects.filter(**{each.column: twin.pk}).count() for label, each in moving.items()}  # type: ignore[attr-defined]
        assert set(left.values()) == {0}
        now = {label: each.model.objects.filter(**{each.column: alpen.dana.pk}).count() for label, each in moving.items()}  # type: ignore[attr-defined]
        assert now == {label: 603 if label == "vehicles.holding.customer_id" else 600 for label in moving}  # and the three cars of the cast
        assert MovedRow.objects.filter(merge=done).count() == 300 * len(moving) + 1  # and the twin's own car

        merges.undo(actor=anna, merge_id=done.pk)
        after = rows_of_all_tables()
        assert {label for label in before if before[label] != after[label]} == set()


def test_what_came_after_the_merge_stays_with_the_survivor_when_it_is_undone(alpen: Alpen, anna: Actor, twin: Customer) -> None:
    with alpen.scope():
        done = merges.merge(actor=anna, survivor_id=alpen.dana.pk, absorbed_id=twin.pk)
        CustomerReference.objects.create(source="dms", number="later", customer=alpen.dana)
        customers.change(actor=anna, customer_id=alpen.dana.pk, street="Neue Straße 5")
        merges.undo(actor=anna, merge_id=done.pk)
        assert CustomerReference.objects.get(number="later").customer_id == alpen.dana.pk
        alpen.dana.refresh_from_db()
        assert (alpen.dana.street, alpen.dana.email) == ("Neue Straße 5", "dana@example.org")


def test_the_survivor_keeps_its_values_fills_what_it_lacks_and_takes_what_was_chosen(alpen: Alpen, anna: Actor, twin: Customer) -> None:
    with alpen.scope():
        merges.merge(actor=anna, survivor_id=alpen.dana.pk, absorbed_id=twin.pk, take=["email"])
        alpen.dana.refresh_from_db()
        assert (alpen.dana.email, alpen.dana.street, alpen.dana.number) == ("d.dorfer@example.com", "Gasse 1", "K-0001")


def test_a_merged_record_is_found_under_the_other_one(alpen: Alpen, anna: Actor, twin: Customer) -> None:
    with alpen.scope():
        merges.merge(actor=anna, survivor_id=alpen.dana.pk, absorbed_id=twin.pk)
        assert [each.pk for each in customers.search(actor=anna, text="Dorfer")] == [alpen.dana.pk]
        assert [each.pk for each in customers.search(actor=anna, text=twin.number)] == [alpen.dana.pk]
        assert merges.current_id(twin.pk) == alpen.dana.pk
        assert merges.ids_of(alpen.dana.pk) == [alpen.dana.pk, twin.pk]
        assert merges.holder_today(alpen.organisation.pk, twin.pk) == alpen.dana.pk


def test_the_timeline_of_the_survivor_shows_both_lives_and_the_merge(alpen: Alpen, anna: Actor, twin: Customer) -> None:
    with alpen.scope():
        customers.change(actor=anna, customer_id=twin.pk, city="Meran")
        merges.merge(actor=anna, survivor_id=alpen.dana.pk, absorbed_id=twin.pk)
        names = [entry.name for entry in reading.of("customer", alpen.dana.pk, actor=anna)]
    assert names == ["people.customers_merged", "people.customer_changed"]


@pytest.mark.parametrize("who_objected", ["survivor", "absorbed"])
def test_an_objection_under_either_name_holds_for_both_whatever_the_other_agreed_to_later(
    alpen: Alpen, anna: Actor, twin: Customer, who_objected: str
) -> None:
    objector, other = (alpen.dana, twin) if who_objected == "survivor" else (twin, alpen.dana)
    with alpen.scope():
        enter(anna, objector.pk, "object")
        enter(anna, other.pk, "give")
        assert allowed(other.pk) is True
        done = merges.merge(actor=anna, survivor_id=alpen.dana.pk, absorbed_id=twin.pk)
        assert consent.may_send(customer_id=alpen.dana.pk, purpose="offers", channel="email").reason_code == "objected"
        merges.undo(actor=anna, merge_id=done.pk)
        assert (allowed(objector.pk), allowed(other.pk)) == (False, True)


def test_an_agreement_under_one_name_alone_is_kept(alpen: Alpen, anna: Actor, twin: Customer) -> None:
    with alpen.scope():
        enter(anna, twin.pk, "give")
        merges.merge(actor=anna, survivor_id=alpen.dana.pk, absorbed_id=twin.pk)
        assert allowed(alpen.dana.pk) is True


def test_the_ledger_follows_a_merge_and_nothing_else(alpen: Alpen, anna: Actor, twin: Customer) -> None:
    with alpen.scope():
        enter(anna, twin.pk, "give")
        for change in (
            lambda: ConsentEntry.objects.filter(customer=twin).update(customer_id=alpen.dana.pk),
            lambda: ConsentEntry.objects.filter(customer=twin).update(act="object"),
            lambda: ConsentEntry.objects.filter(customer=twin).delete(),
        ):
            with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
                change()


def test_rows_that_were_being_written_during_the_merge_follow(alpen: Alpen, anna: Actor, twin: Customer) -> None:
    with alpen.scope():
        done = merges.merge(actor=anna, survivor_id=alpen.dana.pk, absorbed_id=twin.pk)
        late = CustomerReference.objects.create(source="dms", number="late", customer=twin)
        assert merges.gather_strays(merge_id=done.pk) == 1
        late.refresh_from_db()
        assert late.customer_id == alpen.dana.pk
        merges.undo(actor=anna, merge_id=done.pk)
        late.refresh_from_db()
        assert late.customer_id == twin.pk


def test_a_merge_of_merges_is_undone_from_the_last_one(alpen: Alpen, anna: Actor, twin: Customer) -> None:
    dieter = alpen.customers["dieter"]
    with alpen.scope():
        first = merges.merge(actor=anna, survivor_id=alpen.dana.pk, absorbed_id=twin.pk)
        second = merges.merge(actor=anna, survivor_id=dieter.pk, absorbed_id=alpen.dana.pk)
        assert merges.current_id(twin.pk) == dieter.pk
        refused(lambda: merges.undo(actor=anna, merge_id=first.pk), "merged_on")
        merges.undo(actor=anna, merge_id=second.pk)
        merges.undo(actor=anna, merge_id=first.pk)
        refused(lambda: merges.undo(actor=anna, merge_id=first.pk), "undone_already")
        assert Customer.objects.filter(merged_into__isnull=False).count() == 0


def test_a_record_is_not_merged_with_itself_twice_or_the_house(alpen: Alpen, anna: Actor, twin: Customer) -> None:
    with alpen.scope():
        refused(lambda: merges.merge(actor=anna, survivor_id=twin.pk, absorbed_id=twin.pk), "same_record")
        merges.merge(actor=anna, survivor_id=alpen.dana.pk, absorbed_id=twin.pk)
        refused(lambda: merges.merge(actor=anna, survivor_id=alpen.customers["dieter"].pk, absorbed_id=twin.pk), "merged_already")
        Customer.objects.filter(pk=alpen.dana.pk).update(kind="internal")
        refused(lambda: merges.merge(actor=anna, survivor_id=alpen.customers["dieter"].pk, absorbed_id=alpen.dana.pk), "internal_record")


def test_only_who_was_given_the_right_merges_and_every_use_is_in_the_audit_trail(alpen: Alpen, anna: Actor, twin: Customer) -> None:
    with alpen.scope():
        with pytest.raises(NotPermitted):
            merges.merge(actor=alpen.alice, survivor_id=alpen.dana.pk, absorbed_id=twin.pk)
        assert (Merge.objects.count(), AuditEntry.objects.filter(act="people.merged").count()) == (0, 0)
        done = merges.merge(actor=anna, survivor_id=alpen.dana.pk, absorbed_id=twin.pk)
        merges.undo(actor=anna, merge_id=done.pk)
        trail = AuditEntry.objects.filter(object_id=alpen.dana.pk, object_kind="customer").order_by("pk")
        assert [(entry.act, entry.actor_id) for entry in trail] == [("people.merged", anna.id), ("people.merge_undone", anna.id)]


def test_a_foreign_record_is_not_there(alpen: Alpen, rosso: Rosso, anna: Actor) -> None:
    with alpen.scope(), pytest.raises(NotFound):
        merges.merge(actor=anna, survivor_id=alpen.dana.pk, absorbed_id=rosso.eve.pk)


def enter(actor: Actor, customer_id: UUID, act: Any) -> None:
    consent.enter(actor=actor, customer_id=customer_id, purpose="offers", channel="email", act=act, wording="test")


def allowed(customer_id: UUID) -> bool:
    return consent.may_send(customer_id=customer_id, purpose="offers", channel="email").allowed


def refused(act: Any, code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        act()
    assert refusal.value.code == code


def test_who_is_gone_from_one_source_is_there_again_once_merged_with_who_is_not(alpen: Alpen, anna: Actor, twin: Customer) -> None:
    with alpen.scope():
        CustomerReference.objects.create(source="a", number="1", customer=alpen.dana, gone_on=clock.now().date(), gone_how="missing")
        CustomerReference.objects.create(source="a", number="2", customer=twin)
        Customer.objects.filter(pk=alpen.dana.pk).update(gone_on=clock.now().date())
        done = merges.merge(actor=anna, survivor_id=alpen.dana.pk, absorbed_id=twin.pk)
        assert Customer.objects.get(pk=alpen.dana.pk).gone_on is None
        merges.undo(actor=anna, merge_id=done.pk)
        assert Customer.objects.get(pk=alpen.dana.pk).gone_on == clock.now().date()
