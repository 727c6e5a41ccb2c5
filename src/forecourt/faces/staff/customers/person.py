"""Everything that we know of a person and that this member of staff may see, gathered for one page.

Each part is a query or two, whatever its length. What staff may not see is not asked for: its part is None and the page leaves it out.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, OuterRef, Subquery, Sum
from django.utils.translation import gettext as _

from forecourt.engines.audience import leaving, lifecycle
from forecourt.engines.audience.models import DueWork, VehicleFacts
from forecourt.engines.cases.models import Case
from forecourt.engines.messaging.models import Message
from forecourt.journeys.care.models import Survey
from forecourt.journeys.workshop.models import Appointment, JobCard
from forecourt.records.catalogue import work
from forecourt.records.dealership.models import StaffMember
from forecourt.records.history.models import Visit
from forecourt.records.people import merges, standing
from forecourt.records.people.models import Customer, CustomerReference
from forecourt.records.vehicles.models import Holding, Vehicle
from forecourt.runtime import access, clock
from forecourt.runtime.actors import Actor
from forecourt.runtime.models import AuditEntry, EventSubject

FEW = 8
LOOKED = 20
_VIEWED = ("read.customer", "people.archive_requested", "people.archive_fetched", "people.merged", "people.merge_undone")


@dataclass(frozen=True)
class Look:
    """That somebody looked at this person, or did something powerful."""

    at: Any
    who: str
    act: str


def picture(actor: Actor, customer: Customer) -> dict[str, Any]:
    """The parts of the page by name."""
    return {
        "holdings": _holdings(customer),
        "spend": Visit.objects.filter(customer=customer, gone_on=None).aggregate(
            visits=Count("pk"), last=Max("opened_on"), net=Sum("net_total")
        ),
        "jobs": _jobs(actor, customer),
        "messages_sent": Message.objects.filter(customer_id=customer.pk).order_by("-queued_at")[:FEW],
        "cases": _cases(actor, customer),
        "answers": Survey.objects.filter(customer=customer, state="answered").order_by("-answered_at")[:FEW],
        "standing": standing_of(customer),
        "sources": CustomerReference.objects.filter(customer=customer).order_by("source", "number")[:FEW],
        "merges": list(merges.of_customer(customer.pk)[:FEW]),
        "is_entered": _is_entered(customer),
        "looks": looked(customer) if access.may(actor, "people.see_lookers") else None,
    }


@dataclass(frozen=True)
class Standing:
    """Where a customer stands (R4): words, and of each car how likely it is that it does not come again."""

    stage: Any
    tier: Any
    looks_for: Any
    risks: list[tuple[Vehicle, leaving.Risk]]


def standing_of(customer: Customer) -> Standing:
    """As the facts of today have it; two queries."""
    rows = list(VehicleFacts.objects.filter(customer_id=customer.pk).select_related("vehicle").order_by("vehicle__plate_key"))
    told = leaving.risks() if rows else {}
    today = clock.now().date()
    found = [(row.vehicle, leaving.risk_of(told, visits=row.visits, last_visit_on=row.last_visit_on, today=today)) for row in rows]
    return Standing(
        stage=dict(lifecycle.SHORT).get(rows[0].lifecycle, "") if rows else "",
        tier=standing.WORDS["tier"].get(customer.tier, ""),
        looks_for=standing.WORDS["looks_for"].get(customer.looks_for, ""),
        risks=[(car, risk) for car, risk in found if risk][:FEW],
    )


def _is_entered(customer: Customer) -> bool:
    """Whether staff is known to have opened this record; of others nobody kept who it was."""
    opened = EventSubject.objects.filter(kind="customer", subject_id=customer.pk, event__name="people.customer_entered")
    return opened.filter(event__actor_kind="staff", event__values__source="staff").exists()


def looked(customer: Customer) -> list[Look]:
    """Who looked at this person, the newest first; read through merges."""
    ids = merges.ids_of(customer.pk)
    entries = list(AuditEntry.objects.filter(object_kind="customer", object_id__in=ids, act__in=_VIEWED).order_by("-at")[:LOOKED])
    names: dict[UUID | None, str] = dict(StaffMember.objects.filter(pk__in={entry.actor_id for entry in entries}).values_list("pk", "name"))
    return [Look(entry.at, _looker(entry, names.get(entry.actor_id, "")), entry.act) for entry in entries]


def _looker(entry: AuditEntry, name: str) -> str:
    is_support = str(entry.values.get("via", "")).startswith("support:")
    return _("Support, as %(name)s") % {"name": name} if is_support else name


def _holdings(customer: Customer) -> list[Any]:
    """Cars of today and before, each with what falls due next."""
    due = DueWork.objects.filter(vehicle_id=OuterRef("vehicle_id")).order_by("due_on")
    rows = (
        Holding.objects.filter(customer=customer)
        .select_related("vehicle")
        .annotate(next_due_on=Subquery(due.values("due_on")[:1]), next_work=Subquery(due.values("work_kind")[:1]))
    )
    return sorted(rows, key=lambda held: (held.until_on is not None, held.vehicle.plate_key))[: 3 * FEW]


def _jobs(actor: Actor, customer: Customer) -> dict[str, Any] | None:
    if not access.may(actor, "workshop.see_job_card"):
        return None
    sites = {} if actor.sites is None else {"site_id__in": actor.sites}
    to_come = Appointment.objects.filter(customer=customer, state__in=("requested", "confirmed"), ends_at__gt=clock.now(), **sites)
    return {
        "open": JobCard.objects.filter(customer=customer, **sites).exclude(stage="collected").select_related("vehicle").order_by("number"),
        "to_come": to_come.select_related("vehicle").order_by("starts_at"),
    }


def _cases(actor: Actor, customer: Customer) -> Any:
    if not access.may(actor, "cases.see_cases"):
        return None
    sites = {} if actor.sites is None else {"site_id__in": actor.sites}
    return Case.objects.filter(customer_id=customer.pk, **sites).order_by("-opened_at")[:FEW]


def names_of_work(holdings: list[Any], language: str) -> dict[UUID, str]:
    """What falls due next on each car, in words."""
    kinds = work.labels(language) if holdings else {}
    return {held.vehicle_id: kinds.get(held.next_work, held.next_work or "") for held in holdings}
