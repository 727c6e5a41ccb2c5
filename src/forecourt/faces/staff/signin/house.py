"""Signing in by the dealer's own identity provider.

Who comes back was invited before and carries the same, verified address; nobody is made a member of staff here. Whatever is wrong, the
page says the same, so that it tells nobody who works where. The session is the dealer's alone (see `sessions`).
"""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from forecourt.adapters import openid
from forecourt.faces.staff.door import ORGANISATION_KEY
from forecourt.faces.staff.signin import sessions, tries
from forecourt.faces.staff.signin.views import finished
from forecourt.kernel.errors import NotFound, Rejected, TryLater
from forecourt.records.accounts.models import Account
from forecourt.records.dealership import identity
from forecourt.records.dealership.models import IdentityProvider, Organisation, StaffMember
from forecourt.runtime import limits, scope, seals

_QUESTION = "house_question"


@require_POST
def find(request: HttpRequest) -> HttpResponse:
    """By the domain of the e-mail address to the house's own sign-in; whether there is such a person plays no part."""
    try:
        tries.take_from_address(request, what="house")
    except limits.TooMany as problem:
        return tries.too_many(request, problem)
    email = request.POST.get("login", "").strip()
    provider = _of_domain(email.rpartition("@")[2])
    return _failed() if provider is None else _away(request, provider, email=email)


@never_cache
@require_http_methods(["GET", "POST"])
def go(request: HttpRequest, slug: str) -> HttpResponse:
    """The house's own address for its staff. A GET asks for one tap, so that no other page can start a sign-in."""
    organisation = Organisation.objects.filter(slug=slug).first()
    provider = identity.of_organisation(organisation.pk) if organisation else None
    if provider is None:
        raise NotFound
    if request.method == "GET":
        return render(request, "staff/signin/house.html", {"provider": provider, "house": organisation, "next": _next(request)})
    return _away(request, provider, again=sessions.only_at(request) != "")


@never_cache
@require_GET
def callback(request: HttpRequest) -> HttpResponse:
    """Back from the provider: it is the one who went, or nobody."""
    kept: dict[str, Any] | None = request.session.pop(_QUESTION, None)
    if kept is None or request.GET.get("state", "") != kept["asked"]["state"] or not request.GET.get("code"):
        return _failed()
    try:
        tries.take_from_address(request, what="house")
        return _come_in(request, kept, UUID(kept["organisation"]))
    except (Rejected, TryLater, NotFound, seals.Unsealable):
        return _failed()
    except limits.TooMany as problem:
        return tries.too_many(request, problem)


def _of_domain(domain: str) -> IdentityProvider | None:
    """The one dealer with a sign-in of its own whose staff have such addresses; two of them have to use their own pages."""
    if not domain or "\0" in domain:
        return None
    accounts = list(Account.objects.filter(email__iendswith=f"@{domain}").values_list("pk", flat=True)[:500])
    with scope.everywhere("an address says at which dealer somebody works"):
        rows = StaffMember.objects.filter(account_id__in=accounts, is_active=True)
        organisations = list(rows.order_by().values_list("organisation_id", flat=True).distinct()[:20])
    providers = [found for each in organisations if (found := identity.of_organisation(each))]
    return providers[0] if len(providers) == 1 else None


def _away(request: HttpRequest, provider: IdentityProvider, *, email: str = "", again: bool = False) -> HttpResponse:
    asked = openid.question()
    try:
        place = openid.discover(provider.issuer)
    except (Rejected, TryLater):
        return _failed()
    request.session[_QUESTION] = {"asked": asdict(asked), "organisation": str(provider.organisation_id), "next": _next(request)}
    address = openid.address(place, asked, client_id=provider.client_id, back=_back(request), email=email, again=again)
    # Browsers let no form lead to another place (form-action), so a page of ours does.
    return render(request, "staff/signin/away.html", {"address": address, "provider": provider})


def _come_in(request: HttpRequest, kept: dict[str, Any], organisation_id: UUID) -> HttpResponse:
    provider = identity.of_organisation(organisation_id)
    if provider is None:
        raise NotFound
    person = openid.answer(
        openid.discover(provider.issuer), openid.Question(**kept["asked"]), code=request.GET["code"], client_id=provider.client_id,
        secret=identity.secret_of(provider), back=_back(request),
    )  # fmt: skip
    with scope.of(organisation_id):
        member = identity.recognise(subject=person.subject, email=person.email, is_verified=person.is_verified)
    sessions.sign_in(request, member.account, how="identity", only_at=organisation_id)
    request.session[ORGANISATION_KEY] = str(organisation_id)
    return finished(request, redirect(kept["next"]))


def _back(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("house_callback"))


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return wanted if safe else "/staff/"


def _failed() -> HttpResponse:
    return redirect(f"{reverse('account_login')}?house=failed")
