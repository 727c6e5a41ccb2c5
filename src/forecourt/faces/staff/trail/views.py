"""The audit trail on a page: searched, told in words, with whether its chain holds; and a copy of it, for who was given that right."""

from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from forecourt.faces.staff import looks
from forecourt.faces.staff.door import StaffRequest, door
from forecourt.faces.staff.signin.confirming import confirmed
from forecourt.faces.staff.trail import lines, search
from forecourt.faces.staff.trail.words import KINDS
from forecourt.kernel import spreadsheets
from forecourt.runtime import access, audit, sealing
from forecourt.runtime.models import AuditEntry

PAGE_SIZE: Final = 50
_MOST_SHOWN: Final = 10_000
_MOST_TAKEN: Final = 50_000


class _Pages(Paginator):  # type: ignore[type-arg]  # takes no parameter when it runs
    """Counts no further than anybody turns pages: a trail may be millions of lines long."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        counted: int = rows[:_MOST_SHOWN].count()
        return counted


@never_cache
@require_GET
@door("dealership.see_trail")
def trail(request: StaffRequest) -> HttpResponse:
    """Who did or looked at what, newest first. That the trail was looked at is a line of it."""
    form = search.SearchForm(request.GET)
    question = form.question(request.site)
    page = _Pages(search.entries(request.actor, question, request.site), PAGE_SIZE).get_page(request.GET.get("page"))
    rows = list(page.object_list)
    looks.listed(request, "trail", _persons(rows), asked=request.GET.urlencode(), page=page.number)
    context = {
        "page": page,
        "lines": lines.read(rows),
        "question": question,
        "people": [("", _("Everybody")), *search.colleagues(request.actor).order_by("name", "pk").values_list("pk", "name")],
        "kinds": [("", _("All kinds")), *((key, label) for key, (label, _acts) in KINDS.items())],
        "customer": question.customers[0] if len(question.customers) == 1 else None,
        "is_cut": page.paginator.count >= _MOST_SHOWN,
        "is_narrowed": bool(set(request.GET) - {"page", "sort"}),
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
    taken = list(found[:_MOST_TAKEN])
    audit.read(by=request.actor, what="export.trail", about=(), asked=request.POST.urlencode(), rows=len(taken))
    name = _("audit-trail")
    return _as_file(taken, name=f"{name}-{question.since}-{question.until}.csv")


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
