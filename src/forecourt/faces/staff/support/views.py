"""Support comes in by the link that was made on the operator's machine, and goes; the dealer's administrator sees every visit and ends it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from forecourt.faces.staff.door import StaffRequest, door
from forecourt.faces.staff.people import tabs
from forecourt.faces.staff.signin import sessions
from forecourt.kernel.errors import NotFound
from forecourt.records.dealership import support
from forecourt.records.dealership.models import Organisation, SupportVisit
from forecourt.runtime import clock, links

PURPOSE = "support"
PAGE_SIZE = 50


@never_cache
@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest, token: str) -> HttpResponse:
    """Whose pages, why and how long; only the POST uses the link up."""
    try:
        with links.opened(token, purpose=PURPOSE) as link:
            visit = support.by_link(link.subject_id, link.holder_id)
            if request.method == "POST":
                _come_in(request, visit)
                return redirect("staff_home")
            house = Organisation.objects.get(pk=visit.organisation_id)
            return render(request, "staff/support/begin.html", {"visit": visit, "house": house})
    except NotFound:
        return render(request, "staff/support/over.html", status=404)


@never_cache
@require_GET
def over(request: HttpRequest) -> HttpResponse:
    """Where a visit leads that has ended."""
    return render(request, "staff/support/over.html")


@require_POST
@door("staff.come_in")
def end(request: StaffRequest) -> HttpResponse:
    """Support goes, before its time."""
    if request.support is None:
        return redirect("staff_home")
    support.leave(visit_id=request.support.pk)
    request.session.flush()
    return redirect("support:over")


@require_GET
@door("dealership.manage_rights")
def visits(request: StaffRequest) -> HttpResponse:
    """Who looked in, as whom, why and when."""
    page = Paginator(support.of_dealer(request.actor), PAGE_SIZE).get_page(request.GET.get("page"))
    now = clock.now()
    rows = [(visit, _state(visit, now)) for visit in page.object_list]
    return render(request, "staff/support/visits.html", tabs.of(request) | {"page": page, "rows": rows})


@require_POST
@door("dealership.manage_rights")
def stop(request: StaffRequest, support_visit_id: UUID) -> HttpResponse:
    """The dealer sends support away."""
    support.stop(actor=request.actor, visit_id=support_visit_id)
    messages.success(request, _("Support is out. Its pages open nothing any more."))
    return redirect("support:visits")


def _come_in(request: HttpRequest, visit: SupportVisit) -> None:
    """A session of its own: nothing that this browser was signed in to stays."""
    request.session.flush()
    request.session.create()
    support.begin(visit_id=visit.pk, link_id=visit.link_id, session_key=request.session.session_key or "")
    request.session[sessions.SUPPORT] = [str(visit.organisation_id), str(visit.pk)]


def _state(visit: SupportVisit, now: Any) -> str:
    if visit.ended_at or (visit.ends_at and visit.ends_at <= now):
        return "over"
    if visit.began_at:
        return "running"
    return "waiting" if visit.link_ends_at > now else "unused"
