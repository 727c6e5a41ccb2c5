"""Signing in: by password and then a second factor, or by passkey alone. Signing out ends the live pages too."""

from typing import Any

from allauth.account.models import Login
from allauth.account.stages import LoginStageController
from allauth.account.utils import get_next_redirect_url
from allauth.account.views import LoginView, LogoutView
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.webauthn.forms import LoginWebAuthnForm
from allauth.mfa.webauthn.internal import auth as webauthn
from allauth.mfa.webauthn.internal import flows as passkeys
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from forecourt.faces.staff.signin import devices, tries
from forecourt.runtime import limits

PASSWORD, CODE, PASSKEY = "password", "code", "passkey"


class SignIn(LoginView):  # type: ignore[misc]  # allauth carries no types
    """E-mail and password. What is wrong is not said, nor whether there is such an account."""

    template_name = "staff/signin/login.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        email = request.POST.get("login", "")
        try:
            tries.take(request, email, what=PASSWORD)
        except limits.TooMany as problem:
            return tries.too_many(request, problem)
        response: HttpResponse = super().post(request, *args, **kwargs)
        if response.status_code == 302:  # the password was right; a second factor may still be asked
            tries.forgive(request, email, what=PASSWORD)
        return finished(request, response)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().get_context_data(**kwargs)
        return found | {"passkey_failed": "passkey" in self.request.GET, "house_failed": "house" in self.request.GET}


class SecondFactor(AuthenticateView):  # type: ignore[misc]
    """After the password: a code, a recovery code or a passkey."""

    template_name = "staff/signin/second_factor.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        stage = LoginStageController.enter(request, AuthenticateStage.key)
        email = stage.login.user.email if stage else ""
        if request.method == "POST" and stage:
            try:
                tries.take(request, email, what=CODE)
            except limits.TooMany as problem:
                return tries.too_many(request, problem)
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        if request.method == "POST" and stage and request.user.is_authenticated:
            tries.forgive(request, email, what=CODE)
        return finished(request, response)


class SignOut(LogoutView):  # type: ignore[misc]
    """Only a POST signs out; the end of the session drops its live pages."""

    template_name = "staff/signin/logout.html"


@never_cache
@require_http_methods(["GET", "POST"])
def passkey(request: HttpRequest) -> HttpResponse:
    """GET gives the browser what to sign; POST takes the signature. The passkey says who it is, so nothing is typed."""
    if request.method == "GET":
        return JsonResponse(webauthn.begin_authentication(user=None))
    try:
        tries.take_from_address(request, what=PASSKEY)
    except limits.TooMany as problem:
        return tries.too_many(request, problem)
    form = LoginWebAuthnForm(request.POST)
    if not form.is_valid():
        return redirect(f"{reverse('account_login')}?passkey=failed")
    authenticator = form.cleaned_data["credential"]
    login = Login(user=authenticator.user, redirect_url=get_next_redirect_url(request))
    return finished(request, passkeys.perform_passwordless_login(request, authenticator, login))


def finished(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Whoever is in by now has this browser remembered as theirs."""
    if request.user.is_authenticated:
        devices.remember(request, response, request.user.email)
    return response


@require_GET
def invited_only(request: HttpRequest) -> HttpResponse:
    """Where sign-up would be."""
    return render(request, "staff/signin/invited_only.html")
