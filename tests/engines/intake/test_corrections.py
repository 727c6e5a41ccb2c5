"""What people put right outlives the next file; what the file says is kept beside it and can be taken after all."""

from datetime import date, timedelta
from typing import Any

import pytest

from forecourt.engines.intake import running
from forecourt.engines.intake.models import Import
from forecourt.kernel.errors import NotFound, NotPermitted, Refusal
from forecourt.records.history import putting_right
from forecourt.records.history.models import Visit, VisitCorrection
from forecourt.records.people import customers
from forecourt.records.people.models import Customer, CustomerCorrection
from forecourt.records.vehicles import vehicles
from forecourt.records.vehicles.models import Vehicle, VehicleCorrection
from forecourt.runtime import clock
from forecourt.runtime.actors import Actor
from tests.cast import Alpen, Rosso
from tests.engines.intake.files import ANNA, LINES, export, sent


@pytest.fixture
def max_mair(alpen: Alpen) -> Actor:
    """The manager, who may import and correct."""
    return alpen.actor("Max Mair")


def imported(actor: Actor, *lines: str) -> Import:
    return running.run(actor=actor, import_id=sent(actor, export(*lines)).pk)


def anna() -> Customer:
    return Customer.objects.get(number="1001")


def test_what_staff_corrected_outlives_the_next_file_and_the_rest_still_follows_it(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        imported(max_mair)
        customers.change(actor=max_mair, customer_id=anna().pk, email="anna@new.example", street="Rechte Gasse 7")
        moved = LINES[0].replace(ANNA, ANNA.replace("Königstraße 1", "Falsche Gasse 9").replace("+39 333 1112223", "+39 333 9990000"))
        done = imported(max_mair, moved)
        assert (anna().email, anna().street, anna().mobile) == ("anna@new.example", "Rechte Gasse 7", "+393339990000")
        assert done.rows_updated == 1  # the telephone number
        kept = {each.part: each for each in CustomerCorrection.objects.all()}
        assert sorted(kept) == ["address", "email"]
        assert kept["email"].said == {"email": "anna@example.org"}
        assert kept["address"].said["street"] == "Falsche Gasse 9"
        assert (kept["address"].source, kept["address"].made_by_id) == ("dms", max_mair.id)


def test_a_corrected_name_is_one_thing(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        imported(max_mair)
        customers.change(actor=max_mair, customer_id=anna().pk, last_name="Müller-Hofer")
        again = imported(max_mair)
        assert (anna().first_name, anna().last_name, anna().match_name) == ("Anna", "Müller-Hofer", "anna hofer muller")
        assert (again.rows_unchanged, CustomerCorrection.objects.get().said["last_name"]) == (3, "Müller")


def test_once_the_file_says_the_same_nothing_is_held_any_more(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        imported(max_mair)
        customers.change(actor=max_mair, customer_id=anna().pk, email="anna@new.example")
        imported(max_mair, LINES[0].replace("anna@example.org", "anna@new.example"))
        assert CustomerCorrection.objects.count() == 0
        imported(max_mair, LINES[0].replace("anna@example.org", "anna@third.example"))
        assert anna().email == "anna@third.example"


def test_what_the_file_says_can_be_taken_after_all_and_is_followed_again(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        imported(max_mair)
        customers.change(actor=max_mair, customer_id=anna().pk, email="anna@new.example")
        customers.release(actor=max_mair, customer_correction_id=CustomerCorrection.objects.get().pk)
        assert (anna().email, CustomerCorrection.objects.count()) == ("anna@example.org", 0)
        imported(max_mair, LINES[0].replace("anna@example.org", "anna@third.example"))
        assert anna().email == "anna@third.example"


def test_a_language_that_the_customer_chose_is_held_and_a_program_corrects_nothing(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        imported(max_mair)
        me = Actor(kind="customer", organisation_id=alpen.id, id=anna().pk, rights=frozenset({"people.choose_language"}))
        customers.write_in(actor=me, customer_id=anna().pk, language="it")
        assert [(each.part, each.made_by_kind) for each in CustomerCorrection.objects.all()] == [("language", "customer")]
        customers.change(actor=alpen.system, customer_id=anna().pk, email="program@example.org")
        assert CustomerCorrection.objects.count() == 1
        imported(max_mair)
        assert anna().email == "anna@example.org"


def test_a_dry_run_leaves_what_is_held_as_it_is(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        imported(max_mair)
        customers.change(actor=max_mair, customer_id=anna().pk, email="anna@new.example")
        before = CustomerCorrection.objects.values().get()
        same = sent(max_mair, export(LINES[0].replace("anna@example.org", "anna@new.example")))
        running.dry_run(actor=max_mair, import_id=same.pk)
        assert CustomerCorrection.objects.values().get() == before


def test_a_corrected_plate_and_make_outlive_the_next_file_and_mileage_goes_on(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        imported(max_mair)
        golf = Vehicle.objects.get(vin="WVWZZZ1KZAW123456")
        vehicles.change(actor=max_mair, vehicle_id=golf.pk, plate="BZ 999 ZZ", make="VW")
        imported(max_mair, LINES[0].replace("45.210", "60.000").replace("A-1;31.12.2024;02.01.2025", "A-8;01.06.2025;02.06.2025"))
        golf.refresh_from_db()
        assert (golf.plate, golf.plate_key, golf.make, golf.mileage) == ("BZ 999 ZZ", "BZ999ZZ", "VW", 60_000)
        assert {each.part: each.said for each in VehicleCorrection.objects.all()} == {
            "plate": {"plate": "BZ 111 AA", "plate_key": "BZ111AA"}, "make": {"make": "Volkswagen"},
        }  # fmt: skip
        vehicles.release(actor=max_mair, vehicle_correction_id=VehicleCorrection.objects.get(part="plate").pk)
        golf.refresh_from_db()
        assert (golf.plate, golf.plate_key) == ("BZ 111 AA", "BZ111AA")


def test_who_may_not_correct_and_who_is_of_another_house_takes_nothing_back(alpen: Alpen, rosso: Rosso, max_mair: Actor) -> None:
    with alpen.scope():
        imported(max_mair)
        customers.change(actor=max_mair, customer_id=anna().pk, email="anna@new.example")
        held = CustomerCorrection.objects.get()
        with pytest.raises(NotPermitted):
            customers.release(actor=alpen.bob, customer_correction_id=held.pk)
    with rosso.scope(), pytest.raises(NotFound):
        customers.release(actor=rosso.actor("C. Amministra"), customer_correction_id=held.pk)
    with alpen.scope():
        assert anna().email == "anna@new.example"


def test_a_car_that_its_source_knows_by_plate_alone_is_found_under_the_plate_that_staff_corrected(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        by_plate = LINES[0].replace("WVWZZZ1KZAW123456", "")
        imported(max_mair, by_plate)
        car = Vehicle.objects.get(plate_key="BZ111AA")
        vehicles.change(actor=max_mair, vehicle_id=car.pk, plate="BZ 111 AB")
        before = Vehicle.objects.count()
        imported(max_mair, by_plate.replace("A-1", "A-7"))
        assert Vehicle.objects.count() == before
        car.refresh_from_db()
        assert (car.plate, car.visits.count()) == ("BZ 111 AB", 2)
        assert VehicleCorrection.objects.get().said["plate_key"] == "BZ111AA"
        # Another car that really bears the plate is that car.
        other = Vehicle.objects.create(plate="BZ 111 AA", plate_key="BZ111AA")
        imported(max_mair, by_plate.replace("A-1", "A-8"))
        assert other.visits.count() == 1
        # And a VIN says more than a plate.
        imported(
            max_mair, LINES[0].replace("WVWZZZ1KZAW123456", "WAUZZZ8K9BA000001").replace("BZ 111 AA", "BZ 999 ZZ").replace("A-1", "A-9")
        )
        assert Vehicle.objects.count() == before + 2


def order(number: str = "A-1") -> tuple[Visit, Vehicle]:
    visit = Visit.objects.select_related("vehicle").get(number=number)
    return visit, visit.vehicle


@pytest.mark.parametrize("typed", ["4.521", "452.100"])
def test_the_mileage_of_an_order_put_right_outlives_the_next_file_and_the_car_follows(alpen: Alpen, max_mair: Actor, typed: str) -> None:
    wrong = LINES[0].replace("45.210", typed)
    with alpen.scope():
        imported(max_mair, wrong)
        putting_right.mileage(actor=max_mair, visit_id=order()[0].pk, kilometres=45_210)
        assert [each.mileage for each in order()] == [45_210, 45_210]
        again = imported(max_mair, wrong.replace("02.01.2025", "03.01.2025"))
        visit, car = order()
        assert visit.closed_on
        assert (visit.mileage, car.mileage, visit.closed_on.day) == (45_210, 45_210, 3)
        assert again.rows_updated == 1  # the day of the invoice
        held = VisitCorrection.objects.get()
        assert (held.said, held.source, held.made_by_id) == ({"mileage": typed.replace(".", "")}, "dms", max_mair.id)
        putting_right.release(actor=max_mair, visit_correction_id=held.pk)
        assert [each.mileage for each in order()] == [int(typed.replace(".", ""))] * 2
        imported(max_mair)
        assert (order()[0].mileage, VisitCorrection.objects.count()) == (45_210, 0)


@pytest.mark.parametrize("typed", ["31.12.2022", "31.12.2025"])
def test_the_day_of_an_order_put_right_outlives_the_next_file_and_the_cars_reading_follows(
    alpen: Alpen, max_mair: Actor, typed: str
) -> None:  # fmt: skip
    wrong = LINES[0].replace("31.12.2024;02.01.2025", f"{typed};05.01.2026")
    between = LINES[0].replace("45.210", "44.000").replace("A-1;31.12.2024;02.01.2025", "A-8;01.06.2024;02.06.2024")
    newest = LINES[0].replace("45.210", "46.000").replace("A-1;31.12.2024;02.01.2025", "A-9;01.06.2025;02.06.2025")
    with alpen.scope():
        imported(max_mair, wrong, between)
        putting_right.day(actor=max_mair, visit_id=order()[0].pk, opened_on=date(2024, 12, 31))
        assert readings() == (date(2024, 12, 31), date(2024, 12, 31), 45_210)
        again = imported(max_mair, wrong.replace("05.01.2026", "06.01.2026"), between)
        assert (order()[0].closed_on, again.rows_updated, readings()) == (
            date(2026, 1, 6),
            1,
            (date(2024, 12, 31), date(2024, 12, 31), 45_210),
        )
        held = VisitCorrection.objects.get()
        said = {"opened_on": "-".join(reversed(typed.split(".")))}
        assert (held.part, held.said, held.source, held.made_by_id) == ("day", said, "dms", max_mair.id)
        imported(max_mair, wrong, between, newest)
        assert readings() == (date(2024, 12, 31), date(2025, 6, 1), 46_000)
        Visit.objects.filter(number="A-9").update(mileage=None)
        putting_right.release(actor=max_mair, visit_correction_id=VisitCorrection.objects.get().pk)
        assert str(order()[0].opened_on) == said["opened_on"]
        imported(max_mair)
        assert (order()[0].opened_on, VisitCorrection.objects.count()) == (date(2024, 12, 31), 0)


def test_an_orders_day_cannot_be_to_come_nor_before_the_car_nor_another_than_the_workshop_saw(
    alpen: Alpen, rosso: Rosso, max_mair: Actor
) -> None:  # fmt: skip
    with alpen.scope():
        imported(max_mair)
        visit, car = order()
        Vehicle.objects.filter(pk=car.pk).update(first_registered_on=date(2015, 3, 1))
        for code, day in (("day_to_come", clock.today(alpen.bozen.zone) + timedelta(days=1)), ("day_too_early", date(2013, 12, 31))):
            with pytest.raises(Refusal) as refused:
                putting_right.day(actor=max_mair, visit_id=visit.pk, opened_on=day)
            assert refused.value.code == code
        with pytest.raises(NotPermitted):
            putting_right.day(actor=alpen.bob, visit_id=visit.pk, opened_on=date(2014, 1, 1))
        Visit.objects.filter(pk=visit.pk).update(is_own=True)
        with pytest.raises(Refusal, match="the day on which the car came"):
            putting_right.day(actor=max_mair, visit_id=visit.pk, opened_on=date(2014, 1, 1))
        Visit.objects.filter(pk=visit.pk).update(is_own=False)
    with rosso.scope(), pytest.raises(NotFound):
        putting_right.day(actor=rosso.actor("C. Amministra"), visit_id=visit.pk, opened_on=date(2014, 1, 1))
    with alpen.scope():
        assert (order()[0].opened_on, VisitCorrection.objects.count()) == (date(2024, 12, 31), 0)
        putting_right.day(actor=max_mair, visit_id=visit.pk, opened_on=date(2014, 1, 1))
        assert order()[0].opened_on == date(2014, 1, 1)


def readings() -> tuple[Any, Any, Any]:
    """The order's day, and day and number of what the car's mileage was last."""
    visit, car = order()
    return visit.opened_on, car.mileage_on, car.mileage


def test_an_order_is_held_no_more_once_its_file_says_the_same_or_staff_write_what_it_says(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        imported(max_mair, LINES[0].replace("45.210", "4.521"))
        visit = order()[0]
        putting_right.mileage(actor=max_mair, visit_id=visit.pk, kilometres=45_210)
        imported(max_mair)
        assert (order()[0].mileage, VisitCorrection.objects.count()) == (45_210, 0)
        putting_right.mileage(actor=max_mair, visit_id=visit.pk, kilometres=1)
        assert VisitCorrection.objects.get().said == {"mileage": "45210"}
        putting_right.mileage(actor=max_mair, visit_id=visit.pk, kilometres=45_210)
        assert VisitCorrection.objects.count() == 0


def test_a_later_reading_of_the_car_stays_when_an_earlier_order_is_put_right(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        imported(max_mair, LINES[0], LINES[0].replace("45.210", "60.000").replace("A-1;31.12.2024;02.01.2025", "A-8;01.06.2025;02.06.2025"))
        putting_right.mileage(actor=max_mair, visit_id=order()[0].pk, kilometres=44_000)
        assert [each.mileage for each in order()] == [44_000, 60_000]


def test_an_order_is_put_right_by_who_may_edit_cars_and_only_to_what_can_be_a_mileage(
    alpen: Alpen, rosso: Rosso, max_mair: Actor
) -> None:  # fmt: skip
    with alpen.scope():
        imported(max_mair)
        visit = order()[0]
        with pytest.raises(NotPermitted):
            putting_right.mileage(actor=alpen.bob, visit_id=visit.pk, kilometres=44_000)
        with pytest.raises(Refusal):
            putting_right.mileage(actor=max_mair, visit_id=visit.pk, kilometres=2_000_001)
    with rosso.scope(), pytest.raises(NotFound):
        putting_right.mileage(actor=rosso.actor("C. Amministra"), visit_id=visit.pk, kilometres=44_000)
    with alpen.scope():
        assert (order()[0].mileage, VisitCorrection.objects.count()) == (45_210, 0)
