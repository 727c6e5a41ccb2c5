"""Several drivers of one car: its owner invites an address, the account of that address accepts, either of them ends it."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from forecourt.kernel.errors import NotFound, Refusal
from forecourt.records.accounts import customer_links, secrets
from forecourt.records.accounts.models import Account, CustomerLink, DriverInvitation
from forecourt.runtime import clock, limits, scope

DAYS: Final = 7


@transaction.atomic
def invite(*, owner: CustomerLink, vehicle_id: UUID, address: str, may_book: bool, may_approve: bool) -> DriverInvitation:
    """Invite an address to one car of the owner's, which the caller has found. Refusal("oneself"); raises TooMany."""
    if not owner.is_owner:
        raise NotFound
    if address.casefold() == owner.account.email.casefold():
        raise Refusal("oneself", _("This is your own address."))
    limits.spend("driver_invitation", owner.account_id, most=10, seconds=86_400)
    waiting(owner=owner, vehicle_id=vehicle_id).filter(address__iexact=address).update(withdrawn_at=clock.now())
    now = clock.now()
    invitation = DriverInvitation(
        owner_link=owner, vehicle_id=vehicle_id, address=address, may_book=may_book, may_approve=may_approve,
        invited_at=now, ends_at=now + timedelta(days=DAYS),
    )  # fmt: skip
    invitation.digest = secrets.digest(secrets.link_of(invitation.pk))
    invitation.save(force_insert=True)
    return invitation


def waiting(*, owner: CustomerLink, vehicle_id: UUID) -> QuerySet[DriverInvitation]:
    """Invitations to a car of this owner that nobody has accepted yet."""
    return DriverInvitation.objects.filter(
        owner_link__organisation_id=owner.organisation_id, owner_link__customer_id=owner.customer_id, vehicle_id=vehicle_id,
        accepted_at=None, withdrawn_at=None, ends_at__gt=clock.now(),
    ).order_by("invited_at", "pk")  # fmt: skip


def of_secret(*, account: Account, secret: str) -> DriverInvitation:
    """The invitation of a link, for the account of the address it was sent to. NotFound for anybody else, and when it is over."""
    found = DriverInvitation.objects.select_related("owner_link__account").filter(digest=secrets.digest(secret)).first()
    if found is None or not _is_open(found) or found.address.casefold() != account.email.casefold():
        raise NotFound
    return found


@transaction.atomic
def accept(*, account: Account, secret: str) -> CustomerLink:
    """From now on the account may use the car, as the owner said."""
    invitation = of_secret(account=account, secret=secret)
    invitation = DriverInvitation.objects.select_for_update(of=("self",)).select_related("owner_link").get(pk=invitation.pk)
    if not _is_open(invitation):
        raise NotFound
    with scope.of(invitation.owner_link.organisation_id):
        link = customer_links.begin_driver(
            account=account, owner=invitation.owner_link, vehicle_id=invitation.vehicle_id,
            may_book=invitation.may_book, may_approve=invitation.may_approve,
        )  # fmt: skip
    invitation.accepted_at, invitation.driver_link = clock.now(), link
    invitation.save(update_fields=["accepted_at", "driver_link"])
    return link


@transaction.atomic
def withdraw(*, owner: CustomerLink, vehicle_id: UUID, invitation_id: UUID) -> None:
    """Nobody can accept it any more. NotFound for another owner's."""
    if not waiting(owner=owner, vehicle_id=vehicle_id).filter(pk=invitation_id).update(withdrawn_at=clock.now()):
        raise NotFound


@transaction.atomic
def end(*, owner: CustomerLink, vehicle_id: UUID, driver_link_id: UUID) -> None:
    """The owner ends it, in the scope of the dealer. NotFound for another owner's driver."""
    link = customer_links.drivers_of(owner=owner, vehicle_id=vehicle_id).filter(pk=driver_link_id).first() if owner.is_owner else None
    if link is None:
        raise NotFound
    customer_links.end(link=link)


def _is_open(invitation: DriverInvitation) -> bool:
    open_still = invitation.accepted_at is None and invitation.withdrawn_at is None and clock.now() < invitation.ends_at
    return open_still and invitation.owner_link.ended_at is None
