"""What is easily taken for a deletion and is none: rows left out or not to be read, numbers given away, lists of one site among several."""

import datetime

import pytest

from forecourt.engines.intake.values import to_deleted
from forecourt.records.history.models import Visit
from forecourt.records.people import merges
from forecourt.records.people.models import Customer, CustomerReference
from forecourt.records.vehicles.models import Holding, Vehicle
from forecourt.runtime import clock
from forecourt.runtime.actors import Actor
from tests.cast import Alpen
from tests.engines.intake.test_departures import CARS, GOLF, ORDERS, PANDA, brought, gone_cars, listed
from tests.engines.intake.test_departures import max_mair as max_mair  # noqa: PLC0414 - the fixture
from tests.engines.intake.test_erased_persons import erase

HEADER = "Auftrag;Filiale;Datum;FIN;Kunde;Name;Text;Netto"


def order(number: int, day: str, *, site: str = "BOZ", car: str = "WVWZZZ1KZAW123456", keeper: str = "1001;Anna") -> str:
    return f"A-{number};{site};{day};{car};{keeper};Inspektion;100"


def gone_orders() -> set[str]:
    return set(Visit.objects.exclude(gone_on=None).values_list("number", flat=True))


def test_a_cancelled_order_moves_no_keeper_makes_nothing_and_names_its_car(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        brought(max_mair, listed(CARS, "vehicle"), GOLF, PANDA)
        known = (Vehicle.objects.count(), Customer.objects.count())
        brought(
            max_mair, listed(ORDERS, "vehicle", order_deleted="St"), f"{order(9, '01.02.2020', keeper='7777;Wrong Person')};storno",
            f"{order(10, '01.02.2020', car='WAUZZZ8K9BA000001', keeper='7778;Never Known')};storno", header=f"{HEADER};St",
        )  # fmt: skip
        assert Holding.objects.get(vehicle__plate="BZ 111 AA", until_on=None, role="keeper").customer.number == "1001"
        assert (Vehicle.objects.count(), Customer.objects.count()) == known
        assert gone_cars() == {"GA 222 BB"}


def test_the_orders_of_an_erased_person_and_a_car_that_others_had_before_are_not_missing(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        panda = {"car": "ZFA31200000123457", "keeper": "1002;Bruno"}
        rows = [order(1, "01.02.2025"), order(2, "02.02.2025", car=panda["car"]), order(3, "03.02.2025", **panda), order(4, "04.02.2025")]
        whole = listed(ORDERS, "order", "vehicle")
        brought(max_mair, whole, *rows, header=HEADER)
        erase(alpen, "1002")
        done = brought(max_mair, whole, *(row for row in rows if "A-2" not in row), header=HEADER)
        assert (done.rows_erased, gone_orders(), gone_cars()) == (1, {"A-2"}, set())


def test_a_row_with_too_many_cells_or_an_unknown_site_still_names_its_things(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        whole, header = listed(CARS, "vehicle", "customer"), "Kunde;Name;FIN;Kennz"
        panda = "ZFA31200000123457;GA 222 BB"
        brought(max_mair, whole, "1001;Anna;WVWZZZ1KZAW123456;BZ 111 AA", f"1002;Bruno;{panda}", header=header)
        done = brought(max_mair, whole, "1001;Anna;WVWZZZ1KZAW123456;BZ 111 AA", f"1002;Bruno; Co;{panda}", header=header)
        assert (done.rows_rejected, done.gone) == (1, {})
        rows = [order(number, f"0{number}.02.2025") for number in (1, 2, 3)]
        brought(max_mair, listed(ORDERS, "order"), *rows, header=HEADER)
        brought(max_mair, listed(ORDERS, "order"), rows[0], rows[1].replace("BOZ", "Bozn"), rows[2], header=HEADER)
        assert gone_orders() == set()


def test_a_list_of_orders_covers_of_each_site_the_days_that_it_has_of_that_site(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        rows = [order(number, f"01.0{number}.2024", site="MER") for number in (1, 2, 3, 4)] + [order(5, "01.01.2024")]
        brought(max_mair, ORDERS, *rows, header=HEADER)
        brought(max_mair, listed(ORDERS, "order"), rows[1], rows[3], rows[4], header=HEADER)
        assert gone_orders() == {"A-3"}


def test_a_merge_that_is_undone_takes_its_mark_back(alpen: Alpen) -> None:
    with alpen.scope():
        today, amort = clock.now().date(), alpen.actor("Anna Amort")
        names = {"last_name": "Hand", "sort_key": "hand", "match_name": "hand"}
        mine, twin = Customer.objects.create(number="H1", **names), Customer.objects.create(number="H2", gone_on=today, **names)
        CustomerReference.objects.create(source="a", number="1", customer=twin, gone_on=today, gone_how="missing")
        done = merges.merge(actor=amort, survivor_id=mine.pk, absorbed_id=twin.pk)
        assert Customer.objects.get(pk=mine.pk).gone_on == today
        merges.undo(actor=amort, merge_id=done.pk)
        assert [Customer.objects.get(pk=each.pk).gone_on for each in (mine, twin)] == [None, today]


def test_a_mark_on_a_number_that_was_given_away_is_not_the_new_cars(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        numbered, header = listed(CARS, vehicle_number="Nr"), "FIN;Kennz;Kunde;Name;Nr"
        brought(max_mair, numbered, f"{GOLF};5", header=header)
        brought(max_mair, numbered, f"{PANDA};5", header=header)
        brought(max_mair, listed(numbered, vehicle_deleted="Lösch"), f"{GOLF};5;x", header=f"{header};Lösch")
        assert gone_cars() == {"BZ 111 AA"}


def test_a_list_without_a_site_leaves_the_lists_of_sites_alone_and_is_compared_with_its_own(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        whole = listed(CARS, "vehicle")
        brought(max_mair, whole, GOLF, site_id=alpen.bozen.pk)
        brought(max_mair, whole, PANDA, site_id=alpen.meran.pk)
        brought(max_mair, whole, GOLF)
        assert gone_cars() == set()
        brought(max_mair, whole, "WAUZZZ8K9BA000001;CC 1;1003;Carla")
        assert gone_cars() == {"BZ 111 AA"}


@pytest.mark.parametrize(
    ("cell", "is_deletion"),
    [
        ("9999-12-31", None), ("31.12.9999", None), ("31.12.99", None), ("01.01.1900", None), ("0001-01-01", None), ("99.99.2025", None),
        ("0000-00-00", None), (datetime.datetime(9999, 12, 31), None), (datetime.date(1900, 1, 1), None), ("23.11.2026", None),
        ("21.11.2026", True), ("2026-11-21 10:00", True), ("11/21/26", True), (datetime.datetime(2025, 3, 1), True), ("storno", True),
        ("N", None), (1, True),
    ],
)  # fmt: skip
def test_a_day_that_stands_for_none_is_no_day_of_deletion(cell: str | int | datetime.date, is_deletion: bool | None) -> None:
    assert to_deleted(cell, latest=datetime.date(2026, 11, 22)) is is_deletion


def test_where_a_row_cannot_be_read_by_its_number_nothing_of_its_kind_is_missing(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        whole = listed(CARS, "vehicle", "customer")
        brought(max_mair, whole, GOLF, PANDA, "WAUZZZ8K9BA000001;CC 1;1003;Carla")
        done = brought(max_mair, whole, GOLF, "ZFA3120;;1002;Bruno Berger")
        assert (done.gone, gone_cars()) == (
            {"vehicle": {"gone": 0, "had": 0, "back": 0, "unread": 1}, "customer": {"gone": 1, "had": 0, "back": 0}}, set(),
        )  # fmt: skip
        assert set(Customer.objects.exclude(gone_on=None).values_list("number", flat=True)) == {"1003"}
        brought(max_mair, whole, GOLF, f"ZFA31200000123457;GA 222 BB;{'1' * 41};Bruno Berger")
        assert (gone_cars(), set(Customer.objects.exclude(gone_on=None).values_list("number", flat=True))) == ({"CC 1"}, {"1003"})
        rows = [order(number, f"0{number}.02.2025") for number in (1, 2, 3)]
        brought(max_mair, listed(ORDERS, "order"), *rows, header=HEADER)
        brought(max_mair, listed(ORDERS, "order"), rows[0], rows[1].replace("A-2", "A" * 41), rows[2], header=HEADER)
        assert gone_orders() == set()


def test_a_sum_at_the_end_of_a_list_and_what_is_known_by_its_plate_hold_nothing_back(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        whole = listed(CARS, "vehicle")
        brought(max_mair, whole, GOLF, PANDA)
        done = brought(max_mair, whole, GOLF.replace("WVWZZZ1KZAW123456", "WVW"), "Summe: 1;;;")
        assert (done.rows_rejected, gone_cars()) == (2, {"GA 222 BB"})
