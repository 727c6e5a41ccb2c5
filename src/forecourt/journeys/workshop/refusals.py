"""Why a time cannot be had, in plain words for whoever asks: staff learn which car stands where, customers only that it is taken."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from forecourt.engines.booking import reservations
from forecourt.engines.booking.models import Closure, Reservation, Resource
from forecourt.journeys.workshop import slots
from forecourt.journeys.workshop.models import Appointment
from forecourt.journeys.workshop.resources import BAY, CAR, TECHNICIAN
from forecourt.journeys.workshop.slots import Demand, Opening
from forecourt.kernel.errors import Refusal
from forecourt.kernel.periods import Period
from forecourt.records.dealership import sites
from forecourt.runtime.actors import Actor


def slot_taken(demand: Demand, wanted: datetime) -> Refusal:
    """The customer's wish is gone; the next best three come along as `alternatives`."""
    alternatives: list[Opening] = slots.nearest(demand=demand, to=wanted)
    return Refusal("slot_taken", _("This time has just been taken. Here are the next best ones."), alternatives=alternatives)


def closed(demand: Demand, period: Period) -> Refusal | None:
    """Refusal("closed") where the site is not open all through the period."""
    hours = sites.hours_of(demand.site)
    if any(opened.contains(period) for opened in hours.intervals(hours.day_of(period.starts_at))):
        return None
    if hours.is_open(period.starts_at):
        text = _("%(site)s closes before this work would be done (%(ends_at)s).")
    else:
        text = _("%(site)s is closed at this time.")
    return Refusal("closed", text % {"site": demand.site.name, "ends_at": _clock(period.ends_at, demand.zone)})


def period_taken(actor: Actor, demand: Demand, period: Period, missing_role: str, besides: UUID) -> Refusal:
    """What stands in the way of a move, the first thing in time; `alternatives` are the nearest free times."""
    wanted = next(each for each in demand.requirements if each.role == missing_role).resource_ids
    alternatives = slots.nearest(demand=demand, to=period.starts_at)
    text = _("This time is taken.")
    if actor.kind != "customer":
        text = _in_the_way(demand, period, missing_role, wanted, besides)
    return Refusal("period_taken", text, alternatives=alternatives)


def _in_the_way(demand: Demand, period: Period, role: str, wanted: tuple[UUID, ...], besides: UUID) -> str:
    if len(wanted) > 1:
        return _("No bay that can do this work is free then.") if role == BAY else _("No technician who can do this work is free then.")
    resource = Resource.objects.get(pk=wanted[0])
    found = reservations.obstacles(resource_ids=wanted, period=period, besides=besides)
    if found:
        return _taken_by(resource, found[0], demand.zone)
    if Closure.objects.filter(resource=resource, starts_at__lt=period.ends_at, ends_at__gt=period.starts_at).exists():
        return _("%(name)s is away at this time.") % {"name": resource.name}
    if role == TECHNICIAN:
        return _("%(name)s does not work at this time.") % {"name": resource.name}
    return _("%(name)s is not open at this time.") % {"name": resource.name}


def _taken_by(resource: Resource, obstacle: Reservation, zone: ZoneInfo) -> str:
    facts = {"name": resource.name, "from": _clock(obstacle.starts_at, zone), "until": _clock(obstacle.ends_at, zone)}
    if resource.kind == CAR:
        return _("%(name)s is already booked from %(from)s to %(until)s.") % facts
    holder = Appointment.objects.filter(pk=obstacle.holder_id).select_related("vehicle").first()
    if holder is None:
        return _("%(name)s is taken %(from)s–%(until)s.") % facts
    return _("%(name)s is taken %(from)s–%(until)s by %(plate)s.") % {**facts, "plate": holder.vehicle.plate or holder.number}


def _clock(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%H:%M}"
