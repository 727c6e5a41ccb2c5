"""The builder: a rule put together criterion by criterion, with how many it finds; nothing is kept before “Save”.

Each button sends the whole form and gets it back changed, with script as a piece of the page, without it as a page.
"""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from forecourt.engines.audience import register, segments
from forecourt.engines.audience.models import Segment
from forecourt.engines.audience.segments import keeping, phrases, ready_made, spellings, values
from forecourt.faces.staff.door import StaffRequest, door
from forecourt.faces.staff.segments import draft as drafts
from forecourt.faces.staff.segments.draft import Group
from forecourt.faces.ui import asked
from forecourt.kernel import conditions
from forecourt.kernel.conditions import Compare
from forecourt.kernel.errors import Refusal

_MOST_SUGGESTED, _MOST_FOUND = 400, 50


@require_http_methods(["GET", "POST"])
@door("audience.edit_segments")
def new(request: StaffRequest) -> HttpResponse:
    """A new one, empty or as a ready-made one says it."""
    return _build(request, None, ready_made.ready_made(request.GET.get("ready", "")))


@require_http_methods(["GET", "POST"])
@door("audience.edit_segments")
def edit(request: StaffRequest, segment_id: UUID) -> HttpResponse:
    """One that is there."""
    return _build(request, segments.find(actor=request.actor, segment_id=segment_id), None)


@require_GET
@door("audience.edit_segments")
def suggested(request: StaffRequest) -> HttpResponse:
    """What there is of a criterion's values while somebody writes one, or the last of several."""
    field = request.GET.get("field", "")
    text = str(next((value for name, value in request.GET.items() if name.endswith(".value")), "")).replace("\x00", "")[:400]
    before, comma, last = text.rpartition(",") if "several" in request.GET else ("", "", text)
    found = spellings.suggested(field, last, most=_MOST_FOUND) if field in spellings.FIELDS else []
    # A browser offers what has the letters that were typed: in the value, or beside it.
    known = [(f"{before}{comma} {each}".strip(), f"{before}{comma} {ours} · {each}".strip() if ours else "") for each, ours in found]
    return render(request, "staff/segments/_suggested.html", {"known": known})


def _build(request: StaffRequest, segment: Segment | None, ready: ready_made.ReadyMade | None) -> HttpResponse:
    if request.method == "GET":
        return _show(request, segment, _begun(segment, ready), _words(segment, ready))
    words = {
        "name": request.POST.get("name", "")[:200],
        "description": request.POST.get("description", "")[:2000],
        "is_shared": request.POST.get("shared", "yes") == "yes",
        "version": asked.number(request.POST.get("version", "")) or 0,
    }
    draft = drafts.read(request.POST)
    told = request.POST.get("do", "save")
    if told == "save":
        return _save(request, segment, draft, words, ready)
    if told == "count":
        return render(request, "staff/segments/_count.html", _counted(request, draft))
    return _show(request, segment, draft, words, focus=drafts.act(draft, told))


def _save(
    request: StaffRequest, segment: Segment | None, draft: Group, words: dict[str, Any], ready: ready_made.ReadyMade | None
) -> HttpResponse:
    rule = draft.plain()
    errors = {} if words["name"].strip() else {"name": _("Please give the segment a name.")}
    if len(words["name"]) > 120:
        errors["name"] = _("At most 120 letters.")
    if rule is None or errors:
        return _show(request, segment, draft, words, errors=errors, status=422)
    given: dict[str, Any] = {each: words[each] for each in ("name", "description", "is_shared")}
    try:
        if segment is None:
            segment = segments.create(actor=request.actor, rule=rule, ready_made=ready.key if ready else "", **given)
        else:
            segment = segments.change(actor=request.actor, segment_id=segment.pk, version=words["version"], rule=rule, **given)
    except Refusal as refusal:
        return _show(request, segment, draft, words, problem=str(refusal), status=422)
    messages.success(request, _("%(name)s is saved.") % {"name": segment.name})
    return redirect("segments:members", segment.pk)


def _begun(segment: Segment | None, ready: ready_made.ReadyMade | None) -> Group:
    rule = segment.rule if segment else ready.rule if ready else None
    return drafts.of_rule(conditions.parse(rule)) if rule else drafts.numbered(Group(parts=[drafts.Line()]))


def _words(segment: Segment | None, ready: ready_made.ReadyMade | None) -> dict[str, Any]:
    if segment:
        return {"name": segment.name, "description": segment.description, "is_shared": segment.is_shared, "version": segment.version}
    return {
        "name": str(ready.name) if ready else "",
        "description": str(ready.description) if ready else "",
        "is_shared": True,
        "version": 0,
    }


def _show(
    request: StaffRequest, segment: Segment | None, draft: Group, words: dict[str, Any], *, errors: dict[str, str] | None = None,
    problem: str = "", focus: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    context = {
        "segment": segment,
        "uses": segments.used_by(segment.pk) if segment else [],
        "root": draft,
        "words": words,
        "errors": errors or {},
        "problem": problem,
        "focus": focus,
        "fields": _fields(),
        "joins": [("all", _("All of these hold")), ("any", _("Any of these holds")), ("none", _("None of these holds"))],
        "units": [(code, label) for code, label, _days in values.UNITS],
        "suggested": [(field, spellings.suggested(field, most=_MOST_SUGGESTED)) for field in _suggesting(draft)],
        "unknown": lambda: segments.count(actor=request.actor, of=Compare("km_from_site", "is_empty")),
        **_counted(request, draft, is_new=not focus and status == 200),
    }
    piece = "staff/segments/_builder.html" if request.headers.get("HX-Request") else "staff/segments/edit.html"
    return render(request, piece, context, status=status)


def _suggesting(draft: Group) -> list[str]:
    """The criteria whose values are suggested while somebody writes."""
    return [field for field in spellings.FIELDS if any(line.field == field and line.is_suggested for line in draft.lines)]


def _counted(request: StaffRequest, draft: Group, *, is_new: bool = False) -> dict[str, Any]:
    """How many the draft finds, if it is a rule already. What an unfinished one lacks is told when somebody saves."""
    rule = draft.plain()
    if request.POST.get("do", "save") != "save" or is_new:
        _forgive(draft)
    if rule is None:
        return {"count": None, **_wrong(draft)}
    try:
        condition = keeping.checked(rule)
        found = segments.count(actor=request.actor, of=condition)
    except Refusal as refusal:
        return {"count": None, "told": str(refusal), "wrong": True}
    return {"count": found, "told": phrases.Speech().rule(condition)}


def _wrong(draft: Group) -> dict[str, Any]:
    """The first criterion that cannot be meant, by name: beside it nothing is drawn anew while somebody types."""
    line = next((each for each in draft.lines if each.error), None)
    told = f"{phrases.Speech().name(line.field)}: {line.error}" if line and line.asked else ""
    return {"told": told, "wrong": bool(told)}


def _forgive(group: Group) -> None:
    group.error = ""
    for part in group.parts:
        if isinstance(part, Group):
            _forgive(part)
        elif not part.value or not part.field or (part.widget == "range" and not part.upto):
            part.error = ""  # not written yet, which is no mistake


def _fields() -> list[tuple[str, list[tuple[str, str]]]]:
    """What can be asked, grouped; one with parameters is a group of its own."""
    found: dict[str, list[tuple[str, str]]] = {}
    for each in register.criteria():
        if each.parameters:
            found[f"{each.group}: {each.label}"] = [(f"{each.name}:{code}", each.name_of(str(label))) for code, label in each.parameters()]
        else:
            found.setdefault(str(each.group), []).append((each.name, str(each.label)))
    return list(found.items())
