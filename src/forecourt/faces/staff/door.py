"""How staff come in: every staff page names the one right it needs.

`door` turns the session into an `Actor`, opens the organisation's scope and refuses who may not. The table test of route × role ×
tenant reads the right from the view, so a page without a door fails it.
"""

import functools
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from forecourt.kernel.errors import NotPermitted, Refusal
from forecourt.records.dealership.models import Organisation, Site, StaffMember
from forecourt.runtime import access, scope
from forecourt.runtime.actors import Actor

SITE_COOKIE = "forecourt_site"
ORGANISATION_KEY = "organisation"


class StaffRequest(HttpRequest):
    """A request that came through the door."""

    actor: Actor
    staff: StaffMember
    organisation: Organisation
    sites: list[Site]  # those this person works at
    site: Site  # type: ignore[assignment]  # the one being looked at; Django's own sites are not used


View = Callable[..., HttpResponse]


def door(right: str) -> Callable[[View], View]:
    """Let in signed-in staff with this right; others are sent to sign in (302) or refused (403)."""

    def wrap(view: View) -> View:
        @functools.wraps(view)
        def enter(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            staff = _staff_member(request)
            if staff is None:
                return redirect_to_login(request.get_full_path())
            with scope.of(staff.organisation_id):
                _furnish(request, staff)
                access.require(request.actor, right)  # type: ignore[attr-defined]
                with timezone.override(request.site.zone):  # type: ignore[attr-defined]  # every time is shown on the site's wall clock
                    return view(request, *args, **kwargs)

        enter.right = right  # type: ignore[attr-defined]
        return enter

    return wrap


def actor_of(staff: StaffMember) -> Actor:
    """Who a member of staff is to actions."""
    return Actor(
        kind="staff",
        organisation_id=staff.organisation_id,
        id=staff.pk,
        sites=frozenset(staff.sites) or None,
        rights=access.rights_of(staff.role),
        role=staff.role,
        via="session",
    )


def _staff_member(request: HttpRequest) -> StaffMember | None:
    if not request.user.is_authenticated:
        return None
    with scope.everywhere("who is this account at which dealer"):
        employments = list(StaffMember.objects.filter(account_id=request.user.pk, is_active=True).order_by("pk"))
    wanted = request.session.get(ORGANISATION_KEY)
    for staff in employments:
        if str(staff.organisation_id) == wanted:
            return staff
    if not employments:
        raise NotPermitted("no_employment")
    return employments[0]


def _furnish(request: Any, staff: StaffMember) -> None:
    request.staff = staff
    request.actor = actor_of(staff)
    request.organisation = Organisation.objects.get(pk=staff.organisation_id)
    sites = Site.objects.filter(pk__in=staff.sites) if staff.sites else Site.objects.all()
    request.sites = list(sites.select_related("legal_entity"))
    request.site = _chosen_site(request, staff)


def _chosen_site(request: Any, staff: StaffMember) -> Site:
    if not request.sites:
        raise Refusal("no_site", _("No site is open for you. An administrator of your dealership can change that."))
    wanted = request.COOKIES.get(SITE_COOKIE, "")
    by_id: dict[UUID | None, Site] = {site.pk: site for site in request.sites}
    chosen = next((site for site in request.sites if str(site.pk) == wanted), None)
    return chosen or by_id.get(staff.home_site_id) or request.sites[0]
