"""The due list: who is due for what, when, and why."""

from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from forecourt.engines.audience import due, hindsight
from forecourt.engines.audience.foretelling import FEWEST_CASES
from forecourt.engines.audience.models import DueExperience, DueWork
from forecourt.faces.staff import looks
from forecourt.faces.staff.door import StaffRequest, door
from forecourt.faces.staff.due.forms import DueFilterForm, kinds
from forecourt.faces.ui import formats
from forecourt.records.catalogue.models import WorkKind
from forecourt.runtime import access

PAGE_SIZE = 50


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
    }
    return render(request, "staff/due/list.html", context)


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
