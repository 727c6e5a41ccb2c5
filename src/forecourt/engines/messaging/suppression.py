"""Addresses that get nothing more, and why: unknown users, complaints, what staff entered."""

from collections.abc import Collection
from datetime import datetime
from hashlib import sha256
from typing import Final

from django.db.models import Q

from forecourt.engines.messaging.models import Suppression
from forecourt.runtime import clock, scope

COMPLAINT: Final = "complaint"


def suppress(*, address: str, reason: str, channel: str = "email", until: datetime | None = None) -> None:
    """Write nothing more to this address; a later reason replaces an earlier one."""
    Suppression.objects.bulk_create(
        [
            Suppression(
                organisation_id=scope.organisation_id(),
                channel=channel,
                address=address.lower(),
                reason=reason,
                since=clock.now(),
                until=until,
            )
        ],
        update_conflicts=True,
        unique_fields=["organisation_id", "channel", "address"],
        update_fields=["reason", "since", "until"],
    )


def lift(*, address: str, channel: str = "email") -> None:
    """Write to this address again."""
    Suppression.objects.filter(channel=channel, address__in=(address.lower(), hidden(address))).delete()


def kind(reason: str | None) -> str:
    """What a reason means for consent: `none`, `complaint` (no advertising any more) or `address` (nobody can be reached there)."""
    if not reason:
        return "none"
    return COMPLAINT if reason == COMPLAINT else "address"


def reasons(addresses: Collection[str], *, channel: str = "email") -> dict[str, str]:
    """Of these addresses, the suppressed ones (in small letters) with their reason."""
    wanted = {address.lower() for address in addresses}
    hidden_as = {hidden(address): address for address in wanted}
    rows = Suppression.objects.filter(Q(until=None) | Q(until__gt=clock.now()), channel=channel, address__in=[*wanted, *hidden_as])
    return {hidden_as.get(address, address): reason for address, reason in rows.values_list("address", "reason")}


def hidden(address: str) -> str:
    """How the address of somebody who was erased is kept: enough to know it again, not to read it."""
    return f"sha256:{sha256(address.lower().encode()).hexdigest()}"
