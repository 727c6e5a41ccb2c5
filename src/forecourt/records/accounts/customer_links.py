"""Which of a dealer's customers an account belongs to, and what it may do there.

A link is made by a proof, never by an address that somebody typed: a mail of the dealer opened by the account of that same address, a
code from the dealer, a paper that staff checked, or an owner's invitation. It is bound to the account: a changed address, here or at the
dealer, neither makes nor moves one. What one may do with the cars is decided from the link at each request.
"""

from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from forecourt.kernel.errors import NotFound, Refusal
from forecourt.records.accounts import devices
from forecourt.records.accounts.events import CustomerLinkBegan, CustomerLinkEnded
from forecourt.records.accounts.models import Account, CustomerLink
from forecourt.runtime import access, clock, scope
from forecourt.runtime.actors import Actor
from forecourt.runtime.events import publish

_BOOKING = frozenset({"workshop.book", "workshop.move_appointment", "workshop.cancel_appointment"})
_APPROVING = frozenset({"workshop.decide"})
_SEEING = frozenset({"vehicles.see_vehicle"})


def of(account: Account) -> QuerySet[CustomerLink]:
    """What the account is joined to now, in a stable order."""
    return CustomerLink.objects.filter(account=account, ended_at=None).order_by("began_at", "pk")


def find(*, account: Account, link_id: UUID) -> CustomerLink:
    """One living link of this account; NotFound for any other."""
    link = of(account).select_related("account").filter(pk=link_id).first()
    if link is None:
        raise NotFound
    return link


def owners_of(*, customer_id: UUID) -> QuerySet[CustomerLink]:
    """The accounts that are this customer, at the dealer in scope."""
    return CustomerLink.objects.select_related("account").filter(
        organisation_id=scope.organisation_id(), customer_id=customer_id, vehicle_id=None, ended_at=None
    )


def drivers_of(*, owner: CustomerLink, vehicle_id: UUID) -> QuerySet[CustomerLink]:
    """Who else may use a car of this owner."""
    return (
        CustomerLink.objects.select_related("account")
        .filter(organisation_id=owner.organisation_id, customer_id=owner.customer_id, vehicle_id=vehicle_id, ended_at=None)
        .order_by("began_at", "pk")
    )


def actor_of(link: CustomerLink) -> Actor:
    """Who an account is to the actions of this dealer: its customer, with the rights of the link."""
    return Actor(
        kind="customer", organisation_id=link.organisation_id, id=link.customer_id, rights=rights_of(link), via=f"account:{link.pk.hex}"
    )


def rights_of(link: CustomerLink) -> frozenset[str]:
    if link.is_owner:
        return access.customer_rights()
    return _SEEING | (_BOOKING if link.may_book else frozenset()) | (_APPROVING if link.may_approve else frozenset())


@transaction.atomic
def begin_by_address(*, account: Account, customer_id: UUID, customer_address: str) -> CustomerLink:
    """Join the customer in scope whose signed link the person holds. Refusal("other_address", "taken").

    Both must be: a link that the dealer sent, and an account that was proven for the address in the dealer's record. If somebody is
    joined already, the address may have changed hands, and only the dealer can say who is right.
    """
    if not customer_address or account.email.casefold() != customer_address.strip().casefold():
        raise Refusal(
            "other_address",
            _("Your account has another e-mail address than the dealer has for you. Please ask the dealer for a code."),
        )
    _lock(customer_id)
    others = owners_of(customer_id=customer_id).exclude(account=account)
    if others.exists():
        raise Refusal("taken", _("These cars belong to another account already. Please ask the dealer for a code."))
    return begin(account=account, customer_id=customer_id, way="address")


@transaction.atomic
def begin(*, account: Account, customer_id: UUID, way: str) -> CustomerLink:
    """Join a customer of the dealer in scope to the account; said again, the same link. The caller has checked the proof."""
    link, is_new = CustomerLink.objects.get_or_create(
        account=account, organisation_id=scope.organisation_id(), customer_id=customer_id, vehicle_id=None, ended_at=None,
        defaults={"way": way, "began_at": clock.now()},
    )  # fmt: skip
    if is_new:
        publish(CustomerLinkBegan(customer_id=customer_id, way=way), by=actor_of(link))
    return link


@transaction.atomic
def begin_driver(*, account: Account, owner: CustomerLink, vehicle_id: UUID, may_book: bool, may_approve: bool) -> CustomerLink:
    """Let the account use one car of this owner, whose dealer is in scope; an older link of theirs to it ends."""
    CustomerLink.objects.filter(
        account=account, organisation_id=owner.organisation_id, customer_id=owner.customer_id, vehicle_id=vehicle_id, ended_at=None
    ).update(ended_at=clock.now())
    link = CustomerLink.objects.create(
        account=account, organisation_id=owner.organisation_id, customer_id=owner.customer_id, vehicle_id=vehicle_id,
        may_book=may_book, may_approve=may_approve, way="invitation", began_at=clock.now(),
    )  # fmt: skip
    publish(CustomerLinkBegan(customer_id=owner.customer_id, vehicle_id=vehicle_id, way="invitation"), by=actor_of(owner))
    return link


@transaction.atomic
def end(*, link: CustomerLink) -> None:
    """The account no longer sees these cars; whom its owner invited to them does not either. Said again, nothing happens."""
    concerned = Q(pk=link.pk)
    if link.is_owner and not owners_of(customer_id=link.customer_id).exclude(pk=link.pk).exists():
        concerned |= Q(organisation_id=link.organisation_id, customer_id=link.customer_id, vehicle_id__isnull=False)
    ending = list(CustomerLink.objects.select_for_update().filter(concerned, ended_at=None))
    CustomerLink.objects.filter(pk__in=[each.pk for each in ending]).update(ended_at=clock.now())
    devices.ask_again({each.account_id for each in ending})
    for each in ending:
        publish(CustomerLinkEnded(customer_id=each.customer_id, vehicle_id=each.vehicle_id), by=actor_of(each))


def _lock(customer_id: UUID) -> None:
    """Two accounts that join at once come one after the other."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('accounts.customer_link:' || %s, 0))", [str(customer_id)])
