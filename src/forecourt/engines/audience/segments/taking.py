"""What leaves with a copy of a segment's members: of how to reach a person, only what the ledger of consents allows in that moment.

A file goes on to a letter shop or a mailing tool, where nobody asks the ledger again.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from forecourt.engines.audience.profiles import PERMISSIONS
from forecourt.records.people import consent
from forecourt.records.people.models import Customer

Pair = tuple[str, str]
"""Purpose and channel."""

#: Field of a customer → the channels of which one must be allowed for it.
_REACHED_BY: Final[dict[str, frozenset[str]]] = {
    "email": frozenset({"email"}), "phone": frozenset({"phone"}), "mobile": frozenset({"phone", "sms"}), "street": frozenset({"post"}),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Reached:
    """How a customer may be reached, and for what; empty where they agreed to nothing of the kind."""

    email: str = ""
    phone: str = ""
    mobile: str = ""
    street: str = ""
    allowed: tuple[Pair, ...] = ()


def reached(customers: Collection[Customer]) -> dict[UUID, Reached]:
    """By customer; one query for each pair to which anybody agreed."""
    ids = [each.pk for each in customers]
    allowed: dict[UUID, list[Pair]] = defaultdict(list)
    agreed = consent.given(customers=Customer.objects.filter(pk__in=ids).values("pk"))
    for pair in PERMISSIONS:
        if pair in agreed:
            stands = consent.standing(purpose=pair[0], channel=pair[1]).filter(customer_id__in=ids)
            for customer_id in set(stands.values_list("customer_id", flat=True)):
                allowed[customer_id].append(pair)
    return {each.pk: _reached(each, allowed[each.pk]) for each in customers}


def _reached(customer: Customer, allowed: list[Pair]) -> Reached:
    channels = {channel for _purpose, channel in allowed}
    known = {field: getattr(customer, field) if channels & needed else "" for field, needed in _REACHED_BY.items()}
    return Reached(**known, allowed=tuple(allowed))
