"""What programs outside are told when something happens here: names and shapes, a promise like the API's own, and described in its document.

Ids, times, amounts and codes only; who wants more asks the API with a token, which leaves a line. Fields are only ever added; a change of
meaning is a new name. What an import brings is not told row by row: `import.applied` says that it came.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from ninja import Schema

from forecourt.engines.exchange import vocabulary
from forecourt.engines.intake.events import ImportApplied
from forecourt.journeys.workshop import events as appointments
from forecourt.journeys.workshop import visit_events as visits
from forecourt.records.people import events as people
from forecourt.records.vehicles import events as vehicles
from forecourt.runtime.events import Event


class _Appointment(Schema):
    appointment_id: UUID
    customer_id: UUID
    vehicle_id: UUID
    site_id: UUID
    starts_at: datetime


class AppointmentBooked(_Appointment):
    """An appointment was booked, by whomever: staff, the customer, a program."""

    ends_at: datetime
    source: str


class AppointmentMoved(_Appointment):
    """An appointment has another time."""

    ends_at: datetime
    earlier_starts_at: datetime


class AppointmentCancelled(_Appointment):
    """An appointment was cancelled; the reason is a code."""

    reason: str


class AppointmentMissed(_Appointment):
    """The customer did not come."""


class _Visit(Schema):
    job_card_id: UUID
    appointment_id: UUID
    customer_id: UUID
    vehicle_id: UUID
    site_id: UUID


class JobStage(_Visit):
    """A job card reached a stage: arrived, accepted, in_work, waiting_parts, waiting_approval, quality_check, washed, ready, collected."""

    stage: str


class ItemDecided(_Visit):
    """One item of extra work was approved or rejected; `how` is a code for the way in which that was said, `gross` includes tax."""

    item_id: UUID
    decision: str
    how: str
    gross: Decimal


class InvoiceIssued(_Visit):
    """An invoice was issued."""

    invoice_id: UUID
    net: Decimal
    gross: Decimal
    currency: str


class CustomerUpdated(Schema):
    """A customer record was opened or changed; `fields` names what changed, never its content."""

    customer_id: UUID
    is_new: bool = False
    fields: list[str] = []


class CustomersMerged(Schema):
    """Two records are one person: `absorbed_id` is `customer_id` from now on."""

    customer_id: UUID
    absorbed_id: UUID


class CustomersParted(Schema):
    """A merge was taken back: the two are two persons."""

    customer_id: UUID
    absorbed_id: UUID


class CustomerErased(Schema):
    """A person was erased here; whatever you keep of them has to go too."""

    customer_id: UUID


class ConsentChanged(Schema):
    """A consent was given or withdrawn, or the customer objected: `act` is given, withdrawn or objected."""

    customer_id: UUID
    purpose: str
    channel: str
    act: str


class VehicleUpdated(Schema):
    """A car record was opened or changed; `fields` names what changed, never its content."""

    vehicle_id: UUID
    is_new: bool = False
    fields: list[str] = []


class ImportDone(Schema):
    """All right rows of a file are in the records."""

    import_id: UUID
    number: int
    rows_read: int
    rows_created: int
    rows_updated: int
    rows_unchanged: int
    rows_rejected: int


SHAPES: Final[dict[str, type[Schema]]] = {}


class VehiclesMerged(Schema):
    """Two records are one car: `absorbed_id` is `vehicle_id` from now on."""

    vehicle_id: UUID
    absorbed_id: UUID


class VehiclesParted(Schema):
    """A merge was taken back: the two are two cars."""

    vehicle_id: UUID
    absorbed_id: UUID


def _tell(
    name: str, title: Promise | str, shape: type[Schema], of: Mapping[type[Event], Mapping[str, Any]], only: Callable[[Any], bool] | None = None
) -> None:  # fmt: skip
    """The shape is filled from the fields of the event that have the same name, and with what stands here for it."""

    def data(fixed: Mapping[str, Any]) -> Callable[[Any], dict[str, Any] | None]:
        def fill(event: Any) -> dict[str, Any] | None:
            if only is not None and not only(event):
                return None
            own = {field: getattr(event, field) for field in shape.model_fields if hasattr(event, field)}
            return shape(**{**own, **fixed}).model_dump(mode="json")

        return fill

    SHAPES[name] = shape
    vocabulary.declare(name, title, {cls: data(fixed) for cls, fixed in of.items()})


_tell("appointment.booked", _("An appointment was booked"), AppointmentBooked, {appointments.AppointmentBooked: {}})
_tell("appointment.moved", _("An appointment has another time"), AppointmentMoved, {appointments.AppointmentMoved: {}},
      only=lambda event: event.time_changed)  # fmt: skip
_tell("appointment.cancelled", _("An appointment was cancelled"), AppointmentCancelled, {appointments.AppointmentCancelled: {}})
_tell("appointment.missed", _("A customer did not come"), AppointmentMissed, {appointments.AppointmentMissed: {}})
_tell("job.stage", _("A job card reached a stage"), JobStage, {
    visits.CarArrived: {"stage": "arrived"}, visits.CarAccepted: {"stage": "accepted"}, visits.StageChanged: {},
    visits.CarReady: {"stage": "ready"}, visits.CarCollected: {"stage": "collected"},
})  # fmt: skip
_tell("item.decided", _("An item was approved or rejected"), ItemDecided, {
    visits.ItemApproved: {"decision": "approved"}, visits.ItemRejected: {"decision": "rejected"},
})  # fmt: skip
_tell("invoice.issued", _("An invoice was issued"), InvoiceIssued, {visits.InvoiceIssued: {}})
_tell("customer.updated", _("A customer record was opened or changed"), CustomerUpdated, {
    people.CustomerEntered: {"is_new": True}, people.CustomerChanged: {},
})  # fmt: skip
_tell("customer.merged", _("Two customer records became one"), CustomersMerged, {people.CustomersMerged: {}})
_tell("customer.parted", _("A merge of customer records was taken back"), CustomersParted, {people.MergeUndone: {}})
_tell("customer.erased", _("A person was erased"), CustomerErased, {people.PersonErased: {}})
_tell("consent.changed", _("A consent changed"), ConsentChanged, {
    people.ConsentGiven: {"act": "given"}, people.ConsentWithdrawn: {"act": "withdrawn"}, people.Objected: {"act": "objected"},
})  # fmt: skip
_tell("vehicle.updated", _("A car record was opened or changed"), VehicleUpdated, {
    vehicles.VehicleEntered: {"is_new": True}, vehicles.VehicleChanged: {},
})  # fmt: skip
_tell("vehicle.merged", _("Two records of a car became one"), VehiclesMerged, {vehicles.VehiclesMerged: {}})
_tell("vehicle.parted", _("A merge of two cars was taken back"), VehiclesParted, {vehicles.VehicleMergeUndone: {}})
_tell("import.applied", _("A file was imported"), ImportDone, {ImportApplied: {}})


def document() -> dict[str, Any]:
    """The part `webhooks` of the OpenAPI document."""
    return {name: {"post": _operation(name, shape)} for name, shape in SHAPES.items()}


def _operation(name: str, shape: type[Schema]) -> dict[str, Any]:
    message = {
        "type": "object",
        "required": ["type", "version", "timestamp", "event_id", "data"],
        "properties": {
            "type": {"const": name}, "version": {"const": 1}, "timestamp": {"type": "string", "format": "date-time"},
            "event_id": {"type": "string", "format": "uuid"}, "data": shape.model_json_schema(),
        },
    }  # fmt: skip
    return {
        "operationId": f"told_{name.replace('.', '_')}",
        "summary": name,
        "description": f"{(shape.__doc__ or '').strip()} Signed as Standard Webhooks says (webhook-id, webhook-timestamp, webhook-signature).",
        "requestBody": {"required": True, "content": {"application/json": {"schema": message}}},
        "responses": {"2XX": {"description": "Taken. Any other answer, or none within ten seconds, and it is sent again."}},
    }
