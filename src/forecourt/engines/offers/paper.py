"""What an invoice says on paper, in the customer's language, from the row alone: printed again it says the same."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from django.utils import translation
from django.utils.translation import gettext as _

from forecourt.engines.offers.models import Invoice, InvoiceLine
from forecourt.kernel import money
from forecourt.runtime import documents
from forecourt.runtime.documents import formats

TEMPLATE: Final = Path(__file__).with_name("papers") / "invoice.typ"


def render(invoice: Invoice) -> bytes:
    """The invoice as PDF."""
    return documents.render(TEMPLATE, composed(invoice), language=invoice.language)


def composed(invoice: Invoice) -> dict[str, Any]:
    """Every word and number on the paper."""
    with translation.override(invoice.language):
        seller, buyer = invoice.parties["seller"], invoice.parties["buyer"]
        return {
            "title": _("Invoice %(number)s") % {"number": invoice.number},
            "accent": seller.get("colour") or "#1f4e8c",
            "seller": {
                "brand": seller["brand"],
                "name": seller["name"],
                "lines": [*seller["address"], seller["phone"], seller["email"]],
                "return_line": " · ".join([seller["name"], *seller["address"]]),
            },
            "buyer": {"lines": [buyer["name"], *buyer["address"]]},
            "facts": _facts(invoice),
            "car": _car(invoice.about),
            "columns": [
                _("No."),
                _("Description"),
                _("Quantity"),
                _("Unit price"),
                _("VAT"),
                _("Net in %(currency)s") % {"currency": invoice.currency},
            ],
            "lines": [_line(line, invoice.currency) for line in invoice.lines.all()],
            "totals": _totals(invoice),
            "grand_total": [_("Total with VAT"), formats.money(invoice.gross, invoice.currency)],
            "notes": _notes(invoice),
            "footer": _footer(seller),
            "page_of": _("Page %(page)s of %(pages)s") % {"page": "{page}", "pages": "{pages}"},
        }


def _facts(invoice: Invoice) -> list[list[str]]:
    about = invoice.about
    return [
        [_("Invoice number"), invoice.number],
        [_("Date"), formats.short_day(invoice.issued_on)],
        [_("Date of service"), formats.short_day(date.fromisoformat(about["delivered_on"]))],
        [_("Customer number"), about["customer_number"]],
        [_("Order number"), about["order_number"]],
        *([[_("Your VAT number"), invoice.parties["buyer"]["tax_number"]]] if invoice.parties["buyer"].get("tax_number") else []),
    ]


def _car(about: dict[str, Any]) -> list[str]:
    mileage = about.get("mileage")
    return [
        about.get("car", ""),
        about.get("plate", ""),
        _("VIN %(vin)s") % {"vin": about["vin"]} if about.get("vin") else "",
        _("%(kilometres)s km") % {"kilometres": formats.amount(Decimal(mileage), 0)} if mileage is not None else "",
    ]


def _line(line: InvoiceLine, currency: str) -> list[str]:
    places = money.minor_units(currency)
    return [
        str(line.position),
        line.text,
        formats.quantity(line.quantity),
        formats.amount(line.unit_price, places),
        formats.rate(line.tax_rate),
        formats.amount(line.net, places),
    ]


def _totals(invoice: Invoice) -> list[list[str]]:
    taxes = [
        [
            _("VAT %(rate)s on %(net)s")
            % {"rate": formats.rate(Decimal(group["rate"])), "net": formats.money(Decimal(group["net"]), invoice.currency)},
            formats.money(Decimal(group["tax"]), invoice.currency),
        ]
        for group in invoice.tax_groups
    ]
    return [[_("Net"), formats.money(invoice.net, invoice.currency)], *taxes]


def _notes(invoice: Invoice) -> list[str]:
    due_on = invoice.about.get("due_on")
    iban = invoice.parties["seller"].get("iban")
    notes = [_("You approved every line of this invoice before the work was done.")]
    if iban and due_on:
        notes.append(
            _("Please pay %(total)s by %(day)s to %(iban)s with the reference %(number)s, or at our desk.")
            % {
                "total": formats.money(invoice.gross, invoice.currency),
                "day": formats.day(date.fromisoformat(due_on)),
                "iban": _grouped(iban),
                "number": invoice.number,
            }
        )
    return [*notes, _("Thank you for your visit.")]


def _footer(seller: dict[str, Any]) -> list[list[str]]:
    iban = [_("IBAN %(iban)s") % {"iban": _grouped(seller["iban"])}] if seller.get("iban") else []
    return [
        [seller["name"], *seller["address"]],
        [seller["phone"], seller["email"]],
        [_("VAT number %(number)s") % {"number": seller["tax_number"]}, *iban],
    ]


def _grouped(iban: str) -> str:
    """An IBAN in groups of four, held together by no-break spaces."""
    bare = iban.replace(" ", "")
    return "\u00a0".join(bare[at : at + 4] for at in range(0, len(bare), 4))
