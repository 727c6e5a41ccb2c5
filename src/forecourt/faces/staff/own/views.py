"""What belongs to the person: password, second factor, passkeys, devices. And confirming that it is them."""

import json
from typing import Any

import segno
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm, SignupWebAuthnForm
from allauth.mfa.webauthn.internal import auth as webauthn
from django.contrib import messages
from django.contrib.auth import HASH_SESSION_KEY
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from forecourt.faces.staff.door import StaffRequest, door
from forecourt.faces.staff.own.words import device_name
from forecourt.faces.staff.signin import sessions, tries
from forecourt.faces.staff.signin.confirming import confirmed, oneself, personal
from forecourt.faces.staff.signin.forms import AppForm, CodeForm, NewPasswordForm
from forecourt.faces.ui import asked
from forecourt.records.accounts import factors, registration, signins
from forecourt.records.accounts.models import Account
from forecourt.records.dealership import deputies, identity
from forecourt.runtime import limits

APP_SECRET = "app_secret"  # noqa: S105 - a name, not a secret
HOW = {
    "password": gettext_lazy("Password"),
    "second_factor": gettext_lazy("Password and second factor"),
    "passkey": gettext_lazy("Passkey"),
    "identity": gettext_lazy("Sign-in of the house"),
    "demo": gettext_lazy("Demo"),
}


@never_cache
@require_GET
@door("staff.come_in", weak=True)
@oneself
def security(request: StaffRequest) -> HttpResponse:
    """How I sign in, where I am signed in, and for whom I stand in."""
    return _show(request)


@require_POST
@door("staff.come_in", weak=True)
@personal
@confirmed
def set_password(request: StaffRequest) -> HttpResponse:
    """A new password. Every other session that knew the old one ends; this one stays."""
    account = _account(request)
    form = NewPasswordForm(request.POST, account=account)
    if not form.is_valid():
        return _show(request, password_form=form, status=422)
    registration.set_password(account=account, password=form.cleaned_data["password"])
    _stay(request, signins.end_all(account, but=request.session.session_key or ""))
    messages.success(request, _("Your password was changed. You were signed out everywhere else."))
    return redirect("own:security")


@never_cache
@require_http_methods(["GET", "POST"])
@door("staff.come_in", weak=True)
@personal
@confirmed
def app(request: StaffRequest) -> HttpResponse:
    """Set an authenticator app up: its QR code, then its first code."""
    account = _account(request)
    secret = request.session.get(APP_SECRET, "")
    if request.method == "GET" or not secret:
        secret = request.session[APP_SECRET] = factors.new_secret()
        return _show_app(request, AppForm(secret=secret), secret)
    form = AppForm(request.POST, secret=secret)
    if not form.is_valid():
        return _show_app(request, form, secret, status=422)
    del request.session[APP_SECRET]
    factors.add_app(account, secret)
    return _strengthened(request, account)


@require_POST
@door("staff.come_in", weak=True)
@personal
@confirmed
def recovery_codes(request: StaffRequest) -> HttpResponse:
    """New recovery codes; the earlier ones end."""
    account = _account(request)
    if not factors.has_second(account):
        return redirect("own:security")
    return render(request, "staff/own/codes.html", {"codes": factors.new_recovery_codes(account)})


@never_cache
@require_http_methods(["GET", "POST"])
@door("staff.come_in", weak=True)
@personal
@confirmed
def passkey(request: StaffRequest) -> HttpResponse:
    """GET gives the browser what it needs to make a passkey; POST keeps it."""
    account = _account(request)
    if request.method == "GET":
        return JsonResponse(webauthn.begin_registration(account, passwordless=True))
    form = SignupWebAuthnForm(_with_json(request.POST.dict()), user=account)
    if not form.is_valid():
        messages.error(request, _("That did not work: no passkey was made."))
        return redirect("own:security")
    name = request.POST.get("name") or device_name(request.headers.get("User-Agent", ""))
    factors.add_passkey(account, name=name, credential=form.cleaned_data["credential"])
    return _strengthened(request, account)


@require_POST
@door("staff.come_in", weak=True)
@personal
@confirmed
def remove_factor(request: StaffRequest) -> HttpResponse:
    """Take a passkey or the app away. Without any, the next page may ask for a new one."""
    account = _account(request)
    factor_id = asked.number(request.POST.get("factor", ""))
    if factor_id is not None and factors.remove(account, factor_id):
        messages.success(request, _("Removed. It no longer signs you in."))
    return redirect("own:security")


@require_POST
@door("staff.come_in", weak=True)
@personal
def end_device(request: StaffRequest) -> HttpResponse:
    """Sign out on one device."""
    signin_id = asked.identifier(request.POST.get("device", ""))
    if signin_id is not None and signins.end(account=_account(request), signin_id=signin_id):
        messages.success(request, _("That device is signed out."))
    return redirect("own:security")


@require_POST
@door("staff.come_in", weak=True)
@personal
def end_all_devices(request: StaffRequest) -> HttpResponse:
    """Sign out everywhere but here."""
    account = _account(request)
    _stay(request, signins.end_all(account, but=request.session.session_key or ""))
    messages.success(request, _("You are signed out everywhere but here."))
    return redirect("own:security")


@never_cache
@require_http_methods(["GET", "POST"])
@door("staff.come_in", weak=True)
@oneself
def confirm(request: StaffRequest) -> HttpResponse:
    """Confirm that it is you: by passkey, by code, or by password where there is nothing stronger."""
    account = _account(request)
    if request.method == "GET":
        return _show_confirm(request, account)
    try:
        tries.take(request, account.email, what="confirm")
    except limits.TooMany as problem:
        return tries.too_many(request, problem)
    if not _is_proven(request, account):
        return _show_confirm(request, account, problem=_("That was not right. Please try again."), status=422)
    tries.forgive(request, account.email, what="confirm")
    sessions.confirm(request)
    return redirect(_next(request))


@never_cache
@require_GET
@door("staff.come_in", weak=True)
@oneself
def confirm_options(request: StaffRequest) -> HttpResponse:
    """What the browser has to sign with one of my passkeys."""
    return JsonResponse(webauthn.begin_authentication(_account(request)))


def _is_proven(request: StaffRequest, account: Account) -> bool:
    if request.POST.get("credential"):
        return bool(AuthenticateWebAuthnForm(_with_json(request.POST.dict()), user=account).is_valid())
    if factors.has_second(account):
        return CodeForm(request.POST, user=account).is_valid()
    return account.check_password(request.POST.get("password", ""))


def _show_confirm(request: StaffRequest, account: Account, *, problem: str = "", status: int = 200) -> HttpResponse:
    kinds = {factor.type for factor in factors.of(account)}
    provider = identity.kept() if sessions.only_at(request) else None
    context = {
        "next": _next(request),
        "problem": problem,
        "provider": provider,
        "has_passkey": Authenticator.Type.WEBAUTHN in kinds,
        "has_code": Authenticator.Type.TOTP in kinds or Authenticator.Type.RECOVERY_CODES in kinds,
        "has_password": not kinds and account.has_usable_password(),
        "form": CodeForm(user=account),
    }
    return render(request, "staff/own/confirm.html", context, status=status)


def _show(request: StaffRequest, *, password_form: NewPasswordForm | None = None, status: int = 200) -> HttpResponse:
    account = _account(request)
    kept = list(factors.of(account))
    context = {
        "account": account,
        "is_house_session": bool(sessions.only_at(request)),
        "must_set_up": request.organisation.needs_second_factor and not sessions.is_strong(request),
        "app": next((factor for factor in kept if factor.type == Authenticator.Type.TOTP), None),
        "passkeys": [(factor, factor.wrap().name) for factor in kept if factor.type == Authenticator.Type.WEBAUTHN],
        "codes_left": factors.recovery_codes_left(account),
        "devices": [(each, device_name(each.program), HOW.get(each.how, each.how)) for each in signins.of(account)],
        "this_key": request.session.session_key,
        "password_form": password_form or NewPasswordForm(account=account),
        "standing": list(deputies.standing(request.staff.pk)),
    }
    return render(request, "staff/own/security.html", context, status=status)


def _show_app(request: StaffRequest, form: AppForm, secret: str, status: int = 200) -> HttpResponse:
    url = factors.app_url(_account(request), secret)
    picture = segno.make(url, error="m").svg_data_uri(scale=5, border=2, dark="#000", light="#fff")
    return render(request, "staff/own/app.html", {"form": form, "picture": picture, "secret": secret}, status=status)


def _strengthened(request: StaffRequest, account: Account) -> HttpResponse:
    """Something stronger than a password is there now; the first time, recovery codes come with it."""
    sessions.made_strong(request)
    if factors.recovery_codes_left(account):
        messages.success(request, _("Done. From now on it signs you in."))
        return redirect("own:security")
    return render(request, "staff/own/codes.html", {"codes": factors.new_recovery_codes(account)})


def _stay(request: StaffRequest, _ended: int) -> None:
    """This session knows the account as it now is, so it goes on."""
    request.session[HASH_SESSION_KEY] = _account(request).get_session_auth_hash()


def _account(request: StaffRequest) -> Account:
    return Account.objects.get(email=request.user.email)  # type: ignore[union-attr]  # the door lets nobody in who is nobody


def _next(request: StaffRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return wanted if safe else "/staff/"


def _with_json(values: dict[str, Any]) -> dict[str, Any]:
    """A credential that is no JSON object is as if none was sent."""
    try:
        is_object = isinstance(json.loads(values.get("credential", "")), dict)
    except ValueError:
        is_object = False
    return values if is_object else values | {"credential": ""}
