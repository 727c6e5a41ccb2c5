"""Erasing a person: what stands in the way, what goes, what law keeps, and what a restored backup brings back."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from forecourt.engines.audience import register
from forecourt.engines.audience.models import Segment, VehicleFacts
from forecourt.engines.offers.models import Invoice
from forecourt.journeys.workshop.models import Appointment, JobCard
from forecourt.kernel import conditions
from forecourt.kernel.errors import NotPermitted, Refusal
from forecourt.records.people import background, erased, erasures, merges
from forecourt.records.people.models import ConsentEntry, Customer, Erasure
from forecourt.records.vehicles import vehicles
from forecourt.records.vehicles.models import Vehicle
from forecourt.runtime import clock
from forecourt.runtime.actors import Actor
from forecourt.runtime.models import AuditEntry, Event
from tests.cast import Alpen
from tests.proof.invented import Invented


@pytest.fixture
def anna(alpen: Alpen, settings: Any, tmp_path: Path) -> Actor:
    settings.DATA = tmp_path
    return alpen.actor("Anna Amort")


@pytest.fixture
def berger(alpen: Alpen, anna: Actor) -> Invented:
    with alpen.scope():
        return Invented(alpen, 1)


def erase(actor: Actor, customer: Customer, **more: Any) -> Erasure:
    wanted = erasures.request(actor=actor, customer_id=customer.pk, reason="asked", **more)
    erasures.carry_out(erasure_id=wanted.pk)
    wanted.refresh_from_db()
    return wanted


def test_an_open_job_stands_in_the_way_and_is_named(alpen: Alpen, anna: Actor, berger: Invented) -> None:
    with alpen.scope():
        JobCard.objects.filter(customer=berger.customer).update(stage="in_work")
        with pytest.raises(Refusal) as refusal:
            erase(anna, berger.customer)
        assert (refusal.value.code, refusal.value.text) == (
            "not_yet",
            "Not yet: Job 90001 is still open: the car has to be collected first.",
        )
        assert (Erasure.objects.count(), Customer.objects.filter(pk=berger.customer.pk).count()) == (0, 1)


def test_a_patient_erasure_waits_for_the_open_job_and_then_happens_by_itself(alpen: Alpen, anna: Actor, berger: Invented) -> None:
    with alpen.scope():
        JobCard.objects.filter(customer=berger.customer).update(stage="in_work")
        assert erase(anna, berger.customer, is_patient=True).state == "waiting"
        JobCard.objects.filter(customer=berger.customer).update(stage="collected")
    background.erase_who_had_to_wait()
    with alpen.scope():
        assert (Erasure.objects.get().state, Customer.objects.filter(pk=berger.customer.pk).count()) == ("done", 0)


def test_an_appointment_to_come_stands_in_the_way(alpen: Alpen, anna: Actor, berger: Invented) -> None:
    with alpen.scope():
        later = clock.now() + timedelta(days=3)
        Appointment.objects.filter(customer=berger.customer).update(state="confirmed", starts_at=later, ends_at=later + timedelta(hours=1))
        assert erasures.plan(actor=anna, customer_id=berger.customer.pk).holds == [
            "Appointment 90001 is still to come: cancel it first, or let it pass."
        ]


def test_a_waiting_erasure_is_asked_once_and_can_be_called_off(alpen: Alpen, anna: Actor, berger: Invented) -> None:
    with alpen.scope():
        wanted = erasures.request(actor=anna, customer_id=berger.customer.pk, reason="asked")
        refused(lambda: erasures.request(actor=anna, customer_id=berger.customer.pk, reason="asked"), "asked_already")
        erasures.withdraw(actor=anna, erasure_id=wanted.pk)
        assert erasures.carry_out(erasure_id=wanted.pk) is False
        assert Customer.objects.filter(pk=berger.customer.pk).count() == 1


def test_why_has_to_be_said_and_the_house_itself_is_not_erased(alpen: Alpen, anna: Actor, berger: Invented) -> None:
    with alpen.scope():
        refused(lambda: erasures.request(actor=anna, customer_id=berger.customer.pk, reason=""), "unknown_reason")
        Customer.objects.filter(pk=berger.customer.pk).update(kind="internal")
        refused(lambda: erasures.request(actor=anna, customer_id=berger.customer.pk, reason="asked"), "internal_record")
        with pytest.raises(NotPermitted):
            erasures.request(actor=alpen.alice, customer_id=alpen.dana.pk, reason="asked")


def test_the_invoice_stays_as_printed_with_the_year_until_which_law_keeps_it(alpen: Alpen, anna: Actor, berger: Invented) -> None:
    with alpen.scope():
        done = erase(anna, berger.customer)
        assert done.kept == [{"label": "offers.invoice", "number": "RX-1", "until": f"{clock.now().year + 10}-12-31"}]
        invoice = Invoice.objects.get(number="RX-1")
        assert (invoice.parties, invoice.lines.count()) == ({"buyer": "Anna Xqz00001"}, 1)
        assert Customer.objects.get(pk=invoice.customer_id).number == "ERASED"
        with pytest.raises(IntegrityError, match="not changed"), transaction.atomic():
            Invoice.objects.filter(pk=invoice.pk).update(customer_id=alpen.dana.pk)


def test_a_car_that_somebody_else_drives_keeps_its_plate_and_number(alpen: Alpen, anna: Actor, berger: Invented) -> None:
    with alpen.scope():
        vehicles.hand_to(actor=anna, vehicle_id=berger.car.pk, customer_id=alpen.dana.pk)
        erase(anna, berger.customer)
        car = Vehicle.objects.get(pk=berger.car.pk)
        assert (car.vin, car.plate) == (berger.car.vin, berger.car.plate)
        assert [held.customer_id for held in car.holdings.all()] == [alpen.dana.pk]


def test_erasing_takes_the_records_merged_into_it_along(alpen: Alpen, anna: Actor, berger: Invented) -> None:
    with alpen.scope():
        done = erase(anna, berger.customer)
        assert len(done.customer_ids) == 2  # and the twin that was merged
        assert Customer.objects.filter(pk__in=done.customer_ids).count() == 0
        assert merges.of_customer(berger.customer.pk).count() == 0


def test_trail_and_event_say_that_it_happened_by_ids_alone(alpen: Alpen, anna: Actor, berger: Invented) -> None:
    with alpen.scope():
        done = erase(anna, berger.customer)
        acts = (
            AuditEntry.objects.filter(object_id=berger.customer.pk, act__startswith="people.eras")
            .order_by("pk")
            .values_list("act", "values")
        )
        assert list(acts) == [
            ("people.erasure_requested", {"erasure_id": str(done.pk), "reason": "asked", "via": "session"}),
            ("people.erased", {"erasure_id": str(done.pk), "via": "erasure"}),
        ]  # fmt: skip
        assert Event.objects.get(name="people.person_erased").values == {
            "erasure_id": str(done.pk), "customer_id": str(berger.customer.pk), "kept": 1,
        }  # fmt: skip


def test_the_ledger_lets_nobody_else_delete_while_somebody_is_erased(alpen: Alpen, anna: Actor, berger: Invented) -> None:
    with alpen.scope():
        erasures.request(actor=anna, customer_id=berger.customer.pk, reason="asked")
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            ConsentEntry.objects.all().delete()


def test_a_restored_backup_does_not_bring_an_erased_person_back(alpen: Alpen, anna: Actor, berger: Invented) -> None:
    with alpen.scope():
        as_it_was = {"pk": berger.customer.pk, "number": "K-1", "first_name": "Anna", "last_name": "Berger", "email": "a@b.example"}
        erase(anna, berger.customer)
        assert [line.customer_ids[0] for line in erased.read()] == [berger.customer.pk]
        Customer.objects.create(**as_it_was)  # as a restored backup has it
    assert erasures.replay() == 1
    assert erasures.replay() == 0
    with alpen.scope():
        assert Customer.objects.filter(pk=berger.customer.pk).count() == 0
        assert list(Erasure.objects.order_by("pk").values_list("reason", "state")) == [("asked", "done"), ("replayed", "done")]


def test_a_line_of_the_list_that_a_power_cut_left_half_is_passed_over(alpen: Alpen, anna: Actor, berger: Invented) -> None:
    with alpen.scope():
        erase(anna, berger.customer)
    with erased.path().open("a") as half:
        half.write('{"organisation": "0')
    assert len(list(erased.read())) == 1


def refused(act: Callable[[], Any], code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        act()
    assert refusal.value.code == code


def test_a_segment_that_names_the_person_no_longer_does_and_others_stay_as_they_are(alpen: Alpen, anna: Actor, berger: Invented) -> None:
    with alpen.scope():
        plate, now = berger.car.plate, clock.now()
        rule = {
            "any": [
                {"field": "model", "op": "contains", "value": plate.lower()},
                {"not": {"field": "city", "op": "in", "value": ["Bruneck", berger.mail]}},
                {"field": "make", "op": "eq", "value": "Porsche"},
            ]
        }
        named = Segment.objects.create(
            name=f"Spring, {berger.customer.name}", description=f"ask {plate}", rule=rule, made_at=now, changed_at=now
        )
        other = Segment.objects.create(name="Spring", rule=rule["any"][2], made_at=now, changed_at=now)
        # A firm that is called like a make gives nobody away.
        Customer.objects.filter(pk=berger.customer.pk).update(company="Porsche")
        VehicleFacts.objects.create(
            vehicle=Vehicle.objects.create(make="Porsche"), make="Porsche", customer_id=alpen.dana.pk, computed_on=now.date()
        )
        erase(anna, berger.customer)
        named.refresh_from_db()
        assert (named.name, named.description, named.version) == ("Spring, …", "ask …", 2)
        assert named.rule["any"][0]["value"] == "…"
        assert named.rule["any"][1]["not"]["value"] == ["Bruneck", "…"]
        assert named.rule["any"][2]["value"] == "Porsche"
        conditions.parse(named.rule, register.kinds())
        other.refresh_from_db()
        assert (other.name, other.rule["value"], other.version) == ("Spring", "Porsche", 1)


def test_a_word_inside_others_and_a_common_word_among_others_are_nobodys(alpen: Alpen, anna: Actor, berger: Invented) -> None:
    with alpen.scope():
        Customer.objects.filter(pk=berger.customer.pk).update(company="Winter")
        values = ["Winter tyres", "winter", f"of {berger.car.plate}"]
        rule = {"field": "city", "op": "in", "value": values}
        now = clock.now()
        left = Segment.objects.create(name="Winterreifen", rule=rule | {"value": values[:1]}, made_at=now, changed_at=now)
        named = Segment.objects.create(name="Autos von Winter", description="Winters cars", rule=rule, made_at=now, changed_at=now)
        erase(anna, berger.customer)
        left.refresh_from_db()
        assert (left.name, left.rule["value"], left.version) == ("Winterreifen", ["Winter tyres"], 1)
        named.refresh_from_db()
        assert (named.name, named.description, named.rule["value"]) == ("Autos von …", "… cars", ["Winter tyres", "…", "of …"])


def test_a_name_with_quotation_marks_is_found_in_a_rule(alpen: Alpen, anna: Actor, berger: Invented) -> None:
    with alpen.scope():
        Customer.objects.filter(pk=berger.customer.pk).update(company='Bar "Roma" \\ Quirl')
        rule = {"field": "city", "op": "eq", "value": 'bar "roma" \\ quirl'}
        named = Segment.objects.create(name="Bars", rule=rule, made_at=clock.now(), changed_at=clock.now())
        erase(anna, berger.customer)
        named.refresh_from_db()
        assert named.rule["value"] == "…"
