"""Who may what: the rights of roles as this organisation has adjusted them, and powerful rights that one person was given.

What is declared in the code is the default; only what differs is kept, on the organisation's row. An administrator cannot shut
everybody out: the rights to manage rights and staff stay with administrators.
"""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from forecourt.kernel.errors import NotFound, Refusal
from forecourt.records.dealership import open_pages
from forecourt.records.dealership.events import RightGranted, RightTaken, RoleAdjusted
from forecourt.records.dealership.models import Organisation, StaffMember
from forecourt.runtime import access, audit
from forecourt.runtime.actors import Actor
from forecourt.runtime.events import publish

KEPT_BY_ADMINISTRATORS = frozenset({"dealership.manage_rights", "dealership.manage_staff", "staff.come_in"})


def of_role(organisation: Organisation, role: str) -> frozenset[str]:
    """The rights of a role here."""
    return access.rights_of(role, organisation.adjusted_rights.get(role))


def of_member(organisation: Organisation, member: StaffMember) -> frozenset[str]:
    """The rights of a person here: those of the role, and the powerful ones that were granted."""
    powerful = {name for name, right in access.rights().items() if right.powerful}
    return of_role(organisation, member.role) | (powerful & set(member.granted_rights))


@transaction.atomic
def adjust(*, actor: Actor, role: str, right: str, allowed: bool) -> Organisation:
    """Let a role do something, or no longer. Refusal for what administrators keep, NotFound for what there is not."""
    access.require(actor, "dealership.manage_rights")
    declared = access.rights().get(right)
    if declared is None or declared.powerful or role not in access.ROLES:
        raise NotFound
    if role == "administrator" and not allowed and right in KEPT_BY_ADMINISTRATORS:
        raise Refusal("administrators_keep_this", _("Administrators keep this right, so that nobody is locked out."))
    organisation = Organisation.objects.select_for_update().get(pk=actor.organisation_id)
    adjusted = dict(organisation.adjusted_rights.get(role, {}))
    before = right in access.rights_of(role, adjusted)
    adjusted.pop(right, None)
    if (right in access.rights_of(role)) != allowed:
        adjusted[right] = allowed
    organisation.adjusted_rights = {**organisation.adjusted_rights, role: adjusted}
    organisation.save(update_fields=["adjusted_rights"])
    if before != allowed:
        open_pages.ask_all_again(role)
        publish(RoleAdjusted(role=role, right=right, allowed=allowed), by=actor)
        audit.record(by=actor, act="role_adjusted", object_kind="right", role=role, right=right, allowed=allowed)
    return organisation


@transaction.atomic
def grant(*, actor: Actor, staff_member_id: UUID, right: str) -> StaffMember:
    """Give one person a powerful right."""
    member = _member(actor, staff_member_id, right)
    if right not in member.granted_rights:
        member.granted_rights = sorted({*member.granted_rights, right})
        member.save(update_fields=["granted_rights"])
        open_pages.ask_again([member.pk])
        publish(RightGranted(staff_member_id=member.pk, right=right), by=actor)
        audit.record(by=actor, act="right_granted", object_kind="staff_member", object_id=member.pk, right=right)
    return member


@transaction.atomic
def take(*, actor: Actor, staff_member_id: UUID, right: str) -> StaffMember:
    """Take a powerful right back; it ends with the next thing the person does."""
    member = _member(actor, staff_member_id, right)
    if right in member.granted_rights:
        member.granted_rights = sorted(set(member.granted_rights) - {right})
        member.save(update_fields=["granted_rights"])
        open_pages.ask_again([member.pk])
        publish(RightTaken(staff_member_id=member.pk, right=right), by=actor)
        audit.record(by=actor, act="right_taken", object_kind="staff_member", object_id=member.pk, right=right)
    return member


def _member(actor: Actor, staff_member_id: UUID, right: str) -> StaffMember:
    declared = access.rights().get(right)
    if declared is None or not declared.powerful:
        raise NotFound
    return access.fetch(StaffMember, staff_member_id, actor=actor, right="dealership.manage_rights", lock=True)
