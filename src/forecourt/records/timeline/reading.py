"""One timeline for staff and customer: what happened, newest first, in the reader's language, filtered by what they may see.

Reads event rows and the visits that were imported (which have no event each). Names are looked up while reading, because events hold ids
only; an erased person leaves the act without a name.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from forecourt.records.dealership.models import StaffMember
from forecourt.records.history.models import Visit
from forecourt.records.people import merges
from forecourt.records.vehicles import merges as vehicle_merges
from forecourt.runtime import events
from forecourt.runtime.actors import Actor
from forecourt.runtime.documents import formats
from forecourt.runtime.models import Event as EventRow
from forecourt.runtime.models import EventSubject

IMPORTED: Final = "history.visit"
# Events keep amounts as text, with all their places.
_AMOUNT: Final = re.compile(r"-?\d+\.\d{2}")
#: Whose events are one subject's, where two records may have been merged.
_MERGED: Final = {"customer": merges.ids_of, "vehicle": vehicle_merges.ids_of}


@dataclass(frozen=True)
class Entry:
    """One line: when, what, who."""

    at: datetime
    icon: str
    sentence: str
    actor_label: str
    name: str  # of the event; IMPORTED for an imported visit
    values: dict[str, Any]

    @property
    def told_at(self) -> datetime | None:
        """The time to be shown; of an imported visit only the day is known."""
        return None if self.name == IMPORTED else self.at


def of(kind: str, subject_id: UUID, *, actor: Actor, limit: int = 50, before: datetime | None = None) -> list[Entry]:
    """What happened to a subject, newest first. Four queries for a customer or a car, three for anything else, whatever its length. Access to the subject is the caller's to check.

    A customer reads of a car only what happened in their own time with it: what concerned them too.
    """
    entries = [*_events(kind, subject_id, actor, limit, before), *_visits(kind, subject_id, actor, limit, before)]
    entries.sort(key=lambda entry: entry.at, reverse=True)
    return entries[:limit]


def _events(kind: str, subject_id: UUID, actor: Actor, limit: int, before: datetime | None) -> Iterable[Entry]:
    mine = _MERGED[kind](subject_id) if kind in _MERGED else [subject_id]
    subjects = EventSubject.objects.filter(kind=kind, subject_id__in=mine).select_related("event")
    if before:
        subjects = subjects.filter(occurred_at__lt=before)
    if actor.kind == "customer" and actor.id:
        own = merges.ids_of(actor.id)
        subjects = subjects.filter(Exists(EventSubject.objects.filter(event=OuterRef("event"), kind="customer", subject_id__in=own)))
    shown = _visible_names(actor)
    newest = subjects.filter(event__name__in=shown).order_by("-occurred_at", "-event_id")[:limit]
    rows = list({subject.event_id: subject.event for subject in newest}.values())  # a merge concerns both of its records
    names = _staff_names(rows)
    known = events.registered()
    for row in rows:
        cls = known[row.name]
        yield Entry(row.occurred_at, cls.icon, _sentence(cls, row.values), _who(row, names), row.name, row.values)


def _visible_names(actor: Actor) -> list[str]:
    """Events that have a sentence and are for this reader."""
    customer = actor.kind == "customer"
    return [name for name, cls in events.registered().items() if cls.sentence and (not customer or cls.audience == "customer")]


def _visits(kind: str, subject_id: UUID, actor: Actor, limit: int, before: datetime | None) -> Iterable[Entry]:
    if kind not in {"customer", "vehicle"}:
        return
    visits = Visit.objects.filter(**{f"{kind}_id": subject_id}, is_own=False).select_related("site")
    if actor.kind == "customer":
        visits = visits.filter(customer_id=str(actor.id), gone_on=None)
    if before:
        visits = visits.filter(opened_on__lte=before.date() + timedelta(days=1))
    for visit in visits.order_by("-opened_on", "-id")[: limit + 2]:
        at = datetime.combine(visit.opened_on, time(12), ZoneInfo(visit.site.zone)).astimezone(UTC)
        if before and at >= before:
            continue
        said = _("Order %(number)s at %(site)s, which its source cancelled") if visit.gone_on else _("Visit: order %(number)s at %(site)s")
        sentence = said % {"number": visit.number, "site": visit.site.name}
        yield Entry(at, "wrench", sentence, "", IMPORTED, {"visit_id": str(visit.pk)})


def _sentence(cls: type[events.Event], values: dict[str, Any]) -> str:
    shown = {name: _shown(cls.codes.get(name, {}).get(value, value) if isinstance(value, str) else value) for name, value in values.items()}
    try:
        return _(cls.sentence).format(**shown)
    except (KeyError, IndexError):  # an older version of the event lacks a value
        return _(cls.sentence)


def _shown(value: Any) -> str:
    """A stored value as the reader writes it: days and numbers by language, codes by their word."""
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, int | float | Decimal):
        return formats.quantity(Decimal(str(value)))
    if isinstance(value, list):
        return ", ".join(_shown(each) for each in value)
    return _told(str(value))


def _told(text: str) -> str:
    if len(text) > 10 and text[4:5] == "-" and text[10:11] == "T":
        instant = datetime.fromisoformat(text).astimezone(timezone.get_current_timezone())
        day = formats.short_day(instant.date())
        return _("%(day)s, %(time)s") % {"day": day, "time": f"{instant:%H:%M}"}
    if _AMOUNT.fullmatch(text):
        return formats.amount(Decimal(text))
    if len(text) == 10 and text[4:5] == text[7:8] == "-":
        return formats.short_day(date.fromisoformat(text))
    return _(text) if text else ""


def _staff_names(rows: list[EventRow]) -> dict[UUID, str]:
    ids = {row.actor_id for row in rows if row.actor_kind == "staff" and row.actor_id}
    return dict(StaffMember.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}


def _who(row: EventRow, names: dict[UUID, str]) -> str:
    match row.actor_kind:
        case "staff":
            return names.get(row.actor_id, "") if row.actor_id else ""
        case "customer":
            return _("Customer")
        case "api":
            return _("A connected program")
        case _:
            return _("Forecourt")
