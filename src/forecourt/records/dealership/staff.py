"""People who work here: what they are, where, with which skills, and when they are away."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from forecourt.kernel.errors import NotFound, Refusal
from forecourt.records.accounts import registration, signins, tokens
from forecourt.records.accounts.models import Account
from forecourt.records.dealership import deputies, open_pages
from forecourt.records.dealership.events import StaffAbsent, StaffChanged, StaffJoined, StaffLeft, StaffReturned
from forecourt.records.dealership.models import Absence, Site, StaffMember
from forecourt.records.dealership.sites import readable_hours
from forecourt.runtime import access, audit, clock
from forecourt.runtime.actors import Actor
from forecourt.runtime.events import publish


@transaction.atomic
def join(
    *,
    actor: Actor,
    email: str,
    name: str,
    role: str,
    home_site_id: UUID | None = None,
    site_ids: Collection[UUID] = (),
    skills: Collection[str] = (),
    working_hours: str = "",
    phone: str = "",
    language: str = "en",
    password: str | None = None,
) -> StaffMember:
    """Take somebody on. `site_ids` empty: all sites. Refusal("already_works_here") if this account is employed here already."""
    account = registration.register(email=email, name=name, language=language, password=password)
    return take_on(
        actor=actor, account=account, name=name, role=role, home_site_id=home_site_id, site_ids=site_ids, skills=skills,
        working_hours=working_hours, phone=phone,
    )  # fmt: skip


@transaction.atomic
def take_on(
    *,
    actor: Actor,
    account: Account,
    name: str,
    role: str,
    home_site_id: UUID | None = None,
    site_ids: Collection[UUID] = (),
    skills: Collection[str] = (),
    working_hours: str = "",
    phone: str = "",
) -> StaffMember:
    """Let an account work here. Somebody who has left comes back as they are now wanted."""
    access.require(actor, "dealership.manage_staff")
    refuse_role(actor, role)
    home = access.fetch(Site, home_site_id, actor=actor, right="dealership.manage_staff") if home_site_id else None
    if working_hours:
        readable_hours(working_hours, home.zone if home else "UTC")
    former = StaffMember.objects.select_for_update().filter(account=account, is_active=False).first()
    if former is not None:
        return _return(former, actor=actor, name=name, role=role, site_ids=site_ids)
    if StaffMember.objects.filter(account=account).exists():
        raise Refusal("already_works_here", _("%(name)s works here already.") % {"name": name})
    member = StaffMember.objects.create(
        account=account, name=name, role=role, sites=sorted(site_ids), home_site=home, skills=sorted(skills),
        working_hours=working_hours, phone=phone,
    )  # fmt: skip
    publish(StaffJoined(staff_member_id=member.pk, site_id=home_site_id, role=role), by=actor)
    return member


@transaction.atomic
def change(
    *,
    actor: Actor,
    staff_member_id: UUID,
    role: str | None = None,
    site_ids: Collection[UUID] | None = None,
    skills: Collection[str] | None = None,
    working_hours: str | None = None,
    is_active: bool | None = None,
) -> StaffMember:
    """Change what is given; None leaves it."""
    member = managed(actor=actor, staff_member_id=staff_member_id, lock=True)
    if role is not None:
        refuse_role(actor, role, member)
        member.role = role
    if site_ids is not None:
        member.sites = own_sites(actor, site_ids)
        member.home_site_id = member.home_site_id if not site_ids or member.home_site_id in site_ids else None
    if skills is not None:
        member.skills = sorted(skills)
    if working_hours is not None:
        member.working_hours = readable_hours(working_hours, "UTC") if working_hours else ""
    if is_active is not None:
        member.is_active = is_active
    member.save()
    if role is not None or site_ids is not None or is_active is not None:
        open_pages.ask_again([member.pk])
    publish(StaffChanged(staff_member_id=member.pk, site_id=member.home_site_id), by=actor)
    if role is not None or site_ids is not None:
        sites = [str(site_id) for site_id in member.sites]
        audit.record(by=actor, act="staff_changed", object_kind="staff_member", object_id=member.pk, role=member.role, sites=sites)
    return member


@transaction.atomic
def leave(*, actor: Actor, staff_member_id: UUID) -> StaffMember:
    """Somebody no longer works here: membership, sessions, live pages, tokens, powerful rights and deputies end at once."""
    from forecourt.records.dealership import support

    member = managed(actor=actor, staff_member_id=staff_member_id, lock=True)
    refuse_role(actor, member.role, member)
    if member.pk == actor.id:
        raise Refusal("not_oneself", _("Ask another administrator: nobody ends their own membership."))
    if not member.is_active:
        raise Refusal("has_left", _("%(name)s has left already.") % {"name": member.name})
    member.is_active, member.left_at, member.granted_rights, member.identity_subject = False, clock.now(), [], ""
    member.save()
    deputies.end_all_of(actor=actor, staff_member_id=member.pk)
    support.end_all_of(actor=actor, staff_member_id=member.pk)
    ended_tokens = tokens.end_those_of(actor=actor, staff_member_id=member.pk)
    ended_sessions = signins.end_all(member.account)
    publish(StaffLeft(staff_member_id=member.pk), by=actor)
    audit.record(by=actor, act="staff_left", object_kind="staff_member", object_id=member.pk, sessions=ended_sessions, tokens=ended_tokens)
    return member


def managed(*, actor: Actor, staff_member_id: UUID, lock: bool = False) -> StaffMember:
    """A member of staff whom the actor may manage; NotFound also for who works at a site that is not the actor's."""
    member = access.fetch(StaffMember, staff_member_id, actor=actor, right="dealership.manage_staff", related=("account",), lock=lock)
    if actor.sites is not None and not (member.sites and set(member.sites) <= actor.sites):
        raise NotFound
    return member


def managed_by(actor: Actor) -> QuerySet[StaffMember]:
    """Everybody whom the actor may manage, also those who have left."""
    access.require(actor, "dealership.manage_staff")
    if actor.sites is None:
        return StaffMember.objects.all()
    return StaffMember.objects.filter(sites__contained_by=list(actor.sites)).exclude(sites=[])


def refuse_role(actor: Actor, role: str, member: StaffMember | None = None) -> None:
    """Refuse a role that there is not, and one that only an administrator may give or take."""
    if role not in access.ROLES:
        raise Refusal("unknown_role", _("There is no role “%(role)s”.") % {"role": role}, roles=access.ROLES)
    touched = {role, member.role if member else role}
    if "administrator" in touched and not access.may(actor, "dealership.manage_rights"):
        raise Refusal("administrators_only", _("Only an administrator makes or unmakes administrators."))


def _return(member: StaffMember, *, actor: Actor, name: str, role: str, site_ids: Collection[UUID]) -> StaffMember:
    member.name, member.role, member.sites, member.is_active, member.left_at = name, role, sorted(site_ids), True, None
    member.home_site_id = member.home_site_id if not site_ids or member.home_site_id in site_ids else None
    member.save()
    publish(StaffReturned(staff_member_id=member.pk), by=actor)
    return member


def own_sites(actor: Actor, site_ids: Collection[UUID]) -> list[UUID]:
    """The sites, if the actor may act at each; no site means all, which only who works at all may give."""
    known = set(Site.objects.filter(pk__in=site_ids).values_list("pk", flat=True))
    if set(site_ids) - known or not all(actor.may_act_at(site_id) for site_id in site_ids):
        raise NotFound
    if not site_ids and actor.sites is not None:
        raise Refusal("sites_needed", _("Choose at least one of your sites."))
    return sorted(site_ids)


@transaction.atomic
def be_absent(*, actor: Actor, staff_member_id: UUID, starts_at: datetime, ends_at: datetime, reason: str = "holiday") -> Absence:
    """Note that somebody is away. What is booked with them stays and shows on the board."""
    member = managed(actor=actor, staff_member_id=staff_member_id)
    if ends_at <= starts_at:
        raise Refusal("ends_before_start", _("An absence ends after it starts."))
    absence = Absence.objects.create(staff_member=member, starts_at=starts_at, ends_at=ends_at, reason=reason)
    publish(StaffAbsent(staff_member_id=member.pk, site_id=member.home_site_id, starts_at=starts_at, ends_at=ends_at), by=actor)
    return absence
