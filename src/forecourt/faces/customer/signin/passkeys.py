"""Passkeys: signing in with one, and making and removing them once signed in. A GET only hands out a challenge, in a signed cookie."""

import json
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from forecourt.engines.messaging import account_letters
from forecourt.faces.customer import account_door, browser
from forecourt.faces.customer.account_door import AccountRequest
from forecourt.faces.customer.signin import letters
from forecourt.faces.customer.signin.views import let_in, sign_in_page
from forecourt.faces.ui import nearness
from forecourt.kernel.errors import Refusal
from forecourt.records.accounts import passkeys, proofs
from forecourt.records.accounts.passkeys import Place
from forecourt.runtime import limits

_SALT = "forecourt.passkey"


@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """GET: the challenge. POST: the signed answer."""
    if request.method == "GET":
        return _challenge(*passkeys.begin_signing_in(place=_place(request)), use="get")
    limits.spend("passkey.source", nearness.address(request), most=40, seconds=3600)
    try:
        account = passkeys.sign_in(place=_place(request), state=_state(request, "get"), answer=_answer(request))
    except Refusal as refusal:
        return sign_in_page(request, {"passkey_problem": str(refusal)}, status=422)
    return let_in(request, account, way="passkey")


@require_http_methods(["GET", "POST"])
@account_door.door
def make(request: AccountRequest) -> HttpResponseBase:
    """GET: the challenge. POST: the new passkey; the owner of the address is told."""
    if request.method == "GET":
        return _challenge(*passkeys.begin_making(account=request.account, place=_place(request)), use=f"make:{request.account.pk}")
    state = _state(request, f"make:{request.account.pk}")
    with transaction.atomic():
        passkeys.make(
            account=request.account, place=_place(request), state=state, answer=_answer(request), name=browser.name_of(request)
        )  # fmt: skip
        account_letters.queue(
            address=request.account.email, template=letters.PASSKEY, language=request.account.language, facts={},
            useful_for=proofs.TOLD_WITHIN,
        )  # fmt: skip
    return redirect(f"{reverse('me_profile')}#passkeys")


@require_POST
@account_door.door
def remove(request: AccountRequest, passkey_id: UUID) -> HttpResponse:
    """One passkey fewer."""
    passkeys.remove(account=request.account, passkey_id=passkey_id)
    return redirect(f"{reverse('me_profile')}#passkeys")


def _challenge(options: dict[str, Any], state: dict[str, Any], *, use: str) -> HttpResponse:
    response = JsonResponse(options)
    response.set_cookie(
        settings.CHALLENGE_COOKIE_NAME, signing.dumps([use, state], salt=_SALT), max_age=passkeys.CHALLENGE_SECONDS, path=reverse("me_cars"),
        httponly=True, samesite="Strict", secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
    account_door.keep_to_oneself(response)
    return response


def _state(request: HttpRequest, use: str) -> dict[str, Any]:
    """What we asked this browser to sign; of no use to answer anything else with."""
    try:
        kept = request.COOKIES.get(settings.CHALLENGE_COOKIE_NAME, "")
        for_use, state = signing.loads(kept, salt=_SALT, max_age=passkeys.CHALLENGE_SECONDS)
    except signing.BadSignature:
        for_use, state = "", {}
    return state if for_use == use else {}


def _answer(request: HttpRequest) -> Any:
    try:
        return json.loads(request.POST.get("credential", ""))
    except ValueError:
        return None


def _place(request: HttpRequest) -> Place:
    return Place(host=request.get_host().partition(":")[0], origin=f"{request.scheme}://{request.get_host()}")
