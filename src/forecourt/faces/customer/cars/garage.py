"""A person's cars over all their dealers, gathered one dealer's scope after the other, ready to be shown outside of any.

Nothing lazy leaves a scope: what a page needs is read here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from forecourt.faces.customer import own
from forecourt.faces.customer.account_door import AccountRequest
from forecourt.faces.customer.door import PAGES, may_open
from forecourt.faces.customer.visit import picture
from forecourt.journeys.workshop import billing, findings
from forecourt.journeys.workshop.lifecycles import OPEN_APPOINTMENT
from forecourt.journeys.workshop.models import Appointment, JobCard
from forecourt.kernel.errors import NotFound
from forecourt.records.accounts import customer_links
from forecourt.records.accounts.models import CustomerLink
from forecourt.records.catalogue import work
from forecourt.records.dealership.models import Organisation, Site
from forecourt.records.history.models import Visit
from forecourt.records.timeline import reading
from forecourt.records.timeline.reading import Entry
from forecourt.records.vehicles import vehicles
from forecourt.records.vehicles.models import Vehicle
from forecourt.runtime import clock, scope

PAST_VISITS = 30


@dataclass(frozen=True)
class Coming:
    """The next appointment."""

    starts_at: datetime
    zone: str  # of its site: each time is read on the wall clock of its place
    site: str
    work: list[str]
    url: str  # empty if this person may not open it


@dataclass(frozen=True)
class Here:
    """The car is at the workshop now."""

    job_card_id: UUID
    zone: str
    stage: str
    expected: picture.Expected | None
    to_decide: int
    url: str
    token: str

    @property
    def topic(self) -> str:
        return picture.topic(self.job_card_id)


@dataclass(frozen=True)
class Paper:
    """An invoice to take along."""

    number: str
    issued_on: date
    url: str


@dataclass(frozen=True)
class Past:
    """A visit that is over."""

    number: str
    site: str
    opened_on: date
    mileage: int | None


@dataclass(frozen=True)
class Car:
    """One car of one link."""

    link: CustomerLink
    vehicle: Vehicle
    dealer: Organisation
    zone: str
    coming: list[Coming]
    here: Here | None
    latest: list[Entry]

    @property
    def url(self) -> str:
        return reverse("me_car", kwargs={"link_id": self.link.pk, "vehicle_id": self.vehicle.pk})


def cars(request: AccountRequest) -> list[Car]:
    """All of them: those at a workshop first, then those that are expected somewhere, then by dealer and plate."""
    found: list[Car] = []
    for link in customer_links.of(request.account):
        with scope.of(link.organisation_id):
            found += _of_link(link)
    return sorted(found, key=_urgency)


def car(link: CustomerLink, vehicle_id: UUID, *, entries: int) -> Car:
    """One car, in its dealer's scope. NotFound for a car that is not this customer's or not the driver's."""
    if link.vehicle_id not in {None, vehicle_id}:
        raise NotFound
    vehicle = vehicles.find(actor=customer_links.actor_of(link), vehicle_id=vehicle_id)
    return _car(link, vehicle, Organisation.objects.get(pk=link.organisation_id), entries=entries)


def past(link: CustomerLink, vehicle_id: UUID) -> list[Past]:
    """What is over, in this customer's time with the car."""
    rows = Visit.objects.filter(vehicle_id=vehicle_id, customer_id=link.customer_id, gone_on=None).select_related("site")
    return [Past(each.number, each.site.name, each.opened_on, each.mileage) for each in rows.order_by("-opened_on", "-id")[:PAST_VISITS]]


def papers(link: CustomerLink, vehicle_id: UUID) -> list[Paper]:
    """Invoices of this customer for this car, newest first; none for a driver who may not decide."""
    if not may_open(link, "visit"):
        return []
    found = []
    for card in _cards(link, vehicle_id).order_by("-number")[:PAST_VISITS]:
        invoice = billing.of(card)
        if invoice is not None:
            url = reverse("customer_invoice", kwargs={"token": own.token(link.pk, card.pk)})
            found.append(Paper(invoice.number, invoice.issued_on, url))
    return found


def dealers(links: list[CustomerLink]) -> list[Organisation]:
    """Those that the links lead to, each once, by name."""
    found: dict[UUID, Organisation] = {}
    for organisation_id in {link.organisation_id for link in links}:
        with scope.of(organisation_id):
            found[organisation_id] = Organisation.objects.get(pk=organisation_id)
    return sorted(found.values(), key=lambda each: each.name)


def _of_link(link: CustomerLink) -> Iterator[Car]:
    dealer = Organisation.objects.get(pk=link.organisation_id)
    kept: QuerySet[Vehicle] = vehicles.cars_of(link.customer_id)
    if link.vehicle_id is not None:
        kept = kept.filter(pk=link.vehicle_id)
    for vehicle in kept:
        yield _car(link, vehicle, dealer, entries=1)


def _car(link: CustomerLink, vehicle: Vehicle, dealer: Organisation, *, entries: int) -> Car:
    zone = Site.objects.order_by("pk").values_list("zone", flat=True).first() or "UTC"
    with timezone.override(zone):  # sentences of the timeline name times
        latest = reading.of("vehicle", vehicle.pk, actor=customer_links.actor_of(link), limit=entries)
    return Car(link, vehicle, dealer, zone, _coming(link, vehicle.pk), _here(link, vehicle.pk), latest)


def _coming(link: CustomerLink, vehicle_id: UUID) -> list[Coming]:
    rows = Appointment.objects.filter(
        vehicle_id=vehicle_id, customer_id=link.customer_id, state__in=OPEN_APPOINTMENT, ends_at__gt=clock.now()
    )
    names = work.labels()
    return [
        Coming(
            each.starts_at, each.site.zone, each.site.name, [names.get(code, code) for code in each.work_kinds],
            _url(link, "appointment", each.pk),
        )
        for each in rows.select_related("site").order_by("starts_at")[:5]
    ]  # fmt: skip


def _here(link: CustomerLink, vehicle_id: UUID) -> Here | None:
    card = _cards(link, vehicle_id).exclude(stage="collected").order_by("-number").first()
    if card is None:
        return None
    token = own.token(link.pk, card.pk) if may_open(link, "visit") else ""
    return Here(
        card.pk, card.site.zone, card.stage, picture.expected(card), findings.to_decide(card).count(), _url(link, "visit", card.pk), token,
    )  # fmt: skip


def _cards(link: CustomerLink, vehicle_id: UUID) -> QuerySet[JobCard]:
    return picture.job_cards().filter(Q(vehicle_id=vehicle_id) & Q(customer_id=link.customer_id))


def _url(link: CustomerLink, purpose: str, subject_id: UUID) -> str:
    return reverse(PAGES[purpose], kwargs={"token": own.token(link.pk, subject_id)}) if may_open(link, purpose) else ""


def _urgency(each: Car) -> tuple[int, float, str, str]:
    decides = 0 if each.here and each.here.to_decide else 1 if each.here else 2 if each.coming else 3
    return decides, each.coming[0].starts_at.timestamp() if each.coming else 0.0, each.dealer.name, each.vehicle.plate_key
