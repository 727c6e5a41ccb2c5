"""How staff come in: every staff page names the one right it needs.

`door` turns the session into an `Actor`, opens the organisation's scope and refuses who may not. The table test of route × role ×
tenant reads the right from the view, so a page without a door fails it.
"""

import functools
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from forecourt.faces.staff.signin import sessions
from forecourt.kernel.errors import NotFound, NotPermitted, Refusal
from forecourt.records.dealership import deputies, rights, support
from forecourt.records.dealership.models import Organisation, Site, StaffMember, SupportVisit
from forecourt.runtime import access, scope
from forecourt.runtime.actors import Actor

SITE_COOKIE = "forecourt_site"
ORGANISATION_KEY = "organisation"
IN_PLACE_OF = "in_place_of"


class StaffRequest(HttpRequest):
    """A request that came through the door."""

    actor: Actor
    staff: StaffMember
    organisation: Organisation
    rights_asked_at: float  # by the machine's clock
    in_place_of: StaffMember | None  # for whom this person stands in at the moment
    support: SupportVisit | None  # the visit by which support sees this page, as the member of staff
    sites: list[Site]  # those this person works at
    site: Site  # type: ignore[assignment]  # the one being looked at; Django's own sites are not used


View = Callable[..., HttpResponse]


def door(right: str, *, weak: bool = False) -> Callable[[View], View]:
    """Let in signed-in staff with this right; others are sent to sign in (302) or refused (403).

    Where the organisation asks for a second factor, whoever has none yet is sent to set it up first; `weak` marks the pages for that.
    """

    def wrap(view: View) -> View:
        @functools.wraps(view)
        def enter(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            request.rights_asked_at = time.time()  # type: ignore[attr-defined]
            try:
                request.support = _support_visit(request)  # type: ignore[attr-defined]
            except NotFound:
                request.session.flush()
                return redirect("support:over")
            staff = request.support.staff_member if request.support else _staff_member(request)  # type: ignore[attr-defined]
            if staff is None:
                return _to_the_sign_in(request)
            with scope.of(staff.organisation_id):
                _furnish(request, staff)
                sessions.note_use(request)
                if _must_become_stronger(request) and not weak:
                    return redirect("own:security")
                access.require(request.actor, right)  # type: ignore[attr-defined]
                with timezone.override(request.site.zone):  # type: ignore[attr-defined]  # every time is shown on the site's wall clock
                    return view(request, *args, **kwargs)

        enter.right = right  # type: ignore[attr-defined]
        return enter

    return wrap


def _to_the_sign_in(request: HttpRequest) -> HttpResponse:
    """A piece of a page is told 401: the sign-in inside a page would take away what somebody is writing there."""
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=HTTPStatus.UNAUTHORIZED)
    return redirect_to_login(request.get_full_path())


def actor_of(staff: StaffMember, organisation: Organisation | None = None, device: UUID | None = None) -> Actor:
    """Who a member of staff is to actions; `device` is the sign-in that they came by."""
    organisation = organisation or Organisation.objects.get(pk=staff.organisation_id)
    return Actor(
        kind="staff",
        organisation_id=staff.organisation_id,
        id=staff.pk,
        sites=frozenset(staff.sites) or None,
        rights=rights.of_member(organisation, staff),
        role=staff.role,
        via="session",
        device=device,
    )


def in_place_of(staff: StaffMember, absent: StaffMember, organisation: Organisation, device: UUID | None = None) -> Actor:
    """Who a member of staff is while standing in for another: the rights of the other's role at the other's sites, and nothing of their own."""
    return Actor(
        kind="staff",
        organisation_id=staff.organisation_id,
        id=staff.pk,
        sites=frozenset(absent.sites) or None,
        rights=rights.of_role(organisation, absent.role),
        role=absent.role,
        via=f"deputy:{absent.pk.hex}",
        device=device,
    )


def _staff_member(request: HttpRequest) -> StaffMember | None:
    if not request.user.is_authenticated:
        return None
    with scope.everywhere("who is this account at which dealer"):
        employments = list(StaffMember.objects.filter(account_id=request.user.pk, is_active=True).order_by("pk"))
    only_at = sessions.only_at(request)
    employments = [staff for staff in employments if not only_at or str(staff.organisation_id) == only_at]
    wanted = request.session.get(ORGANISATION_KEY)
    for staff in employments:
        if str(staff.organisation_id) == wanted:
            return staff
    if not employments:
        raise NotPermitted("no_employment")
    return employments[0]


def _support_visit(request: HttpRequest) -> SupportVisit | None:
    """The visit of a session of support; NotFound once it is over."""
    kept = request.session.get(sessions.SUPPORT)
    if kept is None:
        return None
    organisation_id, visit_id = (UUID(each) for each in kept)
    with scope.of(organisation_id):
        return support.current(visit_id)


def _must_become_stronger(request: Any) -> bool:
    """Support has no factor here: its link came from the operator's own machine."""
    return bool(request.support is None and request.organisation.needs_second_factor and not sessions.is_strong(request))


def _furnish(request: Any, staff: StaffMember) -> None:
    request.staff = staff
    request.organisation = Organisation.objects.get(pk=staff.organisation_id)
    request.in_place_of = None if request.support else _absent(request, staff)
    if request.support:
        request.actor = support.actor_of(request.support, request.organisation)
    elif request.in_place_of is None:
        request.actor = actor_of(staff, request.organisation, sessions.device(request))
    else:
        request.actor = in_place_of(staff, request.in_place_of, request.organisation, sessions.device(request))
    sites = Site.objects.all() if request.actor.sites is None else Site.objects.filter(pk__in=request.actor.sites)
    request.sites = list(sites.select_related("legal_entity"))
    request.site = _chosen_site(request, staff)


def _absent(request: Any, staff: StaffMember) -> StaffMember | None:
    """In whose place this session acts, as long as that holds."""
    wanted = request.session.get(IN_PLACE_OF)
    if not wanted:
        return None
    try:
        return deputies.place_of(staff.pk, UUID(wanted))
    except NotFound:
        del request.session[IN_PLACE_OF]
        return None


def _chosen_site(request: Any, staff: StaffMember) -> Site:
    if not request.sites:
        raise Refusal("no_site", _("No site is open for you. An administrator of your dealership can change that."))
    wanted = request.COOKIES.get(SITE_COOKIE, "")
    by_id: dict[UUID | None, Site] = {site.pk: site for site in request.sites}
    chosen = next((site for site in request.sites if str(site.pk) == wanted), None)
    return chosen or by_id.get(staff.home_site_id) or request.sites[0]
