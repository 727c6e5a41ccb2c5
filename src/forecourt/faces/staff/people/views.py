"""Who works here and who was invited: the list, inviting, sending again, withdrawing."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Max, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from forecourt.faces.staff.door import StaffRequest, door
from forecourt.faces.staff.people import tabs
from forecourt.faces.staff.people.forms import InviteForm
from forecourt.faces.staff.signin.confirming import confirmed
from forecourt.faces.staff.words import ROLE_NAMES
from forecourt.kernel.errors import Refusal
from forecourt.records.dealership import invitations, staff
from forecourt.records.dealership.models import Site, StaffMember
from forecourt.runtime import clock

PAGE_SIZE = 50
SHOWN = (("active", gettext_lazy("Working here")), ("left", gettext_lazy("Left")), ("all", gettext_lazy("All")))


@require_GET
@door("dealership.manage_staff")
def people(request: StaffRequest) -> HttpResponse:
    """Search by name, address or role; open invitations above."""
    text, shown, role = (request.GET.get(name, "").strip() for name in ("q", "show", "role"))
    rows = _found(staff.managed_by(request.actor), text, shown or "active", role)
    page = Paginator(rows.order_by("name", "pk"), PAGE_SIZE).get_page(request.GET.get("page"))
    names = dict(Site.objects.values_list("pk", "name"))
    context = tabs.of(request) | {
        "page": page,
        "rows": [_row(member, names) for member in page.object_list],
        "invited": [_invited(each, names) for each in invitations.waiting(actor=request.actor)],
        "text": text,
        "shown": shown or "active",
        "choices": SHOWN,
        "role": role,
        "roles": [("", _("All roles")), *ROLE_NAMES.items()],
    }
    return render(request, "staff/people/list.html", context)


@require_http_methods(["GET", "POST"])
@door("dealership.manage_staff")
@confirmed
def invite(request: StaffRequest) -> HttpResponse:
    """Ask somebody to work here."""
    if request.method == "GET":
        start = {"language": get_language() or "en", "role": "adviser", "sites": [request.site.pk]}
        return render(request, "staff/people/invite.html", {"form": InviteForm(initial=start, actor=request.actor)})
    form = InviteForm(request.POST, actor=request.actor)
    if form.is_valid():
        asked = form.cleaned_data
        try:
            invitation = invitations.invite(
                actor=request.actor, email=asked["email"], name=asked["name"], role=asked["role"], site_ids=asked["sites"],
                language=asked["language"],
            )  # fmt: skip
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The invitation goes to %(address)s.") % {"address": invitation.email})
            return redirect("people:list")
    return render(request, "staff/people/invite.html", {"form": form}, status=422)


@require_POST
@door("dealership.manage_staff")
def send_again(request: StaffRequest, staff_invitation_id: UUID) -> HttpResponse:
    """A new link by mail; the earlier one opens nothing any more."""
    invitation = invitations.send_again(actor=request.actor, invitation_id=staff_invitation_id)
    messages.success(request, _("The invitation goes to %(address)s.") % {"address": invitation.email})
    return redirect("people:list")


@require_POST
@door("dealership.manage_staff")
def withdraw(request: StaffRequest, staff_invitation_id: UUID) -> HttpResponse:
    """The link opens nothing from now on."""
    invitations.withdraw(actor=request.actor, invitation_id=staff_invitation_id)
    messages.success(request, _("The invitation is withdrawn. Its link opens nothing any more."))
    return redirect("people:list")


def _found(rows: QuerySet[StaffMember], text: str, shown: str, role: str) -> QuerySet[StaffMember]:
    if shown in {"active", "left"}:
        rows = rows.filter(is_active=shown == "active")
    if role:
        rows = rows.filter(role=role)
    if text and "\0" not in text:
        rows = rows.filter(Q(name__icontains=text) | Q(account__email__icontains=text))
    return rows.select_related("account").annotate(last_seen_at=Max("account__signins__seen_at"))


def _row(member: StaffMember, site_names: dict[UUID, str]) -> dict[str, Any]:
    return {
        "member": member,
        "role": ROLE_NAMES.get(member.role, member.role),
        "sites": _sites(member.sites, site_names),
        "last_seen_at": member.last_seen_at,  # type: ignore[attr-defined]  # annotated above
    }


def _invited(invitation: Any, site_names: dict[UUID, str]) -> dict[str, Any]:
    return {
        "invitation": invitation,
        "role": ROLE_NAMES.get(invitation.role, invitation.role),
        "sites": _sites(invitation.sites, site_names),
        "is_over": invitation.ends_at <= clock.now(),
    }


def _sites(site_ids: list[UUID], names: dict[UUID, str]) -> str:
    return ", ".join(sorted(names[pk] for pk in site_ids if pk in names)) if site_ids else _("All sites")
