"""The mobile number of an account: added with a code, taken over from another account, removed. Its mail address is told each time."""

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from forecourt.faces.customer import account_door, browser
from forecourt.faces.customer.account_door import AccountRequest
from forecourt.faces.customer.cars import garage
from forecourt.faces.customer.profile.views import show
from forecourt.faces.customer.signin import texts, typed_address
from forecourt.faces.customer.signin.views import ask
from forecourt.faces.ui import nearness
from forecourt.kernel.errors import NotFound, Refusal
from forecourt.records.accounts import customer_links, phones, proofs


@require_POST
@account_door.door
def add(request: AccountRequest) -> HttpResponseBase:
    """Send a code to a number that is to be the account's."""
    if not settings.HAS_TEXTS:
        raise NotFound
    try:
        dealers = garage.dealers(list(customer_links.of(request.account)))
        number = typed_address.number(request, request.POST.get("phone", ""), at_home=[each.country for each in dealers])
    except Refusal as refusal:
        return show(request, phone_problem=str(refusal), status=422)
    proofs.allow_new_number(account=request.account, number=number, source=nearness.address(request))
    mark = browser.mark(request)
    ask(kind=phones.KIND, address=number, mark=mark, account=request.account)
    response = _back()
    browser.keep_mark(response, mark)
    return response


@require_POST
@account_door.door
def confirm(request: AccountRequest) -> HttpResponseBase:
    """Enter the code. If another account has the number, the page asks whose it is to be."""
    typed = "".join(each for each in request.POST.get("code", "") if each.isdigit())
    try:
        is_ours = phones.add(account=request.account, code=typed, browser=browser.mark_of(request), device=request.device)
    except Refusal as refusal:
        return show(request, phone_code_problem=str(refusal), status=422)
    phone = phones.of(request.account)
    if is_ours and phone is not None:
        texts.tell(request.account, texts.ADDED, phone.number)
    return _back()


@require_POST
@account_door.door
@transaction.atomic
def take(request: AccountRequest) -> HttpResponseBase:
    """Take the number from the other account; both are told."""
    try:
        former = phones.take_over(account=request.account, browser=browser.mark_of(request), device=request.device)
    except Refusal as refusal:
        return show(request, phone_code_problem=str(refusal), status=409)
    phone = phones.of(request.account)
    if phone is not None:
        texts.tell(former, texts.TAKEN, phone.number)
        texts.tell(request.account, texts.ADDED, phone.number)
    return _back()


@require_POST
@account_door.door
@transaction.atomic
def remove(request: AccountRequest) -> HttpResponse:
    """The number no longer signs in."""
    phone = phones.remove(account=request.account, device=request.device)
    if phone is not None:
        texts.tell(request.account, texts.REMOVED, phone.number)
    return _back()


def _back() -> HttpResponse:
    return redirect(f"{reverse('me_profile')}#phone")
