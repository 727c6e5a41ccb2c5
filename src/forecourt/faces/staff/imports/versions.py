"""How the files of a source are read, version by version: who changed what, and the way back."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from forecourt.engines.intake import sources
from forecourt.engines.intake.models import MappingVersion, SourceMapping
from forecourt.engines.intake.ports import NO_HEADER
from forecourt.faces.staff.door import StaffRequest, door
from forecourt.faces.staff.imports import words
from forecourt.faces.staff.imports.forms import SUBJECTS, WHOLE_LISTS
from forecourt.kernel.errors import Refusal
from forecourt.records.dealership.models import StaffMember
from forecourt.runtime import access
from forecourt.runtime.sentences import quoted


@dataclass(frozen=True)
class Change:
    """One thing that a version says otherwise than the one before."""

    of: str
    before: str
    after: str


@require_GET
@door("intake.see_imports")
def versions(request: StaffRequest, mapping_id: UUID) -> HttpResponse:
    """All versions of one mapping, newest first, each with what it changed."""
    found = access.fetch(SourceMapping, mapping_id, actor=request.actor, right="intake.see_imports")
    kept = list(found.versions.order_by("-number"))
    names = dict(StaffMember.objects.filter(pk__in={each.saved_by_id for each in kept}).values_list("pk", "name"))
    earlier: list[MappingVersion | None] = [*kept[1:], None]
    rows = [
        (each, names.get(each.saved_by_id, "") if each.saved_by_id else "", list(changes(before.mapping, each.mapping)) if before else [])
        for each, before in zip(kept, earlier, strict=True)
    ]
    subjects = [SUBJECTS[name] for name in SUBJECTS if name in found.kind.split("+")]
    may_run = access.may(request.actor, "intake.run_imports")
    return render(request, "staff/imports/versions.html", {"mapping": found, "rows": rows, "subjects": subjects, "may_run": may_run})


@require_POST
@door("intake.run_imports")
def go_back(request: StaffRequest, version_id: UUID) -> HttpResponse:
    """Read the files as an earlier version says."""
    version = access.fetch(MappingVersion, version_id, actor=request.actor, right="intake.run_imports", related=("of_mapping",))
    try:
        saved = sources.go_back(actor=request.actor, version_id=version_id)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        told = {"version": version.number, "source": saved.source}
        messages.success(request, _("The next file of %(source)s is read as version %(version)s says.") % told)
    return redirect("imports:versions", version.of_mapping_id)


def changes(before: dict[str, Any], after: dict[str, Any]) -> Iterator[Change]:
    """What one saved mapping says otherwise than another, in words."""
    for part in ("columns", "constants", "date_orders", "decimals", "units", "name_orders"):
        old, new = before.get(part) or {}, after.get(part) or {}
        for name in sorted({*old, *new}):
            if old.get(name) != new.get(name):
                yield Change(str(words.field(name)), _said(part, old.get(name)), _said(part, new.get(name)))
    old, new = set(before.get("complete") or ()), set(after.get("complete") or ())
    for name in sorted(old ^ new):
        yield Change(str(WHOLE_LISTS[name]), _("Yes") if name in old else _("No"), _("Yes") if name in new else _("No"))
    old, new = set(before.get("no_records") or ()), set(after.get("no_records") or ())
    for says in sorted(old ^ new):
        told = _("Rows that begin with “%(says)s” are no records") % {"says": says}
        yield Change(told, _("Yes") if says in old else _("No"), _("Yes") if says in new else _("No"))
    old, new = before.get("reading") or {}, after.get("reading") or {}
    for name, called in _of_the_file().items():
        if old.get(name) != new.get(name):
            yield Change(called, _manner(name, old.get(name)), _manner(name, new.get(name)))


def _of_the_file() -> dict[str, str]:
    return {"encoding": _("Encoding"), "delimiter": _("Delimiter"), "quote": _("Quotation mark"), "header_line": _("Line of the header")}


def _said(part: str, told: str | None) -> str:
    if told is None:
        return _("not used") if part == "columns" else _("as detected")
    if part == "date_orders":
        return _("month first") if told == "mdy" else _("day first")
    if part == "decimals":
        return _("decimal comma") if told == "," else _("decimal point")
    if part == "units":
        return _("miles") if told == "mi" else _("kilometres")
    if part == "name_orders":
        return _("last name first") if told == "last" else _("first name first")
    return quoted([told])


def _manner(name: str, told: Any) -> str:
    if told is None:
        return _("as detected")
    if name == "header_line" and told == NO_HEADER:
        return _("no header")
    table = {"encoding": words.ENCODINGS, "delimiter": words.DELIMITERS, "quote": words.QUOTES}.get(name, {})
    return str(table.get(told, told))
