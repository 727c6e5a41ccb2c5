"""Cases: what was promised to whom by when, what was said, and the next step."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from forecourt.engines.cases import cases
from forecourt.engines.cases.models import Case
from forecourt.faces.staff import looks
from forecourt.faces.staff.door import StaffRequest, door
from forecourt.journeys.care.models import Survey
from forecourt.kernel.errors import NotFound, Refusal
from forecourt.records.dealership.models import StaffMember
from forecourt.records.people.models import Customer
from forecourt.records.timeline import reading
from forecourt.records.vehicles.models import Vehicle
from forecourt.runtime import access, clock

PAGE_SIZE = 50
SHOWN = (("open", _("Open")), ("late", _("Late")), ("mine", _("Mine")), ("all", _("All")))
STATES = {
    "open": _("Open"),
    "contacted": _("Customer reached"),
    "solved": _("Solved"),
    "confirmed": _("Confirmed"),
    "reopened": _("Open again"),
}
KINDS = {"low_score": _("Low score after a visit")}


@require_GET
@door("cases.see_cases")
def case_list(request: StaffRequest) -> HttpResponse:
    """The cases of the sites where this person works, the most urgent first."""
    shown = request.GET.get("show", "open")
    rows = Case.objects.filter(_asked_for(shown, request)).order_by("solve_due_at", "number")
    if request.actor.sites is not None:
        rows = rows.filter(site_id__in=request.actor.sites)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    looks.listed(request, "cases", [case.customer_id for case in page], page=page.number)
    context = {"page": page, "rows": _with_people(list(page.object_list)), "shown": shown, "choices": SHOWN, "now": clock.now()}
    return render(request, "staff/cases/list.html", context)


@require_GET
@door("cases.see_cases")
def case_page(request: StaffRequest, case_id: UUID) -> HttpResponse:
    case = access.fetch(Case, case_id, actor=request.actor, right="cases.see_cases")
    looks.opened(request, "case", case.pk, [case.customer_id])
    return _show(request, case)


@require_POST
@door("cases.work_on_case")
def act(request: StaffRequest, case_id: UUID, step: str) -> HttpResponse:
    """Reach the customer, solve, confirm, open again, give to somebody else, note."""
    case = access.fetch(Case, case_id, actor=request.actor, right="cases.work_on_case")
    note = request.POST.get("note", "")
    try:
        _perform(request, case, step, note)
    except Refusal as refusal:
        case.refresh_from_db()
        return _show(request, case, problem=str(refusal), typed=note, status=422)
    return redirect("cases:case", case_id)


def _perform(request: StaffRequest, case: Case, step: str, note: str) -> None:
    who: dict[str, Any] = {"actor": request.actor, "case_id": case.pk}
    match step:
        case "contact":
            cases.contact(**who, note=note)
        case "solve":
            cases.solve(**who, note=note)
        case "confirm":
            cases.confirm(**who)
        case "reopen":
            cases.reopen(**who, note=note)
        case "note":
            cases.write_note(**who, note=note)
        case "assign":
            cases.assign(**who, owner_id=_uuid(request.POST.get("owner", "")))
        case _:
            raise NotFound


def _show(request: StaffRequest, case: Case, *, problem: str = "", typed: str = "", status: int = 200) -> HttpResponse:
    [row] = _with_people([case])
    colleagues = [each for each in StaffMember.objects.filter(is_active=True) if not each.sites or case.site_id in each.sites]
    context = row | {
        "notes": case.notes.order_by("written_at"),
        "names": {each.pk: each.name for each in StaffMember.objects.all()},
        "colleagues": [(str(each.pk), each.name) for each in colleagues],
        "survey": Survey.objects.filter(pk=case.cause_id).first() if case.cause_kind == "survey" else None,
        "may_work": access.may(request.actor, "cases.work_on_case", case),
        "can": {step: cases.CASE.can(case.state, step) for step in ("contacted", "solved", "confirmed", "reopened")},
        "problem": problem,
        "typed": typed,
        "now": clock.now(),
        "timeline": reading.of("case", case.pk, actor=request.actor),
    }
    return render(request, "staff/cases/case.html", context, status=status)


def _asked_for(shown: str, request: StaffRequest) -> Q:
    unsolved = Q(state__in=cases.UNSOLVED)
    match shown:
        case "all":
            return Q()
        case "mine":
            return unsolved & Q(owner_id=request.actor.id)
        case "late":
            late_contact = Q(contacted_at=None, contact_due_at__lt=clock.now())
            return unsolved & (Q(solve_due_at__lt=clock.now()) | late_contact)
        case _:
            return unsolved


def _with_people(rows: list[Case]) -> list[dict[str, Any]]:
    """The cases with customer, car and owner, in three queries."""
    customers = Customer.objects.in_bulk([case.customer_id for case in rows if case.customer_id])
    cars = Vehicle.objects.in_bulk([case.vehicle_id for case in rows if case.vehicle_id])
    owners = StaffMember.objects.in_bulk([case.owner_id for case in rows if case.owner_id])
    return [
        {
            "case": case,
            "customer": customers.get(case.customer_id) if case.customer_id else None,
            "vehicle": cars.get(case.vehicle_id) if case.vehicle_id else None,
            "owner": owners.get(case.owner_id) if case.owner_id else None,
            "state": STATES.get(case.state, case.state),
            "kind": KINDS.get(case.kind, case.kind),
            "is_solved": case.state in {"solved", "confirmed"},
        }
        for case in rows
    ]


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound from error
