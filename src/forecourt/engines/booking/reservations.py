"""Taking time. The exclusion constraint of PostgreSQL is the judge; what stands here only finds a combination and asks it.

Locks: the resources of a combination are locked in one order before anything is written, since two transactions that each insert
first and then wait for the other would be a deadlock of the constraint itself. A refused attempt gives its locks back at once.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from forecourt.engines.booking import taken
from forecourt.engines.booking.models import TAKEN, Reservation, Resource
from forecourt.engines.booking.slots import Requirement
from forecourt.kernel.errors import Refusal
from forecourt.kernel.periods import Period
from forecourt.runtime import clock, scope

CONSTRAINT = "no_resource_taken_twice"
_ATTEMPTS = 12


def take(
    *,
    holder_kind: str,
    holder_id: UUID,
    period: Period,
    requirements: Sequence[Requirement],
    state: str = "confirmed",
    until: datetime | None = None,
) -> list[Reservation]:
    """Take one resource per requirement, in the order of the requirements. Refusal("period_taken") if one has nobody left.

    `until` ends a hold (state "held"). Of each requirement the first free resource is taken; if another client was faster, the next.
    """
    pattern = Reservation(holder_kind=holder_kind, holder_id=holder_id, state=state, expires_at=until)
    for _attempt in range(_ATTEMPTS):
        chosen = _combination(requirements, period)
        made = _try(chosen, _rows(chosen, period, like=pattern))
        if made is not None:
            return made
    raise _period_taken(period, requirements)


def move(*, holder_id: UUID, to: Period, requirements: Sequence[Requirement]) -> list[Reservation]:
    """Give up what the holder has and take this instead, or, with Refusal("period_taken"), change nothing."""
    held = list(Reservation.objects.filter(holder_id=holder_id, state__in=TAKEN))
    if not held:
        raise Refusal("nothing_reserved", _("Nothing is reserved here any more."))
    for _attempt in range(_ATTEMPTS):
        chosen = _combination(requirements, to, besides=holder_id)
        rows = _rows(chosen, to, like=held[0])
        made = _try(chosen, rows, instead_of=held)
        if made is not None:
            return made
    raise _period_taken(to, requirements)


@transaction.atomic
def release(*, holder_id: UUID) -> int:
    """Give back all that the holder has taken; returns how many reservations. Nothing taken is fine."""
    return Reservation.objects.filter(holder_id=holder_id, state__in=TAKEN).update(state="released")


@transaction.atomic
def exchange(*, holder_id: UUID, resource_id: UUID, instead: UUID) -> bool:
    """Let the holder have another resource for one that it has, at the same time; whether it could: where that is taken, all stays as it is."""
    list(Resource.objects.filter(pk__in=[resource_id, instead]).order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
    try:
        with transaction.atomic():
            rows = Reservation.objects.filter(holder_id=holder_id, resource_id=resource_id, state__in=TAKEN)
            return rows.update(resource_id=instead) > 0
    except IntegrityError:
        return False


@transaction.atomic
def confirm(*, holder_id: UUID) -> int:
    """Make holds and requests of this holder firm. Holds that are over stay over."""
    return Reservation.objects.filter(taken.live(clock.now()), holder_id=holder_id).update(state="confirmed", expires_at=None)


def expire() -> int:
    """Give back holds whose time is over, of all organisations."""
    with scope.everywhere("holds run out for every dealer"):
        dealers = list(_run_out().values_list("organisation_id", flat=True).distinct())
    released = 0
    for organisation_id in dealers:
        with scope.of(organisation_id):
            released += _run_out().update(state="released")
    return released


def _run_out() -> QuerySet[Reservation]:
    return Reservation.objects.filter(state="held", expires_at__lte=clock.now())


def of(holder_id: UUID) -> list[Reservation]:
    """What the holder has taken, with its resources."""
    return list(Reservation.objects.filter(taken.live(clock.now()), holder_id=holder_id).select_related("resource"))


def obstacles(*, resource_ids: Iterable[UUID], period: Period, besides: UUID | None = None) -> list[Reservation]:
    """What is taken of these resources in this period, with its resources, in order of time."""
    rows = Reservation.objects.filter(
        taken.live(clock.now()), resource_id__in=list(resource_ids), starts_at__lt=period.ends_at, ends_at__gt=period.starts_at
    )
    return list((rows.exclude(holder_id=besides) if besides else rows).select_related("resource").order_by("starts_at"))


def _combination(requirements: Sequence[Requirement], period: Period, besides: UUID | None = None) -> list[UUID]:
    """The first resource of each requirement that nothing stands against; hours and closures are asked of `slots` before."""
    wanted = {resource_id for each in requirements for resource_id in each.resource_ids}
    taken_ids = {each.resource_id for each in obstacles(resource_ids=wanted, period=period, besides=besides)}
    chosen = [next((resource_id for resource_id in each.resource_ids if resource_id not in taken_ids), None) for each in requirements]
    if any(resource_id is None for resource_id in chosen):
        raise _period_taken(period, requirements)
    return [resource_id for resource_id in chosen if resource_id is not None]


def _try(chosen: list[UUID], rows: list[Reservation], instead_of: Sequence[Reservation] = ()) -> list[Reservation] | None:
    """The rows written, or None if somebody else was faster."""
    locked = {*chosen, *(each.resource_id for each in instead_of)}
    try:
        with transaction.atomic():
            list(Resource.objects.filter(pk__in=locked).order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
            Reservation.objects.filter(pk__in=[each.pk for each in instead_of]).update(state="released")
            _sweep(chosen)
            return Reservation.objects.bulk_create(rows)
    except IntegrityError as conflict:
        if CONSTRAINT not in str(conflict):
            raise
        return None


def _sweep(resource_ids: list[UUID]) -> None:
    """The constraint knows no clock: holds that are over must go before it is asked."""
    Reservation.objects.filter(resource_id__in=resource_ids, state="held", expires_at__lte=clock.now()).update(state="released")


def _rows(chosen: list[UUID], period: Period, *, like: Reservation) -> list[Reservation]:
    return [
        Reservation(
            resource_id=resource_id,
            holder_kind=like.holder_kind,
            holder_id=like.holder_id,
            starts_at=period.starts_at,
            ends_at=period.ends_at,
            state=like.state,
            expires_at=like.expires_at,
        )
        for resource_id in chosen
    ]


def _period_taken(period: Period, requirements: Sequence[Requirement]) -> Refusal:
    return Refusal("period_taken", _("This time has just been taken."), period=period, roles=tuple(each.role for each in requirements))
