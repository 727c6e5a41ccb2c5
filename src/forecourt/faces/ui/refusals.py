"""Turns what an action raises into an answer.

404 for absent and foreign alike, 403 for not allowed, 429 for too often, 409 for an expected "no", 400 for what no column can hold.
"""

import json
import logging
from collections.abc import Callable
from http import HTTPStatus
from math import ceil

from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import is_valid_path
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.defaults import bad_request

from forecourt.kernel.errors import NotFound, NotPermitted, Refusal
from forecourt.runtime.limits import TooMany

_log = logging.getLogger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponse]


class AnswerRefusals:
    """The last resort: a view that knows a better place for the reason catches the refusal itself."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_looked_at = request.method in {"GET", "HEAD"} and "text/html" in request.headers.get("accept", "")
        # A reload, or another language chosen, on what a form answered with: back to the page of that form.
        return redirect(way_back(request.path)) if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and is_looked_at else response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, NotFound):
            return render(request, _not_found(request), status=404)
        if isinstance(exception, NotPermitted):
            return render(request, "403.html", {"right": exception.right}, status=403)
        if isinstance(exception, Refusal):
            return _refused(request, exception)
        if isinstance(exception, TooMany):
            return too_many(request, exception)
        if isinstance(exception, DataError):
            # Sent by hand: a NUL character, a number beyond every column. It has been taken back, and is nothing of ours to mend.
            _log.info("not to be kept: %s", exception)
            return bad_request(request, exception)
        return None


def way_back(path: str) -> str:
    """The nearest address above this one that leads somewhere."""
    parts = path.strip("/").split("/")
    for end in range(len(parts) - 1, 0, -1):
        above = f"/{'/'.join(parts[:end])}/"
        if is_valid_path(above):
            return above
    return "/"


def too_many(request: HttpRequest, too_many: TooMany) -> HttpResponse:
    """429, with the time to wait for programs and people."""
    told = {"minutes": ceil(too_many.seconds / 60)}
    response = render(request, "429.html", told, status=429)
    response.headers["Retry-After"] = str(too_many.seconds)
    return response


def _not_found(request: HttpRequest) -> str:
    """A page may have a better word than ours for who comes in vain; it names its template as `not_found`."""
    view = request.resolver_match.func if request.resolver_match else None
    return getattr(view, "not_found", "404.html")


def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    if request.headers.get("HX-Request") == "true":
        response = render(request, "ui/_refused.html", {"refusal": refusal}, status=409)
        # The page stays as it is; a whole error page inside a fragment would help nobody.
        response["HX-Reswap"] = "none"
        response["HX-Trigger"] = json.dumps({"toast": {"text": str(refusal), "tone": "bad"}})
        return response
    back = request.headers.get("referer", "")
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return render(request, "ui/refused.html", {"refusal": refusal, "back": back if is_ours else ""}, status=409)
