"""What a dealer's file can say: every field a column may be mapped to, how its cells are read and how long they may be."""

from dataclasses import dataclass
from typing import Final, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from forecourt.engines.intake.days import MonthMeans

Subject = Literal["customer", "vehicle", "order", "line"]
Reading = Literal[
    "text", "cut_text", "date", "past_date", "amount", "quantity", "integer", "yes_no", "vin", "plate", "email", "phone", "site",
    "customer_kind", "tier", "looks_for", "language", "country", "fuel", "vehicle_kind", "line_kind", "deleted", "percent", "currency",
]  # fmt: skip


@dataclass(frozen=True)
class Field:
    """One field; `subject` is what it tells something about."""

    name: str
    label: str | Promise
    reading: Reading
    longest: int = 0
    month_means: MonthMeans | None = None
    smallest: int = 0
    largest: int = 10**9

    @property
    def subject(self) -> Subject:
        """The part of the name before the point."""
        return self.name.split(".", 1)[0]  # type: ignore[return-value]


_ALL: Final = (
    Field("customer.number", _("Customer number"), "text", 40),
    Field("customer.kind", _("Private or business"), "customer_kind"),
    Field("customer.salutation", _("Salutation"), "cut_text", 20),
    Field("customer.name", _("Name"), "text", 160),
    Field("customer.first_name", _("First name"), "text", 80),
    Field("customer.last_name", _("Last name"), "text", 120),
    Field("customer.company", _("Company"), "text", 160),
    Field("customer.language", _("Language"), "language"),
    Field("customer.tier", _("Tier"), "tier"),
    Field("customer.looks_for", _("Looks for"), "looks_for"),
    Field("customer.email", _("E-mail"), "email", 254),
    Field("customer.phone", _("Telephone"), "phone", 60),
    Field("customer.mobile", _("Mobile"), "phone", 60),
    Field("customer.street", _("Street"), "cut_text", 120),
    Field("customer.postcode", _("Postcode"), "text", 12),
    Field("customer.city", _("City"), "cut_text", 80),
    Field("customer.country", _("Country"), "country"),
    Field("customer.allow_service_mail", _("May be reminded of service by e-mail"), "yes_no"),
    Field("customer.allow_marketing", _("May receive offers by e-mail"), "yes_no"),
    Field("customer.deleted", _("Customer deleted in the source"), "deleted"),
    Field("vehicle.number", _("Vehicle number"), "text", 60),
    Field("vehicle.vin", _("Vehicle identification number"), "vin"),
    Field("vehicle.plate", _("Registration plate"), "plate", 16),
    Field("vehicle.make", _("Make"), "cut_text", 40),
    Field("vehicle.model", _("Model"), "cut_text", 80),
    Field("vehicle.fuel", _("Fuel"), "fuel"),
    Field("vehicle.first_registration", _("First registration"), "date", month_means="first"),
    Field("vehicle.model_year", _("Model year"), "integer", smallest=1900, largest=2100),
    Field("vehicle.next_statutory_test_on", _("Next statutory test"), "date", month_means="last"),
    Field("vehicle.kind", _("Type of vehicle"), "vehicle_kind"),
    Field("vehicle.warranty_until", _("Warranty until"), "date", month_means="last"),
    Field("vehicle.contract_until", _("Lease or contract until"), "date", month_means="last"),
    Field("vehicle.next_service_on", _("Next service on"), "date", month_means="first"),
    Field("vehicle.next_service_km", _("Next service at mileage"), "integer", largest=2_000_000),
    Field("vehicle.handed_over_on", _("Sold or handed over on"), "date"),
    Field("vehicle.mileage", _("Mileage of the vehicle"), "integer", largest=2_000_000),
    Field("vehicle.deleted", _("Car deleted in the source"), "deleted"),
    Field("order.number", _("Order number"), "text", 40),
    Field("order.site", _("Site"), "site"),
    Field("order.opened_on", _("Order date"), "past_date"),
    Field("order.closed_on", _("Closed or invoiced on"), "date"),
    Field("order.mileage", _("Mileage"), "integer", largest=2_000_000),
    Field("order.deleted", _("Order cancelled in the source"), "deleted"),
    Field("line.number", _("Line number"), "integer", largest=99_999),
    Field("line.kind", _("Labour or part"), "line_kind"),
    Field("line.code", _("Labour or part code"), "cut_text", 60),
    Field("line.text", _("Description"), "cut_text", 400),
    Field("line.hours", _("Hours"), "amount", largest=9_999),
    Field("line.quantity", _("Quantity"), "quantity", largest=999_999),
    Field("line.amount", _("Net amount"), "amount"),
    Field("line.gross", _("Amount with VAT"), "amount"),
    Field("line.tax_rate", _("VAT rate in percent"), "percent", largest=100),
    Field("line.currency", _("Currency"), "currency"),
)

FIELDS: Final[dict[str, Field]] = {field.name: field for field in _ALL}

DATE_READINGS: Final = frozenset({"date", "past_date"})
NUMBER_READINGS: Final = frozenset({"amount", "quantity", "integer", "percent"})

#: Sums of money: one in another money than ours is left out.
AMOUNTS: Final = frozenset({"line.amount", "line.gross"})

#: Of a person in one cell: the first name or the last name stands first.
WHOLE_NAME: Final = "customer.name"

#: Stored in kilometres, whatever a file says.
MILEAGES: Final = frozenset({"vehicle.mileage", "vehicle.next_service_km", "order.mileage"})
