"""What a flow brought: due, invited, delivered, opened, booked, came, revenue; each number is counted from the rows behind it.

Reads only. A measure is a set of rows and a way to count them, so that a number on a screen and the list it opens cannot disagree.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from forecourt.engines.audience.models import DueWork
from forecourt.engines.messaging.models import Click, Message
from forecourt.journeys.marketing import flows, selection
from forecourt.journeys.marketing.models import Flow, Invitation
from forecourt.records.people.models import Customer
from forecourt.records.vehicles.models import Vehicle
from forecourt.runtime import access
from forecourt.runtime.actors import Actor

Rows = Callable[[Flow, datetime | None], QuerySet[Any]]


@dataclass(frozen=True)
class Definition:
    """A measure: name, formula in words, unit, the rows behind it. `share_of` names the measure it is shown as a share of."""

    key: str
    label: str | Promise
    formula: str | Promise
    rows: Rows
    unit: str = "cars"
    share_of: str = ""


@dataclass(frozen=True)
class Measure:
    """A measure of one flow. `share` is a part of one, None where there is nothing to be a part of."""

    definition: Definition
    value: Decimal
    share: float | None = None

    @property
    def key(self) -> str:
        return self.definition.key


@dataclass(frozen=True)
class Row:
    """One line behind a number."""

    vehicle: Vehicle
    customer: Customer | None
    due_on: Any
    invitation: Invitation | None
    reason_code: str = ""
    amount: Decimal | None = None


def _invitations(flow: Flow, since: datetime | None) -> QuerySet[Invitation]:
    rows = Invitation.objects.filter(flow=flow)
    return rows.filter(planned_at__gte=since) if since else rows


def _due(flow: Flow, _since: datetime | None) -> QuerySet[DueWork]:
    """Cars, not works: of each car the work that is due first."""
    earlier = selection.due_for(flow).filter(vehicle_id=OuterRef("vehicle_id"))
    earlier = earlier.filter(Q(due_on__lt=OuterRef("due_on")) | Q(due_on=OuterRef("due_on"), id__lt=OuterRef("id")))
    return selection.due_for(flow).filter(~Exists(earlier.order_by()))


def _opened(is_machine: bool) -> Rows:  # noqa: FBT001 - two kinds of visitor
    def rows(flow: Flow, since: datetime | None) -> QuerySet[Invitation]:
        visits = Click.objects.filter(cause_kind=flows.CAUSE, cause_id=OuterRef("pk"), is_machine=is_machine)
        return _invitations(flow, since).filter(Exists(visits))

    return rows


def _delivered(flow: Flow, since: datetime | None) -> QuerySet[Invitation]:
    letters = Message.objects.filter(cause_kind=flows.CAUSE, cause_id=OuterRef("pk"))
    return _invitations(flow, since).filter(Exists(letters.filter(state="sent")))


DEFINITIONS: Final[tuple[Definition, ...]] = (
    Definition("due", _("Due now"), _("Cars with work of this flow due today, within its days ahead and overdue"), _due),
    Definition("invited", _("Invited"), _("Cars with an invitation"), _invitations),
    Definition(
        "delivered", _("Delivered"), _("Invitations whose letter the receiving server took"), _delivered, share_of="invited"
    ),
    Definition(
        "refused", _("Not sent"), _("Invitations whose letter must not or could not go, with the reason"),
        lambda flow, since: _invitations(flow, since).filter(state="refused"), share_of="invited",
    ),
    Definition("opened", _("Opened by people"), _("Invitations whose link a person followed"), _opened(is_machine=False), share_of="delivered"),
    Definition(
        "opened_by_machines", _("Opened by machines"), _("Invitations whose link a scanner or bot followed"), _opened(is_machine=True),
        share_of="delivered",
    ),
    Definition(
        "declined", _("Declined"), _("Invitations the customer did not want"),
        lambda flow, since: _invitations(flow, since).filter(state="declined"), share_of="delivered",
    ),
    Definition(
        "booked", _("Booked"), _("Invitations that an appointment followed, and was not cancelled"),
        lambda flow, since: _invitations(flow, since).filter(booked_at__isnull=False), share_of="delivered",
    ),
    Definition(
        "came", _("Came"), _("Invitations whose car arrived"),
        lambda flow, since: _invitations(flow, since).filter(came_at__isnull=False), share_of="booked",
    ),
    Definition(
        "revenue", _("Revenue without tax"), _("What was invoiced for the visits that followed, without tax"),
        lambda flow, since: _invitations(flow, since).filter(revenue_net__isnull=False), unit="money",
    ),
)  # fmt: skip
_BY_KEY: Final = {definition.key: definition for definition in DEFINITIONS}


def measures(*, actor: Actor, flow_id: UUID, since: datetime | None = None) -> list[Measure]:
    """All measures of a flow, in the order of the way from due to revenue."""
    flow = access.fetch(Flow, flow_id, actor=actor, right="marketing.see_flows")
    values = {definition.key: _value(definition, flow, since) for definition in DEFINITIONS}
    return [
        Measure(definition, values[definition.key], _share(values[definition.key], values.get(definition.share_of)))
        for definition in DEFINITIONS
    ]


def rows(
    *, actor: Actor, flow_id: UUID, measure: str, since: datetime | None = None, offset: int = 0, size: int | None = None
) -> list[Row]:
    """The lines behind a number, newest first (due: by day). KeyError for a measure that does not exist. Three queries."""
    flow = access.fetch(Flow, flow_id, actor=actor, right="marketing.see_flows")
    found = _BY_KEY[measure].rows(flow, since)
    last = None if size is None else offset + size
    if measure == "due":
        due = list(found.select_related("vehicle").order_by("due_on", "id")[offset:last])
        customers = Customer.objects.in_bulk([each.customer_id for each in due])
        return [Row(each.vehicle, customers.get(each.customer_id), each.due_on, None, each.because) for each in due]
    invitations = found.select_related("vehicle", "customer").order_by("-planned_at", "-id")[offset:last]
    return [Row(each.vehicle, each.customer, each.due_on, each, each.refused_because, each.revenue_net) for each in invitations]


def refusals(*, actor: Actor, flow_id: UUID, since: datetime | None = None) -> dict[str, int]:
    """Why letters did not go: reason code and how many; they sum to the measure "refused"."""
    flow = access.fetch(Flow, flow_id, actor=actor, right="marketing.see_flows")
    refused = _BY_KEY["refused"].rows(flow, since).order_by()
    return {each["refused_because"]: each["count"] for each in refused.values("refused_because").annotate(count=Count("id"))}


def overview(*, actor: Actor, flow_ids: Sequence[UUID] | None = None) -> dict[UUID, dict[str, Decimal]]:
    """Invited, booked, came and revenue of all flows at once, for their list; one query."""
    access.require(actor, "marketing.see_flows")
    counted = Invitation.objects.all() if flow_ids is None else Invitation.objects.filter(flow_id__in=flow_ids)
    grouped = counted.order_by().values("flow_id").annotate(
        invited=Count("id"), booked=Count("id", filter=Q(booked_at__isnull=False)), came=Count("id", filter=Q(came_at__isnull=False)),
        revenue=Sum("revenue_net"),
    )  # fmt: skip
    return {each["flow_id"]: {key: Decimal(each[key] or 0) for key in ("invited", "booked", "came", "revenue")} for each in grouped}


def _value(definition: Definition, flow: Flow, since: datetime | None) -> Decimal:
    found = definition.rows(flow, since)
    if definition.unit == "money":
        return found.aggregate(total=Sum("revenue_net"))["total"] or Decimal(0)
    return Decimal(found.count())


def _share(value: Decimal, whole: Decimal | None) -> float | None:
    return float(value / whole) if whole else None
