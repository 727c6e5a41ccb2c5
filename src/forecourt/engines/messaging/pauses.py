"""Silence towards one customer for some purposes, with its reason and its end."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from forecourt.engines.messaging.models import Pause
from forecourt.runtime import clock


def begin(
    *, customer_id: UUID, purposes: Collection[str], reason: str, cause_id: UUID | None = None, until_at: datetime | None = None
) -> Pause:
    """Send this customer nothing for these purposes until `end`, or until a moment. The same cause begins once."""
    running = _running().filter(customer_id=customer_id, cause_id=cause_id).first() if cause_id else None
    if running is not None:
        return running
    return Pause.objects.create(
        customer_id=customer_id, purposes=sorted(purposes), reason=reason, cause_id=cause_id, from_at=clock.now(), until_at=until_at
    )


def end(*, cause_id: UUID) -> None:
    """End what this cause began."""
    _running().filter(cause_id=cause_id).update(until_at=clock.now())


def of_cause(cause_id: UUID) -> Pause | None:
    """The pause that this cause began, while it lasts."""
    return _running().filter(cause_id=cause_id).first()


def reasons(customer_ids: Collection[UUID]) -> dict[tuple[UUID, str], str]:
    """Why which of these customers gets nothing for which purpose now."""
    rows = _running().filter(customer_id__in=set(customer_ids)).values_list("customer_id", "purposes", "reason")
    return {(customer_id, purpose): reason for customer_id, purposes, reason in rows for purpose in purposes}


def _running() -> QuerySet[Pause]:
    now = clock.now()
    return Pause.objects.filter(Q(until_at=None) | Q(until_at__gt=now), from_at__lte=now)
