"""Who is told what, and when, about an appointment and a visit: reactions that put a message into the outbox.

All of it is contract mail. Whether it still holds at the moment of sending is asked of the gates; the words stand in `letters`.
"""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from forecourt.engines.messaging import outbox, registry
from forecourt.engines.messaging.models import Message
from forecourt.engines.messaging.registry import Verdict
from forecourt.engines.offers import invoices
from forecourt.engines.offers.models import Item
from forecourt.journeys.workshop import expected, letters, visits
from forecourt.journeys.workshop.events import AppointmentBooked, AppointmentCancelled, AppointmentMoved
from forecourt.journeys.workshop.lifecycles import OPEN_APPOINTMENT
from forecourt.journeys.workshop.models import Appointment, JobCard
from forecourt.journeys.workshop.visit_events import ApprovalAsked, CarReady, ExpectedTimeChanged, InvoiceIssued, StageChanged
from forecourt.records.people.models import Customer
from forecourt.runtime import actors, clock, scope
from forecourt.runtime.events import subscriber

APPROVAL, NOTICE = "approval", "notice"
REMINDED_AFTER_MINUTES: Final = (20, 60)
_ASKED_FOR: Final = frozenset({"work_found", "approved", "rejected"})
"""Changes of the time that the customer learns from the question, or made themselves."""


@subscriber(AppointmentBooked)
def confirm_appointment(event: AppointmentBooked) -> None:
    if event.source != "demo":
        _tell_of_appointment(event, "confirmed", letters.CONFIRMED)


@subscriber(AppointmentMoved)
def tell_of_move(event: AppointmentMoved) -> None:
    if event.time_changed:
        _tell_of_appointment(event, _step("moved", event.event_id), letters.MOVED, earlier_starts_at=event.earlier_starts_at)


@subscriber(AppointmentCancelled)
def tell_of_cancellation(event: AppointmentCancelled) -> None:
    _tell_of_appointment(event, "cancelled", letters.CANCELLED)


@subscriber(StageChanged)
def tell_of_start(event: StageChanged) -> None:
    if event.stage == "in_work" and event.earlier == "accepted":
        _tell_of_visit(event, "started", letters.STARTED)


@subscriber(ExpectedTimeChanged)
def tell_of_new_time(event: ExpectedTimeChanged) -> None:
    """Later than told, at once and with the reason; that it goes faster is told by "ready"."""
    if event.reason not in _ASKED_FOR and event.expected_at > event.earlier_expected_at:
        _tell_of_visit(
            event,
            _step("time", event.event_id),
            letters.NEW_TIME,
            expected_at=event.expected_at,
            earlier_expected_at=event.earlier_expected_at,
            reason=event.reason,
        )


@subscriber(ApprovalAsked)
def ask_for_approval(event: ApprovalAsked) -> None:
    """At once, and again after 20 and 60 minutes; the gate lets a reminder go only while nothing was answered."""
    facts = {"job_card_id": event.job_card_id, "request_id": event.request_id}
    about: dict[str, Any] = {"cause_kind": APPROVAL, "cause_id": event.request_id, "template": letters.APPROVAL}
    _queue(event, step="asked", facts=facts, **about)
    for minutes in REMINDED_AFTER_MINUTES:
        due_at = clock.now() + timedelta(minutes=minutes)
        _queue(event, step=f"reminder_{minutes}", facts={**facts, "is_reminder": True}, due_at=due_at, **about)


@subscriber(CarReady)
def tell_ready(event: CarReady) -> None:
    _tell_of_visit(event, _step("ready", event.event_id), letters.READY)


@subscriber(InvoiceIssued)
def print_invoice(event: InvoiceIssued) -> None:
    """So that nobody waits for the paper when they open it."""
    invoices.printed(actor=actors.system(scope.organisation_id(), via="invoice_issued"), invoice_id=event.invoice_id)


@registry.gate(NOTICE)
def notice_stands(message: Message) -> Verdict | None:
    """Whether what the message tells is still so."""
    if "appointment_id" in message.facts:
        appointment = Appointment.objects.filter(pk=message.facts["appointment_id"]).first()
        return None if appointment and _holds(message, appointment) else Verdict(allowed=False, reason_code="overtaken")
    job_card = JobCard.objects.filter(pk=message.facts["job_card_id"]).first()
    return None if job_card and _is_so(message, job_card) else Verdict(allowed=False, reason_code="overtaken")


@registry.gate(APPROVAL)
def question_stands(message: Message) -> Verdict | None:
    waiting = Item.objects.filter(request_id=message.facts["request_id"], request__state="open", state="pending")
    return None if waiting.exists() else Verdict(allowed=False, reason_code="answered")


def _holds(message: Message, appointment: Appointment) -> bool:
    if message.template == letters.CANCELLED:
        return appointment.state == "cancelled"
    return appointment.state in OPEN_APPOINTMENT and appointment.starts_at == datetime.fromisoformat(message.facts["starts_at"])


def _is_so(message: Message, job_card: JobCard) -> bool:
    if message.template == letters.READY:
        return job_card.stage == "ready"
    if message.template == letters.NEW_TIME:
        return job_card.stage in expected.OPEN_STAGES and job_card.expected_at == datetime.fromisoformat(message.facts["expected_at"])
    return job_card.stage in expected.OPEN_STAGES


def _tell_of_appointment(
    event: AppointmentBooked | AppointmentMoved | AppointmentCancelled, step: str, template: str, **facts: Any
) -> None:
    if event.starts_at > clock.now():
        facts = {"appointment_id": event.appointment_id, "starts_at": event.starts_at, **facts}
        _queue(event, cause_kind=NOTICE, cause_id=event.appointment_id, step=step, template=template, facts=facts)


def _tell_of_visit(event: StageChanged | ExpectedTimeChanged | CarReady, step: str, template: str, **facts: Any) -> None:
    facts = {"job_card_id": event.job_card_id, **facts}
    _queue(event, cause_kind=NOTICE, cause_id=event.job_card_id, step=step, template=template, facts=facts)


def _queue(event: Any, *, step: str, facts: dict[str, Any], **message: Any) -> None:
    """To the customer of an event, in their language, by the site."""
    customer = Customer.objects.get(pk=event.customer_id)
    outbox.queue(
        customer_id=customer.pk,
        address=customer.email,
        purpose="contract",
        language=visits.language_of(customer),
        site_id=event.site_id,
        step=step,
        facts={name: _plain(value) for name, value in facts.items()},
        **message,
    )


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _step(name: str, event_id: UUID | None) -> str:
    """What may happen again is told again, once per event."""
    assert event_id is not None
    return f"{name}:{event_id.hex}"
