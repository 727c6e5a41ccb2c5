"""Coming in, choosing a site, keeping a page live."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from forecourt.faces.staff.door import SITE_COOKIE, StaffRequest, door
from forecourt.faces.staff.live import pass_for
from forecourt.faces.ui import navigation
from forecourt.runtime import access

A_YEAR_SECONDS = 365 * 24 * 3600


@require_GET
def front(request: HttpRequest) -> HttpResponse:
    """The bare address: staff to their work, others to signing in."""
    return redirect("staff_home" if request.user.is_authenticated else "account_login")


@require_GET
@door("staff.come_in")
def home(request: StaffRequest) -> HttpResponse:
    """The first screen this person may open."""
    links = navigation.links(request, may=lambda right: access.may(request.actor, right))
    return redirect(links[0].url) if links else render(request, "staff/nothing.html")


@require_POST
@door("staff.come_in")
def choose_site(request: StaffRequest) -> HttpResponse:
    """Look at another site from now on; kept on the device."""
    back = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    response = HttpResponseRedirect(back if safe else "/")
    if request.POST.get("site") in {str(site.pk) for site in request.sites}:
        response.set_cookie(SITE_COOKIE, request.POST["site"], max_age=A_YEAR_SECONDS, samesite="Lax", secure=request.is_secure())
    return response


@require_POST
@door("staff.come_in")
def renew_live(request: StaffRequest) -> HttpResponse:
    """A fresh pass for the topics of the page that asks; only topics this person may follow are granted."""
    return JsonResponse({"token": pass_for(request, request.GET.getlist("topic"))})
