"""What happens to a car that is here, from the arrival to the key in the customer's hand."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_noop

from forecourt.runtime.events import Event, event

STAGE_WORDS: Final = {
    "in_work": gettext_noop("In work"),
    "waiting_parts": gettext_noop("Waiting for parts"),
    "waiting_approval": gettext_noop("Waiting for approval"),
    "quality_check": gettext_noop("Quality check"),
    "washed": gettext_noop("Washed"),
}


@dataclass(frozen=True, kw_only=True)
class _AboutVisit(Event):
    job_card_id: UUID
    appointment_id: UUID
    customer_id: UUID
    vehicle_id: UUID
    site_id: UUID

    audience = "customer"
    concerns = ("customer", "vehicle", "appointment", "job_card")


@event("workshop.car_arrived")
@dataclass(frozen=True, kw_only=True)
class CarArrived(_AboutVisit):
    sentence = gettext_noop("The car has arrived")
    icon = "map-pin"


@event("workshop.car_accepted")
@dataclass(frozen=True, kw_only=True)
class CarAccepted(_AboutVisit):
    mileage: int

    sentence = gettext_noop("The car was accepted at {mileage} km")
    icon = "clipboard-check"


@event("workshop.stage_changed")
@dataclass(frozen=True, kw_only=True)
class StageChanged(_AboutVisit):
    """Arrival, acceptance, ready and collection have events of their own."""

    stage: str
    earlier: str

    sentence = gettext_noop("Stage: {stage}")
    codes = {"stage": STAGE_WORDS, "earlier": STAGE_WORDS}
    icon = "wrench"


@event("workshop.technician_assigned")
@dataclass(frozen=True, kw_only=True)
class TechnicianAssigned(_AboutVisit):
    technician_id: UUID

    audience = "staff"
    sentence = gettext_noop("A technician was assigned")
    icon = "user-cog"


@event("workshop.work_started")
@dataclass(frozen=True, kw_only=True)
class WorkStarted(_AboutVisit):
    line_id: UUID

    audience = "staff"
    sentence = gettext_noop("Work on a line was started")
    icon = "play"


@event("workshop.work_finished")
@dataclass(frozen=True, kw_only=True)
class WorkFinished(_AboutVisit):
    line_id: UUID

    audience = "staff"
    sentence = gettext_noop("Work on a line was finished")
    icon = "check"


@event("workshop.expected_time_changed")
@dataclass(frozen=True, kw_only=True)
class ExpectedTimeChanged(_AboutVisit):
    """`reason` is a code: work_found, approved, rejected, stage, work, delay."""

    expected_earliest_at: datetime
    expected_at: datetime
    expected_latest_at: datetime
    earlier_expected_at: datetime
    reason: str

    sentence = gettext_noop("Expected ready at {expected_at}, before that {earlier_expected_at}")
    icon = "clock"


@event("workshop.work_found")
@dataclass(frozen=True, kw_only=True)
class WorkFound(_AboutVisit):
    item_id: UUID
    urgency: str

    audience = "staff"
    sentence = gettext_noop("More work was found")
    icon = "search-check"


@event("workshop.approval_asked")
@dataclass(frozen=True, kw_only=True)
class ApprovalAsked(_AboutVisit):
    request_id: UUID
    items: int

    sentence = gettext_noop("The customer was asked to decide (items: {items})")
    icon = "circle-help"


@event("workshop.item_approved")
@dataclass(frozen=True, kw_only=True)
class ItemApproved(_AboutVisit):
    item_id: UUID
    how: str
    gross: Decimal

    sentence = gettext_noop("An item was approved")
    icon = "thumbs-up"


@event("workshop.item_rejected")
@dataclass(frozen=True, kw_only=True)
class ItemRejected(_AboutVisit):
    item_id: UUID
    how: str
    gross: Decimal

    sentence = gettext_noop("An item was rejected")
    icon = "thumbs-down"


@event("workshop.item_withdrawn")
@dataclass(frozen=True, kw_only=True)
class ItemWithdrawn(_AboutVisit):
    item_id: UUID

    sentence = gettext_noop("The workshop withdrew an item")
    icon = "undo-2"


@event("workshop.car_ready")
@dataclass(frozen=True, kw_only=True)
class CarReady(_AboutVisit):
    checked_by_id: UUID

    sentence = gettext_noop("The car is ready")
    icon = "circle-check"


@event("workshop.invoice_issued")
@dataclass(frozen=True, kw_only=True)
class InvoiceIssued(_AboutVisit):
    invoice_id: UUID
    net: Decimal
    gross: Decimal
    currency: str

    sentence = gettext_noop("The invoice was issued: {gross} {currency}")
    icon = "receipt"


@event("workshop.car_collected")
@dataclass(frozen=True, kw_only=True)
class CarCollected(_AboutVisit):
    visit_id: UUID

    sentence = gettext_noop("The car was collected")
    icon = "key-round"
