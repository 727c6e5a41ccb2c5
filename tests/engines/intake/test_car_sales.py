"""A list of cars that were sold: since when somebody keeps one, of what type it is, and what ends when."""

from datetime import date

from forecourt.engines.intake import running
from forecourt.engines.intake.models import Import
from forecourt.records.vehicles.models import Holding, Vehicle
from tests.cast import Alpen
from tests.engines.intake.files import export, sent

HEADER = "Käufer-Nr;Käufer;FIN;Marke;Modell;Fahrzeugart;Garantie bis;Leasingende;Verkaufsdatum"
ANNA, BRUNO = "1001;Anna Müller", "1002;Bruno Berger"
GOLF = "WVWZZZ1KZAW123456;Volkswagen;Golf"


def sold(alpen: Alpen, *lines: str) -> Import:
    return running.run(actor=alpen.system, import_id=sent(alpen.system, export(*lines, header=HEADER)).pk)


def test_a_sold_car_is_kept_from_the_day_of_the_sale_on(alpen: Alpen) -> None:
    with alpen.scope():
        sold(alpen, f"{ANNA};{GOLF};PKW;03/2028;30.09.2027;15.03.2025")
        golf = Vehicle.objects.get(vin="WVWZZZ1KZAW123456")
        assert (golf.kind, golf.warranty_until, golf.contract_until) == ("car", date(2028, 3, 31), date(2027, 9, 30))
        assert [str(each.from_on) for each in Holding.objects.filter(vehicle=golf)] == ["2025-03-15"]


def test_the_buyer_of_a_car_that_is_sold_again_keeps_it(alpen: Alpen) -> None:
    with alpen.scope():
        sold(alpen, f"{BRUNO};{GOLF};PKW;;;01.02.2026", f"{ANNA};{GOLF};PKW;;;15.03.2021")
        held = Holding.objects.get(vehicle__vin="WVWZZZ1KZAW123456", until_on=None)
        assert (held.customer.last_name, held.from_on) == ("Berger", date(2026, 2, 1))


def test_the_day_of_the_sale_is_learned_of_a_car_that_was_known_without_it(alpen: Alpen) -> None:
    with alpen.scope():
        sold(alpen, f"{ANNA};{GOLF};PKW;;;")
        assert Holding.objects.get(vehicle__vin="WVWZZZ1KZAW123456").from_on is None
        again = sold(alpen, f"{ANNA};{GOLF};PKW;;;15.03.2025")
        assert (Holding.objects.get(vehicle__vin="WVWZZZ1KZAW123456").from_on, again.rows_updated) == (date(2025, 3, 15), 1)


def test_what_cannot_be_read_is_left_out_and_said(alpen: Alpen) -> None:
    with alpen.scope():
        done = sold(alpen, f"{ANNA};{GOLF};Raumschiff;bald;30.09.2027;15.03.2099")
        golf = Vehicle.objects.get(vin="WVWZZZ1KZAW123456")
        assert (golf.kind, golf.warranty_until, golf.contract_until) == ("", None, date(2027, 9, 30))
        assert (done.rows_rejected, Holding.objects.get(vehicle=golf).from_on) == (0, None)
        assert done.rows_remarked == 3
