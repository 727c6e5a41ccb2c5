"""How customers come in: by a signed link that opens one thing and needs no password."""

import functools
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone, translation

from forecourt.kernel.errors import NotFound
from forecourt.records.dealership.models import Organisation
from forecourt.records.people.models import Customer
from forecourt.runtime import access, links, scope
from forecourt.runtime.actors import Actor


class CustomerRequest(HttpRequest):
    """A request that came through a link."""

    link: links.Link
    actor: Actor
    customer: Customer
    organisation: Organisation


View = Callable[..., HttpResponseBase]


def door(purpose: str) -> Callable[[View], View]:
    """Let in whoever holds a link of this purpose; the page takes `token`. Anything else is 404."""

    def wrap(view: View) -> View:
        @functools.wraps(view)
        def enter(request: HttpRequest, token: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            link = links.read(token, purpose=purpose)
            with scope.of(link.organisation_id):
                _furnish(request, link)
                # A page activates the zone of its site; here it is put back, because threads live on.
                with translation.override(_language(request)), timezone.override(None):
                    response = view(request, token, *args, **kwargs)
                response.headers.setdefault("Referrer-Policy", "no-referrer")
                response.headers.setdefault("Cache-Control", "private, no-store")
                return response

        enter.purpose = purpose  # type: ignore[attr-defined]
        # What lets one in stands in the address and not in a cookie, so another site cannot borrow it.
        enter.csrf_exempt = True  # type: ignore[attr-defined]
        return enter

    return wrap


def actor_of(link: links.Link) -> Actor:
    return Actor(
        kind="customer",
        organisation_id=link.organisation_id,
        id=link.holder_id,
        rights=access.customer_rights(),
        via=f"link:{link.purpose}",
    )


def _furnish(request: Any, link: links.Link) -> None:
    request.link = link
    request.actor = actor_of(link)
    request.customer = Customer.objects.filter(pk=link.holder_id).first()
    request.organisation = Organisation.objects.filter(pk=link.organisation_id).first()
    if request.customer is None or request.organisation is None:
        raise NotFound


def _language(request: Any) -> str:
    """The language chosen on the page, else the customer's, else the browser's."""
    codes = {code for code, _ in settings.LANGUAGES}
    for code in (request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""), request.customer.language):
        if code in codes:
            return str(code)
    return translation.get_language() or "en"
