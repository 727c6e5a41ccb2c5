"""What the workshop's mails say, as blocks in the reader's language; when they go is decided by `notices`."""

from datetime import datetime
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from forecourt.engines.messaging.letters import Block, Button, Facts, Heading, Paragraph, Small, letter
from forecourt.engines.messaging.models import Message
from forecourt.engines.messaging.registry import Content, composer
from forecourt.engines.offers.models import Item
from forecourt.journeys.workshop import billing
from forecourt.journeys.workshop.models import Appointment, JobCard
from forecourt.records.catalogue import work
from forecourt.records.dealership.models import Site
from forecourt.runtime import links
from forecourt.runtime.documents import formats

CONFIRMED: Final = "appointment_confirmed"
MOVED: Final = "appointment_moved"
CANCELLED: Final = "appointment_cancelled"
STARTED: Final = "work_started"
NEW_TIME: Final = "expected_time_changed"
APPROVAL: Final = "approval_asked"
READY: Final = "car_ready"


@composer(CONFIRMED)
def appointment_confirmed(message: Message) -> Content:
    appointment = _appointment(message)
    return letter(
        message,
        subject=_("Your appointment on %(day)s at %(time)s") % _when(appointment.starts_at, appointment.site),
        blocks=[
            Heading(_("Your appointment is booked")),
            Paragraph(_("We look forward to your visit on %(day)s at %(time)s.") % _when(appointment.starts_at, appointment.site)),
            _facts_of(appointment),
            Button(_("See or change the appointment"), _link("appointment", message, appointment)),
        ],
    )


@composer(MOVED)
def appointment_moved(message: Message) -> Content:
    appointment = _appointment(message)
    earlier = _when(datetime.fromisoformat(message.facts["earlier_starts_at"]), appointment.site)
    return letter(
        message,
        subject=_("New time: %(day)s at %(time)s") % _when(appointment.starts_at, appointment.site),
        blocks=[
            Heading(_("Your appointment has a new time")),
            Paragraph(_("It is now on %(day)s at %(time)s.") % _when(appointment.starts_at, appointment.site)),
            Paragraph(_("Before, it was on %(day)s at %(time)s.") % earlier),
            _facts_of(appointment),
            Button(_("See or change the appointment"), _link("appointment", message, appointment)),
        ],
    )


@composer(CANCELLED)
def appointment_cancelled(message: Message) -> Content:
    appointment = _appointment(message)
    return letter(
        message,
        subject=_("Your appointment on %(day)s is cancelled") % _when(appointment.starts_at, appointment.site),
        blocks=[
            Heading(_("Your appointment is cancelled")),
            Paragraph(_("The appointment on %(day)s at %(time)s will not take place.") % _when(appointment.starts_at, appointment.site)),
            Small(_("If this is a surprise to you, please call us at %(phone)s.") % {"phone": appointment.site.phone}),
        ],
    )


@composer(STARTED)
def work_started(message: Message) -> Content:
    job_card = _job_card(message)
    return letter(
        message,
        subject=_("We have started on your %(car)s") % _car(job_card),
        blocks=[
            Heading(_("Work on your car has begun")),
            *_expected(job_card),
            Paragraph(_("You can follow every step live.")),
            Button(_("Follow the visit"), _link("visit", message, job_card)),
        ],
    )


@composer(NEW_TIME)
def expected_time_changed(message: Message) -> Content:
    job_card = _job_card(message)
    reasons = {
        "delay": _("The work takes longer than planned."),
        "work": _("The order of the work has changed."),
        "stage": _("The car has to wait for a moment."),
    }
    return letter(
        message,
        subject=_("New expected time for your %(car)s") % _car(job_card),
        blocks=[
            Heading(_("Your car will be ready later")),
            Paragraph(reasons.get(message.facts["reason"], reasons["work"])),
            *_expected(job_card),
            Button(_("Follow the visit"), _link("visit", message, job_card)),
        ],
    )


@composer(APPROVAL)
def approval_asked(message: Message) -> Content:
    job_card = _job_card(message)
    items = list(Item.objects.filter(request_id=message.facts["request_id"], state="pending").order_by("position"))
    currency = job_card.site.legal_entity.currency
    subject = (
        _("Reminder: please decide on your %(car)s")
        if message.facts.get("is_reminder")
        else _("Please decide: we found something on your %(car)s")
    )
    return letter(
        message,
        subject=subject % _car(job_card),
        blocks=[
            Heading(_("We found something and need your decision")),
            Paragraph(_("We do only what you approve. Please look at the photos and prices and decide on each item.")),
            Facts(tuple((item.title, _priced(item, currency)) for item in items)),
            *_expected(job_card),
            Button(_("Look and decide"), _link("visit", message, job_card)),
            Small(_("Or call us at %(phone)s.") % {"phone": job_card.site.phone}),
        ],
    )


@composer(READY)
def car_ready(message: Message) -> Content:
    job_card = _job_card(message)
    done = billing.summary(job_card).done
    issued = billing.of(job_card)
    total = [(_("Total with VAT"), formats.money(issued.gross, issued.currency))] if issued else []
    return letter(
        message,
        subject=_("Your %(car)s is ready") % _car(job_card),
        blocks=[
            Heading(_("Your car is ready")),
            Paragraph(_("Everything is done and checked by a second person. You can collect your car during our opening hours.")),
            Facts((*_car_rows(job_card), (_("Done"), "\n".join(done)), *total)),
            Button(_("See summary and invoice"), _link("visit", message, job_card)),
        ],
    )


def _appointment(message: Message) -> Appointment:
    return Appointment.objects.select_related("site", "vehicle").get(pk=message.facts["appointment_id"])


def _job_card(message: Message) -> JobCard:
    return JobCard.objects.select_related("site__legal_entity", "vehicle").get(pk=message.facts["job_card_id"])


def _facts_of(appointment: Appointment) -> Facts:
    site, names = appointment.site, work.labels()
    return Facts(
        (
            (_("When"), _("%(day)s at %(time)s") % _when(appointment.starts_at, site)),
            (_("Where"), f"{site.name}\n{site.street}\n{site.postcode} {site.city}"),
            *_car_rows(appointment),
            (_("Work"), "\n".join(names.get(code, code) for code in appointment.work_kinds)),
        )
    )


def _car_rows(thing: Appointment | JobCard) -> tuple[tuple[str, str], ...]:
    plate = ((_("Plate"), thing.vehicle.plate),) if thing.vehicle.plate else ()
    return ((_("Car"), str(thing.vehicle)), *plate)


def _car(job_card: JobCard) -> dict[str, str]:
    return {"car": str(job_card.vehicle)}


def _expected(job_card: JobCard) -> list[Block]:
    earliest, latest, zone = job_card.expected_earliest_at, job_card.expected_latest_at, job_card.site.zone
    if earliest is None or latest is None:
        return []
    start, end = _when(earliest, job_card.site), _when(latest, job_card.site)
    if start["day"] == end["day"]:
        span = {"day": start["day"], "from": formats.clock(earliest, zone), "until": formats.clock(latest, zone)}
        return [Paragraph(_("We expect your car to be ready on %(day)s between %(from)s and %(until)s.") % span)]
    span = {"day": start["day"], "from": start["time"], "last_day": end["day"], "until": end["time"]}
    return [Paragraph(_("We expect your car to be ready between %(day)s, %(from)s and %(last_day)s, %(until)s.") % span)]


def _priced(item: Item, currency: str) -> str:
    urgency = {"safety": _("needed for safety"), "soon": _("soon"), "can_wait": _("can wait")}[item.urgency]
    price = formats.money(Decimal(item.gross), currency)
    return _("%(price)s with VAT, %(urgency)s") % {"price": price, "urgency": urgency}


def _when(at: datetime, site: Site) -> dict[str, str]:
    return {"day": formats.weekday(at, site.zone), "time": formats.clock(at, site.zone)}


def _link(purpose: str, message: Message, subject: Appointment | JobCard) -> str:
    return links.url(purpose=purpose, organisation_id=subject.organisation_id, subject_id=subject.pk, holder_id=subject.customer_id)
