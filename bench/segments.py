"""How long it takes to count a segment and to show a page of it, beside SQL written by hand for that one question.

    python -m bench.segments [--cars 1000000] [--runs 40] [--plans]

One dealer with so many cars, each with a keeper, a due inspection in a third of cases and two kinds of work done. What is asked has five
criteria about car, keeper, visits and work; the hand-written statement is the best we know for that one question, without the dealer's own
cars being looked for.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from bench import ground
from bench.figures import Figure, Times, tell

MOST, RATIO, MOST_PAGE = 100.0, 8.0, 150.0  # milliseconds, times, milliseconds
FIVE = {
    "all": [
        {"field": "make", "op": "eq", "value": "Audi"},
        {"field": "fuel", "op": "eq", "value": "diesel"},
        {"field": "last_visit_on", "op": "before_days", "value": -365},
        {"field": "due:inspection", "op": "within_days", "value": 30},
        {"field": "postcode", "op": "starts_with", "value": "39"},
    ]
}
OTHERS = {
    "no kind of work": {
        "all": [
            {"field": "make", "op": "eq", "value": "Audi"},
            {"field": "fuel", "op": "ne", "value": "electric"},
            {"field": "first_registered_on", "op": "before_days", "value": -1461},
            {"field": "last_visit_on", "op": "within_days", "value": -730},
            {"field": "postcode", "op": "starts_with", "value": "3"},
        ]
    },
    "five that are wide": {
        "all": [
            {"any": [{"field": "fuel", "op": "eq", "value": "diesel"}, {"field": "fuel", "op": "eq", "value": "petrol"}]},
            {"field": "first_registered_on", "op": "before_days", "value": -365},
            {"field": "customer_kind", "op": "eq", "value": "private"},
            {"field": "last_visit_on", "op": "before_days", "value": -180},
        ]
    },
    "has not had": {
        "all": [
            {"field": "first_registered_on", "op": "before_days", "value": -1461},
            {"not": {"field": "done:battery", "op": "within_days", "value": -1461}},
            {"field": "last_visit_on", "op": "within_days", "value": -730},
        ]
    },
    "city": {
        "all": [
            {"field": "city", "op": "eq", "value": "muenchen 77"},
            {"field": "country", "op": "eq", "value": "it"},
            {"field": "last_visit_on", "op": "before_days", "value": -180},
        ]
    },
    "permission": {
        "all": [
            {"field": "last_visit_on", "op": "before_days", "value": -730},
            {"field": "has_email", "op": "eq", "value": True},
            {"field": "may_write:offers/email", "op": "eq", "value": True},
        ]
    },
}  # fmt: skip
TABLES = "audience_vehiclefacts, audience_duework, audience_workdone, vehicles_vehicle, people_customer, people_consententry"
#: 2,600 names of towns, a ninth of which begin with M.
TOWN = """(ARRAY['München ','Muenchen ','Merano ','Aachen ','Bozen ','Celle ','Dorf ','Essen ','Fulda ','Gera ','Halle ','Ilmenau ','Jena ','Köln ','Lahr ','Neuss ','Olpe ','Plauen ','Riesa ','Soest ','Trento ','Ulm ','Varel ','Wels ','Xanten ','Zell '])[1 + {chance}]"""
BY_HAND = """
SELECT count(*) FROM audience_duework due
  JOIN audience_vehiclefacts car ON car.vehicle_id = due.vehicle_id AND car.organisation_id = due.organisation_id
   AND car.make = 'Audi' AND car.fuel = 'diesel' AND car.last_visit_on < %s AND starts_with(car.postcode, '39')
 WHERE due.organisation_id = %s AND due.work_kind = 'inspection' AND due.due_on BETWEEN %s AND %s
"""


def measure(cars: int, runs: int, *, shows_plans: bool) -> list[Figure]:
    import django

    django.setup()
    from django.db import connection, transaction

    from forecourt.engines.audience import segments
    from forecourt.kernel import conditions
    from forecourt.runtime import clock, scope

    site, actor = ground.site("segments")
    _fill(site, cars)
    today = clock.today(site.zone)
    rule = conditions.parse(FIVE)

    def by_hand() -> int:
        with connection.cursor() as cursor:
            cursor.execute(BY_HAND, [today - timedelta(days=365), site.organisation_id, today, today + timedelta(days=30)])
            return int(cursor.fetchone()[0])

    figures = []
    with scope.of(site.organisation_id), transaction.atomic():
        asked: dict[str, Callable[[], Any]] = {
            "hand": by_hand,
            "count": lambda: segments.count(actor=actor, of=rule, at=today),
            "page": lambda: len(segments.page(actor=actor, of=rule, at=today)),
        }
        others = {name: conditions.parse(each) for name, each in OTHERS.items()}
        asked |= {name: partial(segments.count, actor=actor, of=each, at=today) for name, each in others.items()}
        if shows_plans:
            _show_plans(actor, [rule, *others.values()], today)
        taken, found = _timed(asked, runs)
    hand, count, page = (Times.of(taken[name]) for name in ("hand", "count", "page"))
    figures = [
        Figure(
            what=f"count of a segment, five criteria, {cars:,} cars", measured=str(count), limit=f"{hand} (by hand)",
            ratio=count.p50 / hand.p50, promise=f"p95 <= {MOST:.0f} ms, <= {RATIO:.0f}x",
            is_met=count.p95 <= MOST and count.p50 <= RATIO * hand.p50,
            wrong="" if found["count"] == found["hand"] else f"{found['count']} cars, not {found['hand']}",
        ),
        Figure(
            what=f"page of its {found['count']:,} members with reasons", measured=str(page), limit="", ratio=None,
            promise=f"p50 <= {MOST_PAGE:.0f} ms", is_met=page.p50 <= MOST_PAGE, wrong="",
        ),
    ]  # fmt: skip
    figures += [
        Figure(
            what=f"count: {name}, {found[name]:,} cars", measured=str(Times.of(taken[name])), limit="", ratio=None, promise="", is_met=True
        )
        for name in others
    ]
    return figures


def _timed(asked: dict[str, Callable[[], Any]], runs: int) -> tuple[dict[str, list[float]], dict[str, Any]]:
    taken: dict[str, list[float]] = {name: [] for name in asked}
    found: dict[str, Any] = {}
    for turn in range(2 + runs):
        for name, ask in asked.items():
            began = time.perf_counter()
            found[name] = ask()
            if turn >= 2:
                taken[name].append(time.perf_counter() - began)
    return taken, found


def _fill(site: Any, cars: int) -> None:
    """Made inside PostgreSQL under the dealer's own policy; then the planner is told of it, as autovacuum would a minute later."""
    import psycopg
    from django.db import transaction

    from forecourt.config.postgres import owner_url
    from forecourt.engines.audience import profiles
    from forecourt.engines.audience.models import DueWork, VehicleFacts, WorkDone
    from forecourt.records.people.models import ConsentEntry, Customer
    from forecourt.records.vehicles.models import Vehicle
    from forecourt.runtime import clock, scope

    today, now = clock.today(site.zone), clock.now()
    makes = "(ARRAY['Audi','BMW','Dacia','Fiat','Ford','Opel','Renault','Skoda','Toyota','Volkswagen'])[1 + " + _chance(1, 10) + "]"
    with scope.of(site.organisation_id), transaction.atomic():
        person = Customer.objects.create(number="0", language="de", country="IT", email="x@example.org")
        car = Vehicle.objects.create(make="Fiat", model="Tipo", fuel="petrol", country="IT", first_registered_on=today)
        known = VehicleFacts.objects.create(vehicle=car, customer_id=person.pk, site_id=site.pk, computed_on=today, last_visit_on=today)
        due = DueWork.objects.create(
            vehicle=car, customer_id=person.pk, work_kind="inspection", due_on=today, because="time", computed_on=today
        )
        done = WorkDone.objects.create(vehicle=car, work_kind="battery", last_on=today)
        given = ConsentEntry.objects.create(
            customer=person, purpose="offers", channel="email", act="give", form="paper", source="staff", wording="desk", entered_at=now
        )
        ground.multiply(
            person,
            cars,
            kind="c",
            number="n::text",
            postcode=f"(10000 + {_chance(2, 89_999)})::text",
            city=f"{TOWN.format(chance=_chance(10, 26))} || {_chance(9, 100)}",
        )
        ground.multiply(
            car, cars, kind="v", plate="'BZ ' || n", plate_key="'BZ' || n", make=makes, fuel=f"(ARRAY['petrol','diesel','electric'])[1 + {_chance(3, 3)}]",
            first_registered_on=f"DATE '{today}' - {_chance(4, 5000)}",
        )  # fmt: skip
        ground.multiply(
            known, cars, kind="f", vehicle_id=ground.row_id("v"), customer_id=ground.row_id("c"), last_visit_on=f"DATE '{today}' - {_chance(5, 1500)}",
        )  # fmt: skip
        ground.multiply(
            due,
            cars // 3,
            kind="d",
            vehicle_id=ground.row_id("v"),
            customer_id=ground.row_id("c"),
            due_on=f"DATE '{today}' - 200 + {_chance(6, 600)}",
        )
        ground.multiply(done, cars // 3, kind="w", vehicle_id=ground.row_id("v"), last_on=f"DATE '{today}' - {_chance(7, 3000)}")
        ground.multiply(
            done,
            cars // 2,
            kind="x",
            vehicle_id=ground.row_id("v"),
            work_kind="'tyre_change'",
            last_on=f"DATE '{today}' - {_chance(8, 900)}",
        )
        ground.multiply(given, cars // 4, kind="e", customer_id=ground.row_id("c"))
    with psycopg.connect(owner_url(), autocommit=True) as owner:
        owner.execute(f"VACUUM ANALYZE {TABLES}")
    began = time.perf_counter()
    with scope.of(site.organisation_id):
        profiles.refresh(today=today)
    print(f"what segments read was copied for all cars in {time.perf_counter() - began:.1f} s", file=sys.stderr)
    with psycopg.connect(owner_url(), autocommit=True) as owner:
        owner.execute(f"VACUUM ANALYZE {TABLES}")


def _chance(seed: int, below: int) -> str:
    """A number that looks like chance, the same in each run."""
    return f"((hashint4(n + {seed * 10_000_019}) & 2147483647) % {below})"


def _show_plans(actor: Any, rules: list[Any], today: Any) -> None:
    """How PostgreSQL counts each."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from forecourt.engines.audience import segments

    for rule in rules:
        with CaptureQueriesContext(connection) as captured:
            segments.count(actor=actor, of=rule, at=today)
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS OFF) {captured[-1]['sql']}")
            print("\n".join(row[0] for row in cursor.fetchall()), "\n")


def main(cars: int = 1_000_000, runs: int = 40, *, shows_plans: bool = False) -> list[Figure]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "forecourt.config.settings")
    with ground.database():
        return measure(cars, runs, shows_plans=shows_plans)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cars", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--plans", action="store_true")
    given = parser.parse_args()
    sys.exit(tell(main(given.cars, given.runs, shows_plans=given.plans)))
