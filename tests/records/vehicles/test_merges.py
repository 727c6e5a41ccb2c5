"""Two records of one car become one, and two again with everything that hung on each."""

import datetime
import threading
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from forecourt.engines.audience import facts
from forecourt.engines.audience.models import DueWork, VehicleFacts, WorkDone
from forecourt.engines.intake import origins
from forecourt.engines.intake.mapping import Mapping
from forecourt.engines.intake.models import Import
from forecourt.kernel.errors import NotFound, NotPermitted, Refusal
from forecourt.records.history.models import Visit
from forecourt.records.people import erasures
from forecourt.records.timeline import reading
from forecourt.records.vehicles import merges, mileage, vehicles
from forecourt.records.vehicles.models import Holding, Vehicle, VehicleCorrection, VehicleMerge, VehicleMovedRow, VehicleReference
from forecourt.runtime import references, scope
from forecourt.runtime.actors import Actor
from forecourt.runtime.models import AuditEntry
from tests.cast import Alpen, Rosso, add_customer_with_car, customer_actor
from tests.engines.audience.test_profiles import followed
from tests.engines.intake.test_departures import brought
from tests.faces.api.programs import program
from tests.records.people.hanging import hang_on_car
from tests.records.people.test_merges import refused, rows_of_all_tables

# What a merge leaves behind on purpose, besides events and the audit trail.
HISTORY = {"vehicles.vehiclemerge", "vehicles.vehiclemovedrow", "vehicles.vehiclelikeness"}
OURS, THEIRS = "WVWZZZ1KZAW700001", "WVWZZZ1KZAW700007"
CARS = Mapping(columns={
    "vehicle.vin": "FIN", "vehicle.plate": "Kennz", "customer.number": "Kunde", "customer.name": "Name", "vehicle.number": "Nr",
    "vehicle.model": "Modell",
})  # fmt: skip
HEADER = "FIN;Kennz;Kunde;Name;Nr;Modell"


@pytest.fixture
def anna(alpen: Alpen, settings: Any, tmp_path: Path) -> Actor:
    settings.DATA = tmp_path
    return alpen.actor("Anna Amort")


@pytest.fixture
def max_mair(alpen: Alpen) -> Actor:
    return alpen.actor("Max Mair")


@pytest.fixture
def tipo(alpen: Alpen) -> Vehicle:
    """A Fiat with a VIN, kept by somebody else than Dana."""
    return add_customer_with_car(alpen, "tina", plate="TT 111 TT", vin=OURS)[1]


@pytest.fixture
def twin(alpen: Alpen) -> Vehicle:
    """The same car once more, from the other system, with a mistyped VIN."""
    car = add_customer_with_car(alpen, "tina2", plate="TT 111 TT", vin=THEIRS)[1]
    with alpen.scope():
        Vehicle.objects.filter(pk=car.pk).update(model="Tipo 1.6", kind="van", mileage=52_000, mileage_on=datetime.date(2026, 3, 1))
        car.refresh_from_db()
    return car


def without_history() -> dict[str, list[Any]]:
    return {label: rows for label, rows in rows_of_all_tables().items() if label not in HISTORY}


def test_a_merge_of_two_cars_with_40_things_of_every_kind_is_undone_row_for_row(
    alpen: Alpen, anna: Actor, tipo: Vehicle, twin: Vehicle
) -> None:
    with alpen.scope():
        for car in (tipo, twin):
            hang_on_car(alpen, car, 40)
        before = without_history()

        done = merges.merge(actor=anna, survivor_id=tipo.pk, absorbed_id=twin.pk, take=["vin", "model", "plate", merges.KEEPER])

        moving = {label: each for label, each in references.known().items() if each.kind == "vehicle" and not each.stays}
        left = {label: each.model.objects.filter(**{each.column: twin.pk}).count() for label, each in moving.items()}  # type: ignore[attr-defined]
        assert set(left.values()) == {0}
        now = {label: each.model.objects.filter(**{each.column: tipo.pk}).count() for label, each in moving.items()}  # type: ignore[attr-defined]
        assert now == {label: {"vehicles.vehicle.merged_into_id": 81, "vehicles.holding.vehicle_id": 82}.get(label, 80) for label in moving}
        assert VehicleMovedRow.objects.filter(merge=done).count() == 40 * len(moving) + 1  # and the keeper of the cast

        merges.undo(actor=anna, vehicle_merge_id=done.pk)
        after = without_history()
        assert {label for label in before if before[label] != after[label]} == set()


def test_the_survivor_keeps_its_values_fills_what_it_lacks_and_takes_what_was_chosen(
    alpen: Alpen, anna: Actor, tipo: Vehicle, twin: Vehicle
) -> None:
    with alpen.scope():
        merges.merge(actor=anna, survivor_id=tipo.pk, absorbed_id=twin.pk, take=["vin"])
        tipo.refresh_from_db()
        twin.refresh_from_db()
        assert (tipo.vin, tipo.model, tipo.kind, tipo.mileage, tipo.mileage_on) == (
            THEIRS,
            "Tipo",
            "van",
            52_000,
            datetime.date(2026, 3, 1),
        )
        assert (twin.vin, twin.merged_into_id) == (OURS, tipo.pk)  # the VIN that was not chosen
        assert [(each.part, each.said) for each in VehicleCorrection.objects.filter(vehicle=tipo)] == [("vin", {"vin": OURS})]


def test_a_car_has_one_keeper_after_a_merge_and_both_again_after_it_is_undone(
    alpen: Alpen, anna: Actor, tipo: Vehicle, twin: Vehicle
) -> None:
    with alpen.scope():
        ours, theirs = vehicles.keeper_of(tipo.pk), vehicles.keeper_of(twin.pk)
        for take, keeps in (((), ours), ((merges.KEEPER,), theirs)):
            done = merges.merge(actor=anna, survivor_id=tipo.pk, absorbed_id=twin.pk, take=take)
            assert (vehicles.keeper_of(tipo.pk), vehicles.keeper_of(twin.pk)) == (keeps, None)
            assert Holding.objects.filter(vehicle=tipo).count() == 2
            merges.undo(actor=anna, vehicle_merge_id=done.pk)
            assert (vehicles.keeper_of(tipo.pk), vehicles.keeper_of(twin.pk)) == (ours, theirs)


def test_what_came_after_the_merge_stays_with_the_survivor_when_it_is_undone(
    alpen: Alpen, anna: Actor, tipo: Vehicle, twin: Vehicle
) -> None:
    with alpen.scope():
        done = merges.merge(actor=anna, survivor_id=tipo.pk, absorbed_id=twin.pk, take=["model"])
        VehicleReference.objects.create(source="dms", number="later", vehicle=tipo)
        vehicles.change(actor=anna, vehicle_id=tipo.pk, fuel="petrol")
        merges.undo(actor=anna, vehicle_merge_id=done.pk)
        tipo.refresh_from_db()
        assert (tipo.fuel, tipo.model, tipo.mileage) == ("petrol", "Tipo", None)
        assert VehicleReference.objects.get(number="later").vehicle_id == tipo.pk


def test_a_merged_car_is_found_under_the_other_one_and_nowhere_else(alpen: Alpen, anna: Actor, tipo: Vehicle, twin: Vehicle) -> None:
    with alpen.scope():
        Vehicle.objects.filter(pk=twin.pk).update(plate="UU 222 UU", plate_key="UU222UU")
        merges.merge(actor=anna, survivor_id=tipo.pk, absorbed_id=twin.pk)
        for text in ("TT 111", "UU 222", OURS, THEIRS):
            assert [each.pk for each in vehicles.search(actor=anna, text=text)] == [tipo.pk], text
        assert (merges.current_id(twin.pk), merges.ids_of(tipo.pk)) == (tipo.pk, [tipo.pk, twin.pk])


def test_an_old_link_to_the_merged_record_leads_to_the_car_and_nothing_more_is_written_on_it(
    alpen: Alpen, anna: Actor, tipo: Vehicle, twin: Vehicle
) -> None:
    keeper = alpen.customers["tina2"]
    with alpen.scope():
        merges.merge(actor=anna, survivor_id=tipo.pk, absorbed_id=twin.pk, take=[merges.KEEPER])
        for actor in (alpen.alice, customer_actor(keeper)):
            assert vehicles.find(actor=actor, vehicle_id=twin.pk).pk == tipo.pk
        with pytest.raises(NotFound):
            vehicles.find(actor=customer_actor(alpen.dana), vehicle_id=twin.pk)
        assert vehicles.standing(vin=THEIRS) == tipo
        for act in (
            lambda: vehicles.change(actor=alpen.alice, vehicle_id=twin.pk, model="Uno"),
            lambda: vehicles.hand_to(actor=alpen.alice, vehicle_id=twin.pk, customer_id=alpen.dana.pk),
            lambda: mileage.read(actor=alpen.alice, vehicle_id=twin.pk, kilometres=60_000, on=datetime.date(2026, 4, 1)),
        ):
            refused(act, "merged_already")


def test_lists_and_programs_do_not_see_the_merged_record(alpen: Alpen, anna: Actor, tipo: Vehicle, twin: Vehicle) -> None:
    of_import = Import(number=7)
    with alpen.scope():
        Vehicle.objects.filter(pk__in=(tipo.pk, twin.pk)).update(brought_by=7)
        merges.merge(actor=anna, survivor_id=tipo.pk, absorbed_id=twin.pk)
        assert list(origins.bearing(of_import, "vehicle", "made")) == [tipo]
    for asked in ("plate=TT111TT", f"vin={OURS}"):
        told = program(alpen, "adviser").get(f"/api/v1/vehicles?{asked}").json()
        assert [each["id"] for each in told["items"]] == [str(tipo.pk)], asked


def test_the_timeline_of_the_survivor_shows_both_lives_and_the_merge(alpen: Alpen, anna: Actor, tipo: Vehicle, twin: Vehicle) -> None:
    with alpen.scope():
        vehicles.change(actor=anna, vehicle_id=twin.pk, fuel="hybrid")
        merges.merge(actor=anna, survivor_id=tipo.pk, absorbed_id=twin.pk)
        names = [entry.name for entry in reading.of("vehicle", tipo.pk, actor=anna)]
    assert names == ["vehicles.vehicles_merged", "vehicles.vehicle_changed"]


def test_what_is_worked_out_per_car_is_worked_out_for_the_one_that_stands(alpen: Alpen, anna: Actor, tipo: Vehicle, twin: Vehicle) -> None:
    with alpen.scope():
        facts.refresh()
        for car, number in ((tipo, "V-1"), (twin, "V-2")):
            Visit.objects.create(
                site=alpen.bozen,
                vehicle=car,
                customer=alpen.dana,
                number=number,
                source="dms",
                opened_on=datetime.date(2026, 1, 7),
                net_total=100,
            )
        for car in (tipo, twin):
            DueWork.objects.create(
                vehicle=car, customer_id=alpen.dana.pk, work_kind="inspection", due_on=datetime.date(2026, 9, 1), because="time",
                computed_on=datetime.date(2026, 1, 7),
            )  # fmt: skip
        WorkDone.objects.create(vehicle=twin, work_kind="inspection", last_on=datetime.date(2026, 1, 7))
        merges.merge(actor=anna, survivor_id=tipo.pk, absorbed_id=twin.pk)
        followed(alpen)
        assert [VehicleFacts.objects.get(vehicle=car).visits for car in (tipo, twin)] == [2, 0]
        assert VehicleFacts.objects.get(vehicle=twin).customer_kind == "none"  # in no target group
        assert not DueWork.objects.filter(vehicle=twin).exists()
        assert not WorkDone.objects.filter(vehicle=twin).exists()


def test_a_merge_of_merges_is_undone_from_the_last_one(alpen: Alpen, anna: Actor, tipo: Vehicle, twin: Vehicle) -> None:
    with alpen.scope():
        VehicleReference.objects.create(source="dms", number="N2", vehicle=twin)
        first = merges.merge(actor=anna, survivor_id=tipo.pk, absorbed_id=twin.pk)
        second = merges.merge(actor=anna, survivor_id=alpen.golf.pk, absorbed_id=tipo.pk)
        assert (merges.current_id(twin.pk), merges.current_id(tipo.pk)) == (alpen.golf.pk, alpen.golf.pk)
        refused(lambda: merges.undo(actor=anna, vehicle_merge_id=first.pk), "merged_on")
        merges.undo(actor=anna, vehicle_merge_id=second.pk)
        assert (merges.current_id(twin.pk), VehicleReference.objects.get(number="N2").is_secondary) == (tipo.pk, True)
        merges.undo(actor=anna, vehicle_merge_id=first.pk)
        assert VehicleReference.objects.get(number="N2").is_secondary is False
        refused(lambda: merges.undo(actor=anna, vehicle_merge_id=first.pk), "undone_already")
        assert Vehicle.objects.filter(merged_into__isnull=False).count() == 0


def test_a_car_is_not_merged_with_itself_or_twice_or_by_an_unknown_field(alpen: Alpen, anna: Actor, tipo: Vehicle, twin: Vehicle) -> None:
    with alpen.scope():
        refused(lambda: merges.merge(actor=anna, survivor_id=twin.pk, absorbed_id=twin.pk), "same_record")
        refused(lambda: merges.merge(actor=anna, survivor_id=tipo.pk, absorbed_id=twin.pk, take=["colour"]), "unknown_field")
        merges.merge(actor=anna, survivor_id=tipo.pk, absorbed_id=twin.pk)
        refused(lambda: merges.merge(actor=anna, survivor_id=alpen.golf.pk, absorbed_id=twin.pk), "merged_already")


def test_only_who_was_given_the_right_merges_and_every_use_is_in_the_audit_trail(
    alpen: Alpen, anna: Actor, tipo: Vehicle, twin: Vehicle
) -> None:
    with alpen.scope():
        with pytest.raises(NotPermitted):
            merges.merge(actor=alpen.alice, survivor_id=tipo.pk, absorbed_id=twin.pk)
        assert (VehicleMerge.objects.count(), AuditEntry.objects.filter(act="vehicles.merged").count()) == (0, 0)
        done = merges.merge(actor=anna, survivor_id=tipo.pk, absorbed_id=twin.pk)
        merges.undo(actor=anna, vehicle_merge_id=done.pk)
        trail = AuditEntry.objects.filter(object_id=tipo.pk, object_kind="vehicle").order_by("pk")
        assert [(entry.act, entry.actor_id) for entry in trail] == [("vehicles.merged", anna.id), ("vehicles.merge_undone", anna.id)]


def test_another_dealers_car_is_not_there_and_neither_is_its_merge(
    alpen: Alpen, rosso: Rosso, anna: Actor, tipo: Vehicle, twin: Vehicle
) -> None:
    foreign = next(iter(rosso.cars.values()))
    with alpen.scope(), pytest.raises(NotFound):
        merges.merge(actor=anna, survivor_id=tipo.pk, absorbed_id=foreign.pk)
    with alpen.scope():
        done = merges.merge(actor=anna, survivor_id=tipo.pk, absorbed_id=twin.pk)
    with rosso.scope(), pytest.raises(NotFound):
        merges.undo(actor=rosso.system, vehicle_merge_id=done.pk)
    with rosso.scope():
        assert (VehicleMerge.objects.count(), VehicleMovedRow.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_merge_at_once_one_is_told_that_it_is_done(alpen: Alpen, anna: Actor, tipo: Vehicle, twin: Vehicle) -> None:
    start, said = threading.Barrier(2), []

    def merge(survivor: Vehicle, absorbed: Vehicle) -> None:
        try:
            with scope.of(alpen.organisation.pk):
                start.wait(10)
                merges.merge(actor=anna, survivor_id=survivor.pk, absorbed_id=absorbed.pk)
            said.append("merged")
        except Refusal as refusal:
            said.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=merge, args=pair) for pair in ((tipo, twin), (twin, tipo))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(said) == ["merged", "merged_already"]


def test_a_file_that_says_either_vin_plate_or_number_reaches_the_survivor_and_overwrites_nothing_that_was_chosen(
    alpen: Alpen, anna: Actor, max_mair: Actor
) -> None:
    ours, theirs = f"{OURS};TT 111 TT;1001;Tina Test;N1;Tipo", f"{THEIRS};TT 222 TT;1001;Tina Test;N2;Tipo 1.6"
    with alpen.scope():
        brought(max_mair, CARS, ours, theirs, header=HEADER)
        survivor, absorbed = Vehicle.objects.get(vin=OURS), Vehicle.objects.get(vin=THEIRS)
        merges.merge(actor=anna, survivor_id=survivor.pk, absorbed_id=absorbed.pk, take=["model"])
        cars = Vehicle.objects.count()
        for rows in (
            (ours, theirs), (theirs, ours), (theirs,), (f"{THEIRS};;1001;Tina Test;;Uno",), (";TT 222 TT;1001;Tina Test;;Uno",),
            (f"{THEIRS};TT 222 TT;1001;Tina Test;N3;Uno",), (";;1001;Tina Test;N2;Uno",),
        ):  # fmt: skip
            brought(max_mair, CARS, *rows, header=HEADER)
            survivor.refresh_from_db()
            assert (survivor.vin, survivor.plate, survivor.model, Vehicle.objects.count()) == (OURS, "TT 111 TT", "Tipo 1.6", cars), rows
        assert dict(VehicleReference.objects.filter(vehicle=survivor).values_list("number", "is_secondary")) == {
            "N1": False,
            "N2": True,
            "N3": True,
        }
        brought(max_mair, CARS, f"{OURS};TT 333 TT;1001;Tina Test;N1;Tipo", theirs, header=HEADER)  # its own number speaks for it
        survivor.refresh_from_db()
        assert (survivor.plate, survivor.model) == ("TT 333 TT", "Tipo 1.6")


def test_when_the_other_vin_was_chosen_a_file_that_says_the_old_one_changes_nothing(alpen: Alpen, anna: Actor, max_mair: Actor) -> None:
    ours, theirs = f"{OURS};TT 111 TT;1001;Tina Test;N1;Tipo", f"{THEIRS};TT 111 TT;1001;Tina Test;N2;Tipo"
    with alpen.scope():
        brought(max_mair, CARS, ours, theirs, header=HEADER)
        survivor, absorbed = Vehicle.objects.get(vin=OURS), Vehicle.objects.get(vin=THEIRS)
        done = merges.merge(actor=anna, survivor_id=survivor.pk, absorbed_id=absorbed.pk, take=["vin"])
        for rows in ((ours, theirs), (ours,), (theirs,)):
            brought(max_mair, CARS, *rows, header=HEADER)
            assert (Vehicle.objects.get(pk=survivor.pk).vin, Vehicle.objects.get(pk=absorbed.pk).vin) == (THEIRS, OURS)
        brought(max_mair, CARS, f"{OURS};TT 999 TT;1001;Tina Test;N1;Tipo", header=HEADER)
        assert Vehicle.objects.get(pk=survivor.pk).plate == "TT 999 TT"
        merges.undo(actor=anna, vehicle_merge_id=done.pk)
        assert (Vehicle.objects.get(pk=survivor.pk).vin, Vehicle.objects.get(pk=absorbed.pk).vin) == (OURS, THEIRS)


def test_what_the_survivor_lacks_a_row_under_the_other_number_fills(alpen: Alpen, anna: Actor, max_mair: Actor) -> None:
    with alpen.scope():
        brought(max_mair, CARS, ";TT 111 TT;1001;Tina Test;N1;", ";TT 222 TT;1001;Tina Test;N2;", header=HEADER)
        survivor, absorbed = (Vehicle.objects.get(plate=plate) for plate in ("TT 111 TT", "TT 222 TT"))
        merges.merge(actor=anna, survivor_id=survivor.pk, absorbed_id=absorbed.pk)
        brought(max_mair, CARS, f"{OURS};TT 222 TT;1001;Tina Test;N2;Tipo", header=HEADER)
        survivor.refresh_from_db()
        assert (survivor.vin, survivor.plate, survivor.model) == (OURS, "TT 111 TT", "Tipo")


def test_a_new_car_that_bears_the_plate_of_a_merged_one_is_another_car(alpen: Alpen, anna: Actor, max_mair: Actor) -> None:
    with alpen.scope():
        brought(max_mair, CARS, f"{OURS};TT 111 TT;1001;Tina Test;N1;Tipo", ";TT 222 TT;1001;Tina Test;N2;Tipo", header=HEADER)
        survivor, absorbed = Vehicle.objects.get(vin=OURS), Vehicle.objects.get(plate="TT 222 TT")
        merges.merge(actor=anna, survivor_id=survivor.pk, absorbed_id=absorbed.pk)
        brought(max_mair, CARS, "ZFA31200000123457;TT 222 TT;1001;Tina Test;N9;Panda", header=HEADER)
        assert Vehicle.objects.get(vin="ZFA31200000123457").pk not in {survivor.pk, absorbed.pk}


def test_who_deletes_the_second_record_in_the_source_too_does_not_lose_the_car(alpen: Alpen, anna: Actor, max_mair: Actor) -> None:
    ours, theirs = f"{OURS};TT 111 TT;1001;Tina Test;N1;Tipo;", f"{THEIRS};TT 111 TT;1001;Tina Test;N2;Tipo;"
    marked = Mapping(columns=CARS.columns | {"vehicle.deleted": "Gel"})
    with alpen.scope():
        brought(max_mair, marked, ours, theirs, header=f"{HEADER};Gel")
        survivor, absorbed = Vehicle.objects.get(vin=OURS), Vehicle.objects.get(vin=THEIRS)
        merges.merge(actor=anna, survivor_id=survivor.pk, absorbed_id=absorbed.pk)
        brought(max_mair, marked, f"{theirs}ja", header=f"{HEADER};Gel")
        survivor.refresh_from_db()
        assert survivor.gone_on is None
        assert list(VehicleReference.objects.filter(gone_on__isnull=False).values_list("number", flat=True)) == ["N2"]
        brought(max_mair, marked, f"{ours}ja", header=f"{HEADER};Gel")
        survivor.refresh_from_db()
        assert survivor.gone_on is not None


def test_erasing_who_keeps_the_car_takes_the_plate_off_its_shell_too(alpen: Alpen, anna: Actor, tipo: Vehicle, twin: Vehicle) -> None:
    with alpen.scope():
        before = vehicles.keeper_of(twin.pk)
        merges.merge(actor=anna, survivor_id=tipo.pk, absorbed_id=twin.pk, take=["plate"])
        keeper = vehicles.keeper_of(tipo.pk)
        assert before
        assert keeper
        for customer_id, vin in ((keeper.pk, THEIRS), (before.pk, "")):  # a car that was somebody else's too keeps its VIN
            erasures.carry_out(erasure_id=erasures.request(actor=anna, customer_id=customer_id, reason="asked").pk)
            twin.refresh_from_db()
            assert (twin.plate, twin.plate_key, twin.vin) == ("", "", vin)
            assert (VehicleMerge.objects.count(), VehicleMovedRow.objects.count()) == (0, 0)
