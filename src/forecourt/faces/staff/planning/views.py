"""The planning board of a day or a week."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from forecourt.faces.staff import live, looks
from forecourt.faces.staff.door import StaffRequest, door
from forecourt.faces.staff.planning import pieces
from forecourt.faces.staff.planning.forms import DEPARTMENTS, BoardForm
from forecourt.journeys.workshop import board
from forecourt.journeys.workshop.board import Board
from forecourt.journeys.workshop.models import Appointment
from forecourt.kernel import identifiers
from forecourt.records.dealership.models import Site
from forecourt.records.people import customers
from forecourt.records.vehicles import vehicles
from forecourt.runtime import access, clock

ELSEWHERE_SHOWN = 6
_LATELY = timedelta(days=14)


@require_GET
@door("workshop.see_board")
def day(request: StaffRequest) -> HttpResponse:
    """The board of the site that is being looked at."""
    if not request.sites:
        return render(request, "staff/nothing.html")
    form = BoardForm(request.GET)
    shown_on = form.day_at(request.site)
    if form.text("view") == "week":
        return _week(request, request.site, form, shown_on)
    department = form.text("department")
    shown = board.day(site_id=request.site.pk, day=shown_on, department=department)
    text = form.text("q").strip()
    matching = _matching(shown, text) if text else None
    elsewhere = _elsewhere(request.site, shown_on, text) if text else []
    persons = [*(card.customer_id for lane in shown.lanes for card in lane.cards), *(each.customer_id for each in elsewhere)]
    looks.listed(request, "board", persons, asked=text)
    may_move = access.may(request.actor, "workshop.move_appointment")
    context = _frame(request, request.site, form, shown_on, shown.departments) | {
        "board": shown,
        "rows": pieces.rows(shown, may_move=may_move, matching=matching),
        "step": timedelta(days=1),
        "found": len(matching or ()),
        "elsewhere": elsewhere,
        **pieces.figures(shown),
        **live.followed(request, [pieces.topic(request.site.pk, shown_on, department)]),
    }
    return render(request, "staff/planning/day.html", context)


@dataclass(frozen=True)
class Cell:
    """The load of a bay on a day."""

    day: date
    is_open: bool
    share: float
    percent: int


def _week(request: StaffRequest, site: Site, form: BoardForm, shown_on: date) -> HttpResponse:
    shown = board.week(site_id=site.pk, day=shown_on)
    days = [(each, each.load_percent / 100) for each in shown.days]
    lanes = [(name, technician, [_cell(each, bay_id) for each in shown.days]) for bay_id, name, technician in shown.bays]
    context = _frame(request, site, form, shown.starts_on, ()) | {"days": days, "lanes": lanes, "last": shown.days[-1].day}
    context |= {"earlier": shown.starts_on - timedelta(days=7), "later": shown.starts_on + timedelta(days=7)}
    return render(request, "staff/planning/week.html", context)


def _cell(day: board.DayLoad, bay_id: UUID) -> Cell:
    percent = day.by_bay.get(bay_id, 0)
    return Cell(day.day, day.is_open, percent / 100, percent)


def _frame(request: StaffRequest, site: Site, form: BoardForm, shown_on: date, departments: tuple[str, ...]) -> dict[str, Any]:
    return {
        "form": form,
        "q": form.text("q").strip(),
        "department": form.text("department"),
        "shown_on": shown_on,
        "today": clock.today(site.zone),
        "earlier": shown_on - timedelta(days=1),
        "later": shown_on + timedelta(days=1),
        "departments": [(each, DEPARTMENTS.get(each, each)) for each in departments],
        "may_book": access.may(request.actor, "workshop.book"),
    }


def _matching(shown: Board, text: str) -> set[UUID]:
    """The cards that a search means: by plate, customer, car or work."""
    plate, words = identifiers.normal_plate(text), text.casefold()
    return {
        card.appointment_id
        for lane in shown.lanes
        for card in lane.cards
        if (plate and plate in identifiers.normal_plate(card.plate))
        or any(words in part.casefold() for part in (card.customer_name, card.vehicle, card.work))
    }


def _elsewhere(site: Site, shown_on: date, text: str) -> list[Appointment]:
    """The same on other days, from a fortnight ago on."""
    zone = ZoneInfo(site.zone)
    starts_at = datetime(shown_on.year, shown_on.month, shown_on.day, tzinfo=zone)
    found = Q(customer_id__in=customers.matching(text).values("pk")) | vehicles.matching(text, vehicle="vehicle__")
    rows = Appointment.objects.filter(
        found, site=site, starts_at__gt=clock.now() - _LATELY, state__in=("requested", "confirmed", "arrived")
    )
    others = rows.exclude(starts_at__gte=starts_at, starts_at__lt=starts_at + timedelta(days=1))
    return list(others.select_related("vehicle", "customer").order_by("starts_at")[:ELSEWHERE_SHOWN])
