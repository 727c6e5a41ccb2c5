"""What care does when something happens elsewhere."""

from forecourt.engines.cases.events import CaseConfirmed, CaseReopened
from forecourt.engines.messaging import pauses, purposes
from forecourt.engines.messaging.events import MessageFailed, MessageRefused, MessageSent
from forecourt.journeys.care import letters, surveys  # noqa: F401 - letters registers its composer
from forecourt.journeys.workshop.visit_events import CarCollected
from forecourt.runtime.events import subscriber


@subscriber(CarCollected)
def ask_how_it_was(event: CarCollected) -> None:
    surveys.plan(job_card_id=event.job_card_id, customer_id=event.customer_id, vehicle_id=event.vehicle_id, site_id=event.site_id)


@subscriber(MessageSent)
def note_that_they_were_asked(event: MessageSent) -> None:
    if event.cause_kind == "survey":
        surveys.left(survey_id=event.cause_id)


@subscriber(MessageRefused, MessageFailed)
def note_that_they_were_not(event: MessageRefused | MessageFailed) -> None:
    if event.cause_kind == "survey":
        surveys.held_back(survey_id=event.cause_id, reason=event.reason_code)


@subscriber(CaseConfirmed)
def let_marketing_go_on(event: CaseConfirmed) -> None:
    pauses.end(cause_id=event.case_id)


@subscriber(CaseReopened)
def let_marketing_pause_again(event: CaseReopened) -> None:
    if event.customer_id:
        pauses.begin(customer_id=event.customer_id, purposes=purposes.MARKETING, reason="case_open", cause_id=event.case_id)
