"""How programs come in: `Authorization: Bearer fc_…` names the organisation and the role.

The middleware opens the scope around the whole request. An operation names its right once, with `right`: whoever lacks it is answered
403 before anything sent is read, and the OpenAPI document says it as `x-right`, which the table test of operation × role × tenant reads.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja.security import HttpBearer

from forecourt.faces.api import problems
from forecourt.records.accounts import tokens
from forecourt.records.dealership import rights
from forecourt.records.dealership.models import Organisation
from forecourt.runtime import access, scope
from forecourt.runtime.actors import Actor

GetResponse = Callable[[HttpRequest], HttpResponse]
PATH = "/api/v1/"


class ApiRequest(HttpRequest):
    """A request with a living token."""

    actor: Actor


class SpeaksJson:
    """No program is answered with a page for people, whoever of the middleware below gives the answer."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        return problems.in_json(response) if request.path_info.startswith(PATH) else response


class TokenScope:
    """Turns a token into an actor and opens its organisation's scope, for the API's addresses only."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PATH):
            return self.get_response(request)
        actor = _actor(request)
        if actor is None:
            return self.get_response(request)
        request.actor = actor  # type: ignore[attr-defined]
        with scope.of(actor.organisation_id):
            return self.get_response(request)


class Token(HttpBearer):
    """Asked for every operation: no living token answers 401, one without the right 403."""

    def __init__(self, right: str = "") -> None:
        super().__init__()
        self.right = right

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        actor: Actor | None = getattr(request, "actor", None)
        if actor is not None and self.right:
            access.require(actor, self.right)
        return actor


def right(name: str, *, names_a_thing: bool = True) -> dict[str, Any]:
    """The options of an operation that needs a right; where it names no thing, nothing can be absent."""
    return {"auth": Token(name), "openapi_extra": {"x-right": name, "responses": problems.documented(names_a_thing=names_a_thing)}}


def _actor(request: HttpRequest) -> Actor | None:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    token = tokens.find(secret.strip()) if scheme.lower() == "bearer" and secret else None
    if token is None:
        return None
    organisation = Organisation.objects.get(pk=token.organisation_id)
    return Actor(
        kind="api",
        organisation_id=token.organisation_id,
        id=token.pk,
        rights=rights.of_role(organisation, token.role),
        role=token.role,
        via="token",
    )
