"""Visits of our own workshop: opened when the car is here, written down when they are invoiced, closed when it leaves.

Which work was done is the workshop's to say. Orders of other systems come in through `imports`, which joins them to these.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from forecourt.kernel.errors import NotFound
from forecourt.kernel.identifiers import text_key
from forecourt.records.history.events import VisitRecorded
from forecourt.records.history.models import JobLine, Visit
from forecourt.runtime.actors import Actor
from forecourt.runtime.events import publish

OWN_SOURCE = "own"


@dataclass(frozen=True, kw_only=True)
class DoneWork:
    """One line of what was done; `minutes` as sold."""

    code: str
    text: str
    minutes: int
    net: Decimal
    quantity: Decimal = Decimal(1)


@transaction.atomic
def open_own(*, site_id: UUID, vehicle_id: UUID, customer_id: UUID, number: str, opened_on: date) -> Visit:
    """The visit of a car that has just arrived."""
    return Visit.objects.create(
        site_id=site_id, vehicle_id=vehicle_id, customer_id=customer_id, number=number, source=OWN_SOURCE, is_own=True, opened_on=opened_on
    )


@transaction.atomic
def note_mileage(*, visit_id: UUID, mileage: int) -> None:
    _change(visit_id, mileage=mileage)


@transaction.atomic
def record(*, actor: Actor, visit_id: UUID, work: list[DoneWork], net_total: Decimal) -> Visit:
    """Write down what was done and what it came to; said again, it stands anew."""
    visit = _own(visit_id)
    JobLine.objects.filter(visit=visit).delete()
    JobLine.objects.bulk_create(
        JobLine(
            visit=visit, position=position, kind="labour", code=line.code, text=line.text[:400], text_key=text_key(line.code, line.text),
            hours=Decimal(line.minutes) / 60 if line.minutes else None, quantity=line.quantity, net_amount=line.net,
        )
        for position, line in enumerate(work, start=1)
    )  # fmt: skip
    visit.net_total = net_total
    visit.save(update_fields=["net_total"])
    publish(
        VisitRecorded(
            visit_id=visit.pk, vehicle_id=visit.vehicle_id, customer_id=visit.customer_id, site_id=visit.site_id, opened_on=visit.opened_on
        ),
        by=actor,
    )
    return visit


@transaction.atomic
def close(*, visit_id: UUID, closed_on: date) -> None:
    """The car has left."""
    _change(visit_id, closed_on=closed_on)


def _change(visit_id: UUID, **values: object) -> None:
    visit = _own(visit_id)
    for name, value in values.items():
        setattr(visit, name, value)
    visit.save(update_fields=list(values))


def _own(visit_id: UUID) -> Visit:
    visit = Visit.objects.select_for_update().filter(pk=visit_id, is_own=True).first()
    if visit is None:
        raise NotFound
    return visit
