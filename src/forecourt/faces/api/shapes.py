"""What goes in and out of the API. Times are ISO 8601 with zone; money is a decimal in text; net means without tax."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from ninja import Schema
from pydantic import AfterValidator, AwareDatetime, Field

from forecourt.kernel.identifiers import normal_email

_FIRST, _LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def _in_this_century(instant: datetime) -> datetime:
    if not _FIRST <= instant < _LAST:
        raise ValueError("must lie between 2000 and 2100")
    return instant


Instant = Annotated[AwareDatetime, AfterValidator(_in_this_century)]
"""A time as it is sent: with its zone, and within what a calendar can reckon."""


def _written_as_we_do(address: str) -> str:
    return normal_email(address) if address else ""


EmailAddress = Annotated[str, AfterValidator(_written_as_we_do)]
"""An address to look for, however it is written; what is none is not understood."""


class Misfit(Schema):
    """A place in what was sent, and what is wrong there."""

    where: list[str]
    what: str
    kind: str


class Problem(Schema):
    """Why something was not done, and what is true now."""

    code: str
    text: str
    right: str | None = None  # with "not_permitted": the one that the token's role lacks
    detail: list[Misfit] = []  # with "not_as_described"
    alternatives: list["Slot"] = []
    import_id: UUID | None = None
    appointment_id: UUID | None = None  # with "already_booked": the one that an earlier, unanswered request made


class CustomerOut(Schema):
    id: UUID
    number: str
    kind: str
    name: str
    language: str
    email: str
    phone: str
    mobile: str
    postcode: str
    city: str


class VehicleOut(Schema):
    id: UUID
    vin: str
    plate: str
    make: str
    model: str
    fuel: str
    first_registered_on: date | None
    mileage: int | None


class Slot(Schema):
    starts_at: datetime
    ends_at: datetime


class SlotsWanted(Schema):
    site_id: UUID
    work_kinds: list[str] = Field(min_length=1, max_length=8)
    vehicle_id: UUID | None = None
    earliest: Instant | None = None
    days: int = Field(default=21, ge=1, le=60)
    at_most: int = Field(default=3, ge=1, le=50)


class AppointmentIn(Schema):
    customer_id: UUID
    vehicle_id: UUID
    site_id: UUID
    work_kinds: list[str] = Field(min_length=1, max_length=8)
    starts_at: Instant
    note: str = Field(default="", max_length=2000)


class AppointmentMove(Schema):
    starts_at: Instant
    version: int
    bay_id: UUID | None = None
    technician_id: UUID | None = None


class AppointmentCancel(Schema):
    reason: str = Field(default="customer_asked", max_length=40)


class AppointmentOut(Schema):
    id: UUID
    number: int
    site_id: UUID
    customer_id: UUID
    vehicle_id: UUID
    work_kinds: list[str]
    starts_at: datetime
    ends_at: datetime
    bay_id: UUID | None
    technician_id: UUID | None
    state: str
    source: str
    version: int


class WorkLineOut(Schema):
    title: str
    state: str
    minutes: int
    net: Decimal
    tax_rate: Decimal


class JobCardOut(Schema):
    id: UUID
    number: int
    site_id: UUID
    appointment_id: UUID
    customer_id: UUID
    vehicle_id: UUID
    stage: str
    mileage: int | None
    expected_earliest_at: datetime | None
    expected_at: datetime | None
    expected_latest_at: datetime | None
    lines: list[WorkLineOut] = []


class ImportOut(Schema):
    id: UUID
    number: int
    source: str
    file_name: str
    state: str
    is_dry_run: bool
    refusal_code: str
    refusal_text: str
    rows_read: int
    rows_created: int
    rows_updated: int
    rows_unchanged: int
    rows_rejected: int
    rows_erased: int
    gone: dict[str, Any]


class RejectedRowOut(Schema):
    line: int
    column: str
    value: str
    reason_code: str
    reason: str
