"""The demo's two dealer groups: three sites, twelve bays, twenty people. Open every day, so that there is always something to see."""

from dataclasses import dataclass

from forecourt.demo.export import Group
from forecourt.kernel.identifiers import sort_key

PASSWORD = "forecourt-demo"  # noqa: S105 - the demo's, told on its page
HOURS = "Mo-Su 07:00-18:00"
MECHANIC = ("basic", "brakes", "electrics")
ALL_ROUND = ("air_conditioning", "basic", "body", "brakes", "electrics", "testing")
POWERFUL = ("accounts.check_papers", "dealership.export_trail", "people.erase", "people.merge", "people.take_out", "vehicles.merge")
BAY = ("diagnostics", "lift", "test_lane", "tyres")


@dataclass(frozen=True)
class Person:
    name: str
    role: str
    site: str | None = None  # None: all sites
    language: str = "en"
    skills: tuple[str, ...] = ()
    granted: tuple[str, ...] = ()  # powerful rights, which no role has


@dataclass(frozen=True)
class Place:
    slug: str
    code: str
    name: str
    street: str
    postcode: str
    city: str
    phone: str
    zone: str
    bays: tuple[tuple[str, str, tuple[str, ...], str], ...]  # name, department, equipment, technician


@dataclass(frozen=True)
class Dealer:
    slug: str
    name: str
    country: str
    language: str
    colour: str
    currency: str
    tax_rate: str
    hourly_net: str
    firm: str
    address: str
    tax_number: str
    iban: str
    places: tuple[Place, ...]
    people: tuple[Person, ...]
    file: Group
    source: str


ALPEN = Dealer(
    slug="autohaus-alpen",
    name="Autohaus Alpen",
    country="IT",
    language="de",
    colour="#0f5fd7",
    currency="EUR",
    tax_rate="22",
    hourly_net="118",
    firm="Autohaus Alpen GmbH",
    address="Industriezone 14\n39100 Bozen\nItalien",
    tax_number="IT02345678901",
    iban="IT60X0542811101000000123456",
    places=(
        Place("bozen", "BZ", "Bozen", "Industriezone 14", "39100", "Bozen", "+39 0471 123456", "Europe/Rome", (
            ("Bühne 1", "mechanical", BAY, "Martin Huber"),
            ("Bühne 2", "mechanical", BAY, "Luca Rossi"),
            ("Bühne 3", "mechanical", ("lift", "tyres"), "Jakob Weber"),
            ("Reifen", "tyres", ("lift", "tyres"), "Karin Gruber"),
            ("Karosserie", "body", ("body", "lift"), "Dario Conti"),
        )),
        Place("meran", "ME", "Meran", "Gampenstraße 97", "39012", "Meran", "+39 0473 654321", "Europe/Rome", (
            ("Bühne 1", "mechanical", BAY, "Simon Pircher"),
            ("Bühne 2", "mechanical", BAY, "Anna Ladurner"),
            ("Reifen", "tyres", ("lift", "tyres"), "Paul Egger"),
        )),
    ),
    people=(
        Person("Lena Hofer", "adviser", "bozen", "de", granted=("accounts.check_papers",)),
        Person("Marco Bianchi", "adviser", "meran", "it"),
        Person("Martin Huber", "technician", "bozen", "de", ALL_ROUND),
        Person("Luca Rossi", "technician", "bozen", "it", ALL_ROUND),
        Person("Jakob Weber", "technician", "bozen", "de", MECHANIC),
        Person("Karin Gruber", "technician", "bozen", "de", MECHANIC),
        Person("Dario Conti", "technician", "bozen", "it", ("basic", "body")),
        Person("Simon Pircher", "technician", "meran", "de", ALL_ROUND),
        Person("Anna Ladurner", "technician", "meran", "de", ALL_ROUND),
        Person("Paul Egger", "technician", "meran", "de", MECHANIC),
        Person("Julia Thaler", "marketing", None, "de"),
        Person("Eva Moser", "care", None, "de"),
        Person("Georg Kofler", "manager", None, "de"),
        Person("Sara Ferrari", "administrator", None, "it", granted=POWERFUL),
        Person("Oliver Wright", "read-only", "bozen", "en"),
    ),
    file=Group(
        "autohaus-alpen", (("bozen", "BZ"), ("meran", "ME")), "IT", (("de", 56), ("it", 39), ("en", 5)), 3400, "cp1252", 118.0
    ),
    source="autoline",
)  # fmt: skip

VERDE = Dealer(
    slug="grup-verde",
    name="Grup Verde",
    country="RO",
    language="ro",
    colour="#5b927c",
    currency="RON",
    tax_rate="21",
    hourly_net="230",
    firm="Grup Verde Auto SRL",
    address="Calea Turzii 178\n400495 Cluj-Napoca\nRomânia",
    tax_number="RO12345678",
    iban="RO49AAAA1B31007593840000",
    places=(
        Place("cluj", "CJ", "Cluj-Napoca", "Calea Turzii 178", "400495", "Cluj-Napoca", "+40 264 123456", "Europe/Bucharest", (
            ("Post 1", "mechanical", BAY, "Adrian Popescu"),
            ("Post 2", "mechanical", BAY, "Dan Ionescu"),
            ("Post 3", "mechanical", ("lift", "tyres"), "Vlad Matei"),
            ("Anvelope", "tyres", ("lift", "tyres"), "Vlad Matei"),
        )),
    ),
    people=(
        Person("Ioana Mureșan", "adviser", "cluj", "ro"),
        Person("Adrian Popescu", "technician", "cluj", "ro", ALL_ROUND),
        Person("Dan Ionescu", "technician", "cluj", "ro", ALL_ROUND),
        Person("Vlad Matei", "technician", "cluj", "ro", MECHANIC),
        Person("Chen Wei", "administrator", None, "zh-hans", granted=POWERFUL),
    ),
    file=Group("grup-verde", (("cluj", "CJ"),), "RO", (("ro", 86), ("en", 7), ("zh-hans", 7)), 1600, "utf-8", 230.0),
    source="carsys",
)  # fmt: skip

DEALERS = (ALPEN, VERDE)


def email(dealer: Dealer, person: Person) -> str:
    """The address a member of the cast signs in with."""
    return f"{sort_key(person.name).replace(' ', '.')}@{dealer.slug}.example"
