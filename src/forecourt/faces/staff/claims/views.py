"""The queue of papers: a paper beside what we know of the car, and one of two answers."""

from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from forecourt.engines.messaging import account_letters
from forecourt.faces.staff import looks
from forecourt.faces.staff.claims import letters
from forecourt.faces.staff.door import StaffRequest, door
from forecourt.kernel.errors import Refusal
from forecourt.records.accounts import claims
from forecourt.records.accounts.models import Account, CarClaim
from forecourt.records.people import customers
from forecourt.records.people.models import Customer
from forecourt.records.vehicles import vehicles
from forecourt.runtime import files

REASONS = (
    ("unreadable", gettext_lazy("The photo cannot be read")),
    ("other_car", gettext_lazy("The papers are of another car or person")),
    ("unknown_car", gettext_lazy("We do not know this car")),
)


@require_GET
@door("accounts.check_papers")
def claim_list(request: StaffRequest) -> HttpResponse:
    """What waits, oldest first."""
    waiting = list(claims.waiting(actor=request.actor)[:100])
    looks.listed(request, "papers", [], rows=len(waiting))
    return render(request, "staff/claims/list.html", {"claims": waiting})


@require_GET
@door("accounts.check_papers")
def claim_page(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """One paper, and the car and customer that we know."""
    return _show(request, claim_id)


@require_POST
@door("accounts.check_papers")
def decide(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Approve for a customer, or reject with a reason; the person is told by mail."""
    try:
        with transaction.atomic():
            claim = _decided(request, claim_id)
            account = Account.objects.get(pk=claim.account_id)
            account_letters.queue(
                address=account.email, template=letters.DECIDED, language=account.language, useful_for=letters.USEFUL_FOR,
                facts={"verdict": claim.state, "reason": claim.reason, "dealer": request.organisation.name, "vin": claim.vin},
            )  # fmt: skip
    except Refusal as refusal:
        return _show(request, claim_id, problem=str(refusal), status=409)
    return redirect("claims:list")


def _decided(request: StaffRequest, claim_id: UUID) -> CarClaim:
    if request.POST.get("verdict") != "approved":
        return claims.reject(actor=request.actor, claim_id=claim_id, reason=request.POST.get("reason", ""))
    claims.find(actor=request.actor, claim_id=claim_id)
    number = request.POST.get("customer", "").strip()
    found = Customer.objects.filter(number=number).first() if number else None
    if found is None:
        raise Refusal("no_customer", _("Choose the customer by their number."))
    customer = customers.find(actor=request.actor, customer_id=found.pk)
    return claims.approve(actor=request.actor, claim_id=claim_id, customer_id=customer.pk)


def _show(request: StaffRequest, claim_id: UUID, *, problem: str = "", status: int = 200) -> HttpResponse:
    claim = claims.find(actor=request.actor, claim_id=claim_id)
    vehicle = vehicles.standing(vin=claim.vin)
    keeper = vehicles.keeper_of(vehicle.pk) if vehicle else None
    is_image = claim.paper.media_type.startswith("image/")
    context = {
        "claim": claim,
        "account": Account.objects.filter(pk=claim.account_id).first(),
        "vehicle": vehicle,
        "keeper": keeper,
        "small": files.signed_url(claim.paper, "small") if is_image else "",
        "full": files.signed_url(claim.paper),
        "reasons": REASONS,
        "number": request.POST.get("customer") or (keeper.number if keeper else ""),
        "problem": problem,
    }
    return render(request, "staff/claims/claim.html", context, status=status)
