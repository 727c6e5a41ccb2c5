"""Signing in without a password: an address, then the code or the link that was sent to it. A GET changes nothing.

Whether an address has an account shows nowhere: whoever proves a mail address for the first time gets an account by it, and a text message
goes only to numbers that an account has proven, which is decided when it leaves and not here.
"""

from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST

from forecourt.engines.messaging import account_letters
from forecourt.faces.customer import account_door, browser
from forecourt.faces.customer.signin import letters, texts, typed_address
from forecourt.faces.customer.signin.typed_address import BY_MAIL, BY_TEXT
from forecourt.faces.ui import nearness
from forecourt.kernel import identifiers
from forecourt.kernel.errors import Refusal
from forecourt.records.accounts import devices, phones, proofs, registration
from forecourt.records.accounts.models import Account, Proof

TEMPLATES: Final = {BY_MAIL: letters.SIGN_IN, BY_TEXT: texts.SIGN_IN, phones.KIND: texts.CONFIRM}


@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """Ask for a code."""
    if request.method == "GET" and browser.device_of(request) is not None:
        return redirect(_next(request))
    if request.method == "GET":
        return _page(request, "customer/signin/page.html", {})
    typed = request.POST.get("email", "")
    try:
        kind, address = typed_address.read(request, typed)
    except Refusal as refusal:
        return _page(request, "customer/signin/page.html", {"typed": typed[:254], "problem": str(refusal)}, status=422)
    source, secret = nearness.address(request), browser.secret_of(request)
    if kind == BY_TEXT:
        proofs.allow_text(number=address, source=source, is_known_browser=devices.is_known_with(secret, address))
    else:
        proofs.allow(address=address, source=source, is_known_browser=devices.is_known(secret, address))
    mark = browser.mark(request)
    proof = ask(kind=kind, address=address, mark=mark)
    response = redirect(f"{reverse('me_code', kwargs={'proof_id': proof.pk})}?{urlencode({'next': _next(request)})}")
    browser.keep_mark(response, mark)
    account_door.keep_to_oneself(response)
    return response


@transaction.atomic
def ask(*, kind: str, address: str, mark: str, account: Account | None = None, template: str = "") -> Proof:
    """Begin a proof and send its code."""
    proof = proofs.begin(kind=kind, address=address, browser=mark, account=account)
    account_letters.queue(
        address=address, template=template or TEMPLATES[kind], language=get_language() or "en", facts={"proof_id": str(proof.pk)},
        useful_for=proof.ends_at - proof.asked_at, channel="sms" if kind in {BY_TEXT, phones.KIND} else "email",
    )  # fmt: skip
    return proof


@require_http_methods(["GET", "POST"])
def code(request: HttpRequest, proof_id: UUID) -> HttpResponseBase:
    """Enter the code, in the browser that asked for it."""
    mark = browser.mark_of(request)
    proof = Proof.objects.filter(pk=proof_id, kind__in=(BY_MAIL, BY_TEXT)).first()
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
    return _let_in(request, used, way="code") if used.kind == BY_MAIL else _let_in_by_text(request, used)


@require_http_methods(["GET", "POST"])
def link(request: HttpRequest, secret: str) -> HttpResponseBase:
    """The link of the mail: it shows who would sign in; only its button does."""
    proof, mark = proofs.of_link(link=secret), browser.mark_of(request)
    if proof is None or proof.kind != BY_MAIL:
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


def _let_in_by_text(request: HttpRequest, proof: Proof) -> HttpResponseBase:
    """Whoever proved the number before; their mail address is told, since numbers are stolen."""
    account = phones.let_in(proof.address)
    if account is None:
        return _page(request, "customer/signin/over.html", {}, status=410)
    if not devices.is_known_with(browser.secret_of(request), proof.address):
        texts.tell(account, texts.SIGNED_IN, proof.address)
    return let_in(request, account, way="sms")


def _code_page(request: HttpRequest, proof: Proof, *, problem: str = "", status: int = 200) -> HttpResponse:
    by_text = proof.kind == BY_TEXT
    address = identifiers.show_phone(proof.address) if by_text else proof.address
    context = {"address": address, "by_text": by_text, "problem": problem, "minutes": proofs.MINUTES, "tries": proofs.TRIES - proof.tries}
    return _page(request, "customer/signin/code.html", context, status=status)


def _page(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    has_left = request.GET.get("out") == "1"
    told = {"next": _next(request), "has_left": has_left, "has_texts": settings.HAS_TEXTS}
    response = render(request, template, told | context, status=status)
    account_door.keep_to_oneself(response)
    return response


def _next(request: HttpRequest) -> str:
    """Where the person wanted to go, within this house."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/") and not wanted.startswith("//")
    return wanted if is_ours else reverse("me_cars")
