"""The one table of rights: what each role may here, and where that differs from the default."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from forecourt.faces.staff.door import StaffRequest, door
from forecourt.faces.staff.people import tabs
from forecourt.faces.staff.people.words import group_name, right_name
from forecourt.faces.staff.signin.confirming import confirmed
from forecourt.faces.staff.words import ROLE_NAMES
from forecourt.records.dealership import rights
from forecourt.records.dealership.models import StaffMember
from forecourt.runtime import access

ROLES = tuple(role for role in access.ROLES if role != "network")


@require_GET
@door("dealership.manage_rights")
def table(request: StaffRequest) -> HttpResponse:
    """Rights by room, roles side by side; powerful rights with the people who have them."""
    text = request.GET.get("q", "").strip()
    context = tabs.of(request) | {
        "roles": [(role, ROLE_NAMES[role]) for role in ROLES],
        "groups": _groups(request, text),
        "powerful": _powerful(),
        "text": text,
    }
    return render(request, "staff/people/rights.html", context)


@require_POST
@door("dealership.manage_rights")
@confirmed
def adjust(request: StaffRequest) -> HttpResponse:
    """Let a role do something, or no longer. Without script the whole page comes back, with it only the cell."""
    role, right = request.POST.get("role", ""), request.POST.get("right", "")
    if role in ROLES and right in access.rights() and not access.rights()[right].powerful:
        request.organisation = rights.adjust(actor=request.actor, role=role, right=right, allowed=request.POST.get("allowed") == "yes")
        if request.headers.get("HX-Request") == "true":
            return render(request, "staff/people/_right.html", _cell(request, role, right))
    return redirect("people:rights")


def _groups(request: StaffRequest, text: str) -> list[dict[str, Any]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for name, right in sorted(access.rights().items()):
        label = right_name(name)
        roleless = not right.roles and right.customer  # only customers have it
        if right.powerful or roleless or (text and text.lower() not in f"{label} {name}".lower()):
            continue
        cells = [_cell(request, role, name) for role in ROLES]
        found.setdefault(group_name(name), []).append({"name": name, "label": label, "cells": cells})
    return [{"name": group, "rights": rows} for group, rows in found.items()]


def _cell(request: StaffRequest, role: str, right: str) -> dict[str, Any]:
    is_allowed = right in rights.of_role(request.organisation, role)
    return {
        "role": role,
        "role_name": ROLE_NAMES[role],
        "right": right,
        "right_name": right_name(right),
        "is_allowed": is_allowed,
        "is_adjusted": right in request.organisation.adjusted_rights.get(role, {}),
        "is_kept": role == "administrator" and right in rights.KEPT_BY_ADMINISTRATORS,
    }


def _powerful() -> list[dict[str, Any]]:
    rows = list(StaffMember.objects.filter(is_active=True).exclude(granted_rights=[]))
    names = sorted(name for name, right in access.rights().items() if right.powerful)
    return [{"name": name, "label": right_name(name), "people": [each for each in rows if name in each.granted_rights]} for name in names]
