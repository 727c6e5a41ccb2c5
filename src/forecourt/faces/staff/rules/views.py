"""Kinds of work with how much of the history each is, one kind with its rules, and a line tried as one types it."""

from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from forecourt.engines.audience import decided, rules, trials
from forecourt.engines.audience.matching import Words
from forecourt.faces.staff.door import StaffRequest, door
from forecourt.faces.staff.rules import draft as drafts
from forecourt.faces.staff.rules import words
from forecourt.faces.staff.rules.draft import Draft
from forecourt.kernel.errors import NotFound, Refusal
from forecourt.kernel.identifiers import normal_words
from forecourt.records.dealership.models import StaffMember
from forecourt.runtime import access

_SHOWN: Final = 5
_LONGEST_LINE: Final = 400


@never_cache
@require_GET
@door("audience.see_rules")
def kind_list(request: StaffRequest) -> HttpResponse:
    """Every kind of work; the counts come in a moment of their own, since they read the whole history."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:80]
    counts = decided.by_kind(actor=request.actor) if "counts" in request.GET else None
    named = words.labels()
    rows = _rows(named, text, counts)
    context = {
        "rows": rows,
        "text": text,
        "counts": counts,
        "none": counts.get("", 0) if counts else 0,
        "most": max(counts.values(), default=0) if counts else 0,
        "has_history": counts is None or bool(counts),
    }
    if request.headers.get("HX-Request"):
        return render(request, "staff/rules/_kinds.html", context)
    return render(request, "staff/rules/list.html", {**context, **latest(request)})


@never_cache
@require_GET
@door("audience.see_rules")
def kind(request: StaffRequest, work_kind: str) -> HttpResponse:
    """The rules of one kind: for who may change them, ready to be written into. Ours are hundreds of words: each comes as it is opened."""
    draft, asked = drafts.of_kind(known(work_kind)), request.GET.get("part", "")
    wanted = [part for part in draft.ours if asked in ("all", part.slot)]
    for part in wanted:
        part.is_whole = True
    if request.headers.get("HX-Request") and len(wanted) == 1:
        draft.count(decided.by_rule(actor=request.actor, work_kind=work_kind))
        may_edit = access.may(request.actor, "audience.edit_rules")
        return render(request, "staff/rules/_part.html", {"part": wanted[0], "may_edit": may_edit, "lists": _lists()})
    return show(request, draft, is_all=asked == "all")


@never_cache
@require_GET
@door("audience.see_rules")
def reading(request: StaffRequest) -> HttpResponse:
    """Whether the history is still being read again; asked every moment while it is."""
    return render(
        request, "staff/rules/_reading.html", {"is_reading": decided.is_being_read(actor=request.actor), "is_asked": True}
    )  # fmt: skip


@require_POST
@door("audience.see_rules")
def line(request: StaffRequest) -> HttpResponse:
    """What a typed line is, by the rules in force or by those being written; typed texts are in no address."""
    context = typed_line(request, request.POST.get("line.kind", ""))
    piece = "staff/rules/_line_answer.html" if request.headers.get("HX-Request") else "staff/rules/line.html"
    return render(request, piece, context)


def typed_line(request: StaffRequest, work_kind: str) -> dict[str, Any]:
    """The answer for `line.text` and `line.code`, by the draft that came along if one did."""
    code, text = (request.POST.get(f"line.{part}", "").replace("\x00", "").strip()[:_LONGEST_LINE] for part in ("code", "text"))
    context: dict[str, Any] = {"line_code": code, "line_text": text, "is_typed": bool(code or normal_words(text))}
    if not context["is_typed"]:
        return context
    wanted = None
    if work_kind:
        try:
            wanted = drafts.read(known(work_kind), request.POST).in_force()
        except Refusal as refusal:
            return {**context, "line_problem": refusal.text}
    found = trials.of_line(actor=request.actor, code=code, text=text, wanted=wanted)
    return {**context, "line_kinds": words.read_as(found, words.labels())}


def show(request: StaffRequest, draft: Draft, *, status: int = 200, **more: Any) -> HttpResponse:
    """The page of one kind of work."""
    shares = decided.by_rule(actor=request.actor, work_kind=draft.work_kind)
    draft.count(shares)
    named = words.labels()
    context = {
        "kind": draft.work_kind,
        "label": named.get(draft.work_kind, draft.work_kind),
        "draft": draft,
        "total": sum(shares.rules.values()),
        "lists": _lists(),
        "seen": request.POST.get("seen") or rules.number(),
        **latest(request),
        **more,
    }
    return render(request, "staff/rules/kind.html", context, status=status)


def _lists() -> dict[str, str]:
    return {"codes": _("Codes"), "words": _("Words"), "unless_words": _("Never when the line says")}


def latest(request: StaffRequest) -> dict[str, Any]:
    """The version in force, who made it, and whether the history follows just now."""
    version = rules.versions(actor=request.actor).first()
    maker = StaffMember.objects.filter(pk=version.made_by).first() if version and version.made_by else None
    return {
        "version": version,
        "maker": maker.name if maker else "",
        "is_reading": decided.is_being_read(actor=request.actor),
        "may_edit": access.may(request.actor, "audience.edit_rules"),
    }


def known(work_kind: str) -> str:
    """The code if there is such a kind of work, else NotFound."""
    if work_kind not in words.labels() and not rules.own(work_kind):
        raise NotFound
    return work_kind


def _rows(named: dict[str, str], text: str, counts: dict[str, int] | None) -> list[dict[str, Any]]:
    own = rules.own()
    by_kind: dict[str, list[Words]] = {}
    for rule in rules.active():
        by_kind.setdefault(rule.work_kind, []).append(rule)
    found = []
    for code in dict.fromkeys([*named, *by_kind, *(counts or ())]):
        told = list(dict.fromkeys(word for rule in by_kind.get(code, ()) for word in (*rule.codes, *rule.words)))
        label = named.get(code, code)
        hits = [word for word in told if normal_words(text) in normal_words(word)] if text else told
        if code and (not text or hits or text.casefold() in label.casefold()):
            yours = sum(1 for each in own if each.work_kind == code)
            found.append({
                "code": code, "label": label, "size": len(told), "yours": yours, "lines": counts.get(code, 0) if counts else 0,
                "words": (hits or told)[:_SHOWN], "more": max(0, len(hits or told) - _SHOWN),
            })  # fmt: skip
    return found
