"""Fills an empty database with the demo, in well under a minute, through the actions and the import that everyone uses."""

import os
import tempfile
import time
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from django.db import connection, transaction

from forecourt.demo import today
from forecourt.demo.cast import DEALERS, HOURS, PASSWORD, Dealer, Person, email
from forecourt.demo.export import write
from forecourt.engines.audience import facts, rules
from forecourt.engines.intake import running, uploads
from forecourt.journeys.marketing import flows
from forecourt.journeys.workshop import resources
from forecourt.records.catalogue import standard, work
from forecourt.records.catalogue.models import WorkKind
from forecourt.records.dealership import bays, organisations, rights, sites, staff
from forecourt.records.dealership.models import Organisation, Site, StaffMember
from forecourt.records.people import consent
from forecourt.records.people.models import Customer
from forecourt.runtime import clock, events, scope
from forecourt.runtime.actors import Actor, system

# Standard prices are in euro; the leu is worth about a fifth of it.
PRICE_FACTOR = {"EUR": Decimal(1), "RON": Decimal(5)}
LOCK = 0x464F5245
SMALL = 100  # customers of a demo for tests


def run(*, only_if_empty: bool = True) -> str:
    """Load it if no organisation exists; says in one sentence what was done. Killed in the middle, it goes on where a dealer is missing."""
    began = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    try:
        if Organisation.objects.filter(is_demo=False).exists():
            return "There is real data here, so the demo was not loaded."
        missing = [dealer for dealer in DEALERS if not _is_whole(dealer)]
        for dealer in missing:
            _load(_scaled(dealer))
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
    return f"The demo is in ({time.monotonic() - began:.0f} s)." if missing else "The demo was in already."


def is_loaded() -> bool:
    return all(_is_whole(dealer) for dealer in DEALERS)


def _is_whole(dealer: Dealer) -> bool:
    return Organisation.objects.filter(slug=dealer.slug).exists()


def _wanted() -> int:
    return int(os.environ.get("FORECOURT_DEMO_CUSTOMERS") or 0)


def _scaled(dealer: Dealer) -> Dealer:
    """A smaller demo for the stories of the tests: `FORECOURT_DEMO_CUSTOMERS` in all."""
    wanted = _wanted()
    if not wanted:
        return dealer
    whole = sum(each.file.customers for each in DEALERS)
    return replace(dealer, file=replace(dealer.file, customers=max(10, dealer.file.customers * wanted // whole)))


@transaction.atomic
def _load(dealer: Dealer) -> None:
    """One dealer, whole or not at all."""
    organisation = organisations.found(
        slug=dealer.slug,
        name=dealer.name,
        country=dealer.country,
        language=dealer.language,
        brand_colour=dealer.colour,
        is_demo=True,
        needs_second_factor=False,
    )
    with scope.of(organisation.pk):
        actor = system(organisation.pk, via="demo")
        _set_up(dealer, actor)
        _import(dealer, actor)
        _allow_questions(dealer, actor)
        facts.refresh()
        with events.unheard("live"):
            today.fill(actor=actor, days=today.DAYS_OF_A_SMALL_DEMO if 0 < _wanted() <= SMALL else today.DAYS)
        flows.install(actor=actor)


def _allow_questions(dealer: Dealer, actor: Actor) -> None:
    """Whoever agreed to reminders agreed to one question after a visit too, on the same form."""
    agreed = Customer.objects.filter(consent.permitted(purpose="service_reminder", channel="email")).values_list("pk", flat=True)
    entries = [consent.Entry(customer_id=customer_id, purpose="survey", channel="email", act="give") for customer_id in agreed]
    consent.enter_batch(actor=actor, entries=entries, source=f"import:{dealer.source}")


def _set_up(dealer: Dealer, actor: Actor) -> None:
    standard.install(actor=actor)
    rules.install(actor=actor)
    factor = PRICE_FACTOR[dealer.currency]
    for kind in WorkKind.objects.exclude(price_net=None) if factor != 1 else ():
        work.change(actor=actor, code=kind.code, price_net=(kind.price_net or Decimal(0)) * factor)
    entity = organisations.add_legal_entity(
        actor=actor, name=dealer.firm, address=dealer.address, tax_number=dealer.tax_number, currency=dealer.currency,
        invoice_prefix=dealer.slug[:2].upper(), iban=dealer.iban,
    )  # fmt: skip
    by_slug = {}
    for place in dealer.places:
        by_slug[place.slug] = sites.open_site(
            actor=actor, legal_entity_id=entity.pk, slug=place.slug, code=place.code, name=place.name, street=place.street,
            postcode=place.postcode, city=place.city, country=dealer.country, phone=place.phone, email=f"{place.slug}@{dealer.slug}.example",
            zone=place.zone, opening_hours=HOURS, hourly_rate_net=Decimal(dealer.hourly_net), tax_rate=Decimal(dealer.tax_rate),
        )  # fmt: skip
    people = {person.name: _join(dealer, person, by_slug, actor) for person in dealer.people}
    for place in dealer.places:
        for position, (name, department, equipment, technician) in enumerate(place.bays):
            bays.add(
                actor=actor, site_id=by_slug[place.slug].pk, name=name, department=department, equipment=equipment,
                technician_id=people[technician].pk, position=position,
            )  # fmt: skip
        resources.refresh(site_id=by_slug[place.slug].pk)


def _join(dealer: Dealer, person: Person, by_slug: dict[str, Site], actor: Actor) -> StaffMember:
    home = by_slug[person.site].pk if person.site else None
    member: StaffMember = staff.join(
        actor=actor, email=email(dealer, person), name=person.name, role=person.role, home_site_id=home,
        site_ids=(home,) if home else (), skills=person.skills, language=person.language, password=PASSWORD,
    )  # fmt: skip
    for right in person.granted:
        member = rights.grant(actor=actor, staff_member_id=member.pk, right=right)
    return member


def _import(dealer: Dealer, actor: Actor) -> None:
    day = clock.today(dealer.places[0].zone)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{dealer.source}-{day:%Y-%m-%d}.csv"
        write(path, dealer.file, today=day)
        came = uploads.receive_path(actor=actor, path=path, source=dealer.source)
    running.run(actor=actor, import_id=came.pk)
