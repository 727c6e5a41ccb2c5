"""Codes that staff give to a customer whom they know, at the desk or on the phone: whoever enters one joins that record to their account."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from forecourt.kernel.errors import NotFound, Refusal
from forecourt.records.accounts import customer_links, secrets
from forecourt.records.accounts.events import DealerCodeGiven
from forecourt.records.accounts.models import Account, CustomerLink, DealerCode
from forecourt.runtime import access, audit, clock, limits, scope
from forecourt.runtime.actors import Actor
from forecourt.runtime.events import publish

DAYS: Final = 7
_finders: list[Callable[..., object]] = []


def find_customers_by(find: Callable[..., object]) -> None:
    """Say who knows the customers of a dealer: `find(actor=, customer_id=)` raises NotFound for one that is absent or foreign."""
    _finders[:] = [find]


def _nobody_knows(**_asked: object) -> None:
    raise NotFound


@transaction.atomic
def give(*, actor: Actor, customer_id: UUID) -> str:
    """A fresh code for this customer, shown once; an older one that was not used opens nothing any more. NotFound for a customer not of this dealer."""
    access.require(actor, "accounts.give_code")
    for find in _finders or [_nobody_knows]:
        find(actor=actor, customer_id=customer_id)
    now = clock.now()
    DealerCode.objects.filter(customer_id=customer_id, used_at=None).delete()
    code = secrets.short_code()
    given = DealerCode.objects.create(
        customer_id=customer_id, digest=secrets.short_digest(code), given_by_id=actor.id, given_at=now, ends_at=now + timedelta(days=DAYS)
    )
    audit.record(by=actor, act="dealer_code_given", object_kind="customer", object_id=customer_id, code=str(given.pk))
    publish(DealerCodeGiven(customer_id=customer_id), by=actor)
    return f"{code[:5]}-{code[5:]}"


def redeem(*, account: Account, code: str, source: str) -> CustomerLink:
    """Join the customer whom the code was made for. Refusal("code_wrong") for one that is wrong, used or over; raises TooMany."""
    limits.spend("dealer_code.account", account.pk, most=10, seconds=3600)
    limits.spend("dealer_code.source", source, most=30, seconds=3600)
    with scope.everywhere("a code says whose it is"):
        found = DealerCode.objects.filter(digest=secrets.short_digest(code)).first()
    link = _used(found, account) if found else None
    if link is None:
        raise Refusal("code_wrong", _("This code is wrong, was used already or is too old. Please ask your dealer for a new one."))
    return link


def _used(found: DealerCode, account: Account) -> CustomerLink | None:
    with scope.of(found.organisation_id), transaction.atomic():
        code = DealerCode.objects.select_for_update().get(pk=found.pk)
        if code.used_at is not None or clock.now() >= code.ends_at:
            return None
        code.used_at = clock.now()
        code.save(update_fields=["used_at"])
        return customer_links.begin(account=account, customer_id=code.customer_id, way="dealer_code")
