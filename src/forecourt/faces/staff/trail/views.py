"""The audit trail on a page: searched, told in words, with whether its chain holds; and a copy of it, for who was given that right."""

from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from forecourt.faces.staff import looks
from forecourt.faces.staff.door import StaffRequest, door
from forecourt.faces.staff.signin.confirming import confirmed
from forecourt.faces.staff.trail import lines, paging, search
from forecourt.faces.staff.trail.words import KINDS
from forecourt.faces.ui import formats
from forecourt.kernel import spreadsheets
from forecourt.runtime import access, audit, sealing
from forecourt.runtime.models import AuditEntry

MOST_TAKEN: Final = 50_000
"""A copy is one file that a spreadsheet opens; what is longer is taken in parts."""


@never_cache
@require_GET
@door("dealership.see_trail")
def trail(request: StaffRequest) -> HttpResponse:
    """Who did or looked at what, newest first. That the trail was looked at is a line of it."""
    form = search.SearchForm(request.GET)
    question = form.question(request.site)
    page = paging.page(
        search.entries(request.actor, question, request.site), oldest_first=question.oldest_first, onward=request.GET.get("onward", ""),
        back=request.GET.get("back", ""),
    )  # fmt: skip
    looks.listed(request, "trail", _persons(page.rows), asked=request.GET.urlencode())
    context = {
        "page": page,
        "lines": lines.read(page.rows),
        "question": question,
        "people": [("", _("Everybody")), *search.colleagues(request.actor).order_by("name", "pk").values_list("pk", "name")],
        "kinds": [("", _("All kinds")), *((key, label) for key, (label, _acts) in KINDS.items())],
        "customer": question.customers[0] if len(question.customers) == 1 else None,
        "is_narrowed": bool(set(request.GET) - {"onward", "back", "sort"}),
        "most_persons": search.MOST_PERSONS,
        "checked": sealing.last_check(),
        "may_export": access.may(request.actor, "dealership.export_trail"),
    }
    return render(request, "staff/trail/list.html", context)


@require_POST
@door("dealership.see_trail")
def check(request: StaffRequest) -> HttpResponse:
    """Follow the chain from its beginning, in the background."""
    sealing.check_now.defer(by=request.actor)
    messages.success(request, _("The chain is being checked; the result appears here in a moment."))
    return redirect("trail:list")


@require_POST
@door("dealership.export_trail")
@confirmed
def export(request: StaffRequest) -> HttpResponse:
    """The lines that were asked for, as a table."""
    question = search.SearchForm(request.POST).question(request.site)
    found = search.entries(request.actor, question, request.site)
    taken = list(found[: MOST_TAKEN + 1])
    if len(taken) > MOST_TAKEN:
        most = formats.number(MOST_TAKEN)
        messages.error(
            request,
            _(
                "These are more than %(most)s lines, and nothing was taken. Ask for fewer days, one person or one kind, and take them in parts."
            )
            % {"most": most},
        )
        return redirect(f"{reverse('trail:list')}?{_again(request)}")
    audit.read(by=request.actor, what="export.trail", about=(), asked=request.POST.urlencode(), rows=len(taken))
    name = _("audit-trail")
    return _as_file(taken, name=f"{name}-{question.since}-{question.until}.csv")


def _again(request: StaffRequest) -> str:
    """The same question for the page."""
    return urlencode({name: request.POST[name] for name in ("staff", "customer", "kind", "since", "until") if request.POST.get(name)})


def _as_file(taken: list[AuditEntry], *, name: str) -> HttpResponse:
    header = [_("When"), _("Who"), _("Role"), _("What"), _("Whom or what"), _("How"), _("Code of the act"), _("Number of the entry")]
    rows = (
        [each.at.isoformat(), each.who, each.standing, each.what, each.about, each.how, each.entry.act, str(each.entry.pk)]
        for each in lines.read(taken)
    )
    body = spreadsheets.as_csv(header, rows)
    headers = {
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=name), "Cache-Control": "private, no-store",
    }  # fmt: skip
    return HttpResponse(body, content_type="text/csv; charset=utf-8", headers=headers)


def _persons(rows: list[AuditEntry]) -> list[Any]:
    """The customers whose names the page tells."""
    return [row.object_id for row in rows if row.object_kind == "customer" and row.object_id]
