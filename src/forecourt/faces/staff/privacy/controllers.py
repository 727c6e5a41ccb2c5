"""Who answers for customers' data beside the dealer: its group, an importer."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from forecourt.faces.staff.door import StaffRequest, door
from forecourt.faces.staff.privacy import tabs
from forecourt.faces.staff.privacy.forms import ControllerForm
from forecourt.kernel.errors import Refusal
from forecourt.records.people import controllers
from forecourt.records.people.models import Controller


@require_http_methods(["GET", "POST"])
@door("people.manage_controllers")
def page(request: StaffRequest) -> HttpResponse:
    """The list; a POST lets somebody take part."""
    form = ControllerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            controllers.add(actor=request.actor, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Added."))
            return redirect("privacy:controllers")
    kinds = {"group": _("Group of dealers"), "importer": _("Importer"), "dealer": _("Dealer")}
    rows = [(each, kinds.get(each.kind, each.kind)) for each in Controller.objects.order_by("name")]
    context = {"form": form, "rows": rows, "dealer": request.organisation.name, **tabs.of(request)}
    return render(request, "staff/privacy/controllers.html", context, status=422 if form.is_bound else 200)


@require_POST
@door("people.manage_controllers")
def leave(request: StaffRequest, controller_id: UUID) -> HttpResponse:
    """Whoever no consent and no share names can go."""
    try:
        controllers.leave(actor=request.actor, controller_id=controller_id)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Taken from the list."))
    return redirect("privacy:controllers")
