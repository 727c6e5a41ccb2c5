"""What staff put right about one order: a mileage or a day that was mistyped at the counter. It outlives the next file.

Where the car's own mileage is that very reading, it follows; what is due is worked out anew by audience.
"""

from datetime import date
from typing import Final
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from forecourt.kernel.errors import Refusal
from forecourt.records.history.events import DayPutRight, MileagePutRight
from forecourt.records.history.models import Visit, VisitCorrection
from forecourt.records.vehicles import imports as vehicles
from forecourt.records.vehicles.mileage import HIGHEST_KM
from forecourt.records.vehicles.models import Vehicle
from forecourt.runtime import access, clock, corrections, scope
from forecourt.runtime.actors import Actor
from forecourt.runtime.events import publish

#: What is put right together; a part that was is not changed by files.
PARTS: Final[dict[str, tuple[str, ...]]] = {"mileage": ("mileage",), "day": ("opened_on",)}


@transaction.atomic
def mileage(*, actor: Actor, visit_id: UUID, kilometres: int) -> Visit:
    """Let an order say this mileage, whatever the next file says of it. Refusal("mileage_wrong")."""
    visit = access.fetch(Visit, visit_id, actor=actor, right="vehicles.edit_vehicle", lock=True)
    if not 0 <= kilometres <= HIGHEST_KM:
        raise Refusal("mileage_wrong", _("This cannot be a mileage."))
    was = visit.mileage
    if kilometres != was:
        _write(visit, kilometres, actor=actor)
        corrections.hold(VisitCorrection, PARTS, of="visit_id", thing=visit, before={"mileage": was}, actor=actor, source=visit.source)
    return visit


@transaction.atomic
def day(*, actor: Actor, visit_id: UUID, opened_on: date) -> Visit:
    """Let an order be of this day, whatever the next file says of it. Refusal("own_order", "day_to_come", "day_too_early")."""
    visit = access.fetch(Visit, visit_id, actor=actor, right="vehicles.edit_vehicle", lock=True, related=("vehicle", "site"))
    _refuse_day(visit, opened_on)
    was = visit.opened_on
    if opened_on != was:
        _write_day(visit, opened_on, actor=actor)
        corrections.hold(VisitCorrection, PARTS, of="visit_id", thing=visit, before={"opened_on": was}, actor=actor, source=visit.source)
    return visit


def first_day(vehicle: Vehicle) -> date | None:
    """Before it no order of this car can be: the year before its papers say that it was on the road; None where they say nothing."""
    registered = vehicle.first_registered_on
    return date(registered.year - 1, 1, 1) if registered else None


@transaction.atomic
def release(*, actor: Actor, visit_correction_id: UUID) -> Visit:
    """Let the order say again what its source says, now and with the next file."""
    correction = access.fetch(VisitCorrection, visit_correction_id, actor=actor, right="vehicles.edit_vehicle", lock=True)
    visit = access.fetch(Visit, correction.visit_id, actor=actor, right="vehicles.edit_vehicle", lock=True)
    said = corrections.release(correction, visit)
    if "mileage" in said:
        _write(visit, said["mileage"], actor=actor)
    if "opened_on" in said:
        _write_day(visit, said["opened_on"], actor=actor)
    return visit


def _refuse_day(visit: Visit, opened_on: date) -> None:
    if visit.is_own:  # by its day other systems' orders are joined to it
        raise Refusal("own_order", _("The day of an order of your own workshop is the day on which the car came."))
    if opened_on > clock.today(visit.site.zone):
        raise Refusal("day_to_come", _("This day is still to come."))
    first = first_day(visit.vehicle)
    if first and opened_on < first:
        raise Refusal("day_too_early", _("This car was first registered in %(year)s.") % {"year": first.year + 1})


def _write(visit: Visit, kilometres: int, *, actor: Actor) -> None:
    facts = {
        "organisation": scope.organisation_id(),
        "car": visit.vehicle_id,
        "day": visit.opened_on,
        "was": visit.mileage,
        "now": kilometres,
        "import": None,
    }
    with connection.cursor() as cursor:
        vehicles.reread_mileage(cursor, facts, "SELECT %(car)s::uuid, %(day)s::date, %(was)s::integer, %(now)s::integer")
    visit.mileage = kilometres
    visit.save(update_fields=["mileage"])
    publish(MileagePutRight(visit_id=visit.pk, vehicle_id=visit.vehicle_id), by=actor)


def _write_day(visit: Visit, opened_on: date, *, actor: Actor) -> None:
    facts = {
        "organisation": scope.organisation_id(),
        "car": visit.vehicle_id,
        "day": visit.opened_on,
        "was": visit.mileage,
        "import": None,
    }
    visit.opened_on = opened_on
    visit.save(update_fields=["opened_on"])
    with connection.cursor() as cursor:
        vehicles.reread_day(
            cursor, facts,
            """SELECT %(car)s::uuid, %(day)s::date, %(was)s::integer, opened_on, mileage FROM history_visit
                WHERE organisation_id = %(organisation)s AND vehicle_id = %(car)s AND gone_on IS NULL AND mileage IS NOT NULL
                ORDER BY opened_on DESC, mileage DESC LIMIT 1""",
        )  # fmt: skip
    publish(DayPutRight(visit_id=visit.pk, vehicle_id=visit.vehicle_id), by=actor)
