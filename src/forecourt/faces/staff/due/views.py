"""The due list: who is due for what, when, and why."""

from uuid import UUID

from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from forecourt.engines.audience import due
from forecourt.engines.audience.models import DueWork
from forecourt.faces.staff import looks
from forecourt.faces.staff.door import StaffRequest, door
from forecourt.faces.staff.due.forms import DueFilterForm, kinds
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
    return render(request, "staff/due/why.html", {"row": row, "reasons": due.reasons(row), "others": others})
