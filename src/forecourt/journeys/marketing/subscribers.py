"""What marketing does when something happens elsewhere: invitations follow their appointment, facts follow the records."""

from forecourt.engines.audience import facts
from forecourt.engines.intake.events import ImportApplied
from forecourt.engines.messaging.events import MessageFailed, MessageRefused, MessageSent
from forecourt.journeys.marketing import confirmations, flows, invitations, letters  # noqa: F401 - letters registers its composer
from forecourt.journeys.workshop.events import AppointmentBooked, AppointmentCancelled
from forecourt.journeys.workshop.visit_events import CarArrived, CarCollected, InvoiceIssued
from forecourt.records.dealership.events import OrganisationFounded
from forecourt.records.people.events import ConfirmationAsked
from forecourt.records.vehicles.events import HoldingBegan, HoldingEnded
from forecourt.runtime import clock
from forecourt.runtime.events import subscriber


@subscriber(OrganisationFounded)
def begin_with_the_standard_flows(event: OrganisationFounded) -> None:
    """They stand there switched off."""
    flows.install()


@subscriber(ImportApplied, queue="bulk")
def work_out_what_is_due(event: ImportApplied) -> None:
    """A file may have brought anything for any car."""
    if event.rows_created or event.rows_updated or event.gone or event.back:
        facts.refresh()


@subscriber(CarCollected, HoldingEnded, HoldingBegan)
def work_out_what_is_due_on_this_car(event: CarCollected | HoldingEnded | HoldingBegan) -> None:
    facts.refresh(vehicle_ids=[event.vehicle_id])


@subscriber(ConfirmationAsked)
def ask_to_confirm(event: ConfirmationAsked) -> None:
    confirmations.ask(customer_id=event.customer_id, entry_id=event.entry_id)


@subscriber(MessageSent)
def note_that_it_left(event: MessageSent) -> None:
    if event.cause_kind == flows.CAUSE:
        invitations.sent(invitation_id=event.cause_id, at=clock.now())


@subscriber(MessageRefused, MessageFailed)
def note_that_it_did_not(event: MessageRefused | MessageFailed) -> None:
    if event.cause_kind == flows.CAUSE:
        invitations.refused(invitation_id=event.cause_id, reason=event.reason_code)


@subscriber(AppointmentBooked)
def follow_booking(event: AppointmentBooked) -> None:
    invitations.follow_booking(
        appointment_id=event.appointment_id, vehicle_id=event.vehicle_id, cause_kind=event.cause_kind, cause_id=event.cause_id
    )


@subscriber(AppointmentCancelled)
def follow_cancellation(event: AppointmentCancelled) -> None:
    invitations.follow_cancellation(appointment_id=event.appointment_id)


@subscriber(CarArrived)
def follow_arrival(event: CarArrived) -> None:
    invitations.follow_arrival(appointment_id=event.appointment_id, at=clock.now())


@subscriber(InvoiceIssued)
def follow_invoice(event: InvoiceIssued) -> None:
    invitations.follow_invoice(appointment_id=event.appointment_id, net=event.net)
