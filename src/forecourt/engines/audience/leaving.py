"""How likely it is that a car does not come again within a year, as the dealer's own past tells it.

A year ago today there were cars that had been here as often, and whose last visit lay as far back: the share of them that did not come in the
year since is the risk, and their number is its reason. One year, so that every season is in it once; nothing is modelled, so that anybody can
count it again. Owns `LeavingExperience`, gathered once a week.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db import connection

from forecourt.engines.audience.models import LeavingExperience
from forecourt.engines.audience.register import CARS
from forecourt.kernel.conditions import Expression
from forecourt.kernel.quantities import months_later
from forecourt.runtime import clock, scope

#: Months since the last visit from which on cars are alike, up to the next number.
MONTHS: Final = (0, 3, 6, 9, 12, 18, 24)
#: So many visits, or more of the last.
VISITS: Final = (1, 2, 3, 5)
AHEAD_MONTHS: Final = 12
FEWEST_CARS: Final = 30
"""Of fewer nothing is said; a difference of a tenth may be chance even then."""
KEPT_DAYS: Final = 7

_PAST: Final = """
WITH been AS (
    SELECT vehicle_id, count(*) FILTER (WHERE opened_on <= %(then)s) AS visits, max(opened_on) FILTER (WHERE opened_on <= %(then)s) AS last_on,
           bool_or(opened_on > %(then)s) AS came
      FROM history_visit WHERE organisation_id = %(organisation)s AND gone_on IS NULL AND opened_on <= %(today)s GROUP BY vehicle_id
)
SELECT (SELECT max(step) FROM unnest(%(visits)s::int[]) step WHERE step <= been.visits) AS visits,
       (SELECT max(step) FROM unnest(%(months)s::int[]) step WHERE been.last_on <= %(then)s::date - make_interval(months => step)) AS months,
       count(*) AS cars, count(*) FILTER (WHERE NOT came) AS stayed_away
  FROM been JOIN vehicles_vehicle car ON car.id = been.vehicle_id AND car.gone_on IS NULL
 WHERE been.visits > 0 GROUP BY 1, 2
"""


@dataclass(frozen=True)
class Risk:
    """`percent` of `cars` like this one did not come within the year that followed."""

    percent: int
    cars: int
    stayed_away: int

    @property
    def share(self) -> float:
        """Of 1."""
        return self.percent / 100


def refresh(*, today: date) -> None:
    """Count anew if nobody has done so within the last week."""
    if LeavingExperience.objects.filter(gathered_on__gt=today - timedelta(days=KEPT_DAYS)).exists():
        return
    values: dict[str, Any] = {
        "organisation": scope.organisation_id(), "today": today, "then": months_later(today, -AHEAD_MONTHS),
        "visits": list(VISITS), "months": list(MONTHS),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_PAST, values)
        rows = cursor.fetchall()
    LeavingExperience.objects.all().delete()
    LeavingExperience.objects.bulk_create(
        LeavingExperience(visits=visits, months=months, cars=cars, stayed_away=away, gathered_on=today)
        for visits, months, cars, away in rows
    )


def risks() -> dict[tuple[int, int], Risk]:
    """By least visits and least months since the last; what few cars can tell is left out."""
    rows = LeavingExperience.objects.filter(cars__gte=FEWEST_CARS)
    return {(row.visits, row.months): Risk(round(100 * row.stayed_away / row.cars), row.cars, row.stayed_away) for row in rows}


def risk_of(told: Mapping[tuple[int, int], Risk], *, visits: int, last_visit_on: date | None, today: date) -> Risk | None:
    """What `risks` tell of a car that was here so often; None if it never was, or where the past tells nothing."""
    if not visits or last_visit_on is None:
        return None
    months = max((step for step in MONTHS if last_visit_on <= months_later(today, -step)), default=0)
    return told.get((max(step for step in VISITS if step <= visits), months))


def column(_of: str) -> Expression:
    """The risk of a car of the facts in percent, for `register`; unknown where `risk_of` knows none."""
    today = clock.now().date()
    told = risks()
    cases: list[str] = []
    params: list[object] = []
    for visits in reversed(VISITS):
        for months in reversed(MONTHS):
            found = told.get((visits, months))
            cases.append(f"WHEN {CARS}.visits >= {visits} AND {CARS}.last_visit_on <= %s THEN {found.percent if found else 'NULL'}")
            params.append(months_later(today, -months) if months else date.max)
    return Expression(f"(CASE {' '.join(cases)} END)::int", tuple(params))
