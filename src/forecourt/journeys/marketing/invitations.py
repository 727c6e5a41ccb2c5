"""What becomes of an invitation: opened, booked, declined; came, and what it brought.

Owns the invitation's state. Booking itself is the workshop's; the numbers of a flow are read in `insight.flow_return`.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from forecourt.engines.messaging import clicks
from forecourt.journeys.marketing import flows
from forecourt.journeys.marketing.events import InvitationDeclined, InvitationOpened
from forecourt.journeys.marketing.models import Invitation
from forecourt.journeys.workshop import appointments
from forecourt.journeys.workshop.models import Appointment
from forecourt.kernel.errors import NotFound, Refusal
from forecourt.kernel.lifecycle import Lifecycle
from forecourt.records.vehicles import vehicles
from forecourt.runtime import access, clock
from forecourt.runtime.actors import Actor, system
from forecourt.runtime.events import publish

INVITATION = Lifecycle(
    name="invitation",
    initial="planned",
    moves={
        "planned": ("sent", "refused", "booked", "declined", "lapsed"),
        "sent": ("booked", "declined", "lapsed", "refused"),
        "refused": ("booked", "declined"),
        "booked": ("came", "sent"),
        "declined": ("booked",),
        "lapsed": ("booked", "declined"),
        "came": (),
    },
)
DECLINE_REASONS = ("not_my_car", "not_now", "done_elsewhere", "other")
#: An appointment made in another way counts as the invitation's if it follows within so many days.
FOLLOWS_WITHIN = timedelta(days=60)


@transaction.atomic
def book(*, actor: Actor, invitation_id: UUID, starts_at: datetime, note: str = "") -> Appointment:
    """Book what the invitation is about, at one of its times or another. Refusals as of `workshop.appointments.book`."""
    invitation = _locked(actor, invitation_id)
    appointment = appointments.book(
        actor=actor,
        customer_id=invitation.customer_id,
        vehicle_id=invitation.vehicle_id,
        site_id=invitation.site_id,
        work_kinds=invitation.work_kinds,
        starts_at=starts_at,
        note=note,
        source="link" if actor.kind == "customer" else "staff",
        cause_kind=flows.CAUSE,
        cause_id=invitation.pk,
    )
    _booked(invitation, appointment.pk)
    return appointment


@transaction.atomic
def decline(*, actor: Actor, invitation_id: UUID, reason: str = "not_my_car") -> Invitation:
    """The customer does not want it. "not_my_car" also ends the holding. Saying it again changes nothing."""
    if reason not in DECLINE_REASONS:
        raise Refusal("unknown_reason", _("Please choose a reason."))
    invitation = _locked(actor, invitation_id)
    if invitation.state == "declined":
        return invitation
    text = _("There is an appointment for this. Please cancel it first.")
    invitation.state = INVITATION.move(invitation.state, "declined", text=text)
    invitation.declined_at = clock.now()
    invitation.save(update_fields=["state", "declined_at"])
    if reason == "not_my_car":
        vehicles.not_my_car(actor=actor, vehicle_id=invitation.vehicle_id, customer_id=invitation.customer_id, reason=reason)
    publish(InvitationDeclined(**flows.about(invitation), reason=reason), by=actor)
    return invitation


@transaction.atomic
def clicked(*, invitation_id: UUID, method: str, headers: Mapping[str, str], user_agent: str = "", link: str = "") -> bool:
    """Keep a visit to the invitation's page; returns whether a person made it. Changes nothing of the invitation but when it was opened."""
    agent = user_agent or next((value for name, value in headers.items() if name.lower() == "user-agent"), "")
    click = clicks.record(
        cause_kind=flows.CAUSE, cause_id=invitation_id, method=method, user_agent=agent, headers=dict(headers), at=clock.now(), link=link
    )
    if click.is_machine:
        return False
    first = Invitation.objects.filter(pk=invitation_id, clicked_at__isnull=True).update(clicked_at=click.at)
    if first:
        invitation = Invitation.objects.get(pk=invitation_id)
        publish(InvitationOpened(**flows.about(invitation)), by=system(invitation.organisation_id, via="link"))
    return True


def sent(*, invitation_id: UUID, at: datetime) -> None:
    """The letter left."""
    rows = Invitation.objects.filter(pk=invitation_id)
    rows.filter(sent_at__isnull=True).update(sent_at=at)
    rows.filter(state="planned").update(state="sent")


def refused(*, invitation_id: UUID, reason: str) -> None:
    """The letter must not or cannot go."""
    Invitation.objects.filter(pk=invitation_id, state__in=("planned", "sent")).update(state="refused", refused_because=reason[:40])


@transaction.atomic
def follow_booking(*, appointment_id: UUID, vehicle_id: UUID, cause_kind: str, cause_id: UUID | None) -> None:
    """An appointment was made: by this invitation, or in another way by someone who had been invited for the same work."""
    if cause_kind == flows.CAUSE and cause_id:
        invitation = Invitation.objects.select_for_update().filter(pk=cause_id).first()
    else:
        booked = Appointment.objects.filter(pk=appointment_id).values_list("work_kinds", flat=True).first()
        since = clock.now() - FOLLOWS_WITHIN
        open_ones = Invitation.objects.select_for_update().filter(
            vehicle_id=vehicle_id, state="sent", sent_at__gte=since, work_kinds__overlap=booked or []
        )
        invitation = open_ones.order_by("-sent_at").first()
    if invitation is not None:
        _booked(invitation, appointment_id)


def follow_cancellation(*, appointment_id: UUID) -> None:
    """The appointment is off; the invitation stands as before it."""
    booked = Invitation.objects.filter(appointment_id=appointment_id, state="booked")
    booked.update(state="sent", booked_at=None, appointment_id=None)


def follow_arrival(*, appointment_id: UUID, at: datetime) -> None:
    """The car is here."""
    Invitation.objects.filter(appointment_id=appointment_id, came_at__isnull=True).update(state="came", came_at=at)


def follow_invoice(*, appointment_id: UUID, net: Decimal) -> None:
    """What the visit brought, without tax. There is one invoice a visit."""
    Invitation.objects.filter(appointment_id=appointment_id).update(revenue_net=net)


def _booked(invitation: Invitation, appointment_id: UUID) -> None:
    if invitation.appointment_id is not None or not INVITATION.can(invitation.state, "booked"):
        return
    invitation.state, invitation.appointment_id, invitation.booked_at = "booked", appointment_id, clock.now()
    invitation.save(update_fields=["state", "appointment_id", "booked_at"])


def _locked(actor: Actor, invitation_id: UUID) -> Invitation:
    found = Invitation.objects.select_for_update(of=("self",)).filter(pk=invitation_id).first()
    if found is None:
        raise NotFound
    access.require(actor, "marketing.answer_invitation", found)
    return found
