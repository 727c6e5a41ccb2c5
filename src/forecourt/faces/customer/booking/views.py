"""One tap: the page behind an invitation. Looking changes nothing; confirming, choosing another time and "not mine" are POSTs."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from forecourt.faces.customer import times, uploads
from forecourt.faces.customer.door import CustomerRequest, address, door
from forecourt.journeys.marketing import invitations
from forecourt.journeys.marketing.models import Invitation
from forecourt.journeys.workshop import slots
from forecourt.kernel.errors import NotFound, Refusal
from forecourt.records.catalogue import work
from forecourt.records.dealership.models import Site
from forecourt.records.people import consent
from forecourt.records.vehicles import vehicles

DAYS_SHOWN = 14


@require_http_methods(["GET", "HEAD", "POST"])
@door("booking")
def page(request: CustomerRequest, token: str) -> HttpResponse:
    """The invitation with times that are free now."""
    invitation = _invitation(request)
    if request.method == "POST":
        return _book(request, invitation)
    invitations.clicked(invitation_id=invitation.pk, method=request.method or "GET", headers=dict(request.headers))
    if invitation.appointment_id and invitation.state in {"booked", "came"}:
        return redirect(address(request, "appointment", invitation.appointment_id))
    if not vehicles.is_held(invitation.vehicle_id, by=request.customer.pk):
        return render(request, "customer/booking/declined.html", _about(invitation))
    return _show(request, invitation, wanted=request.GET.get("slot", ""))


@require_POST
@door("booking")
def not_mine(request: CustomerRequest, token: str) -> HttpResponse:
    """The customer no longer has this car."""
    invitation = _invitation(request)
    invitations.decline(actor=request.actor, invitation_id=invitation.pk, reason="not_my_car")
    return redirect("customer_booking", token)


def _book(request: CustomerRequest, invitation: Invitation) -> HttpResponse:
    wanted, note = request.POST.get("slot", ""), request.POST.get("note", "").strip()
    starts_at = times.chosen(wanted)
    if not vehicles.is_held(invitation.vehicle_id, by=request.customer.pk):
        return redirect(request.path)
    if starts_at is None:
        return _show(request, invitation, note=note, problem=_("Please choose a time."), status=422)
    try:
        with transaction.atomic():
            sent = uploads.stored(request)  # before anything is locked: looking into a file takes its time
            appointment = invitations.book(actor=request.actor, invitation_id=invitation.pk, starts_at=starts_at, note=note)
            uploads.hang(request, appointment.pk, sent=sent)
            if request.POST.get("may_ask"):
                _let_ask(request)
    except Refusal as refusal:
        if refusal.code == "already_booked":
            return _add_to_booked(request, refusal.facts["appointment"], starts_at, note)
        return _show(request, invitation, wanted=wanted, note=note, problem=str(refusal), instead=times.alternatives(refusal), status=409)
    return redirect(address(request, "appointment", appointment.pk))


def _add_to_booked(request: CustomerRequest, known: Any, starts_at: datetime, note: str) -> HttpResponse:
    """Tapped twice, or booked on another phone meanwhile: what was written goes to the appointment there is; nothing is kept twice."""
    told = "" if known.starts_at == starts_at else "?already=1"
    try:
        with transaction.atomic():
            uploads.hang(request, known.pk, sent=uploads.stored(request), note=note)
    except Refusal:
        told = "?already=without"
    return redirect(address(request, "appointment", known.pk) + told)


def _let_ask(request: CustomerRequest) -> None:
    """A question afterwards counts as advertising unless the customer agrees to it."""
    consent.enter(
        actor=request.actor, customer_id=request.customer.pk, purpose="survey", channel="email", act="give", wording="booking.may_ask"
    )  # fmt: skip


def _show(
    request: CustomerRequest,
    invitation: Invitation,
    *,
    wanted: str = "",
    note: str = "",
    problem: str = "",
    instead: list[slots.Opening] | None = None,
    status: int = 200,
) -> HttpResponse:
    about = _about(invitation)
    asked: dict[str, Any] = {
        "site_id": invitation.site_id, "work_kinds": invitation.work_kinds, "vehicle_id": invitation.vehicle_id,
    }  # fmt: skip
    free = slots.openings(**asked, days=DAYS_SHOWN)
    best = instead or slots.offer(**asked)
    asked_for = times.chosen(wanted)
    fits = [each for each in free if each.starts_at == asked_for] if asked_for else []
    first = times.choices([*fits, *(each for each in best if each.starts_at != asked_for)][:3], about["site"])
    if asked_for and not fits and not problem:
        problem = _("The time in our mail has been taken meanwhile. These are the next best.")
    return render(
        request,
        "customer/booking/page.html",
        about
        | {
            "first": first,
            "days": times.by_day(free, about["site"]),
            "note": note,
            "problem": problem,
            "asks": not consent.may_send(customer_id=request.customer.pk, purpose="survey", channel="email").allowed,
            "may_ask": bool(request.POST.get("may_ask")),
        },
        status=status,
    )


def _about(invitation: Invitation) -> dict[str, Any]:
    language = get_language() or "en"
    site = Site.objects.get(pk=invitation.site_id)
    timezone.activate(site.zone)
    return {
        "invitation": invitation,
        "vehicle": invitation.vehicle,
        "site": site,
        "work": [kind.label(language) for kind in work.kinds(invitation.work_kinds)],
    }


def _invitation(request: CustomerRequest) -> Invitation:
    found = Invitation.objects.select_related("vehicle").filter(pk=request.link.subject_id, customer_id=request.customer.pk).first()
    if found is None:
        raise NotFound
    return found
