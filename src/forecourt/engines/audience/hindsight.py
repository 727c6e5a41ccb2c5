"""What a dealer's own past says of due dates: gathered once a week, kept per kind of work.

Owns `DueExperience`: whether the distance driven makes the date better than the interval alone ("last visit plus interval", the plain
rule), and how early or late cars really come. `facts` asks it which rule to use; the arithmetic is in `foretelling`.
"""

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db import connection

from forecourt.engines.audience.foretelling import SAME_OCCASION_DAYS, Case, Past, case, judge
from forecourt.engines.audience.models import DueExperience, DueWork
from forecourt.runtime import access, scope
from forecourt.runtime.actors import Actor

MOST_CASES: Final = 20_000
KEPT_DAYS: Final = 7
"""Experience is gathered anew once a week: it changes slowly."""

_PAST = """
WITH done AS (
    SELECT DISTINCT visit.vehicle_id, kind.code, kind.interval_months AS months, kind.interval_km AS km, visit.opened_on
      FROM history_jobline line
      JOIN history_visit visit ON visit.id = line.visit_id AND visit.gone_on IS NULL
      JOIN audience_classification meaning ON meaning.organisation_id = line.organisation_id AND meaning.text_key = line.text_key
      JOIN catalogue_workkind kind ON kind.organisation_id = line.organisation_id AND kind.code = ANY(meaning.work_kinds)
     WHERE line.organisation_id = %(organisation)s AND kind.is_active AND kind.interval_months > 0
), again AS (
    SELECT vehicle_id, code, months, km, array_agg(opened_on ORDER BY opened_on) AS days
      FROM done GROUP BY vehicle_id, code, months, km HAVING max(opened_on) - min(opened_on) > %(same_occasion)s
     ORDER BY md5(vehicle_id::text || code) LIMIT %(most)s
)
SELECT again.vehicle_id::text, again.code, again.months, again.km, again.days, readings.days, readings.km
  FROM again
  LEFT JOIN LATERAL (
      SELECT array_agg(opened_on ORDER BY opened_on, mileage) AS days, array_agg(mileage ORDER BY opened_on, mileage) AS km
        FROM history_visit WHERE organisation_id = %(organisation)s AND vehicle_id = again.vehicle_id AND gone_on IS NULL AND mileage IS NOT NULL
  ) readings ON TRUE
"""


def gather() -> list[Case]:
    """The cases of the dealer in scope, at most `MOST_CASES` histories."""
    values: dict[str, Any] = {"organisation": scope.organisation_id(), "same_occasion": SAME_OCCASION_DAYS, "most": MOST_CASES}
    cases = []
    with connection.cursor() as cursor:
        cursor.execute(_PAST, values)
        for car, kind, months, km, days, read_on, read_km in cursor.fetchall():
            readings = list(zip(read_on or (), read_km or (), strict=True))
            if (made := case(Past(car, kind, months, km, days, readings))) is not None:
                cases.append(made)
    return cases


def refresh(*, today: date) -> int:
    """Gather experience if there is none of the last week; returns for how many kinds there is some."""
    if DueExperience.objects.filter(gathered_on__gt=today - timedelta(days=KEPT_DAYS)).exists():
        return DueExperience.objects.count()
    found = judge(gather())
    DueExperience.objects.exclude(work_kind__in=[each.work_kind for each in found]).delete()
    for each in found:
        values = {**asdict(each), "gathered_on": today}
        DueExperience.objects.update_or_create(work_kind=values.pop("work_kind"), defaults=values)
    return len(found)


@dataclass(frozen=True)
class Expected:
    """When cars like this one really came: half by `usual_on`, eight of ten between the other two."""

    usual_on: date
    early_on: date
    late_on: date


def expected(due: DueWork) -> Expected | None:
    """From experience with the same kind of work; None where there is none, or where the date is not counted from a last time."""
    if due.because not in ("time", "distance"):
        return None
    known = DueExperience.objects.filter(work_kind=due.work_kind).first()
    if known is None:
        return None
    return Expected(*(due.due_on + timedelta(days=days) for days in (known.usual, known.early, known.late)))


def experience(*, actor: Actor) -> list[DueExperience]:
    """What is known of each kind of work, in the order of their codes."""
    access.require(actor, "audience.see_due")
    return list(DueExperience.objects.order_by("work_kind"))
