"""Ends of warranty and contract, and the kind of vehicle: out of a file, on the car, asked by a segment."""

from datetime import date
from typing import Any

from forecourt.engines.audience import facts
from forecourt.engines.audience.segments import members
from forecourt.engines.intake import running
from forecourt.kernel.conditions import parse
from forecourt.records.vehicles.models import Vehicle
from tests.cast import Alpen
from tests.engines.intake.files import sent

FILE = """Käufernummer;Vorname;Nachname;FIN;Marke;Modell;Fahrzeugart;Garantie bis;Leasingende
1;Anna;Amort;WVWZZZAUZJW000001;VW;Polo;PKW;31.12.2026;06/2027
2;Bruno;Berger;WV1ZZZ7HZJH000002;VW;T6;Transporter;;30.11.2026
3;Carla;Costa;ZDMZZZAUZJW000003;Ducati;Monster;Krad;gesetzlich;
"""


def asked(alpen: Alpen, field: str, op: str, value: Any) -> set[str]:
    found = members.cars(actor=alpen.actor("Max Mair"), of=parse({"all": [{"field": field, "op": op, "value": value}]}))
    return {each.model for each in found}


def test_ends_and_kind_come_with_a_file_and_are_asked_by_segments(alpen: Alpen, set_clock: Any) -> None:
    actor = alpen.actor("Max Mair")
    with alpen.scope():
        done = running.run(actor=actor, import_id=sent(actor, FILE.encode("cp1252"), source="sales").pk)
        assert (done.rows_created, done.rows_rejected, done.rows_remarked) == (3, 0, 1)
        told = {
            car.model: (car.kind, car.warranty_until, car.contract_until)
            for car in Vehicle.objects.filter(model__in=("Polo", "T6", "Monster"))
        }
        assert told == {
            "Polo": ("car", date(2026, 12, 31), date(2027, 6, 30)),
            "T6": ("van", None, date(2026, 11, 30)),
            "Monster": ("motorcycle", None, None),
        }
        facts.refresh()
        assert asked(alpen, "vehicle_kind", "eq", "van") == {"T6"}
        assert "Polo" in asked(alpen, "warranty_until", "ge", "2026-12-30")
        assert "Polo" not in asked(alpen, "warranty_until", "ge", "2027-01-01")
        assert asked(alpen, "contract_until", "lt", "2026-12-01") == {"T6"}
