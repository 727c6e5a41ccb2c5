"""Lines to decide: texts of job lines that no rule understands, one key for each decision, the most frequent first."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from forecourt.engines.audience.learning import deciding, review
from forecourt.faces.staff.door import StaffRequest, door
from forecourt.faces.staff.lines import asked
from forecourt.faces.ui import formats
from forecourt.kernel.errors import Refusal
from forecourt.runtime import access

BEFORE, AFTER = 2, 9
PAGE_SIZE = 50
KEYS = "123456789"


@require_GET
@door("audience.see_rules")
def queue(request: StaffRequest) -> HttpResponse:
    """One line at a time, with those around it."""
    filters = asked.filters(request.GET)
    keys = review.keys(actor=request.actor, filters=filters)
    place = keys.index(request.GET["line"]) if request.GET.get("line") in keys else 0
    around = review.lines(actor=request.actor, text_keys=keys[max(0, place - BEFORE) : place + AFTER])
    kinds = asked.kinds()
    names = dict(kinds)
    current = next((line for line in around if keys and line.key == keys[place]), None)
    base = reverse("lines:queue")
    known, said = asked.learner()
    context = {
        "filters": filters,
        "kept": asked.kept(filters),
        "choices": asked.choices(kinds),
        "current": _current(current, names) if current else None,
        "around": [(line, asked.suggestion(line, names), asked.certainty(line), asked.address(base, filters, line.key)) for line in around],
        "kinds": [(code, name, KEYS[at] if at < len(KEYS) else "") for at, (code, name) in enumerate(kinds)],
        "place": place + 1,
        "listed": len(keys),
        "is_cut": len(keys) == review.MOST_LISTED,
        "before": asked.address(base, filters, keys[place - 1]) if place else "",
        "after": asked.address(base, filters, keys[place + 1]) if place + 1 < len(keys) else "",
        "next": keys[place + 1] if place + 1 < len(keys) else "",
        "sure": len(review.sure(actor=request.actor, filters=filters, most=deciding.MOST_AT_ONCE)),
        "sure_address": f"{base}?certainty=high",
        "progress": review.progress(),
        "last": _last_decision(request, names),
        "learner": known,
        "said": said,
        "may_decide": access.may(request.actor, "audience.decide_lines"),
        "may_switch": access.may(request.actor, "audience.edit_rules"),
    }
    return render(request, "staff/lines/queue.html", context)


@require_POST
@door("audience.decide_lines")
def decide(request: StaffRequest) -> HttpResponse:
    """One line: `kind` says which, several joined by "+", NO_KIND for none; or several `kinds` were ticked."""
    key, kind = request.POST.get("line", ""), request.POST.get("kind", "")
    kinds = request.POST.getlist("kinds") if not kind else [] if kind == review.NO_KIND else kind.split("+")
    if not kind and not kinds:
        messages.error(request, _("Choose at least one kind of work."))
        return redirect(_address(request, key))
    return _done(request, lambda: deciding.decide(actor=request.actor, kinds={key: kinds}), request.POST.get("next", ""))


@require_POST
@door("audience.decide_lines")
def accept(request: StaffRequest) -> HttpResponse:
    """All suggestions of high certainty in the list as it is narrowed."""

    def act() -> None:
        kinds = review.sure(actor=request.actor, filters=asked.filters(request.POST), most=deciding.MOST_AT_ONCE)
        deciding.decide(actor=request.actor, kinds=kinds)
        text = ngettext("%(count)s suggestion accepted.", "%(count)s suggestions accepted.", len(kinds))
        messages.success(request, text % {"count": formats.number(len(kinds))})

    return _done(request, act)


@require_POST
@door("audience.decide_lines")
def take_back(request: StaffRequest, batch_id: UUID) -> HttpResponse:
    """What was decided at once is open again."""

    def act() -> None:
        texts = deciding.take_back(actor=request.actor, batch_id=batch_id)
        text = ngettext("%(count)s decision was taken back.", "%(count)s decisions were taken back.", texts)
        messages.success(request, text % {"count": formats.number(texts)})

    return _done(request, act, request.POST.get("line", ""), "lines:decided" if request.POST.get("from") == "decided" else "lines:queue")


@require_GET
@door("audience.see_rules")
def decided(request: StaffRequest) -> HttpResponse:
    """What people decided, newest first, each to be taken back."""
    page = Paginator(review.decided(actor=request.actor), PAGE_SIZE).get_page(request.GET.get("page"))
    names = dict(asked.kinds())
    rows = [(each, " + ".join(names.get(kind, kind) for kind in each.decision.work_kinds)) for each in review.told(list(page.object_list))]
    context = {"rows": rows, "page": page, "progress": review.progress(), "may_decide": access.may(request.actor, "audience.decide_lines")}
    return render(request, "staff/lines/decided.html", context)


@require_POST
@door("audience.edit_rules")
def switch(request: StaffRequest) -> HttpResponse:
    """Whether lines are recognised by comparison."""
    deciding.switch(actor=request.actor, is_on=request.POST.get("is_on") == "on")
    messages.success(request, _("Saved. Your history is worked out anew in the background."))
    return redirect("lines:queue")


def _done(request: StaffRequest, act: Callable[[], Any], line: str = "", to: str = "lines:queue") -> HttpResponse:
    try:
        act()
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect(_address(request, line) if to == "lines:queue" else reverse(to))


def _address(request: StaffRequest, line: str) -> str:
    return asked.address(reverse("lines:queue"), asked.filters(request.POST), line[:32])


def _current(line: review.Waiting, names: dict[str, str]) -> dict[str, Any]:
    suggested = line.suggested
    return {
        "line": line,
        "suggestion": asked.suggestion(line, names) if suggested is not None else "",
        "certainty": asked.certainty(line),
        "accept": ("+".join(suggested) or review.NO_KIND) if suggested is not None else "",
        "word": review.telling_word(line),
        "example": review.example(line.key),
    }


def _last_decision(request: StaffRequest, names: dict[str, str]) -> dict[str, Any] | None:
    """What this person decided last and can take back with one key."""
    last = deciding.last_of(request.actor)
    if last is None:
        return None
    [told] = review.told([last])
    said = " + ".join(names.get(kind, kind) for kind in last.work_kinds) or _("None of these kinds")
    if told.texts > 1:
        said = ngettext("%(count)s text at once", "%(count)s texts at once", told.texts) % {"count": formats.number(told.texts)}
    return {"batch_id": last.batch_id, "line": last.text_key, "text": f"{told.text or told.code} → {said}" if told.texts == 1 else said}
