"""What is done on a job card: stages, clocking, assigning, findings, decisions by telephone, invoice, collecting."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Literal, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from forecourt.engines.offers.decisions import How, Verdict
from forecourt.engines.offers.models import Item
from forecourt.faces.staff import looks
from forecourt.faces.staff.arrivals import pictures
from forecourt.faces.staff.door import StaffRequest, door
from forecourt.faces.staff.job_cards.forms import FindingForm
from forecourt.faces.staff.job_cards.views import fetch, show
from forecourt.faces.ui import asked as read
from forecourt.journeys.workshop import billing, findings, job_cards
from forecourt.journeys.workshop.models import JobCard, WorkLine
from forecourt.kernel.errors import NotFound, Refusal
from forecourt.runtime import access


def _do(request: StaffRequest, job_card_id: UUID, act: Callable[[], Any]) -> HttpResponse:
    """Do it and show the card; a refusal shows the card as it stands now with the reason."""
    try:
        act()
    except Refusal as refusal:
        return show(request, job_card_id, problem=str(refusal), status=409)
    return redirect("job_cards:card", job_card_id)


@require_POST
@door("workshop.advance_stage")
def advance(request: StaffRequest, job_card_id: UUID) -> HttpResponse:
    """To another stage (`to`), as seen at `version`."""
    version = request.POST.get("version", "")
    seen = (read.number(version) or 0) if version else None  # what cannot be read was never a version
    return _do(
        request,
        job_card_id,
        lambda: job_cards.advance(actor=request.actor, job_card_id=job_card_id, to=request.POST.get("to", ""), version=seen),
    )


@require_POST
@door("workshop.advance_stage")
def assign(request: StaffRequest, job_card_id: UUID) -> HttpResponse:
    """Give the car to a technician."""
    fetch(request, job_card_id)
    try:
        technician_id = UUID(request.POST.get("technician", ""))
    except ValueError:
        return show(request, job_card_id, problem=_("Please choose a technician."), status=422)

    def give() -> None:
        try:
            job_cards.assign(actor=request.actor, job_card_id=job_card_id, technician_id=technician_id)
        except NotFound as unknown:
            raise Refusal("not_here", _("This technician does not work here.")) from unknown

    return _do(request, job_card_id, give)


@require_POST
@door("workshop.work_on_line")
def line(request: StaffRequest, line_id: UUID, deed: Literal["start", "finish"]) -> HttpResponse:
    """Clock in or out of a line."""
    found = WorkLine.objects.filter(pk=line_id).first()
    if found is None:
        raise NotFound
    act = job_cards.start_line if deed == "start" else job_cards.finish_line
    return _do(request, found.job_card_id, lambda: act(actor=request.actor, line_id=line_id))


@require_http_methods(["GET", "POST"])
@door("workshop.add_finding")
def find(request: StaffRequest, job_card_id: UUID) -> HttpResponse:
    """Write down what was found, with pictures and price."""
    job_card = access.fetch(
        JobCard, job_card_id, actor=request.actor, right="workshop.add_finding", related=("site__legal_entity", "vehicle")
    )
    if request.method == "GET":
        looks.opened(request, "job_card", job_card.pk, [job_card.customer_id])
    taken = pictures.carried(request, job_card.pk)
    form = FindingForm(request.POST if request.method == "POST" else None)
    problem = ""
    if request.method == "POST":
        try:
            pictures.take(request, taken)
        except Refusal as refusal:
            problem = str(refusal)
        if form.is_valid() and not problem:
            try:
                return _found(request, job_card, form, taken)
            except Refusal as refusal:
                form.add_error(None, str(refusal))
    context = {"job_card": job_card, "form": form, "taken": taken, "problem": problem, "currency": job_card.site.legal_entity.currency}
    return render(request, "staff/job_cards/find.html", context, status=422 if form.is_bound else 200)


def _found(request: StaffRequest, job_card: JobCard, form: FindingForm, taken: pictures.Pictures) -> HttpResponse:
    asked = form.cleaned_data
    net: Decimal = asked["net"]
    findings.add(
        actor=request.actor, job_card_id=job_card.pk, title=asked["title"], detail=asked["detail"], urgency=asked["urgency"],
        net=net, minutes=asked["minutes"], photos=taken.photos,
    )  # fmt: skip
    if "again" in request.POST:
        messages.success(request, _("Noted: %(title)s") % {"title": asked["title"]})
        return redirect("job_cards:find", job_card.pk)
    return redirect("job_cards:card", job_card.pk)


@require_POST
@door("workshop.add_finding")
def put(request: StaffRequest, job_card_id: UUID) -> HttpResponse:
    """Send what was found to the customer."""
    return _do(request, job_card_id, lambda: findings.put(actor=request.actor, job_card_id=job_card_id))


@require_POST
@door("workshop.decide_for_customer")
def decide(request: StaffRequest, item_id: UUID) -> HttpResponse:
    """What the customer said by telephone or at the desk, bound to what was shown."""
    job_card_id = _card_of(item_id)
    verdict, how = request.POST.get("verdict", ""), request.POST.get("how", "phone")
    if verdict == "withdrawn":
        return _do(request, job_card_id, lambda: findings.withdraw(actor=request.actor, item_id=item_id))
    fetch(request, job_card_id)
    if verdict not in {"approved", "rejected"} or how not in {"phone", "desk"}:
        return show(request, job_card_id, problem=_("Please say whether the customer approved or rejected."), status=422)
    return _do(
        request,
        job_card_id,
        lambda: findings.decide(
            actor=request.actor, item_id=item_id, verdict=cast("Verdict", verdict), shown_digest=request.POST.get("shown_digest", ""),
            how=cast("How", how),
        ),
    )  # fmt: skip


@require_POST
@door("workshop.invoice")
def invoice(request: StaffRequest, job_card_id: UUID) -> HttpResponse:
    """Issue the invoice; asked again, it is the same one."""
    return _do(request, job_card_id, lambda: billing.invoice(actor=request.actor, job_card_id=job_card_id))


@require_POST
@door("workshop.collect")
def collect(request: StaffRequest, job_card_id: UUID) -> HttpResponse:
    """The customer has the key."""
    return _do(request, job_card_id, lambda: job_cards.collect(actor=request.actor, job_card_id=job_card_id))


def _card_of(item_id: UUID) -> UUID:
    found: UUID | None = (
        Item.objects.filter(pk=item_id, request__subject_kind="job_card").values_list("request__subject_id", flat=True).first()
    )
    if found is None:
        raise NotFound
    return found
