"""How customers come in with an account: a device's secret in a cookie, of one account that has every dealer it is joined to.

Opens no dealer's scope: a page opens that of each link in turn (`linked`). Staff sessions mean nothing here, and devices nothing there.
"""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation

from forecourt.faces.customer import browser
from forecourt.kernel.errors import NotFound
from forecourt.records.accounts import customer_links, devices
from forecourt.records.accounts.models import Account, CustomerLink, Device
from forecourt.records.dealership.models import Organisation
from forecourt.records.vehicles import vehicles
from forecourt.runtime import scope
from forecourt.runtime.actors import Actor


class AccountRequest(HttpRequest):
    """A request of somebody who is signed in."""

    account: Account
    device: Device


View = Callable[..., HttpResponseBase]


def door(view: View) -> View:
    """Let in whoever is signed in; others are sent to sign in."""

    @functools.wraps(view)
    def enter(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        device = browser.device_of(request)
        if device is None:
            return to_sign_in(request)
        receive(request, device)
        with translation.override(language_of(request, device.account)), timezone.override(None):
            response = view(request, *args, **kwargs)
        keep_to_oneself(response)
        return response

    enter.account = True  # type: ignore[attr-defined]  # the table of routes reads it
    return enter


def receive(request: Any, device: Device) -> None:
    request.device, request.account = device, device.account
    devices.seen(device)


def to_sign_in(request: HttpRequest) -> HttpResponseBase:
    back = request.get_full_path() if request.method == "GET" else reverse("me_cars")
    response = redirect(f"{reverse('me_sign_in')}?{urlencode({'next': back})}")
    keep_to_oneself(response)
    return response


def keep_to_oneself(response: HttpResponseBase) -> None:
    """A phone is passed on: no page of an account is kept by the browser."""
    response.headers["Cache-Control"] = "private, no-store"
    response.headers.setdefault("Referrer-Policy", "same-origin")


def language_of(request: HttpRequest, account: Account) -> str:
    """The one chosen in this browser, else the account's."""
    codes = {code for code, _ in settings.LANGUAGES}
    for code in (request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""), account.language):
        if code in codes:
            return str(code)
    return translation.get_language() or "en"


@contextmanager
def linked(request: AccountRequest, link_id: UUID, *, vehicle_id: UUID | None = None) -> Iterator[tuple[CustomerLink, Actor]]:
    """Open the scope of one link's dealer. NotFound for another account's link and for a car that is not the customer's or not the driver's."""
    link = customer_links.find(account=request.account, link_id=link_id)
    if vehicle_id is not None and link.vehicle_id not in {None, vehicle_id}:
        raise NotFound
    actor = replace(customer_links.actor_of(link), device=request.device.pk)
    with scope.of(link.organisation_id):
        if vehicle_id is not None:
            vehicles.find(actor=actor, vehicle_id=vehicle_id)
        yield link, actor


def house_of(account: Account, links: list[CustomerLink]) -> Organisation | None:
    """Whose colours the account's own pages wear: the favourite dealer, or the first one it is joined to."""
    ids = [link.organisation_id for link in links]
    if not ids:
        return None
    wanted = account.favourite_organisation_id if account.favourite_organisation_id in ids else ids[0]
    with scope.of(wanted):
        return Organisation.objects.filter(pk=wanted).first()
