"""Inviting staff: who is wanted in which role and where, until they have come in by their link or the offer has ended.

The mail and the page are the faces'. A link names the invitation and its `link_id`: sending again makes a new one, so that an older
link, or one that was used, opens nothing.
"""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from forecourt.kernel.errors import NotFound, Refusal
from forecourt.kernel.ids import uuid7
from forecourt.records.accounts import registration
from forecourt.records.accounts.models import Account
from forecourt.records.dealership import staff
from forecourt.records.dealership.events import InvitationWithdrawn, StaffInvited
from forecourt.records.dealership.models import Invitation, StaffMember
from forecourt.runtime import access, audit, clock
from forecourt.runtime.actors import Actor, system
from forecourt.runtime.events import publish

DAYS = 7


@transaction.atomic
def invite(*, actor: Actor, email: str, name: str, role: str, site_ids: Collection[UUID] = (), language: str = "en") -> Invitation:
    """Ask somebody to work here. Refusal if they do already, or if an invitation to this address is open."""
    access.require(actor, "dealership.manage_staff")
    staff.refuse_role(actor, role)
    sites = staff.own_sites(actor, site_ids)
    if StaffMember.objects.filter(account__email__iexact=email, is_active=True).exists():
        raise Refusal("already_works_here", _("%(name)s works here already.") % {"name": email})
    if Invitation.objects.filter(email__iexact=email, state="open").exists():
        raise Refusal("already_invited", _("%(address)s has an open invitation. Send it again from the list.") % {"address": email})
    now = clock.now()
    invitation = Invitation.objects.create(
        email=email, name=name, role=role, sites=sites, language=language, invited_by=actor.id, invited_at=now,
        ends_at=now + timedelta(days=DAYS),
    )  # fmt: skip
    _tell(invitation, actor)
    return invitation


@transaction.atomic
def send_again(*, actor: Actor, invitation_id: UUID) -> Invitation:
    """A new link for an open invitation; the earlier one opens nothing any more."""
    invitation = _open_one(actor, invitation_id)
    invitation.link_id = uuid7()
    invitation.invited_at = clock.now()
    invitation.ends_at = invitation.invited_at + timedelta(days=DAYS)
    invitation.save()
    _tell(invitation, actor)
    return invitation


@transaction.atomic
def withdraw(*, actor: Actor, invitation_id: UUID) -> Invitation:
    """The link opens nothing from now on."""
    invitation = _open_one(actor, invitation_id)
    invitation.state = "withdrawn"
    invitation.save(update_fields=["state"])
    publish(InvitationWithdrawn(invitation_id=invitation.pk), by=actor)
    return invitation


def waiting(*, actor: Actor) -> QuerySet[Invitation]:
    access.require(actor, "dealership.manage_staff")
    rows = Invitation.objects.filter(state="open").order_by("-invited_at")
    return rows if actor.sites is None else rows.filter(sites__contained_by=list(actor.sites)).exclude(sites=[])


def by_link(invitation_id: UUID, link_id: UUID) -> Invitation:
    """The open invitation of a link; NotFound if it was used, withdrawn, sent again or is over."""
    found = Invitation.objects.filter(pk=invitation_id, link_id=link_id, state="open", ends_at__gt=clock.now()).first()
    if found is None:
        raise NotFound
    return found


@transaction.atomic
def accept(*, invitation_id: UUID, link_id: UUID, password: str = "", account: Account | None = None) -> StaffMember:
    """Come in by the link: with a first password, without one (a passkey follows), or with the account that is signed in.

    An account of this address that somebody has used stays theirs: the link proves the address, not the person, so only its owner,
    signed in, may take the invitation up. Refusal("sign_in_first") says so.
    """
    by_link(invitation_id, link_id)
    invitation = Invitation.objects.select_for_update().get(pk=invitation_id)
    if invitation.state != "open" or invitation.link_id != link_id:
        raise NotFound
    owner = account or _own_account(invitation, password)
    if owner.email.lower() != invitation.email.lower():
        raise Refusal("other_account", _("This invitation is for %(address)s. Sign in with that address.") % {"address": invitation.email})
    actor = system(invitation.organisation_id, via="invitation")
    member = staff.take_on(actor=actor, account=owner, name=invitation.name, role=invitation.role, site_ids=invitation.sites)
    invitation.state, invitation.staff_member = "accepted", member
    invitation.save()
    audit.record(by=actor, act="invitation_accepted", object_kind="staff_member", object_id=member.pk, invitation=str(invitation.pk))
    return member


def needs_owner(invitation: Invitation) -> bool:
    """Whether somebody uses an account of this address already."""
    return registration.is_in_use(invitation.email)


def _own_account(invitation: Invitation, password: str) -> Account:
    if needs_owner(invitation):
        raise Refusal("sign_in_first", _("You have an account already. Sign in, then open the invitation again."))
    account = registration.register(email=invitation.email, name=invitation.name, language=invitation.language)
    if password:
        registration.set_password(account=account, password=password)
    return account


def _open_one(actor: Actor, invitation_id: UUID) -> Invitation:
    invitation = access.fetch(Invitation, invitation_id, actor=actor, right="dealership.manage_staff", lock=True)
    if actor.sites is not None and not (invitation.sites and set(invitation.sites) <= actor.sites):
        raise NotFound
    if invitation.state != "open":
        raise Refusal("wrong_state", _("This invitation is no longer open."), state=invitation.state)
    staff.refuse_role(actor, invitation.role)
    return invitation


def _tell(invitation: Invitation, actor: Actor) -> None:
    publish(StaffInvited(invitation_id=invitation.pk, role=invitation.role), by=actor)
