"""The people and places that all tests share.

Alice (adviser at Bozen), Bob (her site, read only), Charlie (adviser of another organisation), Dana (customer with two cars), Eve
(Charlie's customer). Two organisations: Autohaus Alpen with the sites Bozen and Meran, Rosso Motori with the site Torino.

    def test_something(alpen: Alpen) -> None:            # the fixtures are known everywhere; see conftest.py
        with alpen.scope():
            appointments.book(actor=alpen.alice, customer_id=alpen.dana.pk, …)

`set_clock` sets business time; it runs on from there.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from forecourt.kernel import identifiers
from forecourt.records.catalogue import standard
from forecourt.records.dealership import bays, organisations, sites, staff
from forecourt.records.dealership.models import Bay, LegalEntity, Organisation, Site, StaffMember
from forecourt.records.people.models import Customer
from forecourt.records.vehicles.models import Holding, Vehicle
from forecourt.runtime import access, scope
from forecourt.runtime.actors import Actor, system
from tests import recordings

SITE_HOURS = "Mo-Fr 07:30-12:00,13:00-17:30; Sa 08:00-12:00"
POWERFUL = (
    "accounts.check_papers",
    "people.erase",
    "people.merge",
    "people.take_out",
    "vehicles.merge",
)  # what administrators of the cast were given
ALL_SKILLS = ("air_conditioning", "basic", "body", "brakes", "electrics", "testing")


@dataclass
class Dealer:
    """One organisation with everything in it; `staff` and `bays` are found by name."""

    organisation: Organisation
    sites: dict[str, Site]
    staff: dict[str, StaffMember]
    bays: dict[str, Bay]
    customers: dict[str, Customer]
    cars: dict[str, Vehicle]

    @property
    def id(self) -> Any:
        return self.organisation.pk

    def scope(self) -> AbstractContextManager[None]:
        return scope.of(self.organisation.pk)

    @property
    def system(self) -> Actor:
        return system(self.organisation.pk, via="test")

    def actor(self, name: str) -> Actor:
        """The staff member or customer of this name as who acts."""
        if name in self.staff:
            return staff_actor(self.staff[name])
        return customer_actor(self.customers[name])


class Alpen(Dealer):
    """Autohaus Alpen: Bozen and Meran; Alice, Bob and Dana are at home in Bozen."""

    @property
    def bozen(self) -> Site:
        return self.sites["bozen"]

    @property
    def meran(self) -> Site:
        return self.sites["meran"]

    @property
    def alice(self) -> Actor:
        return self.actor("Alice Adler")

    @property
    def bob(self) -> Actor:
        return self.actor("Bob Brenner")

    @property
    def dana(self) -> Customer:
        return self.customers["dana"]

    @property
    def golf(self) -> Vehicle:
        return self.cars["golf"]

    @property
    def panda(self) -> Vehicle:
        return self.cars["panda"]


class Rosso(Dealer):
    """Rosso Motori: Torino; Charlie and Eve."""

    @property
    def torino(self) -> Site:
        return self.sites["torino"]

    @property
    def charlie(self) -> Actor:
        return self.actor("Charlie Conti")

    @property
    def eve(self) -> Customer:
        return self.customers["eve"]

    @property
    def punto(self) -> Vehicle:
        return self.cars["punto"]


def staff_actor(member: StaffMember) -> Actor:
    return Actor(
        kind="staff", organisation_id=member.organisation_id, id=member.pk, sites=frozenset(member.sites) or None,
        rights=access.rights_of(member.role) | frozenset(member.granted_rights), role=member.role, via="session",
    )  # fmt: skip


def customer_actor(customer: Customer, via: str = "link:booking") -> Actor:
    return Actor(kind="customer", organisation_id=customer.organisation_id, id=customer.pk, rights=access.customer_rights(), via=via)


def autohaus_alpen() -> Alpen:
    """Bozen has three bays and three technicians, Meran one of each."""
    dealer = _dealer(Alpen, "autohaus-alpen", "Autohaus Alpen", "IT", "de")
    with dealer.scope():
        _site(dealer, "bozen", "Bozen", "Europe/Rome")
        _site(dealer, "meran", "Meran", "Europe/Rome")
        _person(dealer, "Alice Adler", "adviser", "bozen")
        _person(dealer, "Bob Brenner", "read-only", "bozen")
        _person(dealer, "Anna Amort", "administrator", None)
        _person(dealer, "Max Mair", "manager", None)
        _person(dealer, "M. Huber", "technician", "bozen", ALL_SKILLS)
        _person(dealer, "L. Rossi", "technician", "bozen", ("basic", "brakes"))
        _person(dealer, "A. Popescu", "technician", "bozen", ("basic", "electrics"))
        _person(dealer, "T. Moser", "technician", "meran", ALL_SKILLS)
        _bay(dealer, "Bay 1", "bozen", ("lift", "tyres"), "M. Huber", 1)
        _bay(dealer, "Bay 2", "bozen", ("lift", "diagnostics"), "L. Rossi", 2)
        _bay(dealer, "Test lane", "bozen", ("lift", "test_lane"), "A. Popescu", 3)
        _bay(dealer, "Bay A", "meran", ("body", "diagnostics", "lift", "test_lane", "tyres"), "T. Moser", 1)
        dana = _customer(dealer, "dana", "Dana", "Dorfer", "de", "bozen")
        _car(dealer, "golf", dana, "WVWZZZ1KZAW000011", "BZ 346 AN", "Volkswagen", "Golf")
        _car(dealer, "panda", dana, "ZFA31200000000022", "GA 123 BC", "Fiat", "Panda")
        dieter = _customer(dealer, "dieter", "Dieter", "Dürr", "de", "bozen")
        _car(dealer, "octavia", dieter, "TMBZZZ1ZZ00000033", "BZ 220 EM", "Škoda", "Octavia")
        _resources(dealer)
    return dealer


def rosso_motori() -> Rosso:
    dealer = _dealer(Rosso, "rosso-motori", "Rosso Motori", "IT", "it")
    with dealer.scope():
        _site(dealer, "torino", "Torino", "Europe/Rome")
        _person(dealer, "Charlie Conti", "adviser", "torino")
        _person(dealer, "C. Amministra", "administrator", None)
        _person(dealer, "F. Ferri", "technician", "torino", ALL_SKILLS)
        _bay(dealer, "Ponte 1", "torino", ("diagnostics", "lift", "test_lane", "tyres"), "F. Ferri", 1)
        eve = _customer(dealer, "eve", "Eve", "Esposito", "it", "torino")
        _car(dealer, "punto", eve, "ZFA19900000000044", "EF 456 GH", "Fiat", "Punto")
        _resources(dealer)
    return dealer


def add_customer_with_car(dealer: Dealer, key: str, *, plate: str, vin: str = "", language: str = "de") -> tuple[Customer, Vehicle]:
    """One more customer with a car, at the dealer's first site."""
    with dealer.scope():
        customer = _customer(dealer, key, key.title(), "Test", language, next(iter(dealer.sites)))
        return customer, _car(dealer, key, customer, vin, plate, "Fiat", "Tipo")


def local(text: str, zone: str = "Europe/Rome") -> datetime:
    """`2026-03-02 08:00` on the wall clock of a place, as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.fixture
def alpen(db: None) -> Alpen:
    return recordings.again(autohaus_alpen)


@pytest.fixture
def rosso(db: None) -> Rosso:
    return recordings.again(rosso_motori)


@pytest.fixture
def set_clock(settings: Any) -> Callable[[datetime], None]:
    """`set_clock(local("2026-03-02 08:00"))`: business time is this instant now, and runs on from it."""

    def to(instant: datetime) -> None:
        seconds = ceil((instant - datetime.now(UTC)) / timedelta(seconds=1))
        settings.CLOCK = f"{seconds:+d}s"

    return to


def _dealer(kind: Any, slug: str, name: str, country: str, language: str) -> Any:
    organisation = organisations.found(slug=slug, name=name, country=country, language=language, needs_second_factor=False)
    dealer = kind(organisation, {}, {}, {}, {}, {})
    with dealer.scope():
        organisations.add_legal_entity(
            actor=dealer.system, name=f"{name} GmbH", address=f"{name}, 39100", tax_number="IT01234567890", invoice_prefix=slug[:2].upper()
        )
        standard.install(actor=dealer.system)
    return dealer


def _site(dealer: Dealer, slug: str, name: str, zone: str) -> None:
    dealer.sites[slug] = sites.open_site(
        actor=dealer.system, legal_entity_id=LegalEntity.objects.get().pk, slug=slug, code=slug[:3].upper(), name=name,
        street="Hauptstraße 1", postcode="39100", city=name, country="IT", phone="+390471000000", email=f"{slug}@example.org",
        zone=zone, opening_hours=SITE_HOURS,
    )  # fmt: skip


def _person(dealer: Dealer, name: str, role: str, site: str | None, skills: tuple[str, ...] = ()) -> None:
    home = dealer.sites[site].pk if site else None
    email = f"{identifiers.normal_name(name).replace(' ', '.')}@{dealer.organisation.slug}.example"
    dealer.staff[name] = staff.join(
        actor=dealer.system, email=email, name=name, role=role, home_site_id=home, site_ids=(home,) if home else (), skills=skills
    )
    if role == "administrator":
        dealer.staff[name].granted_rights = list(POWERFUL)
        dealer.staff[name].save()


def _bay(dealer: Dealer, name: str, site: str, equipment: tuple[str, ...], technician: str, position: int) -> None:
    dealer.bays[name] = bays.add(
        actor=dealer.system, site_id=dealer.sites[site].pk, name=name, equipment=equipment,
        technician_id=dealer.staff[technician].pk, position=position,
    )  # fmt: skip


def _customer(dealer: Dealer, key: str, first_name: str, last_name: str, language: str, site: str) -> Customer:
    dealer.customers[key] = Customer.objects.create(
        number=f"K-{len(dealer.customers) + 1:04}", first_name=first_name, last_name=last_name, language=language,
        sort_key=identifiers.sort_key(f"{last_name} {first_name}"), match_name=identifiers.normal_name(f"{first_name} {last_name}"),
        email=f"{key}@example.org", mobile="+393331234567", country="IT", home_site_id=dealer.sites[site].pk,
    )  # fmt: skip
    return dealer.customers[key]


def _car(dealer: Dealer, key: str, keeper: Customer, vin: str, plate: str, make: str, model: str) -> Vehicle:
    dealer.cars[key] = Vehicle.objects.create(
        vin=vin, plate=plate, plate_key=identifiers.normal_plate(plate), make=make, model=model, fuel="petrol", country="IT"
    )
    Holding.objects.create(vehicle=dealer.cars[key], customer=keeper)
    return dealer.cars[key]


def _resources(dealer: Dealer) -> None:
    """What the reactions to new bays and staff do a moment later in a worker."""
    from forecourt.journeys.workshop import resources

    for site in dealer.sites.values():
        resources.refresh(site_id=site.pk)
