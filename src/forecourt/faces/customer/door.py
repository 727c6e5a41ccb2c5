"""How customers come in to one thing of theirs: by a signed link that needs no password, or with their account.

A signed link opens what it was made for. An address of one's own (`own`) opens the same pages for whoever is signed in, with the rights of
the link between account and customer.
"""

import functools
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_protect

from forecourt.faces.customer import account_door, browser, own
from forecourt.journeys.care.models import Survey
from forecourt.journeys.marketing.models import Invitation
from forecourt.journeys.workshop.models import Appointment, JobCard
from forecourt.kernel.errors import NotFound
from forecourt.records.accounts import customer_links
from forecourt.records.accounts.models import CustomerLink
from forecourt.records.dealership.models import Organisation
from forecourt.records.people.models import Customer
from forecourt.runtime import access, links
from forecourt.runtime.actors import Actor


class CustomerRequest(HttpRequest):
    """A request for one thing of a customer's."""

    link: links.Link
    actor: Actor
    customer: Customer
    organisation: Organisation
    join_url: str
    """Where this customer joins the dealer's record to an account; empty if they came with one."""
    live_key: str
    """With whose end live updates end: that of the device; empty for a signed link."""


View = Callable[..., HttpResponseBase]

PAGES = {
    "booking": "customer_booking",
    "appointment": "customer_appointment",
    "visit": "customer_visit",
    "survey": "customer_survey",
    "account": "customer_join",
    "preferences": "customer_preferences",
    "consent_confirm": "customer_consent_confirm",
}
_SUBJECTS: dict[str, Any] = {"booking": Invitation, "appointment": Appointment, "visit": JobCard, "survey": Survey}
# What a driver needs for a page; an owner has everything, and what is not named here is for owners alone.
_DRIVERS_RIGHT = {"booking": "workshop.book", "appointment": "workshop.book", "visit": "workshop.decide"}


def door(purpose: str) -> Callable[[View], View]:
    """Let in whoever holds a link of this purpose, or whose own it is; the page takes `token`. Anything else is 404."""

    def wrap(view: View) -> View:
        @functools.wraps(view)
        def enter(request: HttpRequest, token: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if own.is_own(token):
                return _enter_own(request, purpose, view, token, *args, **kwargs)
            with links.opened(token, purpose=purpose) as link:
                _furnish(request, link, actor_of(link))
                # A page activates the zone of its site; here it is put back, because threads live on.
                with translation.override(_language(request)), timezone.override(None):
                    response = view(request, token, *args, **kwargs)
                # Nobody else learns the address; "no-referrer" would keep it from ourselves too, and a form of ours would count as a stranger's.
                response.headers.setdefault("Referrer-Policy", "same-origin")
                response.headers.setdefault("Cache-Control", "private, no-store")
                return response

        enter.purpose = purpose  # type: ignore[attr-defined]
        enter.not_found = "customer/link_over.html"  # type: ignore[attr-defined]
        # What lets one in stands in the address and not in a cookie, so another site cannot borrow it; one's own pages check by themselves.
        enter.csrf_exempt = True  # type: ignore[attr-defined]
        return enter

    return wrap


def address(request: CustomerRequest, purpose: str, subject_id: Any) -> str:
    """Where another thing of this customer is shown, by the way in which they came."""
    if request.live_key:
        own_link = own.read(request.resolver_match.kwargs["token"]).link_id  # type: ignore[union-attr]
        return reverse(PAGES[purpose], kwargs={"token": own.token(own_link, subject_id)})
    about_it = {"organisation_id": request.actor.organisation_id, "subject_id": subject_id, "holder_id": request.customer.pk}
    # On the host by which they came: a browser that follows while it sends photos may not leave it.
    return reverse(PAGES[purpose], kwargs={"token": links.make(purpose=purpose, **about_it)})


def actor_of(link: links.Link) -> Actor:
    return Actor(
        kind="customer",
        organisation_id=link.organisation_id,
        id=link.holder_id,
        rights=access.customer_rights(),
        via=f"link:{link.purpose}",
    )


def may_open(link: CustomerLink, purpose: str) -> bool:
    """Whether the account may open pages of this purpose."""
    return link.is_owner or _DRIVERS_RIGHT.get(purpose, "") in customer_links.rights_of(link)


def _enter_own(request: Any, purpose: str, view: View, token: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
    named, device = own.read(token), browser.device_of(request)
    if device is None:
        return account_door.to_sign_in(request)
    account_door.receive(request, device)
    with account_door.linked(request, named.link_id) as (link, actor):
        if not may_open(link, purpose) or not _is_of_the_car(link, purpose, named):
            raise NotFound
        _furnish(request, links.Link(purpose, link.organisation_id, named.subject_id, link.customer_id), actor, live_key=str(device.pk))
        with translation.override(account_door.language_of(request, device.account)), timezone.override(None):
            response = csrf_protect(view)(request, token, *args, **kwargs)
    account_door.keep_to_oneself(response)
    return response


def _is_of_the_car(link: CustomerLink, purpose: str, named: own.Named) -> bool:
    if link.is_owner:
        return True
    found: bool = _SUBJECTS[purpose].objects.filter(pk=named.subject_id, vehicle_id=link.vehicle_id).exists()
    return found


def _furnish(request: Any, link: links.Link, actor: Actor, live_key: str = "") -> None:
    request.link, request.actor, request.live_key = link, actor, live_key
    request.customer = Customer.objects.filter(pk=link.holder_id).first()
    request.organisation = Organisation.objects.filter(pk=link.organisation_id).first()
    if request.customer is None or request.organisation is None:
        raise NotFound
    about_me = {"organisation_id": link.organisation_id, "subject_id": link.holder_id, "holder_id": link.holder_id}
    request.join_url = "" if live_key or link.purpose == "account" else links.url(purpose="account", **about_me, days=1)


def _language(request: Any) -> str:
    """The language chosen on the page, else the customer's, else the browser's."""
    codes = {code for code, _ in settings.LANGUAGES}
    for code in (request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""), request.customer.language):
        if code in codes:
            return str(code)
    return translation.get_language() or "en"
