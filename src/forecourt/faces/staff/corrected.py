"""What was put right about a customer, a car or an order, as their pages show it: who, when, and what the dealer management system says meanwhile."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from forecourt.engines.audience.criteria import CUSTOMER_KINDS, FUELS, VEHICLE_KINDS
from forecourt.faces.ui.templatetags.ui import day, km, language_word
from forecourt.records.dealership.models import StaffMember
from forecourt.records.history.visits import OWN_SOURCE
from forecourt.records.people import standing
from forecourt.runtime import corrections
from forecourt.runtime.corrections import Correction

CUSTOMER_PARTS: Final = {
    "name": gettext_lazy("Name"), "email": gettext_lazy("E-mail"), "phone": gettext_lazy("Telephone"), "mobile": gettext_lazy("Mobile"),
    "address": gettext_lazy("Address"), "language": gettext_lazy("Language"), "tier": gettext_lazy("Tier"),
    "looks_for": gettext_lazy("Looks for"),
}  # fmt: skip
VEHICLE_PARTS: Final = {
    "plate": gettext_lazy("Plate"), "vin": gettext_lazy("VIN"), "make": gettext_lazy("Make"), "model": gettext_lazy("Model"),
    "fuel": gettext_lazy("Fuel"), "kind": gettext_lazy("Type of vehicle"), "first_registration": gettext_lazy("First registration"),
    "model_year": gettext_lazy("Model year"), "test": gettext_lazy("Statutory test until"), "warranty": gettext_lazy("Warranty until"),
    "contract": gettext_lazy("Lease or contract until"), "next_service": gettext_lazy("Next service"),
}  # fmt: skip
VISIT_PARTS: Final = {"day": gettext_lazy("Day"), "mileage": gettext_lazy("Mileage")}
# As people say them; forms in which values are compared, and whether somebody is a firm, are left out.
_SAID: Final = (
    "salutation", "first_name", "last_name", "company", "email", "phone", "mobile", "street", "postcode", "city", "country", "language",
    "plate", "vin", "make", "model", "fuel", "kind", "model_year", "tier", "looks_for",
)  # fmt: skip
_SOURCES: Final = {"": gettext_lazy("The import"), OWN_SOURCE: gettext_lazy("The job card")}
#: What is a day, by part.
_DAYS: Final = {
    "day": "opened_on", "first_registration": "first_registered_on", "test": "statutory_test_due_on", "warranty": "warranty_until",
    "contract": "contract_until",
}  # fmt: skip
_CODES: Final = {**dict(FUELS), **dict(CUSTOMER_KINDS), **dict(VEHICLE_KINDS)}


@dataclass(frozen=True)
class Shown:
    """One part."""

    pk: UUID
    part: str | Promise
    at: datetime
    by: str
    source: str
    said: str
    code: str


def shown(rows: Iterable[Correction], parts: Mapping[str, str | Promise]) -> list[Shown]:
    """The corrections of one record, in the order of its parts."""
    kept = sorted(rows, key=lambda each: list(parts).index(each.part))
    names = dict(StaffMember.objects.filter(pk__in=corrections.ids_of(kept)).values_list("pk", "name"))
    return [
        Shown(
            each.pk, parts[each.part], each.made_at, _by(each, names), str(_SOURCES.get(each.source, each.source)), _said(each), each.part
        )
        for each in kept
    ]


def _by(each: Correction, names: Mapping[UUID, str]) -> str:
    if each.made_by_kind == "customer":
        return _("the customer")
    return names.get(each.made_by_id, "") if each.made_by_id else ""


def _said(each: Correction) -> str:
    if each.part == "mileage" and each.said:
        return km(int(each.said["mileage"]))
    if each.part == "next_service":
        on, at = each.said.get("service_due_on"), each.said.get("service_due_km")
        return " · ".join(filter(None, (on and str(day(date.fromisoformat(on))), at and km(int(at)))))
    if each.part in _DAYS and each.said:
        return str(day(date.fromisoformat(each.said[_DAYS[each.part]])))
    words = [str(each.said[name]) for name in _SAID if each.said.get(name)]
    if each.part in standing.WORDS:
        words = [str(standing.WORDS[each.part].get(word, word)) for word in words]
    if each.part == "language":
        words = [language_word(word) for word in words]
    return " ".join(str(_CODES.get(word, word)) for word in words) if each.part in ("fuel", "kind") else " ".join(words)
