"""One member of staff: role, sites, powerful rights, who stands in, and leaving."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from forecourt.faces.staff.door import StaffRequest, door
from forecourt.faces.staff.people.forms import DeputyForm, PlaceForm
from forecourt.faces.staff.people.words import right_name
from forecourt.faces.staff.signin.confirming import confirmed
from forecourt.faces.staff.words import ROLE_NAMES
from forecourt.kernel.errors import Refusal
from forecourt.records.accounts import factors, signins
from forecourt.records.dealership import deputies, rights, staff
from forecourt.records.dealership.models import Deputy, StaffMember
from forecourt.runtime import access


@require_http_methods(["GET", "POST"])
@door("dealership.manage_staff")
@confirmed
def page(request: StaffRequest, staff_member_id: UUID) -> HttpResponse:
    """Show; a POST changes role and sites."""
    member = staff.managed(actor=request.actor, staff_member_id=staff_member_id)
    if request.method == "GET":
        return _show(request, member)
    form = PlaceForm(request.POST, actor=request.actor)
    if form.is_valid():
        try:
            staff.change(
                actor=request.actor, staff_member_id=member.pk, role=form.cleaned_data["role"], site_ids=form.cleaned_data["sites"]
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved. It holds from the next page on."))
            return redirect("people:member", staff_member_id)
    return _show(request, member, form=form, status=422)


@require_POST
@door("dealership.manage_rights")
@confirmed
def grant(request: StaffRequest, staff_member_id: UUID) -> HttpResponse:
    """Give or take one powerful right."""
    member = staff.managed(actor=request.actor, staff_member_id=staff_member_id)
    right = request.POST.get("right", "")
    if right in _powerful():
        change = rights.grant if request.POST.get("allowed") == "yes" else rights.take
        change(actor=request.actor, staff_member_id=member.pk, right=right)
        messages.success(request, _("Saved. It holds from the next page on."))
    return redirect("people:member", staff_member_id)


@require_POST
@door("dealership.manage_rights")
@confirmed
def name_deputy(request: StaffRequest, staff_member_id: UUID) -> HttpResponse:
    """Let a colleague stand in."""
    member = staff.managed(actor=request.actor, staff_member_id=staff_member_id)
    form = DeputyForm(request.POST, absent=member)
    if form.is_valid():
        stand_in: UUID = form.cleaned_data["stand_in"]
        try:
            deputies.name(actor=request.actor, staff_member_id=member.pk, stand_in_id=stand_in, **form.times())
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("people:member", staff_member_id)
    return _show(request, member, deputy_form=form, status=422)


@require_POST
@door("dealership.manage_rights")
def end_deputy(request: StaffRequest, deputy_id: UUID) -> HttpResponse:
    """Before its time."""
    deputy = access.fetch(Deputy, deputy_id, actor=request.actor, right="dealership.manage_rights", related=("absent",))
    staff.managed(actor=request.actor, staff_member_id=deputy.absent_id)
    deputies.end(actor=request.actor, deputy_id=deputy_id)
    return redirect("people:member", deputy.absent_id)


@require_POST
@door("dealership.manage_staff")
@confirmed
def leave(request: StaffRequest, staff_member_id: UUID) -> HttpResponse:
    """They no longer work here: everything ends at once."""
    member = staff.leave(actor=request.actor, staff_member_id=staff_member_id)
    messages.success(request, _("%(name)s is out: sessions, tokens and deputies have ended.") % {"name": member.name})
    return redirect("people:list")


def _show(
    request: StaffRequest,
    member: StaffMember,
    *,
    form: PlaceForm | None = None,
    deputy_form: DeputyForm | None = None,
    status: int = 200,
) -> HttpResponse:
    may_rights = access.may(request.actor, "dealership.manage_rights")
    context: dict[str, Any] = {
        "member": member,
        "role": ROLE_NAMES.get(member.role, member.role),
        "form": form or PlaceForm(initial={"role": member.role, "sites": member.sites}, actor=request.actor),
        "may_rights": may_rights,
        "is_oneself": member.pk == request.actor.id,
        "powerful": [(name, right_name(name), name in member.granted_rights) for name in _powerful()],
        "deputies": list(deputies.planned(member.pk)),
        "deputy_form": deputy_form or DeputyForm(absent=member),
        "has_second_factor": factors.has_second(member.account),
        "sessions": signins.of(member.account).count(),
        "rights_count": len(rights.of_member(request.organisation, member)),
    }
    return render(request, "staff/people/member.html", context, status=status)


def _powerful() -> list[str]:
    return sorted(name for name, right in access.rights().items() if right.powerful)
