"""Doors at which programs hand in files: opened with a secret that is shown once, closed, and what came in by them."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from forecourt.engines.exchange import inlets
from forecourt.engines.exchange.models import Inlet, Receipt
from forecourt.engines.intake.models import Import
from forecourt.faces.staff.connections.forms import InletForm
from forecourt.faces.staff.door import StaffRequest, door
from forecourt.faces.staff.signin.confirming import confirmed
from forecourt.records.dealership.models import Site, StaffMember
from forecourt.runtime import access

SHOWN = 20


@never_cache
@require_http_methods(["GET", "POST"])
@door("exchange.manage")
@confirmed
def new(request: StaffRequest) -> HttpResponse:
    """Open a door; the answer to the POST shows its secret this once."""
    form = InletForm(request.POST or None, sites=request.sites)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        made, secret = inlets.make(actor=request.actor, name=told["name"], source=told["source"], site_id=told["site"])
        return _secret(request, made, secret, is_new=True)
    return render(request, "staff/connections/inlet_new.html", {"form": form}, status=422 if form.is_bound else 200)


@require_GET
@door("exchange.manage")
def show(request: StaffRequest, inlet_id: UUID) -> HttpResponse:
    """Where files are sent, and what became of the last ones."""
    found = access.fetch(Inlet, inlet_id, actor=request.actor, right="exchange.manage")
    receipts = list(Receipt.objects.filter(inlet=found).order_by("-at", "-pk")[:SHOWN])
    imports = {each.pk: each for each in Import.objects.filter(pk__in=[each.import_id for each in receipts if each.import_id])}
    context = {
        "of": found, "address": _address(request, found), "site": Site.objects.filter(pk=found.site_id).first() if found.site_id else None,
        "rows": [{"at": each.at, "import": imports.get(each.import_id) if each.import_id else None} for each in receipts],
        "maker": StaffMember.objects.filter(pk=found.made_by_id).first() if found.made_by_id else None,
        "may_see_imports": access.may(request.actor, "intake.see_imports"),
    }  # fmt: skip
    return render(request, "staff/connections/inlet.html", context)


@never_cache
@require_POST
@door("exchange.manage")
@confirmed
def secret(request: StaffRequest, inlet_id: UUID) -> HttpResponse:
    """A new secret, shown this once."""
    at_once = request.POST.get("at_once") == "yes"
    made = inlets.rotate(actor=request.actor, inlet_id=inlet_id, at_once=at_once)
    return _secret(request, access.fetch(Inlet, inlet_id, actor=request.actor, right="exchange.manage"), made, at_once=at_once)


@require_POST
@door("exchange.manage")
def close(request: StaffRequest, inlet_id: UUID) -> HttpResponse:
    inlets.close(actor=request.actor, inlet_id=inlet_id)
    return redirect("connections:inlet", inlet_id)


@require_POST
@door("exchange.manage")
def reopen(request: StaffRequest, inlet_id: UUID) -> HttpResponse:
    inlets.reopen(actor=request.actor, inlet_id=inlet_id)
    return redirect("connections:inlet", inlet_id)


@require_POST
@door("exchange.manage")
@confirmed
def remove(request: StaffRequest, inlet_id: UUID) -> HttpResponse:
    """What came in by it stays."""
    inlets.remove(actor=request.actor, inlet_id=inlet_id)
    messages.success(request, _("Removed. Nothing comes in there any more."))
    return redirect("connections:list")


def _secret(request: StaffRequest, of: Inlet, secret: str, *, is_new: bool = False, at_once: bool = False) -> HttpResponse:
    context = {"of": of, "secret": secret, "address": _address(request, of), "is_new": is_new, "at_once": at_once}
    return render(request, "staff/connections/inlet_secret.html", context)


def _address(request: StaffRequest, of: Inlet) -> str:
    return request.build_absolute_uri(reverse("inlets:receive", args=[of.pk]))
