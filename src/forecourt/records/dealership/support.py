"""Support looking in: whoever runs Forecourt sees a dealer's pages as a member of staff does, for a reason, for minutes, and seen by the dealer.

A visit is opened on the operator's own machine (`forecourt support`), which prints a link that works once. It has the rights of the
member's role without the powerful ones, without consents, and without what decides who may come in. All that is done in it carries the
visit beside the member; the dealer's administrator sees it and can end it.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from forecourt.kernel.errors import NotFound, Refusal
from forecourt.records.accounts import signins
from forecourt.records.dealership import rights, staff
from forecourt.records.dealership.events import SupportBegan, SupportEnded
from forecourt.records.dealership.models import Organisation, StaffMember, SupportVisit
from forecourt.runtime import access, audit, clock
from forecourt.runtime.actors import Actor, system
from forecourt.runtime.events import publish

LINK_MINUTES: Final = 15
MOST_MINUTES: Final = 120
WITHHELD: Final = frozenset({
    "accounts.give_code", "dealership.manage_rights", "dealership.manage_sign_in", "dealership.manage_staff", "people.enter_consent",
    "people.manage_controllers", "people.manage_shares", "people.set_consent_rules",
})  # fmt: skip
"""What a role may and a visit may not: consents, and who comes in."""


@transaction.atomic
def invite(*, actor: Actor, staff_member_id: UUID, operator: str, reason: str, minutes: int = 30) -> SupportVisit:
    """A visit that waits for its link to be used. Refusals: "no_reason", "too_long", "has_left"."""
    access.require(actor, "dealership.manage_rights")
    member = StaffMember.objects.filter(pk=staff_member_id).first()
    if member is None:
        raise NotFound
    if not member.is_active:
        raise Refusal("has_left", _("%(name)s has left already.") % {"name": member.name})
    if not reason.strip():
        raise Refusal("no_reason", _("Please say why."))
    if not 1 <= minutes <= MOST_MINUTES:
        raise Refusal("too_long", _("A visit lasts between one minute and two hours."))
    now = clock.now()
    visit = SupportVisit.objects.create(
        staff_member=member, operator=operator[:80], reason=reason.strip()[:300], minutes=minutes, invited_at=now,
        link_ends_at=now + timedelta(minutes=LINK_MINUTES),
    )  # fmt: skip
    audit.record(by=actor, act="support_invited", object_kind="staff_member", object_id=member.pk, visit=str(visit.pk), minutes=minutes)
    return visit


def by_link(visit_id: UUID, link_id: UUID) -> SupportVisit:
    """The visit of a link; NotFound if it was used, is over, or the person left."""
    visit = SupportVisit.objects.select_related("staff_member").filter(pk=visit_id, link_id=link_id, began_at=None, ended_at=None).first()
    if visit is None or visit.link_ends_at <= clock.now() or not visit.staff_member.is_active:
        raise NotFound
    return visit


@transaction.atomic
def begin(*, visit_id: UUID, link_id: UUID, session_key: str) -> SupportVisit:
    """Use the link up: the time runs from now."""
    SupportVisit.objects.select_for_update().filter(pk=visit_id).first()
    visit = by_link(visit_id, link_id)
    now = clock.now()
    visit.began_at, visit.ends_at, visit.session_key = now, now + timedelta(minutes=visit.minutes), session_key
    visit.save()
    by = actor_of(visit, Organisation.objects.get(pk=visit.organisation_id))
    publish(SupportBegan(support_visit_id=visit.pk, staff_member_id=visit.staff_member_id, minutes=visit.minutes), by=by)
    audit.record(by=by, act="support_began", object_kind="staff_member", object_id=visit.staff_member_id, minutes=visit.minutes)
    return visit


def current(visit_id: UUID) -> SupportVisit:
    """A visit that runs; NotFound once it is over, was ended, or the member left."""
    visit = (
        SupportVisit.objects.select_related("staff_member")
        .filter(pk=visit_id, ended_at=None, ends_at__gt=clock.now(), staff_member__is_active=True)
        .first()
    )
    if visit is None:
        raise NotFound
    return visit


def actor_of(visit: SupportVisit, organisation: Organisation) -> Actor:
    """Who acts during a visit: the member, with less, and by way of the visit."""
    member = visit.staff_member
    return Actor(
        kind="staff",
        organisation_id=visit.organisation_id,
        id=member.pk,
        sites=frozenset(member.sites) or None,
        rights=rights.of_role(organisation, member.role) - WITHHELD,
        role=member.role,
        via=f"support:{visit.pk.hex}",
    )


def of_dealer(actor: Actor) -> QuerySet[SupportVisit]:
    """All visits at this dealer, the newest first; who works at some sites sees those to colleagues there."""
    access.require(actor, "dealership.manage_rights")
    return SupportVisit.objects.filter(staff_member__in=staff.managed_by(actor)).select_related("staff_member").order_by("-invited_at")


@transaction.atomic
def stop(*, actor: Actor, visit_id: UUID) -> SupportVisit:
    """The dealer ends a visit, or a link that was not used yet."""
    visit = access.fetch(SupportVisit, visit_id, actor=actor, right="dealership.manage_rights", lock=True)
    staff.managed(actor=actor, staff_member_id=visit.staff_member_id)
    _end(visit, actor)
    return visit


@transaction.atomic
def leave(*, visit_id: UUID) -> None:
    """Support ends it by itself."""
    visit = SupportVisit.objects.select_for_update().filter(pk=visit_id).first()
    if visit is not None:
        _end(visit, system(visit.organisation_id, via=f"support:{visit.pk.hex}"))


def end_all_of(*, actor: Actor, staff_member_id: UUID) -> None:
    """Nobody looks in as somebody who has left; called within the leaving."""
    for visit in SupportVisit.objects.select_for_update().filter(staff_member_id=staff_member_id, ended_at=None):
        _end(visit, actor)


def _end(visit: SupportVisit, actor: Actor) -> None:
    if visit.ended_at is not None:
        return
    visit.ended_at = clock.now()
    visit.save(update_fields=["ended_at"])
    if visit.session_key:
        signins.end_session(visit.session_key)
    publish(SupportEnded(support_visit_id=visit.pk, staff_member_id=visit.staff_member_id), by=actor)
    audit.record(by=actor, act="support_ended", object_kind="staff_member", object_id=visit.staff_member_id, visit=str(visit.pk))
