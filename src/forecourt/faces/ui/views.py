"""Pages that belong to no screen: choosing theme and language, and the gallery of components. Who keeps a choice is `choices`."""

from http import HTTPStatus
from typing import Final

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST
from django.views.i18n import set_language

from forecourt.faces.ui import choices, colours, nearness, specimen, surroundings
from forecourt.faces.ui.context import THEME_COOKIE, THEMES, Interface
from forecourt.faces.ui.language import CODES

GALLERY: Final = ("staff", "board", "customer", "capture", "bare")
A_YEAR: Final = 365 * 24 * 3600


@transaction.non_atomic_requests
@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Light, dark or as the device says; kept in a cookie, and with the account of who is signed in, for their next device."""
    theme = request.POST.get("theme", "auto")
    response = HttpResponseRedirect(_back(request))
    if theme in THEMES:
        response.set_cookie(THEME_COOKIE, theme, max_age=A_YEAR, samesite="Lax", secure=request.is_secure())
        choices.keep(request, theme=theme)
    return response


@transaction.non_atomic_requests
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Keep the language in a cookie and with the account of who is signed in, so that mails follow; go back to where the person was."""
    if (language := request.POST.get("language", "")) in CODES:
        choices.keep(request, language=language)
    return set_language(request)


def _back(request: HttpRequest) -> str:
    for url in (request.POST.get("next", ""), request.headers.get("referer", "")):
        if url and url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
            return url
    return "/"


@transaction.non_atomic_requests
@require_GET
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component in its states; for those who build screens, not in a dealer's installation."""
    _refuse_elsewhere(request)
    page = request.GET.get("page", "staff")
    template = f"ui/gallery/{page if page in GALLERY else 'staff'}.html"
    context = specimen.everything()
    # The shown brand can be tried out: /ui/?brand=c00
    house = surroundings.Surroundings(
        organisation="Autohaus Alpen",
        colour=colours.corrected(request.GET.get("brand") or colours.DEFAULT_BRAND)[0],
        person=surroundings.Person("Lena Hofer", "Service adviser"),
        sites=(surroundings.Site("1", "Bozen", is_current=True), surroundings.Site("2", "Meran")),
        switch_site_url=request.path,
        sign_in_url=request.path,
        sign_out_url=request.path,
    )
    context["ui"] = Interface(request, house=house)
    return render(request, template, context)


@transaction.non_atomic_requests
@require_POST
def move_specimen(request: HttpRequest, card_id: str) -> HttpResponse:
    """What a planning screen answers to a moved card, so that the board can be tried in the gallery."""
    _refuse_elsewhere(request)
    lane, starts_at, version = (request.POST.get(name, "") for name in ("resource", "starts_at", "version"))
    if lane == specimen.CLOSED_LANE:
        reason = {"refusal": "The paint booth is closed for maintenance until Monday."}
        return render(request, "ui/gallery/_refused.html", reason, status=HTTPStatus.CONFLICT)
    try:
        card = specimen.moved(card_id, lane=lane, starts_at=starts_at, version=int(version))
    except ValueError:  # not what the gallery's own script sends
        card = None
    if card is None:
        raise Http404
    return render(request, "ui/gallery/_card.html", {"card": card, "into": f"#track-{card.lane}"})


def _refuse_elsewhere(request: HttpRequest) -> None:
    if not nearness.is_here(request):
        raise Http404
