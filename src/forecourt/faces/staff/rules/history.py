"""The versions of the rules: who changed what when, and the way back."""

from typing import Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from forecourt.engines.audience import rules
from forecourt.faces.staff.door import StaffRequest, door
from forecourt.faces.staff.rules import views, words
from forecourt.kernel.errors import Refusal
from forecourt.records.dealership.models import StaffMember

PAGE_SIZE: Final = 30


@never_cache
@require_GET
@door("audience.see_rules")
def version_list(request: StaffRequest) -> HttpResponse:
    """All of them, the newest first."""
    page = Paginator(rules.versions(actor=request.actor), PAGE_SIZE).get_page(request.GET.get("page"))
    rows = list(page.object_list)
    makers = dict(StaffMember.objects.filter(pk__in={row.made_by for row in rows if row.made_by}).values_list("pk", "name"))
    named = words.labels()
    context = {
        "rows": [(row, makers.get(row.made_by, "") if row.made_by else "", words.changes(row.changes, named)) for row in rows],
        "page": page,
        **views.latest(request),
    }
    return render(request, "staff/rules/versions.html", context)


@require_POST
@door("audience.edit_rules")
def restore(request: StaffRequest, rule_version: int) -> HttpResponse:
    """Go back to what was said then, which is a version of its own: one can go back from that, too."""
    try:
        made = rules.restore(actor=request.actor, number=rule_version)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("rules:versions")
    text = _("These are the rules of version %(earlier)s again, now as version %(number)s. Your history is read again by them.")
    messages.success(request, text % {"earlier": rule_version, "number": made.number})
    return redirect("rules:versions")
