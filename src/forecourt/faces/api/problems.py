"""Why a program did not get what it asked for: always JSON with a code and a text, and the document says which status may come from where.

Django's own answers (an address or a method that does not exist, a body too big, a fault) are HTML for people; `in_json` gives programs the same status
with a body that they can read.
"""

from collections.abc import Callable
from typing import Any, Final

from django.db import DataError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from forecourt.kernel.errors import NotFound, NotPermitted, Refusal

_READABLE: Final = "application/json"
_SHAPE: Final = {"schema": {"$ref": "#/components/schemas/Problem"}}


def documented(*, names_a_thing: bool) -> dict[int, Any]:
    """What the document says of an operation that asks for a right, beside its own answers."""
    may_come = {
        400: "What was sent cannot be read or kept.",
        401: "No living token.",
        403: "The token's role may not do that.",
        422: "What was sent is not as it is described; `detail` says where.",
    }
    if names_a_thing:
        may_come[404] = "Absent, or another dealer's."
    return {status: {"description": told, "content": {_READABLE: _SHAPE}} for status, told in may_come.items()}


def answer_with(api: NinjaAPI) -> None:
    """Turn what operations raise into problems."""
    handlers: dict[type[Exception], Callable[[HttpRequest, Any], HttpResponse]] = {
        AuthenticationError: _no_token,
        ValidationError: _not_as_described,
        HttpError: _not_readable,
        NotFound: _not_found,
        NotPermitted: _not_permitted,
        DataError: _not_to_be_kept,
        Refusal: _refused,
    }
    for kind, handler in handlers.items():
        api.add_exception_handler(kind, handler)


def in_json(response: HttpResponse) -> HttpResponse:
    """The same status in words for programs, where the answer is a page for people."""
    if response.status_code < 400 or response.headers.get("Content-Type", "").startswith(_READABLE):
        return response
    # The answer itself stays: its headers (what may be tried instead, when again, who may frame it) hold for programs too.
    response.content = JsonResponse(_of_the_house(response.status_code)).content
    response.headers["Content-Type"] = _READABLE
    response.headers.pop("Content-Length", None)
    return response


def _of_the_house(status: int) -> dict[str, str]:
    if status == 404:
        return {"code": "not_found", "text": _("There is no such thing here.")}
    if status == 405:
        return {"code": "wrong_method", "text": _("This address does not take that method.")}
    if status < 500:
        return {"code": "not_readable", "text": _("We could not read this request")}
    return {"code": "our_fault", "text": _("Something went wrong on our side. Nothing was changed. Please try again.")}


def _problem(status: int, code: str, text: str, **facts: Any) -> HttpResponse:
    return JsonResponse({"code": code, "text": text, **facts}, status=status)


def _no_token(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    response = _problem(401, "no_token", _("A living token is needed, sent as “Authorization: Bearer …”."))
    response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _not_as_described(request: HttpRequest, error: ValidationError) -> HttpResponse:
    where = [{"where": [str(step) for step in each["loc"]], "what": each["msg"], "kind": each["type"]} for each in error.errors]
    return _problem(422, "not_as_described", _("What was sent is not as the API describes it."), detail=where)


def _not_readable(request: HttpRequest, error: HttpError) -> HttpResponse:
    return _problem(error.status_code, "not_readable", _("We could not read this request"))


def _not_found(request: HttpRequest, error: NotFound) -> HttpResponse:
    return _problem(404, "not_found", _("There is no such thing here."))


def _not_permitted(request: HttpRequest, error: NotPermitted) -> HttpResponse:
    return _problem(403, "not_permitted", _("This token's role may not do that."), right=error.right)


def _not_to_be_kept(request: HttpRequest, error: DataError) -> HttpResponse:
    """A NUL character, a number beyond every column."""
    transaction.set_rollback(True)
    return _problem(400, "not_to_be_kept", _("What was sent holds something that cannot be kept."))


def _refused(request: HttpRequest, error: Refusal) -> HttpResponse:
    facts: dict[str, Any] = {}
    if "import_id" in error.facts:
        facts["import_id"] = str(error.facts["import_id"])
    if error.code == "already_booked":
        known: Any = error.facts["appointment"]
        facts["appointment_id"] = str(known.pk)
    if "alternatives" in error.facts:
        found: Any = error.facts["alternatives"]
        facts["alternatives"] = [{"starts_at": each.starts_at, "ends_at": each.ends_at} for each in found]
    return _problem(409, error.code, str(error), **facts)
