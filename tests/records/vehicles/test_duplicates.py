"""Records that may be one car are found, weighed and asked about; nothing merges by itself, and who was told apart stays so."""

import datetime
from typing import Any

import pytest

from forecourt.kernel.errors import NotFound, NotPermitted, Refusal
from forecourt.records.people.models import Customer
from forecourt.records.vehicles import background, duplicates, merges, vehicles
from forecourt.records.vehicles.models import Holding, Vehicle, VehicleLikeness, VehicleMerge
from forecourt.runtime import clock
from forecourt.runtime.actors import Actor
from tests.cast import Alpen, Rosso

VIN, NEAR, OTHER = "WVWZZZ1KZAW700001", "WVWZZZ1KZAW700007", "WVWZZZ1KZBW312345"
TURNED, MISREAD = "WVWZZZ1KZWA700001", "WVWZZZ1KZAW70000I".replace("I", "1").replace("Z1K", "21K")
RIGHT, ALSO_RIGHT = "1M8GDM9AXKP042788", "1M8GDM9A6KP042786"  # both with their check digit
PLATE, DAY = "XX 500 YY", datetime.date(2019, 5, 7)
OCTAVIA = {"make": "Skoda", "model": "Octavia"}


@pytest.fixture
def anna(alpen: Alpen) -> Actor:
    return alpen.actor("Anna Amort")


def car(keeper: Customer | None = None, plate: str = "", **fields: Any) -> Vehicle:
    made = Vehicle.objects.create(plate=plate, plate_key=plate.replace(" ", ""), **fields)
    if keeper:
        Holding.objects.create(vehicle=made, customer=keeper)
    return made


def look(actor: Actor) -> int:
    return duplicates.look(actor=actor).waiting


@pytest.mark.parametrize(
    ("one", "other", "is_same_keeper", "expected"),
    [
        # the same plate
        ({"plate": PLATE, "vin": VIN}, {"plate": PLATE}, False, 1),
        ({"plate": PLATE, "vin": VIN, **OCTAVIA}, {"plate": PLATE, **OCTAVIA}, True, 1),
        ({"plate": PLATE, "vin": VIN, "make": "Fiat"}, {"plate": PLATE, "make": "Seat"}, True, 0),  # it passed to the next car
        ({"plate": PLATE, "vin": VIN, **OCTAVIA}, {"plate": PLATE, "vin": NEAR, **OCTAVIA}, True, 1),
        ({"plate": PLATE, "vin": VIN}, {"plate": PLATE, "vin": TURNED}, False, 1),
        ({"plate": PLATE, "vin": VIN, **OCTAVIA}, {"plate": PLATE, "vin": OTHER, **OCTAVIA}, True, 0),
        ({"plate": PLATE, "vin": VIN, "make": "Skoda", "model": "Octavia"}, {"plate": PLATE, "vin": OTHER, "make": "Skoda", "model": "Fabia"}, True, 0),
        ({"plate": PLATE, "vin": RIGHT}, {"plate": PLATE, "vin": ALSO_RIGHT}, False, 0),
        ({"plate": PLATE, "vin": VIN, **OCTAVIA, "first_registered_on": DAY}, {"plate": PLATE, "vin": OTHER, **OCTAVIA, "first_registered_on": DAY}, True, 1),
        # VINs alone
        ({"vin": VIN}, {"vin": MISREAD}, False, 1),
        ({"vin": VIN}, {"vin": NEAR}, False, 0),
        ({"vin": RIGHT}, {"vin": ALSO_RIGHT}, False, 0),
        # keeper, make and model
        ({"plate": PLATE, **OCTAVIA, "first_registered_on": DAY}, {"vin": VIN, **OCTAVIA, "first_registered_on": DAY}, True, 1),
        ({"plate": PLATE, **OCTAVIA, "model_year": 2019}, {"vin": VIN, **OCTAVIA, "first_registered_on": DAY}, True, 1),
        ({"plate": PLATE, **OCTAVIA}, {"vin": VIN, **OCTAVIA}, True, 0),
        ({"plate": PLATE, **OCTAVIA, "first_registered_on": DAY}, {"vin": VIN, **OCTAVIA, "first_registered_on": DAY}, False, 0),
        ({"plate": PLATE, **OCTAVIA, "model_year": 2019}, {"plate": "BZ 999 ZZ", **OCTAVIA, "model_year": 2019}, True, 0),
        # two of a fleet, bought on one day
        ({"plate": PLATE, "vin": VIN, **OCTAVIA, "first_registered_on": DAY}, {"plate": "XX 501 YY", "vin": NEAR, **OCTAVIA, "first_registered_on": DAY}, True, 0),
        ({"vin": VIN, **OCTAVIA, "model_year": 2019}, {"vin": NEAR, **OCTAVIA, "model_year": 2019}, True, 0),
    ],
)  # fmt: skip
def test_what_may_be_one_car_waits_and_what_cannot_does_not(
    alpen: Alpen, anna: Actor, one: Any, other: Any, is_same_keeper: bool, expected: int
) -> None:
    with alpen.scope():
        car(alpen.dana, **one)
        car(alpen.dana if is_same_keeper else alpen.customers["dieter"], **other)
        assert look(anna) == expected
        assert VehicleMerge.objects.count() == 0


def test_a_plate_that_many_share_tells_nothing(alpen: Alpen, anna: Actor) -> None:
    with alpen.scope():
        for _ in range(13):
            car(plate=PLATE)
        assert look(anna) == 0


def test_evidence_is_kept_as_codes_and_never_as_values(alpen: Alpen, anna: Actor) -> None:
    with alpen.scope():
        car(alpen.dana, PLATE, vin=VIN, **OCTAVIA)
        car(alpen.customers["dieter"], PLATE, make="Skoda", model="Octavia Combi")
        look(anna)
        assert VehicleLikeness.objects.get().evidence == [
            {"of": "plate", "level": "same", "weight": 10.6},
            {"of": "keeper", "level": "other", "weight": -1.0},
            {"of": "make", "level": "same", "weight": 2.7},
            {"of": "model", "level": "near", "weight": 1.3},
        ]


def test_which_cars_were_told_apart_is_not_asked_again_until_that_is_taken_back(alpen: Alpen, anna: Actor) -> None:
    with alpen.scope():
        car(None, PLATE, vin=VIN)
        car(None, PLATE)
        look(anna)
        pair = duplicates.waiting().get()
        duplicates.tell_apart(actor=anna, vehicle_likeness_id=pair.pk)
        assert look(anna) == 0
        duplicates.ask_again(actor=anna, vehicle_likeness_id=pair.pk)
        assert look(anna) == 1
        with pytest.raises(Refusal, match="Nobody told"):
            duplicates.ask_again(actor=anna, vehicle_likeness_id=pair.pk)


def test_a_merged_pair_and_one_whose_merge_was_undone_are_not_asked_about_again(alpen: Alpen, anna: Actor) -> None:
    with alpen.scope():
        older = car(None, PLATE, vin=VIN)
        car(None, PLATE)
        look(anna)
        done = duplicates.merge_pair(actor=anna, vehicle_likeness_id=duplicates.waiting().get().pk, survivor_id=older.pk)
        assert (look(anna), VehicleLikeness.objects.get().state) == (0, "merged")
        merges.undo(actor=anna, vehicle_merge_id=done.pk)
        assert (look(anna), VehicleLikeness.objects.get().state) == (0, "different")


def test_what_no_longer_looks_alike_leaves_the_queue(alpen: Alpen, anna: Actor) -> None:
    with alpen.scope():
        car(None, PLATE, vin=VIN)
        other = car(None, PLATE)
        assert look(anna) == 1
        vehicles.change(actor=anna, vehicle_id=other.pk, plate="BZ 777 ZZ")
        assert look(anna) == 0


def test_a_pair_is_decided_once(alpen: Alpen, anna: Actor) -> None:
    with alpen.scope():
        older = car(None, PLATE, vin=VIN)
        car(None, PLATE)
        look(anna)
        pair = duplicates.waiting().get()
        duplicates.merge_pair(actor=anna, vehicle_likeness_id=pair.pk, survivor_id=older.pk)
        with pytest.raises(Refusal, match="meanwhile"):
            duplicates.tell_apart(actor=anna, vehicle_likeness_id=pair.pk)


def test_dealers_are_looked_at_apart_and_only_with_the_right(alpen: Alpen, rosso: Rosso, anna: Actor) -> None:
    with rosso.scope():
        car(None, PLATE, vin=VIN)
    with alpen.scope():
        car(None, PLATE)
        assert look(anna) == 0
        car(None, PLATE, vin=VIN)
        assert look(anna) == 1
        with pytest.raises(NotPermitted):
            duplicates.look(actor=alpen.alice)
        pair = duplicates.waiting().get()
    with rosso.scope():
        assert VehicleLikeness.objects.count() == 0
        with pytest.raises(NotFound):
            duplicates.tell_apart(actor=rosso.system, vehicle_likeness_id=pair.pk)


def test_cars_are_compared_once_a_day_and_whenever_somebody_asks(alpen: Alpen, set_clock: Any) -> None:
    now = clock.now()
    with alpen.scope():
        assert duplicates.is_due()
        background.look_for_duplicates.run(by=alpen.system, organisation=str(alpen.organisation.pk))
        assert not duplicates.is_due()
        set_clock(now + datetime.timedelta(hours=25))
        assert duplicates.is_due()
