"""Adding a car needs a proof: a mail of the dealer to the account's own address, a code from the dealer, or papers that staff check."""

from typing import Any

from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from forecourt.faces.customer import account_door, browser
from forecourt.faces.customer.account_door import AccountRequest
from forecourt.faces.customer.door import CustomerRequest, door
from forecourt.faces.ui import asked, nearness
from forecourt.kernel.errors import NotFound, Refusal
from forecourt.records.accounts import claims, customer_links, dealer_codes
from forecourt.records.accounts.models import CarClaim
from forecourt.records.dealership import organisations
from forecourt.records.dealership.models import Organisation
from forecourt.records.vehicles import vehicles
from forecourt.runtime import files, scope
from forecourt.runtime.actors import Actor


@require_GET
@account_door.door
def page(request: AccountRequest) -> HttpResponse:
    """The ways to prove that a car is one's own."""
    return _show(request)


@require_POST
@account_door.door
def by_code(request: AccountRequest) -> HttpResponse:
    """A code from the dealer."""
    try:
        dealer_codes.redeem(account=request.account, code=request.POST.get("code", ""), source=nearness.address(request))
    except Refusal as refusal:
        return _show(request, code_problem=str(refusal), status=422)
    return redirect("me_cars")


@require_POST
@account_door.door
def by_papers(request: AccountRequest) -> HttpResponse:
    """A VIN and a picture of the papers, for staff to check."""
    dealer = _dealer(request.POST.get("dealer", ""))
    sent = request.FILES.get("paper")
    typed = {name: request.POST.get(name, "").strip() for name in ("vin", "name", "dealer")}
    try:
        if dealer is None:
            raise Refusal("no_dealer", _("Choose the dealer who knows your car."))
        if sent is None:
            raise Refusal("no_paper", _("Add a photo of the papers."))
        claims.may_ask(account=request.account)
        with scope.of(dealer.pk), transaction.atomic():
            actor = Actor(kind="customer", organisation_id=dealer.pk, via="account")
            paper = files.store(actor=actor, name=sent.name or "paper", stream=sent, kinds=("image", "pdf"))
            claims.ask(actor=actor, account=request.account, vin=typed["vin"], name=typed["name"], paper=paper)
    except Refusal as refusal:
        return _show(request, papers_problem=str(refusal), typed=typed, status=422)
    return redirect(f"{reverse('me_add')}?sent=1#papers")


@require_http_methods(["GET", "POST"])
@door("account")
@csrf_protect
def join(request: CustomerRequest, token: str) -> HttpResponseBase:
    """A link in a mail of the dealer: it joins the dealer's record to the account of the very address the mail went to."""
    if request.link.subject_id != request.customer.pk:
        raise NotFound
    device = browser.device_of(request)
    if request.method == "POST" and device is None:
        return account_door.to_sign_in(request)
    problem = ""
    if device is not None:
        account_door.receive(request, device)
    if request.method == "POST" and device is not None:
        try:
            customer_links.begin_by_address(
                account=device.account, customer_id=request.customer.pk, customer_address=request.customer.email
            )  # fmt: skip
        except Refusal as refusal:
            problem = str(refusal)
        else:
            return redirect("me_cars")
    context = {
        "account": device.account if device else None,
        "is_joined": device is not None and customer_links.of(device.account).filter(customer_id=request.customer.pk).exists(),
        "cars": list(vehicles.cars_of(request.customer.pk)),
        "problem": problem,
    }
    return render(request, "customer/adding/join.html", context, status=409 if problem else 200)


def _show(
    request: AccountRequest,
    *,
    code_problem: str = "",
    papers_problem: str = "",
    typed: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    dealers = organisations.dealers()
    asked_for: list[tuple[Organisation, CarClaim]] = []
    for dealer in dealers:
        with scope.of(dealer.pk):
            asked_for += [(dealer, claim) for claim in claims.of(request.account)[:5]]
    context: dict[str, Any] = {
        "dealers": [(str(each.pk), each.name) for each in dealers], "claims": asked_for, "code_problem": code_problem,
        "papers_problem": papers_problem, "typed": typed or {"name": request.account.name}, "sent": request.GET.get("sent") == "1",
        "language": translation.get_language(),
    }  # fmt: skip
    return render(request, "customer/adding/page.html", context, status=status)


def _dealer(text: str) -> Organisation | None:
    wanted = asked.identifier(text)
    return next((each for each in organisations.dealers() if each.pk == wanted), None)
