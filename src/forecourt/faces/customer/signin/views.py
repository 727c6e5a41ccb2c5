"""Signing in without a password: an address, then the code or the link that was mailed to it. A GET changes nothing.

Whether an address has an account shows nowhere: whoever proves an address for the first time gets an account by it.
"""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from forecourt.engines.messaging import account_letters
from forecourt.faces.customer import account_door, browser
from forecourt.faces.customer.signin import letters
from forecourt.faces.ui import nearness
from forecourt.kernel import identifiers
from forecourt.kernel.errors import Refusal
from forecourt.records.accounts import devices, proofs, registration
from forecourt.records.accounts.models import Account, Proof


@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """Ask for a code."""
    if request.method == "GET" and browser.device_of(request) is not None:
        return redirect(_next(request))
    if request.method == "GET":
        return _page(request, "customer/signin/page.html", {})
    typed = request.POST.get("email", "")
    try:
        address = identifiers.normal_email(typed)
    except ValueError:
        problem = _("This is not an e-mail address.")
        return _page(request, "customer/signin/page.html", {"typed": typed[:254], "problem": problem}, status=422)
    known = devices.is_known(browser.secret_of(request), address)
    proofs.allow(address=address, source=nearness.address(request), is_known_browser=known)
    mark = browser.mark(request)
    proof = ask(kind="sign_in", address=address, mark=mark)
    response = redirect(f"{reverse('me_code', kwargs={'proof_id': proof.pk})}?{urlencode({'next': _next(request)})}")
    browser.keep_mark(response, mark)
    account_door.keep_to_oneself(response)
    return response


@transaction.atomic
def ask(*, kind: str, address: str, mark: str, account: Account | None = None, template: str = letters.SIGN_IN) -> Proof:
    """Begin a proof and mail its code."""
    proof = proofs.begin(kind=kind, address=address, browser=mark, account=account)
    account_letters.queue(
        address=address, template=template, language=get_language() or "en", facts={"proof_id": str(proof.pk)},
        useful_for=proof.ends_at - proof.asked_at,
    )  # fmt: skip
    return proof


@require_http_methods(["GET", "POST"])
def code(request: HttpRequest, proof_id: UUID) -> HttpResponseBase:
    """Enter the code, in the browser that asked for it."""
    mark = browser.mark_of(request)
    proof = Proof.objects.filter(pk=proof_id, kind="sign_in").first()
    if proof is None or not proofs.is_of(proof, mark):
        return _page(request, "customer/signin/over.html", {"is_elsewhere": True}, status=403)
    if request.method == "GET":
        return _code_page(request, proof) if proofs.is_open(proof) else _page(request, "customer/signin/over.html", {}, status=410)
    typed = "".join(each for each in request.POST.get("code", "") if each.isdigit())
    try:
        used = proofs.by_code(proof_id=proof.pk, code=typed, browser=mark)
    except Refusal as refusal:
        if refusal.code == "code_over":
            return _page(request, "customer/signin/over.html", {}, status=410)
        return _code_page(request, proof, problem=str(refusal), status=422)
    return _let_in(request, used, way="code")


@require_http_methods(["GET", "POST"])
def link(request: HttpRequest, secret: str) -> HttpResponseBase:
    """The link of the mail: it shows who would sign in; only its button does."""
    proof, mark = proofs.of_link(link=secret), browser.mark_of(request)
    if proof is None or proof.kind != "sign_in":
        return _page(request, "customer/signin/over.html", {}, status=410)
    if not proofs.is_of(proof, mark):
        return _page(request, "customer/signin/over.html", {"is_elsewhere": True}, status=403)
    if request.method == "GET":
        return _page(request, "customer/signin/link.html", {"address": proof.address})
    try:
        used = proofs.by_link(link=secret, browser=mark)
    except Refusal:
        return _page(request, "customer/signin/over.html", {}, status=410)
    return _let_in(request, used, way="link")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponseBase:
    """End this device; nothing of the person stays in the browser."""
    device = browser.device_of(request)
    if device is not None:
        devices.end(account=device.account, device_id=device.pk)
    response = redirect(f"{reverse('me_sign_in')}?out=1")
    browser.sign_out(response)
    rotate_token(request)
    account_door.keep_to_oneself(response)
    return response


def let_in(request: HttpRequest, account: Account, *, way: str) -> HttpResponseBase:
    """Sign this browser in; whoever was signed in here before is no longer."""
    former = browser.device_of(request)
    if former is not None:
        devices.end(account=former.account, device_id=former.pk)
    device, secret = devices.begin(account=account, name=browser.name_of(request), way=way)
    rotate_token(request)
    response = redirect(_next(request))
    browser.sign_in(response, secret, device.account)
    account_door.keep_to_oneself(response)
    return response


def sign_in_page(request: HttpRequest, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """The page to begin on, with what went wrong."""
    return _page(request, "customer/signin/page.html", context, status=status)


def _let_in(request: HttpRequest, proof: Proof, *, way: str) -> HttpResponseBase:
    account = registration.register(email=proof.address, name="", language=get_language() or "en")
    if not account.is_active:
        return _page(request, "customer/signin/over.html", {}, status=410)
    return let_in(request, account, way=way)


def _code_page(request: HttpRequest, proof: Proof, *, problem: str = "", status: int = 200) -> HttpResponse:
    context = {"address": proof.address, "problem": problem, "minutes": proofs.MINUTES, "tries": proofs.TRIES - proof.tries}
    return _page(request, "customer/signin/code.html", context, status=status)


def _page(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    has_left = request.GET.get("out") == "1"
    response = render(request, template, {"next": _next(request), "has_left": has_left} | context, status=status)
    account_door.keep_to_oneself(response)
    return response


def _next(request: HttpRequest) -> str:
    """Where the person wanted to go, within this house."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/") and not wanted.startswith("//")
    return wanted if is_ours else reverse("me_cars")
