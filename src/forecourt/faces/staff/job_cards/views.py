"""Job cards: the list, and the page of one."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from forecourt.faces.staff import live, looks
from forecourt.faces.staff.door import StaffRequest, door
from forecourt.faces.staff.job_cards import damage, picture
from forecourt.journeys.workshop import billing
from forecourt.journeys.workshop.lifecycles import STAGE_WORDS, STAGES
from forecourt.journeys.workshop.models import JobCard
from forecourt.records.dealership.models import StaffMember
from forecourt.records.people import customers
from forecourt.records.timeline import reading
from forecourt.records.vehicles import vehicles
from forecourt.runtime import access, files

PAGE_SIZE = 50
TIMELINE_LENGTH = 60
RIGHT = "workshop.see_job_card"
RELATED = ("site__legal_entity", "customer", "vehicle", "appointment")
FILTERS = [("", _("In the house")), *((stage, STAGE_WORDS[stage]) for stage in STAGES[1:]), ("all", _("All"))]
ORDERS = {
    "number": "number",
    "-number": "-number",
    "expected": "expected_at",
    "-expected": "-expected_at",
    "customer": "customer__sort_key",
    "-customer": "-customer__sort_key",
}


@require_GET
@door(RIGHT)
def card_list(request: StaffRequest) -> HttpResponse:
    """The cars in the house, or those in one stage, or all."""
    if not request.sites:
        return render(request, "staff/nothing.html")
    text, stage = request.GET.get("q", "").strip(), request.GET.get("stage", "")
    is_mine = request.GET.get("mine") == "yes"
    rows = JobCard.objects.filter(site=request.site).select_related("vehicle", "customer")
    if stage in STAGES:
        rows = rows.filter(stage=stage)
    elif stage != "all":
        rows = rows.exclude(stage="collected")
    if is_mine:
        rows = rows.filter(technician_id=request.actor.id)
    if text:
        rows = rows.filter(_meant(text))
    page = Paginator(rows.order_by(ORDERS.get(request.GET.get("sort", ""), "-number"), "pk"), PAGE_SIZE).get_page(request.GET.get("page"))
    looks.listed(request, "job_cards", [row.customer_id for row in page], asked=text, page=page.number)
    names = dict(StaffMember.objects.filter(pk__in={row.technician_id for row in page.object_list}).values_list("pk", "name"))
    context = {
        "page": page,
        "rows": [(row, names.get(row.technician_id or row.pk, "")) for row in page.object_list],
        "q": text,
        "stage": stage,
        "is_mine": is_mine,
        "filters": FILTERS,
        "is_narrowed": bool(text or is_mine or stage not in {"", "all"}),
    }
    return render(request, "staff/job_cards/list.html", context)


@require_GET
@door(RIGHT)
def card(request: StaffRequest, job_card_id: UUID) -> HttpResponse:
    """One car that is here, or was."""
    found = fetch(request, job_card_id)
    looks.opened(request, "job_card", found.pk, [found.customer_id])
    return show(request, job_card_id)


@require_GET
@door(RIGHT)
def invoice_pdf(request: StaffRequest, job_card_id: UUID) -> HttpResponse:
    """The invoice as it was issued; the job card while there is none."""
    found = fetch(request, job_card_id)
    if billing.of(found) is None:
        return redirect("job_cards:card", job_card_id)
    looks.opened(request, "invoice", found.pk, [found.customer_id], of="job_card")
    file = billing.paper(actor=request.actor, job_card_id=job_card_id)
    named = {"Content-Disposition": content_disposition_header(as_attachment=False, filename=file.name)}
    return HttpResponse(files.open_bytes(file), content_type="application/pdf", headers=named)


def fetch(request: StaffRequest, job_card_id: UUID) -> JobCard:
    return access.fetch(JobCard, job_card_id, actor=request.actor, right=RIGHT, related=RELATED)


def show(request: StaffRequest, job_card_id: UUID, *, problem: str = "", status: int = 200) -> HttpResponse:
    """The page of a job card as it stands now, with the reason if something was refused."""
    found = fetch(request, job_card_id)
    shown: dict[str, Any] = picture.of(found)
    context = shown | {
        "may": picture.rights_of(request.actor, found),
        "owed": picture.owed(shown["invoice"], shown["agreed"]),
        "timeline": reading.of("job_card", found.pk, actor=request.actor, limit=TIMELINE_LENGTH),
        "marks": damage.in_words(found.damage),
        "problem": problem,
        **live.followed(request, [f"job_card:{found.pk}"]),
    }
    with timezone.override(found.site.zone):
        return render(request, "staff/job_cards/card.html", context, status=status)


def _meant(text: str) -> Q:
    meant = vehicles.matching(text, vehicle="vehicle__") | Q(customer_id__in=customers.matching(text).values("pk"))
    return meant | Q(number=int(text)) if text.isdecimal() and len(text) < 9 else meant
