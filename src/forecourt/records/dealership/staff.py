"""People who work here: what they are, where, with which skills, and when they are away."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from forecourt.kernel.errors import Refusal
from forecourt.records.accounts import registration
from forecourt.records.dealership.events import StaffAbsent, StaffChanged, StaffJoined
from forecourt.records.dealership.models import Absence, Site, StaffMember
from forecourt.records.dealership.sites import readable_hours
from forecourt.runtime import access
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
    access.require(actor, "dealership.manage_staff")
    _refuse_unknown_role(role)
    home = access.fetch(Site, home_site_id, actor=actor, right="dealership.manage_staff") if home_site_id else None
    if working_hours:
        readable_hours(working_hours, home.zone if home else "UTC")
    account = registration.register(email=email, name=name, language=language, password=password)
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
    skills: Collection[str] | None = None,
    working_hours: str | None = None,
    is_active: bool | None = None,
) -> StaffMember:
    """Change what is given; None leaves it."""
    member = access.fetch(StaffMember, staff_member_id, actor=actor, right="dealership.manage_staff", lock=True)
    if role is not None:
        _refuse_unknown_role(role)
        member.role = role
    if skills is not None:
        member.skills = sorted(skills)
    if working_hours is not None:
        member.working_hours = readable_hours(working_hours, "UTC") if working_hours else ""
    if is_active is not None:
        member.is_active = is_active
    member.save()
    publish(StaffChanged(staff_member_id=member.pk, site_id=member.home_site_id), by=actor)
    return member


@transaction.atomic
def be_absent(*, actor: Actor, staff_member_id: UUID, starts_at: datetime, ends_at: datetime, reason: str = "holiday") -> Absence:
    """Note that somebody is away. What is booked with them stays and shows on the board."""
    member = access.fetch(StaffMember, staff_member_id, actor=actor, right="dealership.manage_staff")
    if ends_at <= starts_at:
        raise Refusal("ends_before_start", _("An absence ends after it starts."))
    absence = Absence.objects.create(staff_member=member, starts_at=starts_at, ends_at=ends_at, reason=reason)
    publish(StaffAbsent(staff_member_id=member.pk, site_id=member.home_site_id, starts_at=starts_at, ends_at=ends_at), by=actor)
    return absence


def _refuse_unknown_role(role: str) -> None:
    if role not in access.ROLES:
        raise Refusal("unknown_role", _("There is no role “%(role)s”.") % {"role": role}, roles=access.ROLES)
