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

from forecourt.engines.audience import classification, profiles, statements
from forecourt.engines.audience.events import FactsRefreshed
from forecourt.kernel.quantities import km_per_year
from forecourt.runtime import clock, scope
from forecourt.runtime.actors import Actor, system
from forecourt.runtime.events import publish

TYRE_WORK = "tyre_change"
TEST_WORK = "statutory_test"
FIRST_SERVICE = "inspection"  # falls due from the first registration, before the car was ever here
SERVICE_CUSTOMER_MONTHS = 18
TYRE_CUSTOMER_MONTHS = 24
LOST_AFTER_MONTHS = 24
#: Months from first registration to the first test: § 29 StVZO, art. 80 CdS, RNTR-1, Road Traffic Act s. 47, 机动车查验.
FIRST_TEST_MONTHS = {"DE": 36, "AT": 36, "IT": 48, "RO": 36, "GB": 36, "CN": 72}
FIRST_TEST_MONTHS_ELSEWHERE = 48


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
    with connection.cursor() as cursor:
        # Two refreshes at once would wait for each other's rows in a circle.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7))", [f"audience {organisation_id}"])
        if vehicle_ids is None:
            # Just after an import PostgreSQL knows no numbers of the new rows, and loops where it should hash.
            cursor.execute("SET LOCAL enable_nestloop = off")
        texts = classification.refresh(vehicle_ids=vehicle_ids)
        values = _values(organisation_id, vehicle_ids, today)
        values |= _driven(cursor, values)
        vehicles = _ran(cursor, statements.FACTS, values)
        _ran(cursor, statements.DONE, values)
        due = _ran(cursor, statements.DUE, values)
        profiles.refresh(vehicle_ids=vehicle_ids, today=today)
        cursor.execute("SET LOCAL enable_nestloop = DEFAULT")
    refreshed = Refreshed(texts=texts, vehicles=vehicles, due=due)
    if vehicle_ids is None:
        by = actor or system(organisation_id, via="audience")
        publish(FactsRefreshed(texts=texts, vehicles=vehicles, due=due), by=by)
    return refreshed


def _values(organisation_id: UUID, vehicle_ids: Sequence[UUID] | None, today: date) -> dict[str, Any]:
    return {
        "organisation": organisation_id,
        "vehicles": None if vehicle_ids is None else list(vehicle_ids),
        "today": today,
        "service_months": SERVICE_CUSTOMER_MONTHS,
        "tyre_months": TYRE_CUSTOMER_MONTHS,
        "lost_months": LOST_AFTER_MONTHS,
        "tyre_work": TYRE_WORK,
        "test_work": TEST_WORK,
        "first_service": FIRST_SERVICE,
        "countries": list(FIRST_TEST_MONTHS),
        "first_tests": list(FIRST_TEST_MONTHS.values()),
        "first_test_elsewhere": FIRST_TEST_MONTHS_ELSEWHERE,
    }


def _driven(cursor: Any, values: dict[str, Any]) -> dict[str, list[Any]]:
    """Kilometres a year by the kernel's method, which withstands mistyped readings; three columns for the statements."""
    cursor.execute(statements.READINGS, values)
    cars: list[UUID] = []
    last: list[int] = []
    yearly: list[int | None] = []
    for vehicle_id, days, readings in cursor.fetchall():
        cars.append(vehicle_id)
        last.append(readings[-1])
        yearly.append(km_per_year(zip(days, readings, strict=True)))
    return {"driven_cars": cars, "driven_last": last, "driven_yearly": yearly}


def _ran(cursor: Any, statement: str, values: dict[str, Any]) -> int:
    cursor.execute(statement, values)
    return int(cursor.fetchone()[0])
