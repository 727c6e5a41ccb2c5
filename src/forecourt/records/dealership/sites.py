"""Places where the dealer works, and their opening hours."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from forecourt.kernel import hours
from forecourt.kernel.errors import Refusal
from forecourt.records.dealership.events import SiteHoursChanged, SiteOpened
from forecourt.records.dealership.models import LegalEntity, Site
from forecourt.runtime import access
from forecourt.runtime.actors import Actor
from forecourt.runtime.events import publish


@transaction.atomic
def open_site(
    *,
    actor: Actor,
    legal_entity_id: UUID,
    slug: str,
    code: str,
    name: str,
    street: str,
    postcode: str,
    city: str,
    country: str,
    phone: str,
    email: str,
    zone: str,
    opening_hours: str,
    closed_on: Collection[date] = (),
    hourly_rate_net: Decimal = Decimal(120),
    tax_rate: Decimal = Decimal(19),
) -> Site:
    """Open a site. Refusal("hours_unreadable") if the hours are not in the form of `kernel.hours`."""
    entity = access.fetch(LegalEntity, legal_entity_id, actor=actor, right="dealership.set_up")
    site = Site.objects.create(
        legal_entity=entity, slug=slug, code=code, name=name, street=street, postcode=postcode, city=city, country=country,
        phone=phone, email=email, zone=zone, opening_hours=readable_hours(opening_hours, zone), closed_on=sorted(closed_on),
        hourly_rate_net=hourly_rate_net, tax_rate=tax_rate,
    )  # fmt: skip
    publish(SiteOpened(site_id=site.pk), by=actor)
    return site


@transaction.atomic
def change_hours(*, actor: Actor, site_id: UUID, opening_hours: str, closed_on: Collection[date] = ()) -> Site:
    """Change when a site is open. What is booked already stays booked."""
    site = access.fetch(Site, site_id, actor=actor, right="dealership.set_up", lock=True)
    site.opening_hours = readable_hours(opening_hours, site.zone)
    site.closed_on = sorted(closed_on)
    site.save(update_fields=["opening_hours", "closed_on"])
    publish(SiteHoursChanged(site_id=site.pk), by=actor)
    return site


def hours_of(site: Site) -> hours.WeekHours:
    """The site's opening hours, its closed days included."""
    read = hours.from_text(site.opening_hours, site.zone)
    return hours.WeekHours(read.zone, read.days, read.closed_on | frozenset(site.closed_on), read.extra)


def zone_of(site: Site) -> ZoneInfo:
    return ZoneInfo(site.zone)


def readable_hours(text: str, zone: str) -> str:
    """The same text if it can be read as hours; Refusal("hours_unreadable") otherwise."""
    try:
        hours.from_text(text, zone)
    except ValueError as problem:
        raise Refusal(
            "hours_unreadable", _("These hours cannot be read: %(problem)s") % {"problem": problem}, problem=str(problem)
        ) from problem
    return text
