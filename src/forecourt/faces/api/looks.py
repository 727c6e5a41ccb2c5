"""That a program was shown persons: one line of the audit trail for each page of a list and each thing that was fetched."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.db.models import Model

from forecourt.engines.intake.models import RejectedRow
from forecourt.faces.api.door import ApiRequest
from forecourt.journeys.workshop.models import Appointment, JobCard
from forecourt.records.people.models import Customer
from forecourt.records.vehicles.models import Holding, Vehicle
from forecourt.runtime import audit

_LISTS: Final[dict[type[Model], str]] = {
    Customer: "customers",
    Vehicle: "vehicles",
    Appointment: "appointments",
    JobCard: "job_cards",
    RejectedRow: "import_rows",
}
_THINGS: Final[dict[type[Model], str]] = {Customer: "customer", Vehicle: "vehicle", Appointment: "appointment", JobCard: "job_card"}


def listed(request: ApiRequest, model: type[Model], rows: Sequence[Any]) -> None:
    """A page of a list. Lists of things that tell of nobody are not written down."""
    if model in _LISTS:
        audit.read(by=request.actor, what=_LISTS[model], about=_persons(model, rows), rows=len(rows))


def opened(request: ApiRequest, found: Any) -> None:
    """One thing."""
    kind, about = _THINGS[type(found)], _persons(type(found), [found])
    audit.record(by=request.actor, act=f"{audit.READ}{kind}", object_kind=kind, object_id=found.pk, about=about)


def _persons(model: type[Model], rows: Sequence[Any]) -> list[UUID]:
    if model is Customer:
        return [row.pk for row in rows]
    if model is Vehicle:
        kept = Holding.objects.filter(vehicle_id__in=[row.pk for row in rows], until_on=None)
        return list(kept.values_list("customer_id", flat=True))
    return [row.customer_id for row in rows] if hasattr(model, "customer_id") else []
