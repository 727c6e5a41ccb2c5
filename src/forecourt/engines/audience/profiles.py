"""What a segment asks of a car and its keeper, copied beside the facts, so that a count of a million cars reads one table.

Owns the second half of `VehicleFacts`. Written with the facts (`beside`) and whenever a record or the ledger says something new (`subscribers`). Whether
somebody may be written to is copied for counting alone: every sender asks the ledger itself, in the moment of sending.
"""

import hashlib
from collections.abc import Collection
from contextlib import nullcontext
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from forecourt.engines.audience import distances, lifecycle, turns
from forecourt.engines.audience.models import VehicleFacts
from forecourt.records.people import consent
from forecourt.records.people.models import Customer
from forecourt.runtime import clock, scope
from forecourt.runtime.database.bulk import by_index, create_temporary_as

# ruff: noqa: S608 - put together from our own texts; values go in as parameters

#: The place of a pair in the list is its bit in `may_write`: new ones go to the end.
PERMISSIONS: Final = tuple(
    (purpose, channel) for purpose in ("service_reminder", "survey", "offers") for channel in ("email", "sms", "phone", "post", "app")
)
PERIODS: Final = (6, 12, 24, 36)
"""Months in which visits are counted."""
#: So many cars are found by an index for each; for more, all rows are looked at.
MOST_BY_INDEX: Final = 20_000

_FACTS: Final = "audience_vehiclefacts"
_THESE = "(%(vehicles)s::uuid[] IS NULL OR {column} = ANY(%(vehicles)s::uuid[]))"
_VISITS = {f"visits_{months}": f"count(*) FILTER (WHERE opened_on > %(today)s::date - interval '{months} months')" for months in PERIODS}
_COPIED = {
    **{name: f"car.{name}" for name in ("make", "model", "fuel", "model_year", "first_registered_on", "statutory_test_due_on")},
    **{name: f"car.{name}" for name in ("warranty_until", "contract_until")},
    "vehicle_kind": "car.kind",
    **{name: f"coalesce(keeper.{name}, '')" for name in ("language", "country", "postcode", "city", "tier", "looks_for")},
    # Whom or what no source has any more is in no target group.
    "customer_kind": "CASE WHEN car.gone_on IS NULL AND keeper.gone_on IS NULL THEN coalesce(keeper.kind, 'none') ELSE 'none' END",
    "km_from_site": "away.km",
    "lifecycle": "CASE WHEN facts.customer_id IS NULL THEN '' ELSE coalesce(stands.lifecycle, 'prospect') END",
    "has_email": "coalesce(keeper.email <> '', FALSE)",
    "may_write": "coalesce(agreed.bits, 0)",
    **{name: f"coalesce(been.{name}, 0)" for name in _VISITS},
}
COPIED: Final = tuple(_COPIED)
_BEEN = f"""
SELECT vehicle_id, {", ".join(f"{sql} AS {name}" for name, sql in _VISITS.items())} FROM history_visit
 WHERE organisation_id = %(organisation)s AND gone_on IS NULL AND {_THESE.format(column="vehicle_id")}
   AND opened_on > %(today)s::date - interval '{max(PERIODS)} months'
 GROUP BY vehicle_id
"""
_TOLD = f"""
SELECT facts.vehicle_id, {", ".join(f"{sql} AS {name}" for name, sql in _COPIED.items())}
  FROM {{facts}} facts
  JOIN vehicles_vehicle car ON car.id = facts.vehicle_id
  LEFT JOIN people_customer keeper ON keeper.id = facts.customer_id
  LEFT JOIN unnest(%(away_countries)s::text[], %(away_cities)s::text[], %(away_sites)s::uuid[], %(away_km)s::int[]) away (country, city, site_id, km)
         ON away.city = keeper.city AND away.country = keeper.country AND away.site_id IS NOT DISTINCT FROM facts.site_id
  LEFT JOIN (SELECT customer_id, bit_or(bit) AS bits FROM ({{agreed}}) given GROUP BY customer_id) agreed ON agreed.customer_id = facts.customer_id
  LEFT JOIN ({{stands}}) stands ON stands.customer_id = facts.customer_id
  LEFT JOIN ({_BEEN}) been ON been.vehicle_id = facts.vehicle_id
 WHERE facts.organisation_id = %(organisation)s AND {_THESE.format(column="facts.vehicle_id")}
"""
_STATEMENT = f"""
WITH told AS ({_TOLD.format(facts=_FACTS, agreed="{agreed}", stands="{stands}")}), written AS (
    UPDATE {_FACTS} facts SET {", ".join(f"{name} = told.{name}" for name in _COPIED)}
      FROM told
     WHERE told.vehicle_id = facts.vehicle_id
       AND ({", ".join(f"facts.{name}" for name in _COPIED)}) IS DISTINCT FROM ({", ".join(f"told.{name}" for name in _COPIED)})
    RETURNING 1
)
SELECT count(*) FROM written
"""


_LEFT_A_PERIOD = " OR ".join(
    f"(opened_on > %(since)s::date - interval '{months} months' AND opened_on <= %(today)s::date - interval '{months} months')"
    for months in PERIODS
)
# What the records say otherwise was written with the facts; beside it only the day and the ledger can have moved.
_DAYS_WENT_BY = f"""
SELECT vehicle_id FROM history_visit WHERE organisation_id = %(organisation)s AND gone_on IS NULL AND ({_LEFT_A_PERIOD})
"""
_LEDGER_MOVED = f"""
SELECT facts.vehicle_id
  FROM {_FACTS} facts
  LEFT JOIN (SELECT customer_id, bit_or(bit) AS bits FROM ({{agreed}}) given GROUP BY customer_id) agreed USING (customer_id)
 WHERE facts.organisation_id = %(organisation)s AND (facts.customer_kind = '' OR facts.may_write <> coalesce(agreed.bits, 0))
"""
# Where somebody stands hangs on all that they did, so it moves on every car of theirs.
_FOLLOWED = f"""
WITH followed AS (
    UPDATE {_FACTS} facts SET lifecycle = stands.lifecycle FROM stands_today stands
     WHERE facts.organisation_id = %(organisation)s AND facts.customer_id = stands.customer_id AND facts.lifecycle <> stands.lifecycle
    RETURNING 1
)
SELECT count(*) FROM followed
"""
_CAME_WITH = """
SELECT customer_id FROM history_visit WHERE organisation_id = %(organisation)s AND vehicle_id IN (SELECT vehicle_id FROM {these})
 UNION SELECT customer_id FROM vehicles_holding WHERE role = 'keeper' AND vehicle_id IN (SELECT vehicle_id FROM {these})
"""


def edition() -> str:
    """Changes when something else is copied, so that every row is written anew after an upgrade, or after a site moved."""
    return hashlib.blake2b(f"{_STATEMENT}{lifecycle.told('')}{PERMISSIONS}{distances.edition()}".encode(), digest_size=8).hexdigest()


def bit(pair: str) -> int:
    """The bit of a permission written as "offers/email"."""
    purpose, _, channel = pair.partition("/")
    return 1 << PERMISSIONS.index((purpose, channel))


def beside(table: str, *, vehicle_ids: Collection[UUID] | None, today: date) -> tuple[str, dict[str, Any]]:
    """A query of `vehicle_id` and the columns `COPIED` for who writes facts himself, and its values.

    Of the cars in `table`, which has a keeper, a site and a dealer for each; `vehicle_ids` are the same cars where they are few. Where their people
    stand must have been worked out (`work_out_who_stands_where`).
    """
    keepers = None
    if vehicle_ids is not None:
        keepers = Customer.objects.filter(pk__in=RawSQL(f"SELECT customer_id FROM {table}", [])).values("pk")  # noqa: S611 - as above
    values = _values(vehicle_ids, today, _away(vehicle_ids, table))
    agreed = _agreed(keepers, values)
    return _TOLD.format(facts=table, agreed=agreed, stands="SELECT * FROM stands_today"), values


@transaction.atomic
def refresh(*, vehicle_ids: Collection[UUID] | None = None, customer_ids: Collection[UUID] | None = None, today: date | None = None) -> int:
    """Copy anew for these cars, or those of these keepers, or all; returns how many rows had to be written. Repeatable."""
    turns.take()
    today = today or clock.now().date()
    if customer_ids is not None:
        vehicle_ids = list(VehicleFacts.objects.filter(customer_id__in=customer_ids).values_list("vehicle_id", flat=True))
    return copy(vehicle_ids=vehicle_ids, today=today)


def copy(*, vehicle_ids: Collection[UUID] | None, today: date) -> int:
    """As `refresh`; its caller has the turn."""
    if vehicle_ids is not None and not vehicle_ids:
        return 0
    values = _values(vehicle_ids, today, _away(vehicle_ids, _FACTS))
    keepers = None if vehicle_ids is None else VehicleFacts.objects.filter(vehicle_id__in=vehicle_ids).values("customer_id")
    agreed = _agreed(keepers, values)
    with connection.cursor() as cursor:
        if vehicle_ids is None:
            cursor.execute("SET LOCAL work_mem = '64MB'")
        with by_index(cursor) if vehicle_ids is not None and len(vehicle_ids) <= MOST_BY_INDEX else nullcontext():
            work_out_who_stands_where(cursor, None if vehicle_ids is None else "unnest(%(vehicles)s::uuid[]) AS these (vehicle_id)", values)
            cursor.execute(_STATEMENT.format(agreed=agreed, stands="SELECT * FROM stands_today"), values)
            copied = int(cursor.fetchone()[0])
        return copied + (0 if vehicle_ids is None else follow_keepers(cursor, values))


def work_out_who_stands_where(cursor: Any, these: str | None, values: dict[str, Any]) -> None:
    """The temporary table `stands_today` of all who keep, kept or brought one of `these`, which have a `vehicle_id`; of everybody where it is None."""
    keepers = "" if these is None else _CAME_WITH.format(these=these)
    create_temporary_as(cursor, "stands_today", lifecycle.told(keepers), values)


def follow_keepers(cursor: Any, values: dict[str, Any]) -> int:
    """Note on the further cars of these people where they stand; returns on how many."""
    cursor.execute(_FOLLOWED, values)
    return int(cursor.fetchone()[0])


@transaction.atomic
def catch_up(*, since: date, today: date) -> int:
    """As `refresh` does it for all, where all were copied on the day `since`, and anew those of which a record changed: quicker.

    Where people stand is worked out for everybody once a day: an order that was given to somebody else changes it for who had it, too.
    """
    values: dict[str, Any] = {"organisation": scope.organisation_id(), "since": since, "today": today}
    agreed = _agreed(None, values)
    with connection.cursor() as cursor:
        cursor.execute(_LEDGER_MOVED.format(agreed=agreed), values)
        moved = {vehicle_id for (vehicle_id,) in cursor.fetchall()}
        if since != today:
            cursor.execute(_DAYS_WENT_BY, values)
            moved |= {vehicle_id for (vehicle_id,) in cursor.fetchall()}
    copied = copy(vehicle_ids=moved, today=today)
    if since == today:
        return copied
    with connection.cursor() as cursor:
        work_out_who_stands_where(cursor, None, values)
        return copied + follow_keepers(cursor, values)


def _values(vehicle_ids: Collection[UUID] | None, today: date, away: dict[str, list[Any]]) -> dict[str, Any]:
    vehicles = None if vehicle_ids is None else list(vehicle_ids)
    return {"organisation": scope.organisation_id(), "vehicles": vehicles, "today": today, **away}


def _away(vehicle_ids: Collection[UUID] | None, table: str) -> dict[str, list[Any]]:
    """Kilometres by country, town and site, as columns."""
    found = distances.known(vehicle_ids, table=table)
    return {
        "away_countries": [each.country for each in found],
        "away_cities": [each.city for each in found],
        "away_sites": [each.site_id for each in found],
        "away_km": [each.km for each in found],
    }


def _agreed(keepers: QuerySet[Any, Any] | None, values: dict[str, Any]) -> str:
    """The standing permissions of these, or of all, with their bits, as SQL; its values are added to the others."""
    parts = ["SELECT NULL::uuid AS customer_id, 0 AS bit WHERE FALSE"]
    for pair in sorted(consent.given(customers=keepers) & set(PERMISSIONS)):
        rows = consent.standing(purpose=pair[0], channel=pair[1]).values("customer_id")
        sql, params = (rows if keepers is None else rows.filter(customer_id__in=keepers)).query.sql_with_params()
        names = [f"agreed_{len(values) + place}" for place in range(len(params))]
        values |= dict(zip(names, params, strict=True))
        named = sql % tuple(f"%({name})s" for name in names)
        parts.append(f"SELECT customer_id, {bit('/'.join(pair))} FROM ({named}) stands")
    return " UNION ALL ".join(parts)
