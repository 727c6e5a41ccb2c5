"""Standing in: for a time A may act as B does, with the rights of B's role at B's sites.

A says when they act for B, so that nothing of the one mixes with the other: A's rights never reach B's sites. Powerful rights that B was
given in person do not pass on. What A does in B's place is recorded as A's, for B.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from forecourt.kernel.errors import NotFound, Refusal
from forecourt.records.accounts import signins
from forecourt.records.dealership.events import DeputyEnded, DeputyNamed
from forecourt.records.dealership.models import Deputy, StaffMember
from forecourt.runtime import access, audit, clock
from forecourt.runtime.actors import Actor
from forecourt.runtime.events import publish


@transaction.atomic
def name(*, actor: Actor, staff_member_id: UUID, stand_in_id: UUID, starts_at: datetime, ends_at: datetime) -> Deputy:
    """Let somebody stand in for another. Refusal for oneself, or for a time that is over or upside down."""
    absent = access.fetch(StaffMember, staff_member_id, actor=actor, right="dealership.manage_rights")
    stand_in = access.fetch(StaffMember, stand_in_id, actor=actor, right="dealership.manage_rights")
    if absent.pk == stand_in.pk:
        raise Refusal("own_deputy", _("Nobody stands in for themselves."))
    if not (absent.is_active and stand_in.is_active):
        raise Refusal("has_left", _("Who has left neither stands in nor is stood in for."))
    if ends_at <= starts_at or ends_at <= clock.now():
        raise Refusal("ends_before_start", _("It ends after it starts, and not in the past."))
    deputy = Deputy.objects.create(absent=absent, stand_in=stand_in, starts_at=starts_at, ends_at=ends_at)
    publish(
        DeputyNamed(deputy_id=deputy.pk, staff_member_id=absent.pk, stand_in_id=stand_in.pk, starts_at=starts_at, ends_at=ends_at), by=actor
    )
    audit.record(by=actor, act="deputy_named", object_kind="staff_member", object_id=absent.pk, stand_in=str(stand_in.pk))
    return deputy


@transaction.atomic
def end(*, actor: Actor, deputy_id: UUID) -> None:
    """End it before its time."""
    deputy = access.fetch(Deputy, deputy_id, actor=actor, right="dealership.manage_rights", lock=True)
    _end([deputy], actor)


def end_all_of(*, actor: Actor, staff_member_id: UUID) -> None:
    """Whoever leaves neither stands in for anybody nor is stood in for; called within the leaving."""
    _end([*planned(staff_member_id), *standing(staff_member_id, at_any_time=True)], actor)


def planned(staff_member_id: UUID) -> QuerySet[Deputy]:
    """Who stands in for this person, now and later."""
    return _living().filter(absent_id=staff_member_id).select_related("stand_in", "absent").order_by("starts_at")


def standing(staff_member_id: UUID, *, at_any_time: bool = False) -> QuerySet[Deputy]:
    """For whom this person stands in, now (or also later)."""
    rows = _living().filter(stand_in_id=staff_member_id, absent__is_active=True).select_related("absent", "stand_in")
    return rows if at_any_time else rows.filter(starts_at__lte=clock.now())


def place_of(staff_member_id: UUID, absent_id: UUID) -> StaffMember:
    """The person in whose place this one may act at this moment; raises NotFound."""
    deputy = standing(staff_member_id).filter(absent_id=absent_id).first()
    if deputy is None:
        raise NotFound
    return deputy.absent


def until(staff_member_id: UUID, absent_id: UUID) -> datetime:
    """How long this person may act in the other's place; raises NotFound if they may not now."""
    deputy = standing(staff_member_id).filter(absent_id=absent_id).order_by("-ends_at").first()
    if deputy is None:
        raise NotFound
    return deputy.ends_at


def _living() -> QuerySet[Deputy]:
    return Deputy.objects.filter(ended_at=None, ends_at__gt=clock.now())


def _end(deputies: list[Deputy], actor: Actor) -> None:
    for deputy in deputies:
        if deputy.ended_at is not None:
            continue
        deputy.ended_at = clock.now()
        deputy.save(update_fields=["ended_at"])
        signins.ask_again([deputy.stand_in.account_id])
        publish(DeputyEnded(deputy_id=deputy.pk, staff_member_id=deputy.absent_id, stand_in_id=deputy.stand_in_id), by=actor)
        audit.record(by=actor, act="deputy_ended", object_kind="staff_member", object_id=deputy.absent_id, stand_in=str(deputy.stand_in_id))
