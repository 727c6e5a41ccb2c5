"""Requests and invoices for the tests of offers: a job card is anything with an id."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from forecourt.engines.offers import decisions, invoices, requests
from forecourt.engines.offers.models import Invoice, Item, Request
from forecourt.kernel.ids import uuid7
from forecourt.records.dealership.models import LegalEntity
from forecourt.runtime.actors import Actor

PARTIES: dict[str, Any] = {
    "seller": {
        "brand": "Autohaus Alpen",
        "name": "Autohaus Alpen GmbH",
        "address": ["Hauptstraße 1", "39100 Bozen"],
        "phone": "+39 0471 000000",
        "email": "bozen@example.org",
        "tax_number": "IT01234567890",
        "iban": "IT60X0542811101000000123456",
        "colour": "#0f5fd7",
    },
    "buyer": {"name": "Dana Dorfer", "address": ["Talfergasse 7", "39100 Bozen"]},
}
ABOUT: dict[str, Any] = {
    "delivered_on": "2026-03-03",
    "due_on": "2026-03-17",
    "customer_number": "K-0001",
    "order_number": "1024",
    "car": "Volkswagen Golf",
    "plate": "BZ 346 AN",
    "vin": "WVWZZZ1KZAW000011",
    "mileage": 84210,
}


def new_item(net: str = "100.00", **more: Any) -> requests.NewItem:
    return requests.NewItem(**{"title": "Front brake pads", "net": Decimal(net), "tax_rate": Decimal("22.00"), **more})


def draft(*items: requests.NewItem, subject_id: UUID | None = None, customer_id: UUID | None = None) -> Request:
    return requests.create(
        subject_kind="job_card", subject_id=subject_id or uuid7(), site_id=uuid7(), customer_id=customer_id or uuid7(),
        kind="extra", currency="EUR", items=list(items or [new_item()]),
    )  # fmt: skip


def open_request(*items: requests.NewItem, **more: Any) -> Request:
    return requests.put(request_id=draft(*items, **more).pk)


def approved(actor: Actor, *items: requests.NewItem, **more: Any) -> list[Item]:
    request = open_request(*items, **more)
    for item in request.items.all():
        decisions.decide(actor=actor, item_id=item.pk, verdict="approved", shown_digest=item.shown_digest, how="link")
    return list(request.items.all())


def issue(lines: list[invoices.NewLine], *, subject_id: UUID | None = None, language: str = "de", **more: Any) -> Invoice:
    return invoices.issue(
        legal_entity=LegalEntity.objects.get(), site_id=uuid7(), subject_kind="job_card", subject_id=subject_id or uuid7(),
        customer_id=uuid7(), lines=lines, language=language, issued_on=date(2026, 3, 3),
        **{"parties": PARTIES, "about": ABOUT, **more},
    )  # fmt: skip


def line(item: Item, price: str | None = None, **more: Any) -> invoices.NewLine:
    return invoices.NewLine(item_id=item.pk, text=item.title, unit_price=Decimal(price) if price else item.net, **more)
