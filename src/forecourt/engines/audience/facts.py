"""What is known of each car because of its visits, worked out by the database for the whole dealer or for some cars.

Owns `VehicleFacts`, `WorkDone` and `DueWork`, which are derived: recomputed, never edited. How the work of a line is told is in
`classification`; reading the list of what is due is in `due`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from forecourt.engines.audience import classification, hindsight, leaving, profiles, statements, turns, tyres
from forecourt.engines.audience.building import terms
from forecourt.engines.audience.events import FactsRefreshed
from forecourt.engines.audience.models import Build
from forecourt.kernel.quantities import km_per_year_of_rising, rising_readings
from forecourt.runtime import clock, scope
from forecourt.runtime.actors import Actor, system
from forecourt.runtime.events import publish


@dataclass(frozen=True)
class Refreshed:
    """How much a refresh worked out."""

    texts: int
    vehicles: int
    due: int


@transaction.atomic
def refresh(*, vehicle_ids: Sequence[UUID] | None = None, actor: Actor | None = None, today: date | None = None) -> Refreshed:
    """Classify what is new, then work out facts and due work of these cars, or of all; repeatable, one at a time per dealer."""
    organisation_id = scope.organisation_id()
    today = today or clock.now().date()
    turns.take()
    with connection.cursor() as cursor:
        if vehicle_ids is not None:
            refreshed = _by_statements(cursor, organisation_id, vehicle_ids, today)
            profiles.refresh(vehicle_ids=vehicle_ids, today=today)
            return refreshed
        # Just after an import PostgreSQL knows no numbers of the new rows, and loops where it should hash.
        cursor.execute("SET LOCAL enable_nestloop = off")
        refreshed = _whole(cursor, organisation_id, today)
        cursor.execute("SET LOCAL enable_nestloop = DEFAULT")
    publish(
        FactsRefreshed(texts=refreshed.texts, vehicles=refreshed.vehicles, due=refreshed.due),
        by=actor or system(organisation_id, via="audience"),
    )
    return refreshed


def discard_lake() -> None:
    """Throw away what lies beside the database of this dealer's history; the next whole refresh writes it anew."""
    from forecourt.engines.audience.lake import place

    place.discard(scope.organisation_id())


def _whole(cursor: Any, organisation_id: UUID, today: date) -> Refreshed:
    """By statements, or through the lake where there is so much that it pays. Loaded only then: Ibis and DuckDB take a second and 80 MB."""
    from forecourt.engines.audience.lake import worth

    token, before = "", Build.objects.first()
    if worth.pays(cursor, organisation_id):
        from forecourt.engines.audience.lake import daily

        seen = daily.look(organisation_id, token=before.token if before else "")
        texts = classification.refresh(text_keys=seen.open_texts)
        hindsight.refresh(today=today)
        leaving.refresh(today=today)
        found = daily.refresh(organisation_id=organisation_id, today=today, seen=seen)
        refreshed, token = Refreshed(texts=texts, vehicles=found.vehicles, due=found.due), found.token
        if not found.is_whole:
            _copy_the_rest(seen.earlier.copied if seen.earlier else "", before, today)
    else:
        refreshed = _by_statements(cursor, organisation_id, None, today)
        profiles.refresh(today=today)
    Build.objects.update_or_create(defaults={"built_for": today, "built_at": clock.now(), "token": token})
    return refreshed


def _copy_the_rest(copied: str, before: Build | None, today: date) -> None:
    """What segments read of cars that did not change: with changed ones it was written."""
    if before is not None and copied == profiles.edition() and before.built_for <= today:
        profiles.catch_up(since=before.built_for, today=today)
    else:
        profiles.refresh(today=today)


def _by_statements(cursor: Any, organisation_id: UUID, vehicle_ids: Sequence[UUID] | None, today: date) -> Refreshed:
    texts = classification.refresh(vehicle_ids=vehicle_ids)
    if vehicle_ids is None:
        hindsight.refresh(today=today)
        leaving.refresh(today=today)
    values = _values(organisation_id, vehicle_ids, today)
    values |= _driven(cursor, values)
    vehicles = _ran(cursor, statements.FACTS, values)
    _ran(cursor, statements.DONE, values)
    due = _ran(cursor, statements.DUE, values)
    return Refreshed(texts=texts, vehicles=vehicles, due=due)


def _values(organisation_id: UUID, vehicle_ids: Sequence[UUID] | None, today: date) -> dict[str, Any]:
    return {
        "organisation": organisation_id,
        "vehicles": None if vehicle_ids is None else list(vehicle_ids),
        "today": today,
        "service_months": terms.SERVICE_CUSTOMER_MONTHS,
        "tyre_months": terms.TYRE_CUSTOMER_MONTHS,
        "lost_months": terms.LOST_AFTER_MONTHS,
        "tyre_work": terms.TYRE_WORK,
        "tyre_storage": terms.TYRE_STORAGE,
        "taken_out": tyres.texts_that_take_out(organisation_id, vehicle_ids=vehicle_ids),
        "test_work": terms.TEST_WORK,
        "first_service": terms.FIRST_SERVICE,
        "next_after": terms.SERVICE_IS_NEXT_AFTER,
        "next_after_km": terms.SERVICE_IS_NEXT_AFTER_KM,
        "furthest_days": terms.FURTHEST_DAYS,
        "countries": list(terms.FIRST_TEST_MONTHS),
        "first_tests": list(terms.FIRST_TEST_MONTHS.values()),
        "first_test_elsewhere": terms.FIRST_TEST_MONTHS_ELSEWHERE,
    }


def _driven(cursor: Any, values: dict[str, Any]) -> dict[str, list[Any]]:
    """The latest reading and kilometres a year by the kernel's method, which withstands mistyped readings; four columns for the statements."""
    cursor.execute(statements.READINGS, values)
    cars: list[UUID] = []
    last: list[int] = []
    last_on: list[int] = []
    yearly: list[int | None] = []
    for vehicle_id, days, readings in cursor.fetchall():
        cars.append(vehicle_id)
        rising = rising_readings(zip(days, readings, strict=True))
        last.append(rising[-1][1])
        last_on.append(rising[-1][0])
        yearly.append(km_per_year_of_rising(rising))
    return {"driven_cars": cars, "driven_last": last, "driven_last_on": last_on, "driven_yearly": yearly}


def _ran(cursor: Any, statement: str, values: dict[str, Any]) -> int:
    cursor.execute(statement, values)
    return int(cursor.fetchone()[0])
