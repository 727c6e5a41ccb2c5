"""What can be taken: who or what it is, what it can do, and when it is there. Who may take it, and for what, is said by journeys."""

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from django.db import transaction

from forecourt.engines.booking.models import Closure, Resource
from forecourt.kernel import hours as week_hours
from forecourt.kernel.periods import Period, merged


@transaction.atomic
def ensure(
    *,
    kind: str,
    ref_id: UUID,
    site_id: UUID | None,
    name: str,
    abilities: Collection[str] = (),
    hours: str = "",
    zone: str = "UTC",
    closed_on: Collection[date] = (),
    position: int = 0,
) -> Resource:
    """The resource of this bay, person or car, made or brought up to date. Hours empty: always there. Raises ValueError on unreadable hours."""
    if hours:
        week_hours.from_text(hours, zone)
    wanted = {
        "site_id": site_id, "name": name, "abilities": sorted(abilities), "hours": hours, "zone": zone, "closed_on": sorted(closed_on),
        "position": position, "is_active": True,
    }  # fmt: skip
    resource, _made = Resource.objects.get_or_create(kind=kind, ref_id=ref_id, defaults=wanted)
    changed = [field for field, value in wanted.items() if getattr(resource, field) != value]
    if changed:
        for field in changed:
            setattr(resource, field, wanted[field])
        resource.save(update_fields=changed)
    return resource


def lock(*, site_id: UUID) -> None:
    """Take a site's resources for change, in the order in which reservations lock them, so that neither waits for the other in a ring."""
    list(Resource.objects.filter(site_id=site_id).order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))


def retire(*, kind: str, ref_ids: Iterable[UUID]) -> int:
    """Offer these no more; what is reserved on them stays."""
    return Resource.objects.filter(kind=kind, ref_id__in=list(ref_ids)).update(is_active=False)


@transaction.atomic
def close(*, resource_id: UUID, periods: Iterable[Period], reason: str = "") -> None:
    """Say when a resource is not there; replaces what was said before."""
    Closure.objects.filter(resource_id=resource_id).delete()
    Closure.objects.bulk_create(
        [Closure(resource_id=resource_id, starts_at=each.starts_at, ends_at=each.ends_at, reason=reason) for each in merged(periods)]
    )


def of(kind: str, ref_id: UUID) -> Resource | None:
    """The resource of this thing, if it has one."""
    return Resource.objects.filter(kind=kind, ref_id=ref_id).first()
