"""What the frame of a staff page shows: whose house, who is signed in, which screens. Each screen registers its own entry here."""

from datetime import timedelta
from math import ceil
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from forecourt.faces.staff.words import ROLE_NAMES
from forecourt.faces.ui import navigation, surroundings
from forecourt.runtime import access, clock
from forecourt.runtime.actors import Actor


def register() -> None:
    """Called once when all apps are ready."""
    from forecourt.faces.staff.duplicates import cars as duplicate_cars
    from forecourt.faces.staff.duplicates import views as duplicates
    from forecourt.faces.staff.messages import views as messages

    surroundings.register(tell)
    navigation.register(_("Board"), "calendar-days", "planning:day", right="workshop.see_board", order=10)
    navigation.register(_("Arrivals"), "log-in", "arrivals:day", right="workshop.check_in", order=20)
    navigation.register(_("Job cards"), "wrench", "job_cards:list", right="workshop.see_job_card", order=30)
    navigation.register(_("Due list"), "clock-alert", "due:list", right="audience.see_due", order=40)
    navigation.register(_("Segments"), "filter", "segments:list", right="audience.see_segments", order=45)
    navigation.register(_("Kinds of work"), "list-filter", "rules:list", right="audience.see_rules", order=47)
    navigation.register(_("Lines to decide"), "list-checks", "lines:queue", right="audience.decide_lines", order=48)
    navigation.register(_("Flows"), "send", "flows:list", right="marketing.see_flows", order=50)
    navigation.register(_("Cases"), "life-buoy", "cases:list", right="cases.see_cases", order=60)
    navigation.register(_("Held messages"), "mail-warning", "messages:list", right="messaging.see", order=65, count=messages.count)
    navigation.register(_("Customers"), "users", "customers:list", right="people.see_customer", order=70)
    navigation.register(_("Papers to check"), "file-check", "claims:list", right="accounts.check_papers", order=75)
    navigation.register(_("Duplicates"), "merge", "duplicates:queue", right="people.merge", order=72, count=duplicates.count)
    navigation.register(_("Duplicate cars"), "car", "duplicates:cars", right="vehicles.merge", order=73, count=duplicate_cars.count)
    navigation.register(_("Imports"), "file-up", "imports:list", right="intake.see_imports", order=80)
    navigation.register(_("Audit trail"), "footprints", "trail:list", right="dealership.see_trail", order=95)
    navigation.register(_("People"), "id-card", "people:list", right="dealership.manage_staff", order=90)
    navigation.register(_("Connections"), "webhook", "connections:list", right="exchange.manage", order=92)
    navigation.register(_("Privacy"), "shield-check", "privacy:retention", right="people.see_retention", order=95)


def _support(request: Any) -> surroundings.Support | None:
    visit = request.support
    if visit is None:
        return None
    left = max(1, ceil((visit.ends_at - clock.now()) / timedelta(minutes=1)))
    return surroundings.Support(visit.staff_member.name, visit.reason, visit.ends_at, left, reverse("support:end"))


def tell(request: HttpRequest) -> surroundings.Surroundings | None:
    """The surroundings of a request that came through the staff door."""
    staff = getattr(request, "staff", None)
    if staff is None:
        return None
    actor: Actor = request.actor  # type: ignore[attr-defined]
    current = request.site
    return surroundings.Surroundings(
        organisation=request.organisation.name,  # type: ignore[attr-defined]
        colour=request.organisation.brand_colour,  # type: ignore[attr-defined]
        home_url=reverse("staff_home"),
        person=surroundings.Person(staff.name, str(ROLE_NAMES.get(staff.role, staff.role))),
        sites=tuple(
            surroundings.Site(str(site.pk), site.name, site.pk == current.pk)
            for site in request.sites  # type: ignore[attr-defined]
        ),
        switch_site_url=reverse("staff_site"),
        sign_in_url=reverse("account_login"),
        sign_out_url=reverse("support:end" if request.support else "account_logout"),  # type: ignore[attr-defined]
        own_url="" if request.support else reverse("own:security"),  # type: ignore[attr-defined]
        support=_support(request),
        acts_for=request.in_place_of.name if request.in_place_of else "",  # type: ignore[attr-defined]
        act_url=reverse("own:act_for"),
        may=lambda right: access.may(actor, right),
    )
