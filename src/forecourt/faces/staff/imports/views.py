"""A file comes in: upload, dry run with its preview, import with progress, wrong rows to correct and send again. What its columns mean is for `columns`."""

from itertools import chain
from typing import Any, Literal
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from forecourt.engines.intake import departures, fitting, origins, rejections, sources, uploads
from forecourt.engines.intake import no_records as not_records
from forecourt.engines.intake.models import Import, RejectedRow
from forecourt.faces.staff import looks
from forecourt.faces.staff.door import StaffRequest, door
from forecourt.faces.staff.imports import previews, steps
from forecourt.faces.staff.imports.columns import unlike_lines
from forecourt.faces.staff.imports.forms import UploadForm
from forecourt.faces.staff.signin.confirming import confirmed
from forecourt.faces.staff.words import RETURNS
from forecourt.kernel.errors import Refusal
from forecourt.runtime import access, audit

PAGE_SIZE = 50
RUNNING = frozenset({"checking", "running"})


@require_GET
@door("intake.see_imports")
def import_list(request: StaffRequest) -> HttpResponse:
    rows = Import.objects.order_by("-number")
    if request.actor.sites is not None:
        rows = rows.filter(Q(site_id=None) | Q(site_id__in=request.actor.sites))
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    told = [(each, departures.number_of(each.gone) if each.state == "applied" else 0) for each in page.object_list]
    may_run = access.may(request.actor, "intake.run_imports")
    return render(
        request,
        "staff/imports/list.html",
        {"page": page, "rows": told, "may_run": may_run, "may_manage": access.may(request.actor, "intake.manage_sources")},
    )


@require_http_methods(["GET", "POST"])
@door("intake.run_imports")
def new(request: StaffRequest) -> HttpResponse:
    """Upload; the columns come next."""
    form = UploadForm(request.POST or None, request.FILES or None, sites=request.sites)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            came = uploads.receive(
                actor=request.actor, name=asked["file"].name, stream=asked["file"], source=asked["source"],
                site_id=UUID(asked["site"]) if asked["site"] else None,
            )  # fmt: skip
            if _is_readable(request, came, form):
                return redirect("imports:map", came.pk)
        except Refusal as refusal:
            form.add_error("file", str(refusal))
    context = {"form": form, "known": sources.known()}
    return render(request, "staff/imports/new.html", context, status=422 if form.is_bound else 200)


@require_GET
@door("intake.see_imports")
def show(request: StaffRequest, import_id: UUID) -> HttpResponse:
    """Where the file stands: the dry run's result, the progress, the wrong rows."""
    found = access.fetch(Import, import_id, actor=request.actor, right="intake.see_imports")
    return _page(request, found)


def _page(request: StaffRequest, found: Import, problem: str = "") -> HttpResponse:
    context = _state(request, found)
    wrong = rejections.to_correct(actor=request.actor, import_id=found.pk, but=chain(*context["apart"].values()))
    page = Paginator(wrong, PAGE_SIZE).get_page(request.GET.get("page"))
    looks.listed(request, "import_rows", [], rows=len(page))
    may_welcome = access.may(request.actor, "people.edit_customer")
    context |= {"page": page, "returns": RETURNS if may_welcome else {}}
    if found.state == "waiting":
        context["unlike_lines"] = unlike_lines(fitting.read(found.unlike))
    if context["unread"] and context["may_run"]:
        context |= {"no_records": not_records.of(found), "problem": problem}
    if found.state == "checked":
        context["preview"] = previews.of(found)
    return render(request, "staff/imports/show.html", context, status=422 if problem else 200)


@require_GET
@door("intake.see_imports")
def state(request: StaffRequest, import_id: UUID) -> HttpResponse:
    """The progress alone, asked for while it runs; when it is over the whole page is asked for."""
    found = access.fetch(Import, import_id, actor=request.actor, right="intake.see_imports")
    response = render(request, "staff/imports/_state.html", _state(request, found))
    if found.state not in RUNNING:
        response.headers["HX-Refresh"] = "true"
    return response


@require_POST
@door("intake.run_imports")
def start(request: StaffRequest, import_id: UUID) -> HttpResponse:
    """Import for real, or try once more what could not be finished."""
    asked = request.POST
    uploads.start(
        actor=request.actor, import_id=import_id, dry_run=asked.get("dry_run") == "1", may_let_go=asked.get("may_let_go") == "1"
    )  # fmt: skip
    return redirect("imports:show", import_id)


@require_POST
@door("intake.run_imports")
def discard(request: StaffRequest, import_id: UUID) -> HttpResponse:
    """The file is not to be imported."""
    try:
        uploads.discard(actor=request.actor, import_id=import_id)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("imports:show", import_id)


@require_http_methods(["GET", "POST"])
@door("intake.run_imports")
def no_records(request: StaffRequest, import_id: UUID) -> HttpResponse:
    """Some rows that hold back what is gone are no records, in this file and in later ones of its source; or they are again. The next page of a refused answer is the import's own."""
    found = access.fetch(Import, import_id, actor=request.actor, right="intake.run_imports")
    if request.method == "GET":
        return redirect(f"{reverse('imports:show', args=[import_id])}?{request.GET.urlencode()}")
    again = request.POST.getlist("again")
    try:
        if again:
            found = not_records.take_back(actor=request.actor, import_id=import_id, shapes=again)
        else:
            found = not_records.remember(actor=request.actor, import_id=import_id, shapes=request.POST.getlist("says"))
    except Refusal as refusal:
        return _page(request, found, problem=str(refusal))
    if found.state == "applied":
        said = (
            _("Such rows are records again in the next file.") if again else _("Remembered: such rows hold nothing back in the next file.")
        )
        messages.success(request, said)
    return redirect("imports:show", import_id)


@require_GET
@door("intake.run_imports")
@confirmed
def rejected(request: StaffRequest, import_id: UUID) -> HttpResponse:
    """The wrong rows as a file: original columns and the reason."""
    kind: Literal["csv", "xlsx"] = "xlsx" if request.GET.get("as") == "xlsx" else "csv"
    body = rejections.rejected_file(actor=request.actor, import_id=import_id, kind=kind)
    audit.read(by=request.actor, what="export.rejected_rows", about=(), file=str(import_id))
    media = "text/csv; charset=utf-8" if kind == "csv" else "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    name = _("rejected-rows")
    named = {"Content-Disposition": content_disposition_header(as_attachment=True, filename=f"{name}.{kind}")}
    return HttpResponse(body, content_type=media, headers=named)


@require_POST
@door("people.edit_customer")
def welcome(request: StaffRequest, row_id: UUID) -> HttpResponse:
    """Somebody who was erased is a customer again, with the reason; the next import takes them in."""
    row = access.fetch(RejectedRow, row_id, actor=request.actor, right="people.edit_customer")
    try:
        rejections.welcome_back(actor=request.actor, row_id=row_id, reason=request.POST.get("reason", ""))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The person may be a customer again: the next import takes them in."))
    return redirect("imports:show", row.of_import_id)


def _is_readable(request: StaffRequest, came: Import, form: UploadForm) -> bool:
    """Whether it is a table; if not, the form says why and the import keeps it."""
    try:
        uploads.look(actor=request.actor, import_id=came.pk)
    except Refusal as refusal:
        uploads.refuse(actor=request.actor, import_id=came.pk, refusal=refusal)
        form.add_error("file", str(refusal))
        return False
    return True


def _state(request: StaffRequest, found: Import) -> dict[str, Any]:
    is_running = found.state in RUNNING
    apart = {} if is_running else not_records.lines(found)
    number_apart = sum(map(len, apart.values()))
    return {
        "import": found,
        "apart": apart,
        "number_apart": number_apart,
        "to_correct": found.rows_rejected - number_apart,
        "is_running": is_running,
        "is_applied": found.state == "applied",
        **(steps.shown(found) if is_running else {}),
        "may_run": access.may(request.actor, "intake.run_imports"),
        "gone": departures.number_of(found.gone),
        "made": origins.number_of(found, "made") if found.state == "applied" else 0,
        "changed": origins.number_of(found, "changed") if found.state == "applied" else 0,
        "back": departures.number_of(found.gone, "back"),
        "unread": previews.unread(found) if found.state in ("checked", "applied") else [],
        "too_many": previews.much(found) if found.gone.get("too_many") and found.state in ("waiting", "checked") else [],
    }
