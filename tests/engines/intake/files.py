"""Exports as dealers send them, small enough to be read by eye."""

import io
from typing import Any

from forecourt.engines.intake import uploads
from forecourt.engines.intake.models import Import
from forecourt.runtime.actors import Actor

HEADER = (
    "Kd-Nr.;Anrede;Vorname;Nachname;Straße;PLZ;Ort;Mobil;E-Mail;Werbung erlaubt;FIN;Kennzeichen;Marke;Modell;Erstzulassung;"
    "Nächste HU;Filiale;Auftrags-Nr.;Auftragsdatum;Rechnungsdatum;KM-Stand;Pos.;Art;AW-Nr;Bezeichnung;Std.;Menge;Nettobetrag"
)
ANNA = "1001;Frau;Anna;Müller;Königstraße 1;39100;Bozen;+39 333 1112223;anna@example.org;J"
ANNAS_GOLF = "WVWZZZ1KZAW123456;BZ 111 AA;Volkswagen;Golf;03/2019;05/2027"
BRUNO = "1002;Herr;Bruno;Berger;Weg 2;39012;Meran;+39 333 4445556;bruno@example.org;N"
BRUNOS_PANDA = "ZFA31200000123457;GA 222 BB;Fiat;Panda;01.02.2020;"
LINES = (
    f"{ANNA};{ANNAS_GOLF};BOZ;A-1;31.12.2024;02.01.2025;45.210;1;L;0100;Inspektion mit Ölwechsel;1,50;1;180,00",
    f"{ANNA};{ANNAS_GOLF};BOZ;A-1;31.12.2024;02.01.2025;45.210;2;T;OIL-5W30;Motoröl 5W30;;4,5;1.061,10",
    f"{BRUNO};{BRUNOS_PANDA};MER;A-2;15.03.2025;15.03.2025;12.000;1;L;0200;Radwechsel;0,75;1;90,00-",
)


def export(*lines: str, header: str = HEADER, encoding: str = "cp1252") -> bytes:
    """A file of these lines."""
    return ("\r\n".join((header, *(lines or LINES))) + "\r\n").encode(encoding)


def sent(actor: Actor, content: bytes, *, name: str = "export.csv", source: str = "dms", **more: Any) -> Import:
    """The file, received."""
    return uploads.receive(actor=actor, name=name, stream=io.BytesIO(content), source=source, **more)


def counts(done: Import) -> dict[str, int]:
    """What the import says of its rows."""
    return {name: getattr(done, f"rows_{name}") for name in ("read", "created", "updated", "unchanged", "rejected")}
