"""Generates a dealer management system's export, as messy as real ones: semicolons, Windows-1252 or UTF-8, German numbers.

The seed is fixed, so the same day always gives the same file; all days are counted back from `today`.
"""

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from forecourt.demo import names

HEADER = (
    "Auftragsnr;Filiale;Auftragsdatum;Rechnungsdatum;KM-Stand;Kundennr;Anrede;Vorname;Nachname;Firma;Straße;PLZ;Ort;Land;"
    "Mobil;E-Mail;Sprache;Serviceerinnerung erlaubt;Werbung erlaubt;Fahrzeugnr;Kennzeichen;FIN;Marke;Modell;Kraftstoff;"
    "Erstzulassung;Nächste HU;Position;Art;Arbeitsnummer;Text;Stunden;Menge;Nettobetrag"
).split(";")
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
YEARS = 5


@dataclass(frozen=True)
class Group:
    """What distinguishes one dealer group's file from another's."""

    slug: str
    sites: tuple[tuple[str, str], ...]  # (slug, code in the file)
    country: str
    languages: tuple[tuple[str, int], ...]  # language, share in percent
    customers: int
    encoding: str
    hourly_net: float


@dataclass
class _Car:
    number: str
    plate: str
    vin: str
    model: tuple[str, str, str, str, int]
    registered_on: date
    test_on: date
    km_a_year: int


@dataclass
class _Person:
    number: str
    language: str
    site: tuple[str, str]
    cells: list[str]
    cars: list[_Car] = field(default_factory=list)


def write(path: Path, group: Group, *, today: date, seed: int = 20) -> int:
    """Write the group's export; returns the number of lines under the header."""
    dice = random.Random(f"{seed}:{group.slug}")  # noqa: S311 - dice for a demo, repeatable on purpose
    written = 0
    with path.open("w", encoding=group.encoding, errors="replace", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(HEADER)
        order = 100_000
        for index in range(group.customers):
            person = _person(dice, group, index, today)
            for car in person.cars:
                for opened_on, kinds in list(_visits(dice, car, today)) or [_handover(car, today)]:
                    order += 1
                    rows = _order(dice, group, person, car, order, opened_on, kinds)
                    written += len(rows)
                    writer.writerows(rows)
    return written


def _person(dice: random.Random, group: Group, index: int, today: date) -> _Person:
    languages, shares = zip(*group.languages, strict=True)
    language = dice.choices(languages, shares)[0]
    site = dice.choices(group.sites, range(len(group.sites) + 1, 1, -1))[0]
    woman = dice.random() < 0.5
    first = dice.choice(names.FIRST[language][woman::2])  # the lists alternate
    last = dice.choice(names.LAST[language])
    company = f"{last} {'GmbH' if group.country == 'IT' else 'SRL'}" if dice.random() < 0.08 else ""
    postcode, city = dice.choice(names.PLACES[site[0]])
    number = str(10_000 + index)
    mail = f"kunde{number}@{group.slug}.example" if dice.random() < 0.93 else ""
    may_remind = "J" if mail and dice.random() < 0.82 else "N"
    mobile = (
        f"+39 34{dice.randint(0, 9)} {dice.randint(1000000, 9999999)}"
        if group.country == "IT"
        else f"+40 7{dice.randint(20, 79)} {dice.randint(100000, 999999)}"
    )
    person = _Person(
        number,
        language,
        site,
        [
            number,
            {"de": "Frau" if woman else "Herr", "it": "Sig.ra" if woman else "Sig."}.get(language, ""),
            first,
            last,
            company,
            f"{dice.choice(names.STREETS[group.country])} {dice.randint(1, 140)}",
            postcode,
            city,
            group.country,
            mobile,
            mail,
            language,
            may_remind,
            "J" if may_remind == "J" and dice.random() < 0.5 else "N",
        ],
    )
    person.cars = [_car(dice, group, person, count, today) for count in range(2 if dice.random() < 0.14 else 1)]
    return person


def _car(dice: random.Random, group: Group, person: _Person, count: int, today: date) -> _Car:
    model = dice.choice([each for each in names.MODELS if (each[0] == "Dacia") <= (group.country == "RO")])
    age_days = dice.randint(200, 9 * 365)
    registered_on = today - timedelta(days=age_days)
    serial = f"{int(person.number):06d}{count}"
    vin = f"{model[3]}ZZZ{dice.choice('1358')}{dice.choice(_LETTERS[:6])}Z{dice.choice('LMNPRS')}{serial}"[:17]
    if group.country == "IT":
        plate = f"{''.join(dice.choices(_LETTERS, k=2))} {dice.randint(100, 999)} {''.join(dice.choices(_LETTERS, k=2))}"
    else:
        plate = f"CJ {dice.randint(10, 99)} {''.join(dice.choices(_LETTERS, k=3))}"
    first_test = 4 if group.country == "IT" else 3
    test_on = registered_on.replace(day=min(registered_on.day, 28)).replace(year=registered_on.year + first_test)
    while test_on < today - timedelta(days=60):
        test_on = test_on.replace(year=test_on.year + 2)
    return _Car(f"F{person.number}{count}", plate, vin, model, registered_on, test_on, int(model[4] * dice.uniform(0.6, 1.5)))


def _visits(dice: random.Random, car: _Car, today: date) -> Iterator[tuple[date, list[str]]]:
    """A car comes about once a year for service and twice a year for tyres, if it is a tyre customer; some stop coming."""
    start = max(car.registered_on, today - timedelta(days=YEARS * 365))
    leaves_on = today if dice.random() < 0.8 else start + timedelta(days=dice.randint(200, 1500))
    changes_tyres = dice.random() < 0.4
    day = start + timedelta(days=dice.randint(60, 400))
    service = 0
    while day < min(today - timedelta(days=2), leaves_on):
        if day.weekday() < 6:
            kinds = ["inspection", "oil_service"] if service % 2 else ["oil_service"]
            kinds += [
                each
                for each, chance in (("brakes", 0.18), ("air_conditioning", 0.12), ("diagnosis", 0.1), ("battery", 0.06))
                if dice.random() < chance
            ]
            if abs((day - car.test_on.replace(year=day.year)).days) < 60 and dice.random() < 0.4:
                kinds.append("statutory_test")
            yield day, kinds
            if changes_tyres:
                tyres_on = date(day.year, dice.choice((4, 10, 11)), dice.randint(1, 28))
                if day + timedelta(days=20) < tyres_on < min(today - timedelta(days=2), leaves_on):
                    yield tyres_on, ["tyre_change"]
        service += 1
        day += timedelta(days=int(dice.gauss(385, 45)))


def _handover(car: _Car, today: date) -> tuple[date, list[str]]:
    """The one visit of a car that has not been here since it was delivered."""
    return max(car.registered_on, today - timedelta(days=YEARS * 365)), ["handover"]


def _order(dice: random.Random, group: Group, person: _Person, car: _Car, order: int, opened_on: date, kinds: list[str]) -> list[list[str]]:
    km = int((opened_on - car.registered_on).days / 365 * car.km_a_year)
    closed_on = opened_on + timedelta(days=dice.choice((0, 0, 0, 1, 2)))
    head = [str(order), person.site[1], _day(opened_on), _day(closed_on), f"{km:,}".replace(",", "."), *person.cells]
    head += [car.number, car.plate, car.vin, *car.model[:3], _day(car.registered_on), _day(car.test_on)]
    rows: list[list[str]] = []
    for kind in kinds:
        code, text, hours, parts = names.WORK[kind][person.language]
        rows.append([*head, str(len(rows) + 1), "Arbeit", code, text, _number(hours), "1", _number(hours * group.hourly_net)])
        for part, price in parts:
            rows.append([*head, str(len(rows) + 1), "Teil", "", part, "", "1", _number(price)])
    return rows


def _day(day: date) -> str:
    return day.strftime("%d.%m.%Y")


def _number(value: float) -> str:
    whole, cents = f"{value:.2f}".split(".")
    grouped = f"{int(whole):,}".replace(",", ".")
    return f"{grouped},{cents}"
