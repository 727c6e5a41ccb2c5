"""Cars that somebody says are theirs, with a paper to show for it; staff of the dealer look at the paper and decide."""

from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from forecourt.kernel import identifiers
from forecourt.kernel.errors import Refusal
from forecourt.records.accounts import customer_links
from forecourt.records.accounts.events import CarClaimDecided, CarClaimed
from forecourt.records.accounts.models import Account, CarClaim
from forecourt.runtime import access, audit, clock, limits
from forecourt.runtime.actors import Actor
from forecourt.runtime.events import publish
from forecourt.runtime.models import StoredFile

REASONS: Final = ("unreadable", "other_car", "unknown_car")


def may_ask(*, account: Account) -> None:
    """Somebody may show papers a few times a day. Raises TooMany."""
    limits.spend("car_claim", account.pk, most=5, seconds=86_400)


@transaction.atomic
def ask(*, actor: Actor, account: Account, vin: str, name: str, paper: StoredFile) -> CarClaim:
    """Put it into the queue of the dealer in scope. Refusal("vin_wrong", "name_missing", "already_asked")."""
    try:
        known = identifiers.normal_vin(vin)
    except ValueError as wrong:
        raise Refusal("vin_wrong", _("%(vin)s is not a VIN.") % {"vin": vin[:40]}) from wrong
    if not name.strip():
        raise Refusal("name_missing", _("Please tell us your name as it stands in the papers."))
    claim = CarClaim(account_id=account.pk, vin=known, name=name.strip()[:120], paper=paper, asked_at=clock.now())
    try:
        with transaction.atomic():
            claim.save(force_insert=True)
    except IntegrityError as twice:
        raise Refusal("already_asked", _("You have sent the papers of this car already. We are looking at them.")) from twice
    publish(CarClaimed(claim_id=claim.pk), by=actor)
    return claim


def of(account: Account) -> QuerySet[CarClaim]:
    """What this account asked of the dealer in scope, newest first."""
    return CarClaim.objects.filter(account_id=account.pk).order_by("-asked_at")


def waiting(*, actor: Actor) -> QuerySet[CarClaim]:
    """What staff have to look at, oldest first."""
    access.require(actor, "accounts.check_papers")
    return CarClaim.objects.filter(state="waiting").select_related("paper").order_by("asked_at", "pk")


def find(*, actor: Actor, claim_id: UUID) -> CarClaim:
    """One of them, to look at; that somebody looked is written down."""
    claim = access.fetch(CarClaim, claim_id, actor=actor, right="accounts.check_papers", related=("paper",))
    if claim.state == "waiting":
        audit.record(by=actor, act="papers_seen", object_kind="car_claim", object_id=claim.pk)
    return claim


@transaction.atomic
def approve(*, actor: Actor, claim_id: UUID, customer_id: UUID) -> CarClaim:
    """The paper is right: the account belongs to this customer, whom the caller has found. Refusal("decided")."""
    claim = _decide(actor, claim_id, "approved", customer_id=customer_id)
    account = Account.objects.get(pk=claim.account_id)
    customer_links.begin(account=account, customer_id=customer_id, way="staff_check")
    return claim


@transaction.atomic
def reject(*, actor: Actor, claim_id: UUID, reason: str) -> CarClaim:
    """The paper does not show it. Refusal("decided", "unknown_reason")."""
    if reason not in REASONS:
        raise Refusal("unknown_reason", _("Please choose a reason."))
    return _decide(actor, claim_id, "rejected", reason=reason)


def _decide(actor: Actor, claim_id: UUID, verdict: str, *, customer_id: UUID | None = None, reason: str = "") -> CarClaim:
    claim = access.fetch(CarClaim, claim_id, actor=actor, right="accounts.check_papers", lock=True)
    if claim.state != "waiting":
        raise Refusal("decided", _("Somebody has decided on this already."))
    claim.state, claim.customer_id, claim.reason = verdict, customer_id, reason
    claim.decided_at, claim.decided_by_id = clock.now(), actor.id
    claim.save()
    audit.record(by=actor, act=f"car_claim_{verdict}", object_kind="car_claim", object_id=claim.pk)
    publish(CarClaimDecided(claim_id=claim.pk, customer_id=customer_id, verdict=verdict), by=actor)
    return claim
