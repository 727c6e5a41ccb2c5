"""Invoices: numbered without a gap per legal entity, resting on approvals, never changed once issued.

Totals follow EN 16931 (`kernel.money`): tax once per rate on the summed net. PostgreSQL refuses a line that was not approved or
costs more (migration 0002); the paper is printed a moment later from what the row says.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from forecourt.engines.offers import paper
from forecourt.engines.offers.models import Invoice, InvoiceLine, InvoiceSequence, Item
from forecourt.kernel import money
from forecourt.kernel.errors import NotFound, Refusal
from forecourt.records.dealership.models import LegalEntity
from forecourt.runtime import clock, files
from forecourt.runtime.actors import Actor
from forecourt.runtime.models import StoredFile


@dataclass(frozen=True, kw_only=True)
class NewLine:
    """A line resting on an approved item; the tax rate is the item's."""

    item_id: UUID
    text: str
    unit_price: Decimal
    quantity: Decimal = Decimal(1)


def of_subject(subject_kind: str, subject_id: UUID) -> Invoice | None:
    return Invoice.objects.filter(subject_kind=subject_kind, subject_id=subject_id).first()


@transaction.atomic
def issue(
    *,
    legal_entity: LegalEntity,
    site_id: UUID,
    subject_kind: str,
    subject_id: UUID,
    customer_id: UUID,
    lines: list[NewLine],
    parties: dict[str, Any],
    about: dict[str, Any],
    language: str,
    issued_on: date,
) -> Invoice:
    """Issue the one invoice of a subject. Refusals: "already_invoiced", "nothing_to_invoice", "not_approved", "above_approved"."""
    if of_subject(subject_kind, subject_id) is not None:
        raise Refusal("already_invoiced", _("This has already been invoiced."))
    if not lines:
        raise Refusal("nothing_to_invoice", _("There is no approved work to invoice."))
    items = {item.pk: item for item in Item.objects.select_for_update().filter(pk__in=[line.item_id for line in lines])}
    nets = [_net(line, items) for line in lines]
    _refuse_above_approved(lines, nets, items)
    invoice = Invoice.objects.create(
        legal_entity_id=legal_entity.pk,
        site_id=site_id,
        subject_kind=subject_kind,
        subject_id=subject_id,
        customer_id=customer_id,
        number=_next_number(legal_entity),
        issued_on=issued_on,
        issued_at=clock.now(),
        currency=legal_entity.currency,
        language=language,
        parties=parties,
        about=about,
        **_amounts([(items[line.item_id].tax_rate, net) for line, net in zip(lines, nets, strict=True)], legal_entity.currency),
    )
    _add_lines(invoice, lines, nets, items)
    return invoice


@transaction.atomic
def printed(*, actor: Actor, invoice_id: UUID) -> StoredFile:
    """The invoice as PDF; printed on the first call, the same file ever after."""
    invoice = Invoice.objects.select_for_update(of=("self",)).filter(pk=invoice_id).first()
    if invoice is None:
        raise NotFound
    if invoice.pdf is None:
        invoice.pdf = files.keep(actor=actor, name=f"{invoice.number}.pdf", data=paper.render(invoice), media_type="application/pdf")
        invoice.save(update_fields=["pdf"])
    return invoice.pdf


def _amounts(taxed: list[tuple[Decimal, Decimal]], currency: str) -> dict[str, Any]:
    """What an invoice says under its lines, from the rate and the net of each."""
    totals = money.totals(taxed, money.minor_units(currency))
    return {
        "net": totals.net,
        "tax": totals.tax,
        "gross": totals.gross,
        "tax_groups": [{"rate": str(group.rate), "net": str(group.net), "tax": str(group.tax)} for group in totals.groups],
    }


def _add_lines(invoice: Invoice, lines: list[NewLine], nets: list[Decimal], items: dict[UUID, Item]) -> None:
    for position, (line, net) in enumerate(zip(lines, nets, strict=True), start=1):
        InvoiceLine.objects.create(
            invoice=invoice,
            item=items[line.item_id],
            position=position,
            text=line.text,
            quantity=line.quantity,
            unit_price=money.round_unit_price(line.unit_price),
            net=net,
            tax_rate=items[line.item_id].tax_rate,
        )


def _net(line: NewLine, items: dict[UUID, Item]) -> Decimal:
    item = items.get(line.item_id)
    if item is None:
        raise NotFound
    if item.state != "approved":
        raise Refusal(
            "not_approved", _("“%(title)s” has not been approved and cannot be invoiced.") % {"title": item.title}, item_id=item.pk
        )
    return money.line_net(line.quantity, line.unit_price)


def _refuse_above_approved(lines: list[NewLine], nets: list[Decimal], items: dict[UUID, Item]) -> None:
    asked: dict[UUID, Decimal] = {}
    for line, net in zip(lines, nets, strict=True):
        asked[line.item_id] = asked.get(line.item_id, Decimal(0)) + net
    for item_id, net in asked.items():
        item = items[item_id]
        if net > item.net:
            sentence = _("“%(title)s” would cost more than was approved.") % {"title": item.title}
            raise Refusal("above_approved", sentence, item_id=item.pk, approved=item.net, asked=net)


def _next_number(legal_entity: LegalEntity) -> str:
    """The locked row holds others back until this invoice is committed, so that a rollback leaves no gap."""
    InvoiceSequence.objects.get_or_create(legal_entity_id=legal_entity.pk)
    sequence = InvoiceSequence.objects.select_for_update().get(legal_entity_id=legal_entity.pk)
    number = sequence.next_number
    sequence.next_number = number + 1
    sequence.save(update_fields=["next_number"])
    return f"{legal_entity.invoice_prefix}{'-' if legal_entity.invoice_prefix else ''}{number:06}"
