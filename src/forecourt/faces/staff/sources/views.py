"""Places from which files are fetched: set up by kind, tried, looked at now, paused; and what came from them."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db.models import Count, Max, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from forecourt.engines.intake import sources
from forecourt.engines.intake.fetching import setup
from forecourt.engines.intake.models import Import, Source, SourceFile
from forecourt.faces.staff.door import StaffRequest, door
from forecourt.faces.staff.signin.confirming import confirmed
from forecourt.faces.staff.sources import words
from forecourt.faces.staff.sources.forms import FORMS, SourceForm
from forecourt.kernel.errors import NotFound, Refusal
from forecourt.records.dealership.models import Organisation, Site, StaffMember
from forecourt.runtime import access, scope

SHOWN = 30
_FIELD_OF = {"secret_again": "secret", "secret_needed": "secret", "no_plan": "often", "site_needed": "site"}


@require_GET
@door("intake.manage_sources")
def source_list(request: StaffRequest) -> HttpResponse:
    waiting = Count("files", filter=Q(files__state="waiting"))
    rows = Source.objects.annotate(waiting=waiting, last_file_at=Max("files__taken_at")).order_by("name", "pk")
    if request.actor.sites is not None:
        rows = rows.filter(Q(site_id=None) | Q(site_id__in=request.actor.sites))
    told = [
        {
            "source": each,
            "kind": words.kind(each.kind),
            "where": words.where(each),
            "plan": words.plan(each),
            "icon": words.KINDS[each.kind][2],
        }
        for each in rows
    ]
    return render(request, "staff/sources/list.html", {"rows": told, "kinds": _kinds()})


@require_http_methods(["GET", "POST"])
@door("intake.manage_sources")
@confirmed
def new(request: StaffRequest) -> HttpResponse:
    """First which kind, then where."""
    kind = request.GET.get("kind", "")
    if kind not in FORMS:
        return render(request, "staff/sources/kinds.html", {"kinds": _kinds()})
    form = FORMS[kind](request.POST or None, sites=request.sites)
    if request.method == "POST" and form.is_valid():
        try:
            made = setup.add(actor=request.actor, kind=kind, wish=form.wish())
        except Refusal as refusal:
            form.add_error(_FIELD_OF.get(refusal.code), str(refusal))
        else:
            setup.try_out(actor=request.actor, source_id=made.pk)
            return redirect("sources:show", made.pk)
    return _form(request, form, kind, None)


@require_http_methods(["GET", "POST"])
@door("intake.manage_sources")
@confirmed
def change(request: StaffRequest, source_id: UUID) -> HttpResponse:
    """An empty secret keeps the one there is."""
    found = _found(request, source_id)
    form = FORMS[found.kind](request.POST or None, sites=request.sites, of=found)
    if request.method == "POST" and form.is_valid():
        try:
            setup.change(actor=request.actor, source_id=source_id, wish=form.wish())
        except Refusal as refusal:
            form.add_error(_FIELD_OF.get(refusal.code), str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("sources:show", source_id)
    return _form(request, form, found.kind, found)


@require_GET
@door("intake.manage_sources")
def show(request: StaffRequest, source_id: UUID) -> HttpResponse:
    """How it stands, and what came last."""
    found = _found(request, source_id)
    notes = list(SourceFile.objects.filter(of_source=found).order_by("-taken_at", "-pk")[:SHOWN])
    imports = {each.pk: each for each in Import.objects.filter(pk__in=[each.import_id for each in notes if each.import_id])}
    context = _state(found) | {
        "rows": [_row(each, imports) for each in notes],
        "site": Site.objects.filter(pk=found.site_id).first() if found.site_id else None,
        "maker": StaffMember.objects.filter(pk=found.made_by_id).first() if found.made_by_id else None,
        "kind": words.kind(found.kind), "where": words.where(found), "plan": words.plan(found),
        "fingerprint": words.fingerprint(found.host_key) if found.host_key else "", "full_folder": _full_folder(found),
        "may_see_imports": access.may(request.actor, "intake.see_imports"),
    }  # fmt: skip
    return render(request, "staff/sources/show.html", context)


@require_GET
@door("intake.manage_sources")
def state(request: StaffRequest, source_id: UUID) -> HttpResponse:
    """What is under way, asked for until it is over; then the whole page is asked for."""
    context = _state(_found(request, source_id))
    response = render(request, "staff/sources/_now.html", context)
    if not (context["is_looking"] or context["is_trying"]):
        response.headers["HX-Refresh"] = "true"
    return response


@require_POST
@door("intake.manage_sources")
def look(request: StaffRequest, source_id: UUID) -> HttpResponse:
    """Do not wait for the plan."""
    try:
        setup.look_now(actor=request.actor, source_id=source_id)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("sources:show", source_id)


@require_POST
@door("intake.manage_sources")
def try_out(request: StaffRequest, source_id: UUID) -> HttpResponse:
    setup.try_out(actor=request.actor, source_id=source_id)
    return redirect("sources:show", source_id)


@require_POST
@door("intake.manage_sources")
def pause(request: StaffRequest, source_id: UUID) -> HttpResponse:
    setup.pause(actor=request.actor, source_id=source_id)
    return redirect("sources:show", source_id)


@require_POST
@door("intake.manage_sources")
@confirmed
def resume(request: StaffRequest, source_id: UUID) -> HttpResponse:
    """Go on; with another machine only if somebody says that it is the right one."""
    try:
        setup.resume(actor=request.actor, source_id=source_id, trust=request.POST.get("trust") == "yes")
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("sources:show", source_id)


@require_POST
@door("intake.manage_sources")
@confirmed
def remove(request: StaffRequest, source_id: UUID) -> HttpResponse:
    setup.remove(actor=request.actor, source_id=source_id)
    messages.success(request, _("Removed. What was imported from it stays."))
    return redirect("sources:list")


def _found(request: StaffRequest, source_id: UUID) -> Source:
    return access.fetch(Source, source_id, actor=request.actor, right="intake.manage_sources")


def _form(request: StaffRequest, form: SourceForm, kind: str, of: Source | None) -> HttpResponse:
    context = {
        "form": form, "kind": kind, "title": words.kind(kind), "of": of, "known": sources.known(), "has_secret": form.has_secret,
        "root": _root() if kind == "folder" else "",
    }  # fmt: skip
    return render(request, "staff/sources/form.html", context, status=422 if form.is_bound else 200)


def _state(found: Source) -> dict[str, Any]:
    return {
        "of": found,
        "problem": words.problem(found.problem) if found.problem else "",
        "is_looking": found.state == "active"
        and found.asked_at is not None
        and (found.looked_at is None or found.looked_at < found.asked_at),
        "is_trying": found.trial == {},
        "trial": found.trial or None,
        "trial_problem": words.problem(found.trial["code"]) if found.trial and found.trial["code"] else "",
    }


def _row(note: SourceFile, imports: dict[UUID, Import]) -> dict[str, Any]:
    came = imports.get(note.import_id) if note.import_id else None
    return {"note": note, "import": came, "why": words.reason(note), "asks_columns": note.because in ("no_mapping", "misfit", "unlike")}


def _kinds() -> list[tuple[str, str, str, str]]:
    return [(code, str(name), str(what), icon) for code, (name, what, icon) in words.KINDS.items()]


def _full_folder(found: Source) -> str:
    if found.kind != "folder":
        return ""
    return "/".join(each for each in (_root(), str(found.place.get("folder") or "").strip("/")) if each)


def _root() -> str:
    """The dealer's own folder, as whoever copies files there must know it."""
    slug = Organisation.objects.values_list("slug", flat=True).filter(pk=scope.organisation_id()).first()
    if slug is None:
        raise NotFound
    return f"{settings.INBOX}/{slug}"
