"""What an import made, changed, or marked as gone from its source, one row for each record: the pages behind its numbers."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from forecourt.engines.intake import departures, origins
from forecourt.engines.intake.models import Import
from forecourt.faces.staff import looks
from forecourt.faces.staff.door import StaffRequest, door
from forecourt.faces.staff.imports.previews import SEVERAL
from forecourt.records.people import customers
from forecourt.records.vehicles import vehicles
from forecourt.runtime import access

PAGE_SIZE: Final = 50
_TITLES: Final = {
    "made": gettext_lazy("Brought by this import"),
    "changed": gettext_lazy("Changed by this import"),
    "gone": gettext_lazy("Gone from the source"),
}
_HOW: Final = {"missing": gettext_lazy("is not in the list any more"), "flagged": gettext_lazy("marked as deleted in the file")}


@dataclass(frozen=True)
class Row:
    """One record; `number` is the source's where it is gone from it, and `is_elsewhere` says that another source has it still."""

    title: str
    address: str
    about: str
    number: str
    how: str = ""
    is_elsewhere: bool = False


@require_GET
@door("intake.see_imports")
def made(request: StaffRequest, import_id: UUID) -> HttpResponse:
    """Customers, cars or repair orders that came in with this import."""
    found = access.fetch(Import, import_id, actor=request.actor, right="intake.see_imports")
    return _shown(request, found, "made")


@require_GET
@door("intake.see_imports")
def changed(request: StaffRequest, import_id: UUID) -> HttpResponse:
    """Those that no other import has changed since this one did."""
    found = access.fetch(Import, import_id, actor=request.actor, right="intake.see_imports")
    return _shown(request, found, "changed")


@require_GET
@door("intake.see_imports")
def gone(request: StaffRequest, import_id: UUID) -> HttpResponse:
    """Those that still bear this import's mark."""
    found = access.fetch(Import, import_id, actor=request.actor, right="intake.see_imports")
    return _shown(request, found, "gone")


def _shown(request: StaffRequest, found: Import, outcome: str) -> HttpResponse:
    """Searched like their own lists."""
    counts = (found.gone if outcome == "gone" else found.records) if found.state == "applied" else {}
    told = {name: counts[name][outcome] for name in SEVERAL if counts.get(name, {}).get(outcome)}
    asked, text = request.GET.get("what", ""), request.GET.get("q", "").strip()
    subject = asked if asked in told else next(iter(told), "customer")
    bearing = departures.marked(found, subject) if outcome == "gone" else origins.bearing(found, subject, outcome)
    page = Paginator(_matching(bearing, subject, text), PAGE_SIZE).get_page(request.GET.get("page"))
    things = list(page.object_list)
    looks.listed(request, f"import_{outcome}", _persons(things, subject), asked=text, page=page.number)
    context = {
        "import": found, "page": page, "rows": [_row(thing, subject, outcome) for thing in things], "text": text, "subject": subject,
        "tabs": [(name, SEVERAL[name], number) for name, number in told.items()], "caption": SEVERAL[subject], "outcome": outcome,
        "title": _TITLES[outcome], "told": told.get(subject, 0), "is_fewer": not text and page.paginator.count < told.get(subject, 0),
        "number_label": _("VIN") if subject == "vehicle" and outcome != "gone" else _("Number"),
    }  # fmt: skip
    return render(request, "staff/imports/records.html", context)


def _matching(marked: QuerySet[Any], subject: str, text: str) -> QuerySet[Any]:
    if not text:
        return marked
    if subject == "customer":
        return marked.filter(pk__in=customers.matching(text).values("pk"))
    if subject == "vehicle":
        return marked.filter(vehicles.matching(text))
    return marked.filter(Q(customers.begins("number", text)) | vehicles.matching(text, vehicle="vehicle__"))


def _persons(things: Iterable[Any], subject: str) -> list[UUID | None]:
    if subject == "vehicle":
        return []
    return [thing.pk if subject == "customer" else thing.customer_id for thing in things]


def _row(thing: Any, subject: str, outcome: str) -> Row:
    if subject == "order":
        about = " · ".join(filter(None, (thing.vehicle.plate or thing.vehicle.vin, thing.customer.name if thing.customer else "")))
        how = str(_HOW[thing.gone_how]) if outcome == "gone" else ""
        return Row(thing.number, reverse("vehicles:vehicle", args=[thing.vehicle_id]), about, "", how)
    if subject == "customer":
        address, title, about, number = (
            "customers:customer",
            thing.name or thing.number,
            f"{thing.postcode} {thing.city}".strip(),
            thing.number,
        )
    else:
        address, title, number = "vehicles:vehicle", thing.plate or thing.vin or _("without plate"), thing.vin
        about = f"{thing.make} {thing.model}".strip() or thing.vin
    row = Row(title, reverse(address, args=[thing.pk]), about, number)
    return _with_mark(row, thing) if outcome == "gone" else row


def _with_mark(row: Row, thing: Any) -> Row:
    numbers = ", ".join(mark.number for mark in thing.marks if not mark.number.startswith("~"))
    return replace(row, number=numbers, how=str(_HOW[thing.marks[0].gone_how]), is_elsewhere=thing.gone_on is None)
