"""Plates of other countries in files of a dealer in Italy: kept as they are written, found again, and said where they alone tell the car."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from forecourt.engines.intake import running
from forecourt.engines.intake.models import Import, RejectedRow
from forecourt.records.vehicles import vehicles
from forecourt.records.vehicles.models import Vehicle
from forecourt.runtime.actors import Actor
from tests.cast import Alpen
from tests.engines.intake.files import sent

PLATES = {
    "MÜ-AB 123": "MÜAB123", "FÜ X 1": "FÜX1", "B 123 ABC": "B123ABC", "AB 123 CD": "AB123CD", "W-12345 A": "W12345A", "ZH 123456": "ZH123456", "沪A12345": "沪A12345",
}  # fmt: skip
FROM_ABROAD = {"MÜ-AB 123", "FÜ X 1", "B 123 ABC", "沪A12345"}
HEADER = "Kundennummer;FIN;Kennzeichen;Filiale;Auftrags-Nr.;Auftragsdatum;Bezeichnung"


@pytest.fixture
def max_mair(alpen: Alpen) -> Actor:
    """The manager, who may import."""
    return alpen.actor("Max Mair")


def imported(actor: Actor, content: bytes) -> Import:
    return running.run(actor=actor, import_id=sent(actor, content).pk)


def file(vin: str = "") -> bytes:
    rows = (
        f"{number};{vin and vin + str(number)};{plate};BOZ;O-{number};02.02.2025;Service" for number, plate in enumerate(PLATES, start=1)
    )
    return "\r\n".join((HEADER, *rows)).encode()


def test_each_is_kept_as_it_is_written_and_found_again_by_the_next_file_and_by_staff(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        done = imported(max_mair, file())
        assert (done.rows_rejected, dict(Vehicle.objects.filter(plate__in=PLATES).values_list("plate", "plate_key"))) == (0, PLATES)
        told = RejectedRow.objects.filter(of_import=done)
        assert {(each.value, each.reason_code, each.is_remark) for each in told} == {(plate, "plate_abroad", True) for plate in FROM_ABROAD}
        imported(max_mair, file())
        assert Vehicle.objects.filter(plate__in=PLATES).count() == len(PLATES)
        for typed in ("mü-ab 123", "MUAB123", "MUE AB", "MÜ"):
            assert [car.plate for car in vehicles.search(actor=max_mair, text=typed)] == ["MÜ-AB 123"], typed


def test_nothing_is_said_of_it_where_the_vin_tells_the_car(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        done = imported(max_mair, file(vin="WVWZZZ1KZAW70000"))
        assert set(Vehicle.objects.filter(plate__in=PLATES).values_list("plate", flat=True)) == set(PLATES)
        assert not RejectedRow.objects.filter(of_import=done).exists()


@pytest.mark.django_db
def test_cars_that_lost_their_umlaut_get_it_back(alpen: Alpen) -> None:
    with alpen.scope():
        lost = Vehicle.objects.create(plate="MÜ-AB 123", plate_key="MUAB123")
        kept = Vehicle.objects.create(plate="ȚM 07 ABC", plate_key="TM07ABC")
    migration = import_module("forecourt.records.vehicles.migrations.0012_umlauts_of_plates")
    state = MigrationExecutor(connection).loader.project_state(("vehicles", "0012_umlauts_of_plates"))
    migration.compare_as_written(state.apps, SimpleNamespace(connection=connection))
    with alpen.scope():
        assert [Vehicle.objects.get(pk=car.pk).plate_key for car in (lost, kept)] == ["MÜAB123", "TM07ABC"]
