"""The due list: who is due for what, when, and why."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from forecourt.engines.audience import due, hindsight, refreshing
from forecourt.engines.audience.foretelling import FEWEST_CASES
from forecourt.engines.audience.models import DueExperience, DueWork
from forecourt.faces.staff import looks
from forecourt.faces.staff.door import StaffRequest, door
from forecourt.faces.staff.due.forms import DueFilterForm, kinds
from forecourt.faces.ui import formats
from forecourt.kernel.errors import Refusal
from forecourt.records.catalogue.models import WorkKind
from forecourt.runtime import access

PAGE_SIZE = 50
_LONGEST_NUMBER = 19


@require_GET
@door("audience.see_due")
def due_list(request: StaffRequest) -> HttpResponse:
    """The list for the site that is being looked at."""
    form = DueFilterForm(request.GET)
    filters = form.filters(request.site)
    total = due.count(actor=request.actor, filters=filters)
    number = max(1, min(form.cleaned_data.get("page") or 1, -(-total // PAGE_SIZE)))
    rows = due.page(actor=request.actor, filters=filters, offset=(number - 1) * PAGE_SIZE, size=PAGE_SIZE)
    looks.listed(request, "due", [row.due.customer_id for row in rows], asked=filters.text, page=number)
    context = {
        "form": form,
        "rows": [(row, due.reason(row)) for row in rows],
        "total": total,
        "page": Page(list(range(len(rows))), number, Paginator(range(total), PAGE_SIZE)),
        "kinds": kinds(),
        "filters": filters,
        "today": filters.today,
        "is_narrowed": bool(set(request.GET) - {"page", "sort"}),
        **_worked_out(request),
    }
    return render(request, "staff/due/list.html", context)


def _worked_out(request: StaffRequest) -> dict[str, Any]:
    """When the list was worked out, and the run that is under way."""
    run = refreshing.under_way(actor=request.actor)
    return {"worked_out": due.worked_out(), "run": run, "may_refresh": access.may(request.actor, "audience.refresh")}


@require_POST
@door("audience.refresh")
def refresh(request: StaffRequest) -> HttpResponse:
    """Work the whole list out anew; back to the same part of it."""
    try:
        refreshing.ask(actor=request.actor)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    asked = request.GET.urlencode()
    return redirect(reverse("due:list") + (f"?{asked}" if asked else ""))


@never_cache
@require_GET
@door("audience.see_due")
def state(request: StaffRequest) -> HttpResponse:
    """Whether the run is over; asked for until it is, then the whole list is asked for."""
    context = _worked_out(request)
    response = render(request, "staff/due/_worked_out.html", context)
    if context["run"] is None:
        number = request.GET.get("run", "")
        if number.isdecimal() and len(number) < _LONGEST_NUMBER and refreshing.has_failed(actor=request.actor, number=int(number)):
            messages.error(request, _("It could not be worked out anew; the dates of before stand. Please try again later."))
        response.headers["HX-Refresh"] = "true"
    return response


@require_GET
@door("audience.see_due")
def why(request: StaffRequest, due_work_id: UUID) -> HttpResponse:
    """One line of the list, with everything that put the car on it."""
    found = access.fetch(DueWork, due_work_id, actor=request.actor, right="audience.see_due", related=("vehicle",))
    [row] = due.rows_of([found])
    others = [other for other in due.of_vehicle(actor=request.actor, vehicle_id=found.vehicle_id) if other.due.pk != found.pk]
    looks.opened(request, "due_work", found.pk, [found.customer_id])
    context = {
        "row": row,
        "reasons": due.reasons(row),
        "others": others,
        "expected": hindsight.expected(found),
        "grounds": due.grounds(row),
    }
    return render(request, "staff/due/why.html", context)


@require_GET
@door("audience.see_due")
def experience(request: StaffRequest) -> HttpResponse:
    """How right the dates would have been in the dealer's own past, and which rule is used because of it."""
    language = get_language() or "en"
    labels = {kind.code: kind.label(language) for kind in WorkKind.objects.all()}
    rows = [_told(labels.get(each.work_kind, each.work_kind), each) for each in hindsight.experience(actor=request.actor)]
    return render(request, "staff/due/experience.html", {"rows": rows, "fewest": FEWEST_CASES})


def _told(label: str, known: DueExperience) -> dict[str, Any]:
    """Shares in percent, days from the date in words."""
    shares = {"used": known.used_near, "plain": known.plain_near, "expected": known.expected_near}
    days = {"usual": known.usual, "early": known.early, "late": known.late}
    return {
        "label": label,
        "known": known,
        "days": round(known.used_error),
        **{name: round(share * 100) for name, share in shares.items()},
        **{name: _from_the_date(number) for name, number in days.items()},
    }


def _from_the_date(days: int) -> str:
    if not days:
        return _("on the day")
    if days < 0:
        return ngettext("%(count)s day before", "%(count)s days before", -days) % {"count": formats.number(-days)}
    return ngettext("%(count)s day after", "%(count)s days after", days) % {"count": formats.number(days)}
