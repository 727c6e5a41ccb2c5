"""How fast free time is found, beside the limit: the same arithmetic on arrays that are in memory already.

    python -m bench.slots [--runs 200] [--reservations 50000]

One site with 12 bays and 12 technicians, a window of 60 days, 50,000 reservations, most of them past as in life. Measured as the
application's role, from the first query to the last slot: booking's `free` (every quarter of an hour), and the workshop's `offer`
(kinds of work to the best three), each as often as `--runs` says.
"""

import argparse
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from bench import ground
from bench.figures import Figure, Times, tell

LIMIT_MS = 20
PLACES, DAYS = 12, 60
_PER_DAY, _MINUTES = 6, 75
_HOURS = "Mo-Fr 07:30-18:00; Sa 08:00-12:00"


def measure(runs: int, reservations: int) -> list[Figure]:
    import django

    django.setup()
    from django.db import connection, transaction

    from forecourt.engines.booking import slots, taken
    from forecourt.engines.booking.models import Reservation
    from forecourt.journeys.workshop import slots as workshop
    from forecourt.kernel.periods import Period
    from forecourt.runtime import scope

    site = _dealer()
    with scope.of(site.organisation_id), transaction.atomic():
        bays, people = _fill(site, reservations)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*), current_user FROM booking_reservation WHERE organisation_id = %s", [site.organisation_id])
            stored, role = cursor.fetchone()
    _vacuum()
    requirements = [
        slots.Requirement("bay", tuple(each.pk for each in bays)),
        slots.Requirement("technician", tuple(each.pk for each in people)),
    ]
    now = datetime.now(UTC)
    window = Period(now, now + timedelta(days=DAYS))
    with scope.of(site.organisation_id), transaction.atomic():
        found = slots.free(requirements=requirements, minutes=60, window=window)
        met = Reservation.objects.filter(starts_at__lt=window.ends_at, ends_at__gt=window.starts_at).count()
        resources = [*bays, *people]
        busy = taken.by_resource(resources, window)
        grid = slots._grid(window, 15 * 60_000_000, 60 * 60_000_000)  # noqa: SLF001 - the limit is the inside of `free`
        limit = _times(lambda: slots._free_starts(busy, grid), runs)  # noqa: SLF001
        found_by = {
            "booking.free": _times(lambda: slots.free(requirements=requirements, minutes=60, window=window), runs),
            "workshop.offer": _times(lambda: workshop.offer(site_id=site.pk, work_kinds=["inspection"], days=DAYS), runs),
        }
        _clear(site)
    print(f"{stored} reservations stored, {met} in the window, {len(resources)} resources, {len(found)} slots found, as {role}")
    wrong = "" if found and stored == reservations else f"{len(found)} slots found among {stored} reservations"
    return [
        Figure(
            what=f"free slots, {PLACES} bays and people x {DAYS} days: {name}", measured=str(times), limit=f"{limit} (numpy alone)",
            ratio=times.p50 / limit.p50, promise=f"p95 < {LIMIT_MS} ms", is_met=times.p95 < LIMIT_MS, wrong=wrong,
        )
        for name, times in found_by.items()
    ]  # fmt: skip


def _times(run: Callable[[], Any], runs: int) -> Times:
    for _ in range(5):
        run()
    taken = []
    for _ in range(runs):
        began = time.perf_counter()
        run()
        taken.append(time.perf_counter() - began)
    return Times.of(taken)


def _dealer() -> Any:
    from forecourt.runtime import scope

    site, actor = ground.site("slots", opening_hours=_HOURS)
    with scope.of(site.organisation_id):
        ground.bays(site, actor, PLACES)
    return site


def _fill(site: Any, reservations: int) -> tuple[list[Any], list[Any]]:
    """Six jobs a day on each, with gaps that differ, from the last day after the window back into the past."""
    from forecourt.engines.booking.models import Reservation, Resource
    from forecourt.kernel.ids import uuid7

    bays = list(Resource.objects.filter(kind="bay", site_id=site.pk))
    people = list(Resource.objects.filter(kind="technician", site_id=site.pk))
    rows: list[Reservation] = []
    day = datetime.now(UTC).replace(hour=6, minute=30, second=0, microsecond=0) + timedelta(days=DAYS + 30)
    while len(rows) < reservations:
        day -= timedelta(days=1)
        if day.weekday() == 6:
            continue
        for number, resource in enumerate([*bays, *people]):
            starts_at = day + timedelta(minutes=(number * 17 + day.day * 5) % 45)
            for _job in range(_PER_DAY):
                ends_at = starts_at + timedelta(minutes=_MINUTES)
                rows.append(
                    Reservation(
                        resource=resource, holder_kind="bench", holder_id=uuid7(), starts_at=starts_at, ends_at=ends_at, state="confirmed"
                    )
                )
                starts_at = ends_at + timedelta(minutes=(number * 7 + day.day + _job) % 25)
    Reservation.objects.bulk_create(rows[:reservations], batch_size=2000)
    return bays, people


def _vacuum() -> None:
    """What PostgreSQL does by itself within a minute of so many new rows; only the owner may ask for it."""
    import psycopg

    from forecourt.config.postgres import owner_url

    with psycopg.connect(owner_url(), autocommit=True) as owner:
        owner.execute("VACUUM (ANALYZE) booking_reservation")


def _clear(site: Any) -> None:
    from forecourt.engines.booking.models import Reservation

    Reservation.objects.filter(resource__site_id=site.pk).delete()


def main(runs: int = 200, reservations: int = 50_000) -> list[Figure]:
    with ground.database():
        return measure(runs, reservations)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--reservations", type=int, default=50_000)
    given = parser.parse_args()
    sys.exit(tell(main(given.runs, given.reservations)))
