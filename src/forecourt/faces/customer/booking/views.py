"""One tap: the page behind an invitation. Looking changes nothing; confirming, choosing another time and "not mine" are POSTs."""

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
from forecourt.journeys.workshop import appointments, slots
from forecourt.kernel.errors import NotFound, Refusal
from forecourt.records.catalogue import work
from forecourt.records.dealership.models import Site
from forecourt.records.people import consent

DAYS_SHOWN = 14
NOTE_LETTERS = 1000


@require_http_methods(["GET", "HEAD", "POST"])
@door("booking")
def page(request: CustomerRequest, token: str) -> HttpResponse:
    """The invitation with times that are free now."""
    invitation = _invitation(request)
    if request.method == "POST":
        return _book(request, invitation)
    invitations.clicked(invitation_id=invitation.pk, method=request.method or "GET", headers=dict(request.headers))
    if invitation.appointment_id and invitation.state == "booked":
        return redirect(address(request, "appointment", invitation.appointment_id))
    return _show(request, invitation, wanted=request.GET.get("slot", ""))


@require_POST
@door("booking")
def not_mine(request: CustomerRequest, token: str) -> HttpResponse:
    """The customer no longer has this car."""
    invitation = _invitation(request)
    invitations.decline(actor=request.actor, invitation_id=invitation.pk, reason="not_my_car")
    return render(request, "customer/booking/declined.html", _about(invitation))


def _book(request: CustomerRequest, invitation: Invitation) -> HttpResponse:
    starts_at = times.chosen(request.POST.get("slot", ""))
    note = request.POST.get("note", "").strip()
    if starts_at is None:
        return _show(request, invitation, note=note, problem=_("Please choose a time."), status=422)
    if len(note) > NOTE_LETTERS:
        return _show(request, invitation, note=note, problem=_("Please write a little less."), status=422)
    try:
        with transaction.atomic():
            sent = uploads.stored(request.FILES.getlist("photos"), actor=request.actor)
            appointment = invitations.book(actor=request.actor, invitation_id=invitation.pk, starts_at=starts_at, note=note)
            if sent:
                appointments.add_media(actor=request.actor, appointment_id=appointment.pk, files=sent)
            if request.POST.get("may_ask"):
                _let_ask(request)
    except Refusal as refusal:
        if refusal.code == "already_booked":
            known: Any = refusal.facts["appointment"]
            return redirect(address(request, "appointment", known.pk))
        return _show(request, invitation, note=note, problem=str(refusal), instead=times.alternatives(refusal), status=409)
    return redirect(address(request, "appointment", appointment.pk))


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
