"""The list of what is due, and why each car is on it.

Reads `DueWork`; how it is worked out is in `facts`. A page of the list costs four queries, however long it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from babel.dates import format_date
from babel.numbers import format_decimal, format_percent
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from forecourt.engines.audience.models import Build, DueExperience, DueWork, VehicleFacts
from forecourt.records.catalogue.models import WorkKind
from forecourt.records.dealership.models import StaffMember
from forecourt.records.history.models import JobLine, Visit
from forecourt.records.people import consent
from forecourt.records.people.models import Customer
from forecourt.records.vehicles import vehicles
from forecourt.runtime import access, clock
from forecourt.runtime.actors import Actor

ORDERS = ("due_on", "-due_on", "plate", "-plate", "customer", "-customer", "work_kind", "-work_kind")
REMINDER = "service_reminder"


@dataclass(frozen=True, kw_only=True)
class DueFilters:
    """What the list is narrowed to; the defaults show everything. `today` decides what is overdue."""

    text: str = ""  # beginning of a plate, VIN or name
    work_kinds: Sequence[str] = ()
    due_from: date | None = None
    due_until: date | None = None
    site_ids: Sequence[UUID] | None = None
    is_overdue: bool | None = None
    make: str = ""
    has_email: bool | None = None
    may_write: bool | None = None  # the ledger allows service reminders by e-mail
    is_lost: bool | None = None
    order: str = "due_on"
    today: date | None = None


@dataclass(frozen=True)
class DueRow:
    """One line of the list with all that a screen shows of it."""

    due: DueWork
    customer: Customer | None
    kind: WorkKind | None
    line: JobLine | None
    may_write: bool
    decider: str = ""  # the member of staff who said what the line is

    @property
    def days_left(self) -> int:
        return (self.due.due_on - clock.now().date()).days

    def kind_label(self, language: str | None = None) -> str:
        language = language or translation.get_language() or "en"
        return self.kind.label(language) if self.kind else self.due.work_kind


@dataclass(frozen=True)
class Grounds:
    """When one date was worked out, and from what."""

    worked_out: datetime | date | None  # as `worked_out` tells it
    stands_since: date | None  # told where it came out the same more than once
    visit: Visit | None  # the last one with this work
    interval_months: int | None
    interval_km: int | None
    km_per_year: int | None
    newest_km: int | None  # the latest of the readings behind the kilometres a year
    experience: DueExperience | None  # what the range around the date rests on


def work(*, filters: DueFilters | None = None) -> QuerySet[DueWork]:
    """The due work that passes the filters, each with its vehicle, in order; `may_write` is annotated."""
    filters = filters or DueFilters()
    rows = DueWork.objects.select_related("vehicle", "vehicle__facts").filter(*_conditions(filters))
    rows = rows.annotate(may_write=consent.permitted(purpose=REMINDER, channel="email", customer="customer_id"))
    if filters.may_write is not None:
        rows = rows.filter(may_write=filters.may_write)
    return rows.order_by(*_order(filters.order))


def page(*, actor: Actor, filters: DueFilters | None = None, offset: int = 0, size: int = 50) -> list[DueRow]:
    """A page of the list for a screen, only of sites where the actor works. Five queries."""
    access.require(actor, "audience.see_due")
    return rows_of(list(_visible(actor, work(filters=filters))[offset : offset + size]))


def count(*, actor: Actor, filters: DueFilters | None = None) -> int:
    """How many lines the list has."""
    access.require(actor, "audience.see_due")
    filters = filters or DueFilters()
    if filters.may_write is None:
        return _visible(actor, DueWork.objects.filter(*_conditions(filters))).count()
    return _visible(actor, work(filters=filters)).count()


def of_vehicle(*, actor: Actor, vehicle_id: UUID) -> list[DueRow]:
    """What is due on one car."""
    vehicles.find(actor=actor, vehicle_id=vehicle_id)
    return rows_of(list(work().filter(vehicle_id=vehicle_id)))


def worked_out(rows: Sequence[DueRow] = ()) -> datetime | date | None:
    """When these dates, or without any all of the dealer's, were last worked out; none: never yet.

    A car that was worked out alone, after all of them, knows only its day.
    """
    whole = Build.objects.first()
    newest = max((row.due.computed_on for row in rows), default=None)
    if whole is None or (newest is not None and newest > whole.built_for):
        return newest
    return whole.built_at


def grounds(row: DueRow) -> Grounds:
    """When this date was worked out and what it rests on, as far as it is kept. Four queries."""
    due, basis = row.due, row.due.basis
    facts = VehicleFacts.objects.filter(vehicle_id=due.vehicle_id).first()
    return Grounds(
        worked_out=worked_out([row]),
        stands_since=due.computed_on if Build.objects.filter(built_for__gt=due.computed_on).exists() else None,
        visit=row.line.visit if row.line else None,
        interval_months=basis.get("interval_months"),
        interval_km=basis.get("interval_km"),
        km_per_year=basis.get("km_per_year"),
        newest_km=facts.last_mileage if facts else None,
        experience=DueExperience.objects.filter(work_kind=due.work_kind).first(),
    )


def rows_of(due: Sequence[DueWork]) -> list[DueRow]:
    """The same lines with customer, kind and deciding job line, in three queries, and one more where people decided."""
    customers = Customer.objects.in_bulk([each.customer_id for each in due if each.customer_id])
    kinds = {kind.code: kind for kind in WorkKind.objects.filter(code__in={each.work_kind for each in due})}
    lines = JobLine.objects.select_related("visit").in_bulk([each.last_line_id for each in due if each.last_line_id])
    deciders = _deciders(due)
    return [
        DueRow(
            due=each,
            customer=customers.get(each.customer_id) if each.customer_id else None,
            kind=kinds.get(each.work_kind),
            line=lines.get(each.last_line_id) if each.last_line_id else None,
            may_write=bool(getattr(each, "may_write", False)),
            decider=deciders.get(_decided_by(each), ""),
        )
        for each in due
    ]


def _decided_by(due: DueWork) -> str:
    """Which member of staff decided; empty if it was nobody."""
    decided = due.basis.get("decided_by") or {}
    return str(decided["value"]) if decided.get("by") == "person" else ""


def _deciders(due: Sequence[DueWork]) -> dict[str, str]:
    ids = set(filter(None, map(_decided_by, due)))
    return {str(pk): name for pk, name in StaffMember.objects.filter(pk__in=ids).values_list("pk", "name")} if ids else {}


def reasons(row: DueRow, *, language: str | None = None) -> list[str]:
    """Why the car is on the list, as sentences in this language or the current one; the first says what made the day."""
    with translation.override(language or translation.get_language() or "en"):
        return [sentence for sentence in (_because(row), _last_time(row), _decided(row), _driving(row)) if sentence]


def reason(row: DueRow) -> str:
    """The one sentence that a list has room for, in the current language: when it was last done, else, and where somebody named it, what made the day."""
    return _because(row) if row.due.because == "condition" else _last_time(row) or _because(row)


def _conditions(filters: DueFilters) -> list[Q]:
    today = filters.today or clock.now().date()
    conditions: list[Q] = []
    if filters.text.strip():
        conditions.append(vehicles.matching(filters.text, vehicle="vehicle__"))
    if filters.work_kinds:
        conditions.append(Q(work_kind__in=list(filters.work_kinds)))
    if filters.due_from:
        conditions.append(Q(due_on__gte=filters.due_from))
    if filters.due_until:
        conditions.append(Q(due_on__lte=filters.due_until))
    if filters.site_ids is not None:
        conditions.append(Q(site_id__in=list(filters.site_ids)))
    if filters.is_overdue is not None:
        conditions.append(Q(due_on__lt=today) if filters.is_overdue else Q(due_on__gte=today))
    if filters.make:
        conditions.append(Q(vehicle__make=filters.make))
    if filters.has_email is not None:
        with_email = Exists(Customer.objects.filter(pk=OuterRef("customer_id")).exclude(email=""))
        conditions.append(Q(with_email) if filters.has_email else ~Q(with_email))
    if filters.is_lost is not None:
        conditions.append(Q(vehicle__facts__is_lost=filters.is_lost))
    return conditions


def _order(order: str) -> list[Any]:
    if order not in ORDERS:
        order = "due_on"
    name, is_down = order.lstrip("-"), order.startswith("-")
    if name == "customer":
        by: Any = Subquery(Customer.objects.filter(pk=OuterRef("customer_id")).values("sort_key")[:1])
    else:
        by = F({"plate": "vehicle__plate_key"}.get(name, name))
    return [by.desc() if is_down else by.asc(), "due_on", "id"] if name != "due_on" else [order, "id"]


def _visible(actor: Actor, rows: QuerySet[DueWork]) -> QuerySet[DueWork]:
    return rows if actor.sites is None else rows.filter(Q(site_id__in=actor.sites) | Q(site_id__isnull=True))


def _because(row: DueRow) -> str:
    due, basis = row.due, row.due.basis
    facts = {"work": row.kind_label(), "day": _day(due.due_on), "months": basis.get("interval_months")}
    match due.because:
        case "time":
            sentence = ngettext(
                "%(work)s is due on %(day)s: %(months)s month after the last time.",
                "%(work)s is due on %(day)s: %(months)s months after the last time.",
                basis.get("interval_months") or 0,
            )
            return sentence % facts
        case "distance":
            return _("%(work)s is due on %(day)s: by then the car will have driven %(km)s km since the last time.") % {
                **facts,
                "km": _number(basis.get("interval_km")),
            }
        case "test_date":
            return _("%(work)s is due on %(day)s: the date in the car's papers.") % facts
        case "condition":
            told = _day(date.fromisoformat(basis["told_on"]))
            if basis.get("named_on") == due.due_on.isoformat():
                return _("%(work)s is due on %(day)s: this day was named for the next one, known since %(told)s.") % {**facts, "told": told}
            return _("%(work)s is due on %(day)s: about then the car reaches the %(km)s km named for the next one, known since %(told)s.") % {
                **facts, "km": _number(basis.get("named_km")), "told": told,
            }  # fmt: skip
        case _:
            return _("%(work)s is due on %(day)s, counted from the first registration; no earlier one is known here.") % facts


def _last_time(row: DueRow) -> str:
    due = row.due
    if due.last_done_on is None:
        return ""
    if due.last_done_mileage is None:
        return _("Last done on %(day)s.") % {"day": _day(due.last_done_on)}
    return _("Last done on %(day)s at %(km)s km.") % {"day": _day(due.last_done_on), "km": _number(due.last_done_mileage)}


def _decided(row: DueRow) -> str:
    decided, line = row.due.basis.get("decided_by"), row.line
    if not decided or line is None:
        return ""
    facts = {"value": decided.get("value", ""), "line": line.text or line.code, "number": line.visit.number}
    if decided["by"] == "model":
        text = _("Recognised by comparison with your other lines, %(share)s certain, in the line “%(line)s” of order %(number)s.")
        return text % {**facts, "share": format_percent(decided["certainty"], "#,##0 %", locale=locale())}
    if decided["by"] == "person":
        text = _("%(name)s decided on %(day)s what the line “%(line)s” of order %(number)s is.")
        return text % {**facts, "name": row.decider or _("Somebody"), "day": _day(date.fromisoformat(decided["on"]))}
    if decided["by"] == "code":
        return _("Recognised by the code %(value)s in the line “%(line)s” of order %(number)s.") % facts
    return _("Recognised by the word “%(value)s” in the line “%(line)s” of order %(number)s.") % facts


def _driving(row: DueRow) -> str:
    yearly = row.due.basis.get("km_per_year")
    return _("The car drives about %(km)s km a year.") % {"km": _number(round(yearly, -2) or yearly)} if yearly else ""


def _day(day: date) -> str:
    return _written(day, locale())


@lru_cache(maxsize=4096)
def _written(day: date, locale: str) -> str:
    return format_date(day, "medium", locale=locale)


def _number(value: int | None) -> str:
    return format_decimal(value or 0, locale=locale())


def locale() -> str:
    """Babel's name of the current language."""
    return {"zh-hans": "zh_Hans"}.get(translation.get_language() or "en", translation.get_language() or "en").replace("-", "_")
