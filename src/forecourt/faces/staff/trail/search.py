"""What the trail can be searched by: who did it, whom it concerns, kind, days, order. And which part of it this person may see."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from forecourt.faces.staff.trail.words import KINDS
from forecourt.faces.ui import asked
from forecourt.records.dealership.models import Site, StaffMember
from forecourt.records.people import customers, merges
from forecourt.records.people.models import Customer
from forecourt.runtime import audit, clock
from forecourt.runtime.actors import Actor
from forecourt.runtime.models import AuditEntry

DAYS_SHOWN: Final = 30
MOST_PERSONS: Final = 50


@dataclass(frozen=True)
class Question:
    """What was asked, readable."""

    since: date
    until: date
    staff_id: UUID | None = None
    customers: tuple[Customer, ...] = ()
    customer_text: str = ""
    means_more: bool = False
    """More customers are meant than are looked for."""
    kind: str = ""
    oldest_first: bool = False

    @property
    def is_about_nobody(self) -> bool:
        """A customer was asked for whom nobody is."""
        return bool(self.customer_text) and not self.customers


class SearchForm(forms.Form):
    """Read from the address, so that a search can be kept and shared. What cannot be read counts as not set."""

    staff = forms.UUIDField(required=False)
    customer = forms.CharField(required=False, max_length=80)
    kind = forms.ChoiceField(label=_("Kind"), choices=[(key, label) for key, (label, _acts) in KINDS.items()], required=False)
    since = forms.DateField(label=_("From"), required=False)
    until = forms.DateField(label=_("Until"), required=False)
    sort = forms.CharField(required=False)

    def question(self, site: Site) -> Question:
        self.is_valid()
        given: dict[str, Any] = self.cleaned_data
        today = clock.today(site.zone)
        until = given.get("until") or today
        since = given.get("since") or until - timedelta(days=DAYS_SHOWN)
        found = Question(
            since=min(since, until),
            until=max(since, until),
            staff_id=given.get("staff"),
            kind=given.get("kind") or "",
            oldest_first=given.get("sort") == "at",
        )
        text = (given.get("customer") or "").strip()
        meant = _meant(text) if text else []
        return replace(found, customer_text=text, customers=tuple(meant[:MOST_PERSONS]), means_more=len(meant) > MOST_PERSONS)


def entries(actor: Actor, asked_for: Question, site: Site) -> QuerySet[AuditEntry]:
    """The lines that were asked for, of those that this person may see."""
    if asked_for.is_about_nobody:
        return AuditEntry.objects.none()
    zone = ZoneInfo(site.zone)
    found = audit.entries(
        since=datetime.combine(asked_for.since, time(), zone), until=datetime.combine(asked_for.until + timedelta(days=1), time(), zone)
    )
    if asked_for.staff_id:
        found = found.filter(actor_id=asked_for.staff_id)
    if asked_for.customers:
        persons = [pk for customer in asked_for.customers for pk in merges.ids_of(customer.pk)]
        found = found.filter(Q(object_id__in=persons) | Q(about__overlap=persons) | Q(actor_kind="customer", actor_id__in=persons))
    if asked_for.kind:
        found = found.filter(_of_kind(asked_for.kind))
    if actor.sites is not None:
        found = found.filter(actor_kind="staff", actor_id__in=colleagues(actor).values("pk"))
    return found.order_by("at", "pk") if asked_for.oldest_first else found


def colleagues(actor: Actor) -> QuerySet[StaffMember]:
    """Whose acts this person may see: everybody's, or those of who works at their sites only. Also of who has left."""
    if actor.sites is None:
        return StaffMember.objects.all()
    return StaffMember.objects.filter(sites__contained_by=list(actor.sites)).exclude(sites=[])


def _of_kind(kind: str) -> Q:
    found = Q()
    for beginning in KINDS[kind][1]:
        found |= Q(act__startswith=beginning)
    return found | Q(values__via__startswith="support:") if kind == "support" else found


def _meant(text: str) -> list[Customer]:
    one = asked.identifier(text)
    if one:
        return list(Customer.objects.filter(pk=one))
    return [] if "\0" in text else list(customers.matching(text).order_by("sort_key", "pk")[: MOST_PERSONS + 1])
