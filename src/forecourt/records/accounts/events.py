"""What happens between a dealer's customers and their accounts. Sign-ins are the person's own and no dealer's event."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_noop

from forecourt.runtime.events import Event, event

_WAYS = {
    "address": gettext_noop("by a link in our e-mail"),
    "dealer_code": gettext_noop("with a code from us"),
    "staff_check": gettext_noop("after a check of the papers"),
    "invitation": gettext_noop("as a driver, by invitation"),
}


@event("accounts.customer_link_began")
@dataclass(frozen=True, kw_only=True)
class CustomerLinkBegan(Event):
    customer_id: UUID
    vehicle_id: UUID | None = None
    way: str

    sentence = gettext_noop("Joined to an account: {way}")
    codes = {"way": _WAYS}
    audience = "customer"
    icon = "link"


@event("accounts.customer_link_ended")
@dataclass(frozen=True, kw_only=True)
class CustomerLinkEnded(Event):
    customer_id: UUID
    vehicle_id: UUID | None = None

    sentence = gettext_noop("No longer joined to an account")
    audience = "customer"
    icon = "unlink"


@event("accounts.dealer_code_given")
@dataclass(frozen=True, kw_only=True)
class DealerCodeGiven(Event):
    customer_id: UUID

    sentence = gettext_noop("A code for the account was given")
    icon = "key-round"
    concerns = ("customer",)


@event("accounts.car_claimed")
@dataclass(frozen=True, kw_only=True)
class CarClaimed(Event):
    claim_id: UUID

    sentence = gettext_noop("Somebody asked to have a car joined to their account")
    icon = "file-question"
    concerns = ()


@event("accounts.car_claim_decided")
@dataclass(frozen=True, kw_only=True)
class CarClaimDecided(Event):
    claim_id: UUID
    customer_id: UUID | None
    verdict: str

    sentence = gettext_noop("Papers of a car checked: {verdict}")
    codes = {"verdict": {"approved": gettext_noop("approved"), "rejected": gettext_noop("rejected")}}
    icon = "file-check"
    concerns = ("customer",)
