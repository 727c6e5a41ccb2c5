"""Entries of the trail as lines that one reads: who, what, about whom or what, how. The names are looked up for a page at once.

The trail itself holds ids only. Whoever was erased since has no name here either.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from forecourt.faces.staff.own.views import HOW
from forecourt.faces.staff.own.words import device_name
from forecourt.faces.staff.people.words import right_name
from forecourt.faces.staff.trail.words import act_name, way_name
from forecourt.faces.staff.words import ROLE_NAMES
from forecourt.journeys.workshop.models import JobCard
from forecourt.records.accounts.models import ApiToken, Device, SignIn
from forecourt.records.dealership.models import StaffMember, SupportVisit
from forecourt.records.people.models import Customer
from forecourt.records.vehicles.models import Vehicle
from forecourt.runtime.models import AuditEntry

_PAGES: Final = {
    "customer": "customers:customer",
    "staff_member": "people:member",
    "vehicle": "vehicles:vehicle",
    "job_card": "job_cards:card",
}


@dataclass(frozen=True)
class Line:
    """One entry in words."""

    entry: AuditEntry
    at: datetime
    who: str
    standing: str
    """What the one who did it is here: role, program, customer."""
    what: str
    about: str
    about_url: str
    how: str


def read(entries: Iterable[AuditEntry]) -> list[Line]:
    """These entries as lines."""
    rows = list(entries)
    names = _Names(rows)
    return [_line(entry, names) for entry in rows]


class _Names:
    """What stands behind the ids of a page: one question for each kind of thing."""

    def __init__(self, entries: list[AuditEntry]) -> None:
        staff = _actors(entries, "staff") | _objects(entries, "staff_member") | _behind(entries, "deputy")
        persons = _actors(entries, "customer") | _objects(entries, "customer")
        tokens = _actors(entries, "api") | _objects(entries, "token")
        came_by = {UUID(e.values["device"]) for e in entries if e.values.get("device")}
        self.staff = {row.pk: row for row in StaffMember.objects.filter(pk__in=staff)} if staff else {}
        self.customers = {row.pk: row for row in Customer.objects.filter(pk__in=persons)} if persons else {}
        self.tokens = dict(ApiToken.objects.filter(pk__in=tokens).values_list("pk", "name")) if tokens else {}
        self.signins = {row.pk: row for row in SignIn.objects.filter(pk__in=came_by)} if came_by else {}
        self.devices = dict(Device.objects.filter(pk__in=came_by).values_list("pk", "name")) if came_by else {}
        visited = _behind(entries, "support")
        self.visits = {row.pk: row for row in SupportVisit.objects.filter(pk__in=visited)} if visited else {}
        cars, cards = _objects(entries, "vehicle"), _objects(entries, "job_card")
        self.vehicles = {row.pk: row.plate or row.vin for row in Vehicle.objects.filter(pk__in=cars)} if cars else {}
        self.job_cards = dict(JobCard.objects.filter(pk__in=cards).values_list("pk", "number")) if cards else {}

    def of(self, kind: str, pk: UUID) -> str:
        """What a thing is called; empty for what is no longer kept."""
        if kind == "staff_member":
            return self.staff[pk].name if pk in self.staff else ""
        if kind == "customer":
            return self.customers[pk].name or self.customers[pk].number if pk in self.customers else ""
        return str((self.vehicles if kind == "vehicle" else self.job_cards).get(pk, ""))


def _actors(entries: list[AuditEntry], kind: str) -> set[UUID]:
    return {entry.actor_id for entry in entries if entry.actor_kind == kind and entry.actor_id}


def _objects(entries: list[AuditEntry], kind: str) -> set[UUID]:
    return {entry.object_id for entry in entries if entry.object_kind == kind and entry.object_id}


def _behind(entries: list[AuditEntry], way: str) -> set[UUID]:
    """In whose place somebody acted, or by which visit of support."""
    came = (entry.values.get("via", "").partition(":") for entry in entries)
    return {UUID(hex=pk) for kind, _colon, pk in came if kind == way}


def _line(entry: AuditEntry, names: _Names) -> Line:
    who, standing = _who(entry, names)
    about, url = _about(entry, names)
    what = ": ".join(filter(None, (act_name(entry.act), _detail(entry.values))))
    return Line(entry, entry.at, who, standing, what, about, url, _how(entry, names))


def _who(entry: AuditEntry, names: _Names) -> tuple[str, str]:
    pk = entry.actor_id
    if entry.actor_kind == "system" or pk is None:
        return "Forecourt", ""
    if entry.actor_kind == "api":
        return names.tokens.get(pk, _("A program")), _("Program")
    if entry.actor_kind == "customer":
        return names.of("customer", pk) or _("Somebody no longer kept"), _("Customer")
    member = names.staff.get(pk)
    if member is None:
        return _("Somebody no longer kept"), ""
    if entry.values.get("via", "").startswith("support:"):
        return _("Support, as %(name)s") % {"name": member.name}, _("Support")
    return member.name, str(ROLE_NAMES.get(member.role, member.role))


def _about(entry: AuditEntry, names: _Names) -> tuple[str, str]:
    """What it concerns, with its address where it has a page."""
    kind, pk = entry.object_kind, entry.object_id
    if kind in _PAGES and pk:
        label = names.of(kind, pk)
        return (label, reverse(_PAGES[kind], args=[pk])) if label else (_("No longer kept"), "")
    if kind == "token" and pk:
        return names.tokens.get(pk, ""), ""
    return (_count(entry.values["shown"]) if "shown" in entry.values else ""), ""


def _count(persons: int) -> str:
    return _("nobody in it") if not persons else _("persons in it: %(count)s") % {"count": persons}


def _detail(values: dict[str, Any]) -> str:
    """What more the numbers and codes of an entry say."""
    told = []
    if "right" in values:
        told.append(right_name(values["right"]))
    if "role" in values:
        told.append(str(ROLE_NAMES.get(values["role"], values["role"])))
    if "allowed" in values:
        told.append(_("allowed") if values["allowed"] else _("not allowed"))
    return ", ".join(told)


def _how(entry: AuditEntry, names: _Names) -> str:
    via = entry.values.get("via", "")
    told = [way_name(via)] if via or entry.actor_kind == "system" else []
    if via.startswith("support:") and (visit := names.visits.get(UUID(hex=via.partition(":")[2]))):
        told = [f"{way_name(via)}: {visit.operator}", visit.reason]
    if via.startswith("deputy:") and (absent := names.staff.get(UUID(hex=via.partition(":")[2]))):
        told = [_("in the place of %(name)s") % {"name": absent.name}]
    came_by = UUID(entry.values["device"]) if entry.values.get("device") else None
    if came_by in names.signins:
        signin = names.signins[came_by]
        told = [*(told if via != "session" else []), str(HOW.get(signin.how, signin.how)), device_name(signin.program), signin.address]
    elif came_by in names.devices:
        told.append(names.devices[came_by])
    return " · ".join(filter(None, told))
