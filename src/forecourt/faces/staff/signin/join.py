"""Coming in for the first time, by the link of an invitation: with a password, with a passkey, or with the account one has.

Following the link changes nothing; only the POST does. The link works once.
"""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from allauth.mfa.webauthn.forms import SignupWebAuthnForm
from allauth.mfa.webauthn.internal import auth as webauthn
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from forecourt.faces.staff.door import ORGANISATION_KEY
from forecourt.faces.staff.signin import sessions, tries
from forecourt.faces.staff.signin.forms import NewPasswordForm
from forecourt.faces.staff.signin.views import finished
from forecourt.faces.staff.words import ROLE_NAMES
from forecourt.faces.ui import asked
from forecourt.kernel.errors import NotFound
from forecourt.records.accounts import factors, registration
from forecourt.records.accounts.models import Account
from forecourt.records.dealership import invitations
from forecourt.records.dealership.models import Invitation, Organisation, Site, StaffMember
from forecourt.runtime import limits, links

PURPOSE = "staff_invitation"
_NEW_ID = "joining_as"
_NOBODY = UUID(int=0)


@never_cache
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, token: str) -> HttpResponse:
    """The invitation, and the ways to take it up."""
    try:
        with links.opened(token, purpose=PURPOSE) as link:
            invitation = invitations.by_link(link.subject_id, link.holder_id)
            with translation.override(invitation.language if _is_first_look(request) else translation.get_language() or "en"):
                return _show(request, invitation) if request.method == "GET" else _take_up(request, invitation)
    except NotFound:
        return render(request, "staff/signin/invitation_over.html", status=404)
    except limits.TooMany as problem:
        return tries.too_many(request, problem)


@never_cache
@require_http_methods(["GET"])
def passkey_options(request: HttpRequest, token: str) -> HttpResponse:
    """What the browser needs to make a passkey for the account that is about to be."""
    with links.opened(token, purpose=PURPOSE) as link:
        invitation = invitations.by_link(link.subject_id, link.holder_id)
        if invitations.needs_owner(invitation):
            raise NotFound
        newcomer = registration.newcomer(email=invitation.email, name=invitation.name)
        request.session[_NEW_ID] = str(newcomer.pk)
        return JsonResponse(webauthn.begin_registration(newcomer, passwordless=True))


def _show(request: HttpRequest, invitation: Invitation, *, form: NewPasswordForm | None = None, problem: str = "") -> HttpResponse:
    owner_needed = invitations.needs_owner(invitation)
    context = {
        "invitation": invitation,
        "house": Organisation.objects.get(pk=invitation.organisation_id),
        "role": ROLE_NAMES.get(invitation.role, invitation.role),
        "sites": Site.objects.filter(pk__in=invitation.sites) if invitation.sites else Site.objects.all(),
        "owner_needed": owner_needed,
        "is_owner": owner_needed and _is_owner(request, invitation),
        "form": form or NewPasswordForm(account=_newcomer(invitation)),
        "problem": problem,
    }
    return render(request, "staff/signin/join.html", context, status=422 if form or problem else 200)


def _take_up(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    tries.take_from_address(request, what="join")
    if invitations.needs_owner(invitation):
        if not _is_owner(request, invitation):
            return _show(request, invitation)
        member = invitations.accept(invitation_id=invitation.pk, link_id=invitation.link_id, account=request.user)  # type: ignore[arg-type]
        request.session[ORGANISATION_KEY] = str(member.organisation_id)
        return redirect("staff_home")
    if request.POST.get("credential"):
        return _come_in(request, "passkey", lambda: _with_passkey(request, invitation))
    form = NewPasswordForm(request.POST, account=_newcomer(invitation))
    if not form.is_valid():
        return _show(request, invitation, form=form)
    password = form.cleaned_data["password"]
    return _come_in(
        request, "password", lambda: invitations.accept(invitation_id=invitation.pk, link_id=invitation.link_id, password=password)
    )


def _with_passkey(request: HttpRequest, invitation: Invitation) -> StaffMember:
    """Raises NotFound when the answer of the browser does not fit what was asked."""
    newcomer = registration.newcomer(email=invitation.email, name=invitation.name, account_id=_id_of(request))
    form = SignupWebAuthnForm({"name": "", "credential": request.POST["credential"]}, user=newcomer)
    if not _is_json(request.POST["credential"]) or not form.is_valid():
        raise NotFound
    with transaction.atomic():
        registration.open_as(newcomer, language=invitation.language)
        member = invitations.accept(invitation_id=invitation.pk, link_id=invitation.link_id)
        factors.add_passkey(member.account, name=form.cleaned_data["name"], credential=form.cleaned_data["credential"])
    return member


def _id_of(request: HttpRequest) -> UUID:
    return asked.identifier(request.session.pop(_NEW_ID, "")) or _NOBODY


def _come_in(request: HttpRequest, how: str, accept: Callable[[], StaffMember]) -> HttpResponse:
    member = accept()
    sessions.sign_in(request, member.account, how=how)
    request.session[ORGANISATION_KEY] = str(member.organisation_id)
    return finished(request, redirect("staff_home"))


def _newcomer(invitation: Invitation) -> Account:
    return registration.newcomer(email=invitation.email, name=invitation.name)


def _is_owner(request: HttpRequest, invitation: Invitation) -> bool:
    return request.user.is_authenticated and request.user.email.lower() == invitation.email.lower() and not sessions.only_at(request)


def _is_first_look(request: HttpRequest) -> bool:
    """Somebody who has chosen no language yet reads the one they were invited in."""
    return settings.LANGUAGE_COOKIE_NAME not in request.COOKIES and not request.user.is_authenticated


def _is_json(text: str) -> bool:
    try:
        found: Any = json.loads(text)
    except ValueError:
        return False
    return isinstance(found, dict)
