"""What happens to appointments. What happens to a car that is here stands in `visit_events`."""

from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from uuid import UUID

from django.utils.translation import gettext_noop

from forecourt.runtime.events import Event, event


@dataclass(frozen=True, kw_only=True)
class _AboutAppointment(Event):
    appointment_id: UUID
    customer_id: UUID
    vehicle_id: UUID
    site_id: UUID
    starts_at: datetime
    cause_kind: str = ""
    cause_id: UUID | None = None

    audience = "customer"
    concerns = ("customer", "vehicle", "appointment")


@event("workshop.appointment_booked")
@dataclass(frozen=True, kw_only=True)
class AppointmentBooked(_AboutAppointment):
    ends_at: datetime
    source: str

    sentence = gettext_noop("Appointment booked for {starts_at}")
    icon = "calendar-check"


@event("workshop.appointment_moved")
@dataclass(frozen=True, kw_only=True)
class AppointmentMoved(_AboutAppointment):
    ends_at: datetime
    earlier_starts_at: datetime
    time_changed: bool = True  # False: only bay or technician, of no concern to the customer

    sentence = gettext_noop("Appointment moved from {earlier_starts_at} to {starts_at}")
    icon = "calendar-clock"


@event("workshop.appointment_cancelled")
@dataclass(frozen=True, kw_only=True)
class AppointmentCancelled(_AboutAppointment):
    reason: str = ""  # a code, never the customer's words

    sentence = gettext_noop("Appointment for {starts_at} cancelled")
    icon = "calendar-x"


@event("workshop.appointment_missed")
@dataclass(frozen=True, kw_only=True)
class AppointmentMissed(_AboutAppointment):
    sentence = gettext_noop("Appointment on {starts_at} missed")
    icon = "calendar-off"


if find_spec("forecourt.journeys.workshop.visit_events"):
    import_module("forecourt.journeys.workshop.visit_events")
