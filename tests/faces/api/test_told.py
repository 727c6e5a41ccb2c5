"""What programs outside are told is a promise: its names and fields stand here, and hold ids, times, amounts and codes alone."""

import json
from datetime import datetime
from decimal import Decimal
from typing import Any, get_args
from uuid import UUID

from django.test import Client

from forecourt.engines.exchange import vocabulary
from forecourt.faces.api import told
from forecourt.runtime import events
from tests.cast import Alpen

APPOINTMENT = {"appointment_id", "customer_id", "vehicle_id", "site_id", "starts_at"}
VISIT = {"job_card_id", "appointment_id", "customer_id", "vehicle_id", "site_id"}
PROMISED = {
    "appointment.booked": APPOINTMENT | {"ends_at", "source"},
    "appointment.moved": APPOINTMENT | {"ends_at", "earlier_starts_at"},
    "appointment.cancelled": APPOINTMENT | {"reason"},
    "appointment.missed": APPOINTMENT,
    "job.stage": VISIT | {"stage"},
    "item.decided": VISIT | {"item_id", "decision", "how", "gross"},
    "invoice.issued": VISIT | {"invoice_id", "net", "gross", "currency"},
    "customer.updated": {"customer_id", "is_new", "fields"},
    "customer.merged": {"customer_id", "absorbed_id"},
    "customer.parted": {"customer_id", "absorbed_id"},
    "customer.erased": {"customer_id"},
    "consent.changed": {"customer_id", "purpose", "channel", "act"},
    "vehicle.updated": {"vehicle_id", "is_new", "fields"},
    "vehicle.merged": {"vehicle_id", "absorbed_id"},
    "vehicle.parted": {"vehicle_id", "absorbed_id"},
    "import.applied": {"import_id", "number", "rows_read", "rows_created", "rows_updated", "rows_unchanged", "rows_rejected"},
}
# Fields of text: each is a code, never what somebody wrote.
CODES = {"source", "reason", "stage", "decision", "how", "currency", "purpose", "channel", "act", "fields"}


def test_names_and_fields_are_as_promised() -> None:
    assert {name: set(shape.model_fields) for name, shape in told.SHAPES.items()} == PROMISED
    assert set(vocabulary.names()) == set(PROMISED)


def test_nothing_but_ids_times_amounts_and_codes_is_told() -> None:
    for name, shape in told.SHAPES.items():
        for field, declared in shape.model_fields.items():
            types = {declared.annotation, *get_args(declared.annotation)}
            assert types <= {UUID, datetime, Decimal, int, bool} or field in CODES, (name, field)


def test_every_event_behind_a_name_fills_its_shape() -> None:
    """From our events' own fields: whoever takes one away learns here who relies on it."""
    for name, each in vocabulary.names().items():
        for event_name, data in each.of.items():
            cls = events.registered()[event_name]
            happened = cls(**{field: _of(types) for field, types in events._declared(cls).items()})  # type: ignore[arg-type]
            filled = data(happened)
            assert filled is not None
            assert set(filled) == PROMISED[name], (name, event_name)
            json.dumps(filled)


def _of(types: frozenset[Any]) -> Any:
    made = {UUID: UUID(int=1), datetime: datetime(2026, 3, 2), Decimal: Decimal("1.00"), bool: True, int: 1, list: ["city"]}
    return next((value for kind, value in made.items() if kind in types), "code")


def test_the_document_describes_each(alpen: Alpen) -> None:
    document = Client().get("/api/v1/openapi.json").json()
    assert set(document["webhooks"]) == set(PROMISED)
    message = document["webhooks"]["job.stage"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert message["properties"]["type"] == {"const": "job.stage"}
    assert set(message["properties"]["data"]["properties"]) == PROMISED["job.stage"]
