"""The export that the story's dealer sends: semicolons, Windows-1252, German days and numbers, one wrong row."""

from datetime import date, timedelta
from pathlib import Path

HEADER = (
    "Auftragsnr;Filiale;Auftragsdatum;KM-Stand;Kundennr;Anrede;Vorname;Nachname;Ort;E-Mail;Mobil;Sprache;Serviceerinnerung erlaubt;"
    "Kennzeichen;FIN;Marke;Modell;Erstzulassung;Position;Art;Arbeitsnummer;Text;Stunden;Nettobetrag"
)
DANA = "dana@story.example"
PLATE = "ST 742 RY"
VIN = "WVWZZZAUZLW000742"


def write(path: Path, today: date) -> None:
    """Two visits of Dana's car, the last a year ago, and a row whose day does not exist."""
    two_years, one_year = today - timedelta(days=742), today - timedelta(days=361)
    rows = [
        HEADER,
        *_visit("880001", two_years, "21.480"),
        *_visit("880002", one_year, "36.905"),
        _row("880003", "31.02.2025", "37.000", "1", "Arbeit", "0150", "Diagnose", "0,50", "55,00"),
    ]
    path.write_bytes("\r\n".join(rows).encode("cp1252") + b"\r\n")


def _visit(number: str, day: date, km: str) -> list[str]:
    on = f"{day:%d.%m.%Y}"
    return [
        _row(number, on, km, "1", "Arbeit", "1705", "Motoröl und Ölfilter ersetzen", "0,60", "70,80"),
        _row(number, on, km, "2", "Teil", "", "Motoröl 5W-30", "", "1.062,50"),
    ]


def _row(number: str, day: str, km: str, position: str, kind: str, code: str, text: str, hours: str, amount: str) -> str:
    customer = f"77001;Frau;Dana;Grünwald;Bozen;{DANA};+39 348 1234567;de;J"
    car = f"{PLATE};{VIN};VW;Golf 8 GTE;14.05.2021"
    return f"{number};BZ;{day};{km};{customer};{car};{position};{kind};{code};{text};{hours};{amount}"
