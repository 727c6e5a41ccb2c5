"""How programs come in: `Authorization: Bearer fc_…` names the organisation and the role.

The middleware opens the scope around the whole request; an operation names its right with `x-right` in the OpenAPI document, which
the table test of route × role × tenant reads.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from forecourt.records.accounts import tokens
from forecourt.runtime import access, scope
from forecourt.runtime.actors import Actor

GetResponse = Callable[[HttpRequest], HttpResponse]
PATH = "/api/v1/"


class ApiRequest(HttpRequest):
    """A request with a living token."""

    actor: Actor


class TokenScope:
    """Turns a token into an actor and opens its organisation's scope, for the API's addresses only."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        actor = _actor(request) if request.path_info.startswith(PATH) else None
        if actor is None:
            return self.get_response(request)
        request.actor = actor  # type: ignore[attr-defined]
        with scope.of(actor.organisation_id):
            return self.get_response(request)


def bearer(request: HttpRequest) -> Actor | None:
    """Ninja asks this for every operation; None answers 401."""
    return getattr(request, "actor", None)


def right(name: str) -> dict[str, Any]:
    """The options of an operation that needs a right."""
    return {"openapi_extra": {"x-right": name}}


def _actor(request: HttpRequest) -> Actor | None:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    token = tokens.find(secret.strip()) if scheme.lower() == "bearer" and secret else None
    if token is None:
        return None
    return Actor(
        kind="api",
        organisation_id=token.organisation_id,
        id=token.pk,
        rights=access.rights_of(token.role),
        role=token.role,
        via="token",
    )
