"""The customer follows the car: stage, expected time, decisions item by item, invoice and summary. The page goes on by itself."""

from uuid import UUID

from django.conf import settings
from django.http import FileResponse, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from forecourt.faces.customer.door import CustomerRequest, door
from forecourt.faces.customer.visit import picture
from forecourt.journeys.workshop import billing, findings
from forecourt.journeys.workshop.models import JobCard
from forecourt.kernel.errors import NotFound, Refusal
from forecourt.runtime import files
from forecourt.runtime.live import tokens


@require_GET
@door("visit")
def page(request: CustomerRequest, token: str) -> HttpResponse:
    """The visit as it stands now."""
    return _show(request, _job_card(request))


@require_POST
@door("visit")
def decide(request: CustomerRequest, token: str) -> HttpResponse:
    """Approve or reject one item, or all that wait, exactly as they were shown."""
    card = _job_card(request)
    verdict = request.POST.get("verdict", "")
    digests = dict(zip(request.POST.getlist("item"), request.POST.getlist("digest"), strict=False))
    try:
        if verdict not in {"approved", "rejected"} or not digests:
            raise Refusal("nothing_chosen", _("Please choose."))
        findings.decide_all(
            actor=request.actor, job_card_id=card.pk, verdict="approved" if verdict == "approved" else "rejected",
            shown_digests={_uuid(item): digest for item, digest in digests.items()}, how="link", address=request.META.get("REMOTE_ADDR", ""),
        )  # fmt: skip
    except Refusal as refusal:
        return _show(request, card, problem=str(refusal), status=409)
    return redirect("customer_visit", token)


@require_GET
@door("visit")
def invoice(request: CustomerRequest, token: str) -> HttpResponseBase:
    """The invoice as PDF."""
    paper = billing.paper(actor=request.actor, job_card_id=_job_card(request).pk)
    return FileResponse(files.path(paper).open("rb"), content_type="application/pdf", filename=paper.name)


@require_POST
@door("visit")
def renew(request: CustomerRequest, token: str) -> HttpResponse:
    """A fresh pass for following this visit."""
    return JsonResponse({"token": _pass(request, _job_card(request))})


def _show(request: CustomerRequest, card: JobCard, *, problem: str = "", status: int = 200) -> HttpResponse:
    timezone.activate(card.site.zone)
    context = picture.of(card) | {"problem": problem, "live_url": f"{settings.LIVE_URL}/live", "live_token": _pass(request, card)}
    return render(request, "customer/visit/page.html", context, status=status)


def _pass(request: CustomerRequest, card: JobCard) -> str:
    return tokens.issue(request.live_key, request.actor.organisation_id, None, [picture.topic(card.pk)], get_language() or "en")


def _job_card(request: CustomerRequest) -> JobCard:
    found = picture.job_cards().filter(pk=request.link.subject_id, customer_id=request.customer.pk).first()
    if found is None:
        raise NotFound
    return found


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound from error
