"""The board of every signed-in adviser follows what happens, each in their language and with their rights.

A change travels to the boards of its day only; a move to another day takes the card away from the old one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone, translation

from forecourt.faces.staff import live
from forecourt.faces.staff.planning import pieces
from forecourt.journeys.workshop.board import Board, Lane
from forecourt.journeys.workshop.events import AppointmentBooked, AppointmentCancelled, AppointmentMissed, AppointmentMoved
from forecourt.journeys.workshop.models import Appointment
from forecourt.journeys.workshop.visit_events import (
    CarAccepted,
    CarArrived,
    CarCollected,
    CarReady,
    ExpectedTimeChanged,
    StageChanged,
)
from forecourt.records.catalogue.models import WorkKind
from forecourt.records.dealership.models import Site
from forecourt.runtime import access
from forecourt.runtime.actors import Actor, system
from forecourt.runtime.background import job
from forecourt.runtime.events import subscriber
from forecourt.runtime.live import fragments


def may_follow(actor: Actor, site_id: UUID) -> bool:
    """Whoever sees the board of one of their own sites."""
    return access.may(actor, "workshop.see_board") and actor.may_act_at(site_id) and Site.objects.filter(pk=site_id).exists()


live.topic("board", may_follow)


@dataclass(frozen=True)
class Change:
    """What is to be told of an appointment to the boards of one day."""

    appointment: Appointment
    work: Callable[[str], str]  # language -> kinds of work, as shown
    may_change_lanes: bool  # it may have left a bay that we do not know of


CHANGES = (
    AppointmentBooked, AppointmentMoved, AppointmentCancelled, AppointmentMissed, CarArrived, CarAccepted, StageChanged,
    ExpectedTimeChanged, CarReady, CarCollected,
)  # fmt: skip


@subscriber(*CHANGES, queue="live")
def show_on_boards(happened: Any) -> None:
    """Tell the boards of the day, and of the day before a move; those of departments come after, so that these need not wait for them."""
    change = _change(happened.appointment_id, may_change_lanes=isinstance(happened, AppointmentMoved))
    if change is None:
        return
    days = _days(happened, change)
    for day in days:
        _push(change, pieces.day_of(change.appointment.site_id, day), "")
    show_on_boards_of_departments.defer(
        by=system(change.appointment.organisation_id), appointment_id=str(change.appointment.pk), days=[day.isoformat() for day in days],
        may_change_lanes=change.may_change_lanes,
    )  # fmt: skip


@job(queue="live")
@transaction.atomic
def show_on_boards_of_departments(*, by: Actor, appointment_id: str, days: list[str], may_change_lanes: bool) -> None:
    """The same for boards that show one department."""
    change = _change(UUID(appointment_id), may_change_lanes=may_change_lanes)
    if change is None:
        return
    site_id = change.appointment.site_id
    for day in map(date.fromisoformat, days):
        whole = pieces.day_of(site_id, day)
        for department in _touched(whole, change) if len(whole.departments) > 1 else ():
            _push(change, pieces.day_of(site_id, day, department), department)


def _change(appointment_id: UUID, *, may_change_lanes: bool) -> Change | None:
    appointment = Appointment.objects.select_related("site").filter(pk=appointment_id).first()
    return Change(appointment, _work_of(appointment), may_change_lanes=may_change_lanes) if appointment else None


def _days(happened: Any, change: Change) -> list[date]:
    """The day it stands on, and the one that a move took it from."""
    zone = ZoneInfo(change.appointment.site.zone)
    instants = [change.appointment.starts_at]
    if isinstance(happened, AppointmentMoved):
        instants.append(happened.earlier_starts_at)
    return list(dict.fromkeys(instant.astimezone(zone).date() for instant in instants))


def _touched(whole: Board, change: Change) -> list[str]:
    """The departments whose boards may look different now."""
    if change.may_change_lanes:
        return list(whole.departments)
    return [lane.department for lane in whole.lanes if lane.bay_id == change.appointment.bay_id and lane.department]


def _push(change: Change, shown: Board, department: str) -> None:
    lanes = [lane for lane in shown.lanes if change.may_change_lanes or lane.bay_id == change.appointment.bay_id]
    with timezone.override(shown.zone):
        variants = {
            f"{language}:{rights}": html for language in live.LANGUAGES for rights, html in _rendered(change, shown, lanes, language)
        }
    fragments.push(pieces.topic(shown.site_id, shown.day, department), variants)


def _rendered(change: Change, shown: Board, lanes: list[Lane], language: str) -> list[tuple[str, str]]:
    """Only who may move sees a card that can be moved; for the others it is one rendering."""
    with translation.override(language):
        if pieces.has_odd_hours(shown):
            movable, fixed = (pieces.grid(shown, may_move=may_move) for may_move in (True, False))
        else:
            work = change.work(language)
            head = pieces.only_counts(shown, lanes)
            movable, fixed = (
                pieces.only_card(shown, change.appointment.pk, may_move=may_move, work=work) + head for may_move in (True, False)
            )
    return [(rights, movable if rights == "work" else fixed) for rights in live.RIGHTS]


def _work_of(appointment: Appointment) -> Callable[[str], str]:
    kinds = {kind.code: kind for kind in WorkKind.objects.filter(code__in=appointment.work_kinds)}
    codes = appointment.work_kinds
    return lambda language: ", ".join(kinds[code].label(language) if code in kinds else code for code in codes)
