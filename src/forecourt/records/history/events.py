"""What happens to the record of visits. An import says once for all its rows what it brought (`intake.import_applied`)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import gettext_noop

from forecourt.runtime.events import Event, event


@event("history.visit_recorded")
@dataclass(frozen=True, kw_only=True)
class VisitRecorded(Event):
    """A visit of our own workshop stands in the history, or stands there anew."""

    visit_id: UUID
    vehicle_id: UUID
    customer_id: UUID | None
    site_id: UUID
    opened_on: date

    sentence = gettext_noop("The visit was entered in the car's history")
    icon = "book-open"
    concerns = ("customer", "vehicle", "visit")


@event("history.mileage_put_right")
@dataclass(frozen=True, kw_only=True)
class MileagePutRight(Event):
    """Staff put right what an order says of the car's mileage, or took again what its source says."""

    visit_id: UUID
    vehicle_id: UUID

    sentence = gettext_noop("The mileage of a visit was put right")
    icon = "gauge"
    concerns = ("vehicle", "visit")


@event("history.day_put_right")
@dataclass(frozen=True, kw_only=True)
class DayPutRight(Event):
    """Staff put right on which day an order was opened, or took again what its source says."""

    visit_id: UUID
    vehicle_id: UUID

    sentence = gettext_noop("The day of a visit was put right")
    icon = "calendar-cog"
    concerns = ("vehicle", "visit")
