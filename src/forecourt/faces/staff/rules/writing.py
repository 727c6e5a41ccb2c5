"""Changing the rules of one kind of work: tried on the history first, then saved or thrown away.

Each button sends the whole form; with script a trial comes back as a piece of the page, without it as the page. Nothing is kept before “Save”.
"""

from math import inf
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from forecourt.engines.audience import rules, trials
from forecourt.engines.audience.trials import Shift, Trial
from forecourt.faces.staff.door import StaffRequest, door
from forecourt.faces.staff.rules import draft as drafts
from forecourt.faces.staff.rules import views, words
from forecourt.faces.staff.rules.draft import Draft
from forecourt.faces.ui import asked
from forecourt.kernel.errors import Refusal

FIRST_LOOK_SECONDS: Final = 2.5  # of a longer history a sample is shown first, and the rest follows by itself


@require_POST
@door("audience.edit_rules")
def write(request: StaffRequest, work_kind: str) -> HttpResponse:
    """What the button says: a rule more, a trial, or all of it kept."""
    draft = drafts.read(views.known(work_kind), request.POST)
    note = request.POST.get("note", "").strip()[: rules.LONGEST_NOTE]
    match request.POST.get("do", "try"):
        case "add":
            draft.add()
            return views.show(request, draft, note=note, focus=draft.own[-1].slot)
        case "line":
            return views.show(request, draft, note=note, **views.typed_line(request, work_kind))
        case "save":
            return _save(request, draft, note)
        case "all":
            return _try(request, draft, note, seconds=inf)
    return _try(request, draft, note, seconds=FIRST_LOOK_SECONDS)


def _try(request: StaffRequest, draft: Draft, note: str, *, seconds: float) -> HttpResponse:
    context: dict[str, Any] = {"note": note, "kind": draft.work_kind, "may_edit": True}
    status = 200
    try:
        context |= tried(trials.on_history(actor=request.actor, wanted=draft.in_force(), seconds=seconds))
    except Refusal as refusal:
        draft.mark(refusal)
        context["problem"], status = refusal.text, 422
    if request.headers.get("HX-Request"):
        return render(request, "staff/rules/_trial.html", context, status=status)
    return views.show(request, draft, status=status, **context)


def _save(request: StaffRequest, draft: Draft, note: str) -> HttpResponse:
    seen = asked.number(request.POST.get("seen", "")) or 0
    try:
        version = rules.save(actor=request.actor, work_kind=draft.work_kind, told=draft.told(), seen=seen, note=note)
    except Refusal as refusal:
        draft.mark(refusal)
        return views.show(request, draft, status=422, problem=refusal.text, note=note)
    text = _("Saved as version %(number)s. Your history is read again by these rules; you can go on meanwhile.")
    messages.success(request, text % {"number": version.number})
    return redirect("rules:kind", draft.work_kind)


def tried(trial: Trial) -> dict[str, Any]:
    """A trial as the page shows it."""
    named = words.labels()
    return {"trial": trial, "shifts": [_shown(shift, named) for shift in trial.shifts]}


def _shown(shift: Shift, named: dict[str, str]) -> dict[str, Any]:
    def kinds(decisions: Any) -> str:
        return ", ".join(named.get(each.work_kind, each.work_kind) for each in decisions)

    examples = []
    for each in shift.examples:
        deciding = each.after if shift.is_gain else each.before
        why = next(one for one in deciding if one.work_kind == shift.work_kind)
        examples.append({
            "code": each.code, "text": each.text, "lines": each.lines, "before": kinds(each.before), "after": kinds(each.after),
            "why": words.reason(why),
        })  # fmt: skip
    return {"label": named.get(shift.work_kind, shift.work_kind), "shift": shift, "examples": examples}
