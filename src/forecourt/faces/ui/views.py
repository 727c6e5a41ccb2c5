"""Pages that belong to no screen: choosing theme and language, the gallery of components, and what is shown when things fail."""

from http import HTTPStatus
from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST
from django.views.i18n import set_language

from forecourt.faces.ui import specimen
from forecourt.faces.ui.context import THEME_COOKIE, THEMES

A_YEAR: Final = 365 * 24 * 3600


@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Light, dark or as the device says; kept in a cookie, because it belongs to the device and not to the person."""
    theme = request.POST.get("theme", "auto")
    response = HttpResponseRedirect(_back(request))
    if theme in THEMES:
        response.set_cookie(THEME_COOKIE, theme, max_age=A_YEAR, samesite="Lax", secure=request.is_secure())
    return response


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Keep the language in a cookie and go back to where the person was."""
    return set_language(request)


def _back(request: HttpRequest) -> str:
    for url in (request.POST.get("next", ""), request.headers.get("referer", "")):
        if url and url_has_allowed_host_and_scheme(
            url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        ):
            return url
    return "/"


@require_GET
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component in its states; for those who build screens, not in a dealer's installation."""
    if not (settings.DEBUG or getattr(settings, "DEMO", False)):
        raise Http404
    page = request.GET.get("page", "staff")
    template = {"customer": "ui/gallery/customer.html", "bare": "ui/gallery/bare.html"}.get(page, "ui/gallery/staff.html")
    return render(request, template, specimen.everything())


def _failure(request: HttpRequest, status: HTTPStatus) -> HttpResponse:
    return render(request, f"ui/errors/{status}.html", status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _failure(request, HTTPStatus.BAD_REQUEST)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _failure(request, HTTPStatus.FORBIDDEN)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _failure(request, HTTPStatus.NOT_FOUND)


def server_error(request: HttpRequest) -> HttpResponse:
    """The page for a fault of ours; it asks the database nothing, because that may be what failed."""
    return render(request, "ui/errors/500.html", {"ui": None}, status=HTTPStatus.INTERNAL_SERVER_ERROR)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF failure: the page stood open too long, or came from elsewhere."""
    return render(request, "ui/errors/expired.html", status=HTTPStatus.FORBIDDEN)
