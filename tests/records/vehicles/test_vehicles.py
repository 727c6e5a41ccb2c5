"""Cars are entered and found, and a holding ends when the customer says so."""

from datetime import date

import pytest

from forecourt.kernel.errors import NotFound, NotPermitted, Refusal
from forecourt.records.vehicles import vehicles
from forecourt.records.vehicles.models import Holding, Vehicle
from forecourt.runtime.models import Event
from tests.cast import Alpen, Rosso, customer_actor


@pytest.mark.parametrize("text", ["BZ 346", "bz-346-an", "WVWZZZ1K", "Dorfer"])
def test_a_car_is_found_by_plate_vin_or_keeper(alpen: Alpen, text: str) -> None:
    with alpen.scope():
        assert alpen.golf in vehicles.search(actor=alpen.alice, text=text)
        assert alpen.cars["octavia"] not in vehicles.search(actor=alpen.alice, text=text)


def test_not_my_car_ends_the_holding_once_and_tells_it(alpen: Alpen) -> None:
    dana = customer_actor(alpen.dana)
    with alpen.scope():
        assert len(vehicles.not_my_car(actor=dana, vehicle_id=alpen.golf.pk, customer_id=alpen.dana.pk)) == 1
        assert vehicles.not_my_car(actor=dana, vehicle_id=alpen.golf.pk, customer_id=alpen.dana.pk) == []
        assert list(vehicles.cars_of(alpen.dana.pk)) == [alpen.panda]
        assert vehicles.keeper_of(alpen.golf.pk) is None
        assert Event.objects.filter(name="vehicles.holding_ended").count() == 1


def test_nobody_ends_another_s_holding(alpen: Alpen) -> None:
    dieter = customer_actor(alpen.customers["dieter"])
    with alpen.scope():
        with pytest.raises(NotFound):
            vehicles.not_my_car(actor=dieter, vehicle_id=alpen.golf.pk, customer_id=alpen.dana.pk)
        with pytest.raises(NotFound):
            vehicles.not_my_car(actor=dieter, vehicle_id=alpen.golf.pk, customer_id=dieter.id)
        with pytest.raises(NotPermitted):
            vehicles.not_my_car(actor=alpen.bob, vehicle_id=alpen.golf.pk, customer_id=alpen.dana.pk)
        assert Holding.objects.filter(until_on__isnull=False).count() == 0


def test_a_car_handed_over_has_one_keeper(alpen: Alpen) -> None:
    dieter = alpen.customers["dieter"]
    with alpen.scope():
        vehicles.hand_to(actor=alpen.alice, vehicle_id=alpen.golf.pk, customer_id=dieter.pk, from_on=date(2026, 3, 1))
        vehicles.hand_to(actor=alpen.alice, vehicle_id=alpen.golf.pk, customer_id=dieter.pk)
        assert vehicles.keeper_of(alpen.golf.pk) == dieter
        assert Holding.objects.filter(vehicle=alpen.golf).count() == 2
        assert Holding.objects.get(vehicle=alpen.golf, customer=alpen.dana).until_on == date(2026, 3, 1)


def test_a_car_needs_a_vin_or_a_plate_and_no_vin_comes_twice(alpen: Alpen) -> None:
    with alpen.scope():
        for fields, code in (({"make": "Fiat"}, "nothing_known"), ({"vin": "123"}, "vin_wrong"), ({"vin": alpen.golf.vin}, "vin_taken")):
            with pytest.raises(Refusal) as refused:
                vehicles.enter(actor=alpen.alice, **fields)
            assert refused.value.code == code
        car = vehicles.enter(actor=alpen.alice, customer_id=alpen.dana.pk, plate="bz123xy", country="IT")
        assert (car.plate, car.plate_key) == ("BZ 123 XY", "BZ123XY")
        assert vehicles.keeper_of(car.pk) == alpen.dana
        assert Vehicle.objects.count() == 4


def test_a_customer_sees_only_her_cars_and_a_dealer_only_its_own(alpen: Alpen, rosso: Rosso) -> None:
    with alpen.scope():
        assert vehicles.find(actor=customer_actor(alpen.dana), vehicle_id=alpen.golf.pk) == alpen.golf
        for actor, car in ((customer_actor(alpen.dana), alpen.cars["octavia"]), (alpen.alice, rosso.punto)):
            with pytest.raises(NotFound):
                vehicles.find(actor=actor, vehicle_id=car.pk)
