"""The letter of an invitation, and whether its reason still stands. Imported with the reactions, so that both are known.

Composed in the claim: the times in it are free at the moment it leaves, and they are kept with the invitation.
"""

from collections.abc import Iterator
from datetime import date, datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from forecourt.engines.cases.cases import UNSOLVED
from forecourt.engines.cases.models import Case
from forecourt.engines.messaging import registry
from forecourt.engines.messaging.letters import Aside, Block, Button, Facts, Heading, Paragraph, Slot, Slots, letter
from forecourt.engines.messaging.models import Message
from forecourt.engines.messaging.registry import Content, Verdict
from forecourt.journeys.marketing import flows, offers, selection
from forecourt.journeys.marketing.models import Invitation
from forecourt.journeys.workshop.slots import Opening
from forecourt.kernel.errors import Refusal
from forecourt.records.catalogue.models import WorkKind
from forecourt.records.dealership.models import Organisation, Site
from forecourt.records.people.models import Customer
from forecourt.records.vehicles import vehicles
from forecourt.records.vehicles.models import Vehicle
from forecourt.runtime import links
from forecourt.runtime.documents import formats

LINK_WORKS_DAYS = 60


@registry.gate(flows.CAUSE)
def still_stands(message: Message) -> Verdict | None:
    """Asked in the claim: the flow is on, the work still due, nothing booked, the car still theirs, no complaint open."""
    invitation = Invitation.objects.select_related("flow").filter(pk=message.cause_id).first()
    if invitation is None:
        return Verdict(allowed=False, reason_code="gone")
    code = next(_objections(invitation), "")
    return Verdict(allowed=False, reason_code=code) if code else None


def _objections(invitation: Invitation) -> Iterator[str]:
    if not invitation.flow.is_on:
        yield "flow_off"
    if invitation.state not in {"planned", "sent"}:
        yield f"invitation_{invitation.state}"
    if selection.open_appointments(invitation.vehicle_id).exists():
        yield "already_booked"
    held = vehicles.current_keepers().filter(vehicle_id=invitation.vehicle_id, customer_id=invitation.customer_id)
    if not held.exists():
        yield "not_their_car"
    if not selection.still_due(invitation):
        yield "no_longer_due"
    if Case.objects.filter(customer_id=invitation.customer_id, state__in=(*UNSOLVED, "solved")).exists():
        yield "case_open"


@registry.composer(flows.TEMPLATE)
def invitation(message: Message) -> Content:
    """Refusal("no_free_time") if the workshop has nothing to offer."""
    invitation = Invitation.objects.select_related("vehicle", "customer").get(pk=message.cause_id)
    openings, kinds = offers.choose(invitation)
    if not openings:
        raise Refusal("no_free_time", _("The workshop has no free time in the days that are offered."))
    slots = [{"starts_at": each.starts_at.isoformat(), "ends_at": each.ends_at.isoformat()} for each in openings]
    Invitation.objects.filter(pk=invitation.pk).update(slots=slots, work_kinds=kinds)
    site = Site.objects.get(pk=invitation.site_id)
    work = _work(kinds, message.language)
    facts = {"work": work, "car": str(invitation.vehicle), "plate": invitation.vehicle.plate}
    return letter(
        message,
        subject=_("%(work)s for your %(car)s: three times to choose from") % facts
        if len(openings) == 3
        else _("%(work)s for your %(car)s") % facts,
        preview=_("One tap and it is booked."),
        blocks=_blocks(invitation, site, work, openings),
    )


def _blocks(invitation: Invitation, site: Site, work: str, openings: list[Opening]) -> list[Block]:
    page = links.url(
        purpose="booking", organisation_id=invitation.organisation_id, subject_id=invitation.pk, holder_id=invitation.customer_id,
        days=LINK_WORKS_DAYS,
    )  # fmt: skip
    zone = ZoneInfo(site.zone)
    choices = tuple(
        Slot(_when(each.starts_at, zone), f"{page}?{urlencode({'slot': each.starts_at.isoformat()})}", _at(each.starts_at, zone))
        for each in openings
    )
    car = invitation.vehicle
    return [
        Heading(_greeting(invitation.customer)),
        Paragraph(_why(invitation, work, car)),
        Facts(
            tuple(row for row in ((_("Car"), str(car)), (_("Plate"), car.plate), (_("Work"), work), (_("Where"), _place(site))) if row[1])
        ),
        Paragraph(
            ngettext("This time is free for you now. Tap it to book:", "These times are free for you now. Tap one to book:", len(choices))
        ),
        Slots(choices),
        Button(_("Choose another time"), page),
        Paragraph(_("You would rather talk to us? Call %(phone)s.") % {"phone": site.phone}),
        Aside(_("This is not your car any more? Then we will not write about it again."), _("Tell us"), f"{page}#not-mine"),
    ]


def _greeting(customer: Customer) -> str:
    if customer.kind == "business" or not customer.last_name:
        return _("Good day")
    return _("Good day %(name)s") % {"name": f"{customer.first_name} {customer.last_name}".strip()}


def _why(invitation: Invitation, work: str, car: Vehicle) -> str:
    """The reason that made the day, as the due list showed it."""
    first = (invitation.reason.get("due") or [{}])[0]
    facts = {"work": work, "day": _day(invitation.due_on), "car": str(car) or car.plate}
    match first.get("because"):
        case "distance":
            return _("By the distance you drive, your %(car)s is due around %(day)s: %(work)s.") % facts
        case "condition":
            return _("The next service of your %(car)s was set for around %(day)s: %(work)s.") % facts
        case "test_date":
            return _("The test date of your %(car)s is %(day)s: %(work)s.") % facts
        case "time" if first.get("last_done_on"):
            return _("Your %(car)s was last here for this on %(last)s and is due again on %(day)s: %(work)s.") % {
                **facts,
                "last": _day(date.fromisoformat(first["last_done_on"])),
            }
        case _:
            return _("Your %(car)s is due on %(day)s: %(work)s.") % facts


def _work(kinds: list[str], language: str) -> str:
    known = {kind.code: kind.label(language) for kind in WorkKind.objects.filter(code__in=kinds)}
    names = [known.get(code, code) for code in kinds]
    if len(names) < 2:
        return "".join(names)
    return _("%(first)s and %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}


def _place(site: Site) -> str:
    dealer = Organisation.objects.get(pk=site.organisation_id)
    return ", ".join(filter(None, (f"{dealer.name} {site.name}", site.street, f"{site.postcode} {site.city}".strip())))


def _when(at: datetime, zone: ZoneInfo) -> str:
    return formats.weekday(at, zone.key)


def _at(at: datetime, zone: ZoneInfo) -> str:
    return _("at %(time)s") % {"time": formats.clock(at, zone.key)}


def _day(day: date) -> str:
    return formats.day(day)
