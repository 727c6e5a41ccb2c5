"""A workshop that is half busy today and has some of the next days taken; the morning's cars are where they would be by now."""

import random
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from forecourt.journeys.workshop import appointments
from forecourt.journeys.workshop.models import Appointment
from forecourt.kernel.errors import Refusal
from forecourt.records.dealership.models import Bay, Site
from forecourt.records.vehicles.models import Holding
from forecourt.runtime import clock
from forecourt.runtime.actors import Actor

DAYS = 10
WORK = (["inspection"], ["oil_service"], ["inspection", "oil_service"], ["brakes"], ["tyre_change"], ["diagnosis"], ["air_conditioning"])
QUARTERS = (0, 15, 30, 45)


def fill(*, actor: Actor) -> None:
    """Book today and the next days at every site, then let today's cars arrive and be worked on."""
    dice = random.Random(f"today:{actor.organisation_id and Site.objects.order_by('slug').first()}")
    for site in Site.objects.all():
        holdings = _cars(site)
        for ahead in range(DAYS):
            share = 0.6 if ahead == 0 else 0.5 / ahead + 0.1
            _book_day(actor, site, ahead, share, holdings, dice)
        _live_today(actor, site, dice)


def _cars(site: Site) -> Iterator[Holding]:
    """Cars whose keeper is at home here, in a fixed order, each once."""
    return Holding.objects.filter(until_on=None, vehicle__visits__site=site).order_by("vehicle__plate_key").distinct().iterator(chunk_size=500)


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
    """Let every car of this morning come to where it would be by now."""
    now = clock.now()
    for appointment in Appointment.objects.filter(site=site, starts_at__lt=now, state="confirmed").order_by("starts_at"):
        progress = (now - appointment.starts_at) / (appointment.ends_at - appointment.starts_at)
        _advance(actor, appointment, progress, dice)


def _advance(actor: Actor, appointment: Appointment, progress: float, dice: random.Random) -> None:
    raise NotImplementedError
