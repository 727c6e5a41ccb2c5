"""What an import marked as gone from its source, one row for each record: the page behind the number."""

from collections.abc import Iterable
from dataclasses import dataclass
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

from forecourt.engines.intake import departures
from forecourt.engines.intake.models import Import
from forecourt.faces.staff import looks
from forecourt.faces.staff.door import StaffRequest, door
from forecourt.faces.staff.imports.previews import SEVERAL
from forecourt.records.people import customers
from forecourt.records.vehicles import vehicles
from forecourt.runtime import access

PAGE_SIZE: Final = 50
_HOW: Final = {"missing": gettext_lazy("is not in the list any more"), "flagged": gettext_lazy("marked as deleted in the file")}


@dataclass(frozen=True)
class Row:
    """One record; `number` is the source's, and `is_elsewhere` says that another source has it still."""

    title: str
    address: str
    about: str
    number: str
    how: str
    is_elsewhere: bool = False


@require_GET
@door("intake.see_imports")
def gone(request: StaffRequest, import_id: UUID) -> HttpResponse:
    """Customers, cars or repair orders that still bear this import's mark; searched like their own lists."""
    found = access.fetch(Import, import_id, actor=request.actor, right="intake.see_imports")
    told = {name: found.gone[name]["gone"] for name in SEVERAL if found.gone.get(name, {}).get("gone")} if found.state == "applied" else {}
    asked, text = request.GET.get("what", ""), request.GET.get("q", "").strip()
    subject = asked if asked in told else next(iter(told), "customer")
    marked = departures.marked(found, subject)
    page = Paginator(_matching(marked, subject, text), PAGE_SIZE).get_page(request.GET.get("page"))
    things = list(page.object_list)
    looks.listed(request, "import_gone", _persons(things, subject), asked=text, page=page.number)
    context = {
        "import": found, "page": page, "rows": [_row(thing, subject) for thing in things], "text": text, "subject": subject,
        "tabs": [(name, SEVERAL[name], number) for name, number in told.items()], "caption": SEVERAL[subject],
        "told": told.get(subject, 0), "is_fewer": not text and page.paginator.count < told.get(subject, 0),
    }  # fmt: skip
    return render(request, "staff/imports/gone.html", context)


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


def _row(thing: Any, subject: str) -> Row:
    if subject == "order":
        about = " · ".join(filter(None, (thing.vehicle.plate or thing.vehicle.vin, thing.customer.name if thing.customer else "")))
        return Row(thing.number, reverse("vehicles:vehicle", args=[thing.vehicle_id]), about, "", str(_HOW[thing.gone_how]))
    numbers = ", ".join(mark.number for mark in thing.marks if not mark.number.startswith("~"))
    how, is_elsewhere = str(_HOW[thing.marks[0].gone_how]), thing.gone_on is None
    if subject == "customer":
        address = reverse("customers:customer", args=[thing.pk])
        return Row(thing.name or thing.number, address, f"{thing.postcode} {thing.city}".strip(), numbers, how, is_elsewhere)
    address = reverse("vehicles:vehicle", args=[thing.pk])
    return Row(
        thing.plate or thing.vin or _("without plate"),
        address,
        f"{thing.make} {thing.model}".strip() or thing.vin,
        numbers,
        how,
        is_elsewhere,
    )
