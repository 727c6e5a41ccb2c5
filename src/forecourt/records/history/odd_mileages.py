# ruff: noqa: S608 - SQL is put together from names of our own tables; values are always parameters
"""Mileages of imported orders that cannot be, beside the other readings of their car in the file and in the history.

The order keeps what the file says; the car takes no such reading for its latest one. What somebody put right, or read in our own
workshop, is not doubted. Only cars of which one reading falls or leaps are looked at one by one, and one car at a time.
"""

import itertools
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from forecourt.kernel.quantities import HIGHEST_KM_PER_DAY, READING_TOLERANCE_KM, odd_readings
from forecourt.records.history.line_imports import VISITS_BY_KEY
from forecourt.records.history.models import Visit, VisitCorrection
from forecourt.records.vehicles import imports as vehicles
from forecourt.runtime.database.bulk import copy_into, copy_line, create_temporary, create_temporary_as

_CARS: Final = "car_with_odd_mileages"
_READ_WRONG: Final = "mileage_not_to_be_taken"
_EXAMPLES: Final = 4
_AT_ONCE: Final = 2000


@dataclass(frozen=True)
class OddMileage:
    """One reading of the file, and the one that it does not go with: the nearest sound one before it, else after it."""

    line: int
    order: str
    on: date
    mileage: int
    beside: int
    beside_on: date


@dataclass
class OddMileages:
    """How many readings of the file cannot be, and a few of them."""

    count: int = 0
    examples: tuple[OddMileage, ...] = ()


def of_car(vehicle_id: UUID) -> set[UUID]:
    """The orders of a car whose mileage cannot be beside the others; what somebody put right, or read in our own workshop, is not doubted. One query."""
    put_right = Exists(VisitCorrection.objects.filter(visit_id=OuterRef("pk"), part="mileage"))
    read = Visit.objects.filter(vehicle_id=vehicle_id, gone_on=None, mileage__isnull=False)
    rows = list(read.order_by("opened_on", "mileage", "pk").values_list("pk", "opened_on", "mileage", Q(is_own=True) | put_right))
    odd = odd_readings([(on, mileage) for _pk, on, mileage, _is_sure in rows])
    return {rows[place][0] for place in odd if not rows[place][3]}


def find(cursor: Any, facts: dict[str, Any]) -> OddMileages:
    """Those of the file, once its orders are written; cars whose latest reading is one get the latest that can be."""
    told = OddMileages()
    if not _find_cars(cursor, facts):
        return told
    create_temporary(cursor, _READ_WRONG, ("vehicle_id uuid", "read_on date", "was integer", "newest_on date", "mileage integer"))
    found: list[str] = []
    with connection.connection.cursor(name="odd_mileages") as readings:
        readings.itersize = _AT_ONCE
        readings.execute(
            f"""SELECT visit.vehicle_id, visit.opened_on, visit.mileage, visit.number, given.line, visit.is_own OR EXISTS (
                       SELECT FROM history_visitcorrection AS correction WHERE correction.visit_id = visit.id AND correction.part = 'mileage')
                FROM history_visit AS visit JOIN {_CARS} AS car ON car.vehicle_id = visit.vehicle_id
                LEFT JOIN (SELECT id, min(line) AS line FROM {VISITS_BY_KEY} WHERE mileage IS NOT NULL GROUP BY id) AS given
                  ON given.id = visit.id
                WHERE visit.organisation_id = %(organisation)s AND visit.gone_on IS NULL AND visit.mileage IS NOT NULL
                ORDER BY visit.vehicle_id, visit.opened_on, visit.mileage""",
            facts,
        )
        for car, rows in itertools.groupby(readings, key=lambda row: row[0]):
            found += _weigh(car, list(rows), told)
    copy_into(cursor, _READ_WRONG, found)
    vehicles.reread_day(
        cursor, facts,
        f"""SELECT wrong.* FROM {_READ_WRONG} AS wrong JOIN vehicles_vehicle AS car
              ON car.id = wrong.vehicle_id AND car.mileage_on = wrong.read_on AND car.mileage = wrong.was""",
    )  # fmt: skip
    return told


def _find_cars(cursor: Any, facts: dict[str, Any]) -> int:
    create_temporary_as(
        cursor,
        _CARS,
        f"""SELECT DISTINCT vehicle_id FROM (
                SELECT visit.vehicle_id, visit.mileage, visit.opened_on, lag(visit.mileage) OVER in_time AS before,
                       lag(visit.opened_on) OVER in_time AS before_on
                FROM history_visit AS visit
                JOIN (
                    SELECT vehicle_id FROM {VISITS_BY_KEY} WHERE vehicle_id IS NOT NULL AND mileage IS NOT NULL
                    UNION
                    SELECT known.vehicle_id FROM {VISITS_BY_KEY} AS given JOIN history_visit AS known ON known.id = given.id
                     WHERE given.vehicle_id IS NULL AND given.mileage IS NOT NULL
                ) AS these ON these.vehicle_id = visit.vehicle_id
                WHERE visit.organisation_id = %(organisation)s AND visit.gone_on IS NULL AND visit.mileage IS NOT NULL
                WINDOW in_time AS (PARTITION BY visit.vehicle_id ORDER BY visit.opened_on, visit.mileage)
            ) AS reading
            WHERE mileage < before - {READING_TOLERANCE_KM} OR mileage - before > {HIGHEST_KM_PER_DAY} * (opened_on - before_on + 1)""",
        facts,
    )
    cursor.execute(f"SELECT count(*) FROM {_CARS}")
    return int(cursor.fetchone()[0])


def _weigh(car: Any, rows: list[Any], told: OddMileages) -> list[str]:
    """Count and show those of one car; what its latest reading may not be, for COPY."""
    odd = set(odd_readings([(on, km) for _car, on, km, *_ in rows]))
    sound = [place for place in range(len(rows)) if place not in odd or rows[place][5]]
    _car, newest_on, newest_km, *_ = rows[sound[-1]]
    wrong = []
    for place in sorted(odd.difference(sound)):
        _car, on, km, order, line, _is_trusted = rows[place]
        # Only the newest reading can be the car's.
        if on >= newest_on:
            wrong.append(copy_line((car, on, km, newest_on, newest_km)))
        if line is not None:
            told.count += 1
            if len(told.examples) < _EXAMPLES:
                beside = rows[max((each for each in sound if each < place), default=sound[0])]
                told.examples += (OddMileage(line, order, on, km, beside[2], beside[1]),)
    return wrong
