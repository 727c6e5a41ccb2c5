"""A workshop that is half busy today and has some of the next days taken; the morning's cars are where they would be by now."""

import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from itertools import cycle
from uuid import UUID
from zoneinfo import ZoneInfo

from forecourt.demo import pictures
from forecourt.faces.staff.door import actor_of
from forecourt.journeys.workshop import appointments, arrivals, billing, findings, job_cards
from forecourt.journeys.workshop.models import Appointment, JobCard, WorkLine
from forecourt.kernel.errors import Refusal
from forecourt.records.dealership.models import Bay, Site, StaffMember
from forecourt.records.vehicles.models import Holding
from forecourt.runtime import clock
from forecourt.runtime.actors import Actor

DAYS = 5
DAYS_OF_A_SMALL_DEMO = 1
WORK = (["inspection"], ["oil_service"], ["inspection", "oil_service"], ["brakes"], ["tyre_change"], ["diagnosis"], ["air_conditioning"])
QUARTERS = (0, 15, 30, 45)
STUCK_FROM, STUCK_UNTIL = 0.25, 1.6  # shares of the planned time in which a car may wait for its customer or for parts
FOUND = {
    "de": ("Bremsbeläge vorne", "2 mm Restbelag, Minimum 1,6 mm: wir würden sie jetzt ersetzen."),
    "it": ("Pastiglie freno anteriori", "Restano 2 mm, minimo 1,6 mm: le sostituiremmo ora."),
    "en": ("Front brake pads", "2 mm left, the minimum is 1.6 mm: we would change them now."),
    "ro": ("Plăcuțe de frână față", "Au mai rămas 2 mm, minimul este 1,6 mm: le-am schimba acum."),
    "zh-hans": ("前刹车片", "剩余 2 毫米，最低 1.6 毫米：建议现在更换。"),
}


def fill(*, actor: Actor, days: int = DAYS) -> None:
    """Book today and the next days at every site, then let today's cars arrive and be worked on."""
    dice = random.Random(f"today:{Site.objects.order_by('slug').first()}")  # noqa: S311 - dice for a demo, repeatable on purpose
    for site in Site.objects.all():
        holdings = _cars(site)
        for ahead in range(days):
            share = 0.6 if ahead == 0 else 0.5 / ahead + 0.1
            _book_day(actor, site, ahead, share, holdings, dice)
        _live_today(actor, site, dice)


def _cars(site: Site) -> Iterator[Holding]:
    """Cars whose keeper is at home here, in a fixed order, each once."""
    return (
        Holding.objects.filter(until_on=None, vehicle__visits__site=site).order_by("vehicle__plate_key").distinct().iterator(chunk_size=500)
    )


def _book_day(actor: Actor, site: Site, ahead: int, share: float, holdings: Iterator[Holding], dice: random.Random) -> None:
    zone = ZoneInfo(site.zone)
    day = clock.now().astimezone(zone).date() + timedelta(days=ahead)
    for bay in Bay.objects.filter(site=site).order_by("position"):
        at = datetime.combine(day, time(7, dice.choice(QUARTERS)), zone)
        while at.hour < 16:
            if dice.random() < share and (holding := next(holdings, None)):
                with suppress(Refusal):  # the bay or its technician cannot do it, or is taken
                    made = appointments.book(
                        actor=actor, customer_id=holding.customer_id, vehicle_id=holding.vehicle_id, site_id=site.pk,
                        work_kinds=dice.choice(WORK), starts_at=at, source="demo", bay_id=bay.pk,
                    )  # fmt: skip
                    at = made.ends_at.astimezone(zone)
            at += timedelta(minutes=dice.choice((15, 30, 45)))


def _live_today(actor: Actor, site: Site, dice: random.Random) -> None:
    """Let every car of this morning come to where it would be by now, each step at its own time."""
    now = clock.now()
    crew = Crew.of(site)
    waiting = cycle(("approval", "", "parts", ""))
    for appointment in Appointment.objects.filter(site=site, starts_at__lt=now, state="confirmed").order_by("starts_at"):
        progress = (now - appointment.starts_at) / (appointment.ends_at - appointment.starts_at)
        crew.live_through(appointment, progress=progress, waits=next(waiting) if STUCK_FROM < progress < STUCK_UNTIL else "")


@dataclass(frozen=True)
class Crew:
    """Who does what to the cars of one site."""

    adviser: Actor
    technicians: dict[UUID, Actor]
    checker: Actor

    @classmethod
    def of(cls, site: Site) -> "Crew":
        people = [each for each in StaffMember.objects.all() if not each.sites or site.pk in each.sites]
        technicians = {each.pk: actor_of(each) for each in people if each.role == "technician"}
        adviser = next(actor_of(each) for each in people if each.role == "adviser")
        return cls(adviser, technicians, adviser)

    def live_through(self, appointment: Appointment, *, progress: float, waits: str) -> None:
        """Bring a car as far as its share of the planned time says; some wait for the customer or for parts."""
        whole = appointment.ends_at - appointment.starts_at
        technician = self.technicians.get(appointment.technician_id or UUID(int=0)) or next(iter(self.technicians.values()))

        def moment(share: float) -> datetime:
            return min(appointment.starts_at + whole * share, clock.now())

        with clock.at(moment(-0.02)):
            card = arrivals.check_in(actor=self.adviser, appointment_id=appointment.pk)
        if progress < 0.06:
            return
        with clock.at(moment(0.05)):
            self._accept(card)
            job_cards.assign(actor=self.adviser, job_card_id=card.pk, technician_id=technician.id or UUID(int=0))
        lines = list(WorkLine.objects.filter(job_card=card).order_by("position"))
        for place, line in enumerate(lines):
            starts, ends = 0.1 + 0.8 * place / len(lines), 0.1 + 0.8 * (place + 1) / len(lines)
            if progress < starts:
                return
            with clock.at(moment(starts)):
                job_cards.start_line(actor=technician, line_id=line.pk)
            if place == 0 and waits:
                with clock.at(moment(starts + 0.1)):
                    self._wait(card, technician, waits)
                return
            if progress < ends:
                return
            with clock.at(moment(ends)):
                job_cards.finish_line(actor=technician, line_id=line.pk)
        self._finish(card, progress, moment)

    def _accept(self, card: JobCard) -> None:
        known = card.vehicle.mileage or 30_000
        arrivals.accept(
            actor=self.adviser, job_card_id=card.pk, mileage=known + 900, fuel_percent=60, valuables="", damage=[],
            photos=[pictures.stored("wing", actor=self.adviser)], signature=pictures.stored("signature", actor=self.adviser),
            signed_name=card.customer.name,
        )  # fmt: skip

    def _wait(self, card: JobCard, technician: Actor, waits: str) -> None:
        if waits == "parts":
            job_cards.advance(actor=technician, job_card_id=card.pk, to="waiting_parts")
            return
        language = card.customer.language or "en"
        title, detail = FOUND.get(language, FOUND["en"])
        findings.add(
            actor=technician, job_card_id=card.pk, title=title, detail=detail, urgency="safety", net=Decimal("203.28"), minutes=45,
            photos=[pictures.stored("brake", actor=technician)],
        )  # fmt: skip
        findings.put(actor=technician, job_card_id=card.pk)

    def _finish(self, card: JobCard, progress: float, moment: Callable[[float], datetime]) -> None:
        with clock.at(moment(0.92)):
            job_cards.advance(actor=self.adviser, job_card_id=card.pk, to="quality_check")
        if progress < 1.0:
            return
        with clock.at(moment(1.0)):
            job_cards.advance(actor=self.checker, job_card_id=card.pk, to="ready")
            billing.invoice(actor=self.adviser, job_card_id=card.pk)
        if progress > 1.8:
            with clock.at(moment(1.6)):
                job_cards.collect(actor=self.adviser, job_card_id=card.pk)
