"""When a car's next service was said to be due: read from lists of cars and from orders, the newest saying wins, and what staff enter is no error to be undone."""

from datetime import date, timedelta

from forecourt.engines.intake import running
from forecourt.engines.intake.models import Import
from forecourt.records.vehicles import vehicles
from forecourt.records.vehicles.models import Vehicle, VehicleCorrection
from forecourt.runtime import clock
from tests.cast import Alpen
from tests.engines.intake.files import export, sent

CARS = "FIN;Kennzeichen;Nächster Service am;Nächster Service bei km"
ORDERS = "FIN;Filiale;Auftragsnummer;Auftragsdatum;KM-Stand;Bezeichnung;Nächste Inspektion;Nächste Inspektion km"
GOLF = "WVWZZZ1KZAW123456"


def read(alpen: Alpen, header: str, *lines: str) -> Import:
    return running.run(actor=alpen.system, import_id=sent(alpen.system, export(*lines, header=header)).pk)


def known() -> tuple[date | None, int | None, date | None]:
    car = Vehicle.objects.get(vin=GOLF)
    return car.service_due_on, car.service_due_km, car.service_told_on


def test_a_list_of_cars_says_it_today_and_says_nothing_new_tomorrow(alpen: Alpen) -> None:
    today = clock.now().date()
    with alpen.scope():
        read(alpen, CARS, f"{GOLF};BZ 111 AA;03/2027;60.000")
        assert known() == (date(2027, 3, 1), 60_000, today)
        Vehicle.objects.filter(vin=GOLF).update(service_told_on=today - timedelta(days=30))
        again = read(alpen, CARS, f"{GOLF};BZ 111 AA;03/2027;60.000", f"{GOLF[:-1]}7;;;")
        assert (known(), again.rows_unchanged) == ((date(2027, 3, 1), 60_000, today - timedelta(days=30)), 1)
        later = read(alpen, CARS, f"{GOLF};BZ 111 AA;;75.000")  # the two are one thing
        assert (known(), later.rows_updated) == ((None, 75_000, today), 1)
        read(alpen, CARS, f"{GOLF};BZ 111 AA;;")
        assert known() == (None, 75_000, today)


def test_the_newest_order_that_says_it_wins_wherever_it_stands(alpen: Alpen) -> None:
    with alpen.scope():
        newer = f"{GOLF};BOZ;A-2;10.02.2025;40.000;Inspektion;10.02.2027;60.000"
        older = f"{GOLF};BOZ;A-1;10.02.2023;20.000;Inspektion;10.02.2025;40.000"
        silent = f"{GOLF};BOZ;A-3;10.05.2025;43.000;Räderwechsel;;"
        read(alpen, ORDERS, newer, silent, older)
        assert known() == (date(2027, 2, 10), 60_000, date(2025, 2, 10))
        read(alpen, ORDERS, older)
        assert known() == (date(2027, 2, 10), 60_000, date(2025, 2, 10))


def test_what_cannot_be_read_is_left_out_and_said(alpen: Alpen) -> None:
    with alpen.scope():
        done = read(alpen, CARS, f"{GOLF};BZ 111 AA;bald;viele", f"{GOLF[:-1]}7;BZ 222 AA;01.05.2027;0")
        assert (done.rows_rejected, done.rows_remarked, known()) == (0, 2, (None, None, None))
        assert Vehicle.objects.get(plate="BZ 222 AA").service_due_km is None


def test_what_staff_enter_stands_until_the_file_says_something_else_later(alpen: Alpen) -> None:
    with alpen.scope():
        read(alpen, CARS, f"{GOLF};BZ 111 AA;01.03.2027;60.000")
        golf = Vehicle.objects.get(vin=GOLF)
        vehicles.change(actor=alpen.actor("Max Mair"), vehicle_id=golf.pk, service_due_on=date(2026, 12, 24), service_due_km=None)
        read(alpen, CARS, f"{GOLF};BZ 111 AA;01.03.2027;60.000")
        assert known()[:2] == (date(2026, 12, 24), None)
        Vehicle.objects.filter(pk=golf.pk).update(service_told_on=clock.now().date() - timedelta(days=9))
        VehicleCorrection.objects.update(made_at=clock.now() - timedelta(days=9))
        read(alpen, CARS, f"{GOLF};BZ 111 AA;01.03.2027;60.000")  # what it said before is still wrong
        assert known()[:2] == (date(2026, 12, 24), None)
        read(alpen, CARS, f"{GOLF};BZ 111 AA;01.03.2028;80.000")
        assert known()[:2] == (date(2028, 3, 1), 80_000)
        assert not VehicleCorrection.objects.exists()
