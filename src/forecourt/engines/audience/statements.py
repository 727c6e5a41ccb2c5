"""The set-based statements behind `facts`: one each for readings, facts and due work, however many cars a dealer has.

A visit that its source cancelled counts for nothing; a car that is gone from its source, or whose keeper is, falls due for nobody.

Keys of derived rows are random, not UUIDv7: they are made in the database, and nobody reads these rows by age.
"""

# ruff: noqa: S608 - put together from our own texts; values go in as parameters

from collections.abc import Sequence

_OURS = "organisation_id = %(organisation)s"
_THESE = "(%(vehicles)s::uuid[] IS NULL OR {column} = ANY(%(vehicles)s::uuid[]))"

_OF_FACTS = (
    "customer_id", "site_id", "last_visit_on", "last_mileage", "km_per_year", "visits", "spent_net", "is_service_customer", "is_tyre_customer", "is_lost",
    "tyres_stored_on",
)  # fmt: skip
_OF_DUE = ("customer_id", "site_id", "due_on", "because", "last_done_on", "last_done_mileage", "last_line_id", "basis")


def _since(row: str, columns: Sequence[str]) -> str:
    """The day of a row that stands already: another one only if it came out otherwise."""
    old, new = (", ".join(f"{of}.{name}" for name in columns) for of in (row, "excluded"))
    return f"CASE WHEN ({old}) IS DISTINCT FROM ({new}) THEN excluded.computed_on ELSE {row}.computed_on END"


READINGS = f"""
SELECT vehicle_id, array_agg(read_on - DATE '0001-01-01' + 1 ORDER BY read_on, km), array_agg(km ORDER BY read_on, km)
  FROM (SELECT vehicle_id, opened_on AS read_on, mileage AS km FROM history_visit
         WHERE {_OURS} AND gone_on IS NULL AND mileage IS NOT NULL AND {_THESE.format(column="vehicle_id")}
        UNION
        SELECT id, mileage_on, mileage FROM vehicles_vehicle
         WHERE {_OURS} AND mileage IS NOT NULL AND mileage_on IS NOT NULL AND {_THESE.format(column="id")}) reading
 GROUP BY vehicle_id
"""

_DRIVEN = """driven AS (
    SELECT vehicle_id, last_km, DATE '0001-01-01' + last_on - 1 AS last_on, yearly
      FROM unnest(%(driven_cars)s::uuid[], %(driven_last)s::int[], %(driven_last_on)s::int[], %(driven_yearly)s::int[]) AS read (vehicle_id, last_km, last_on, yearly)
)"""

FACTS = f"""
WITH {_DRIVEN}, been AS (
    SELECT vehicle_id, count(*) AS visits, sum(net_total) AS spent, max(opened_on) AS last_on,
           (array_agg(site_id ORDER BY opened_on DESC, id DESC))[1] AS site_id
      FROM history_visit WHERE {_OURS} AND gone_on IS NULL AND {_THESE.format(column="vehicle_id")} GROUP BY vehicle_id
), had AS (
    SELECT visit.vehicle_id,
           bool_or(kind.is_paid_service AND (line.net_amount > 0 OR visit.net_total > 0)
                   AND visit.opened_on >= %(today)s::date - make_interval(months => %(service_months)s)) AS service,
           count(DISTINCT visit.id) FILTER (WHERE kind.code = %(tyre_work)s
                   AND visit.opened_on >= %(today)s::date - make_interval(months => %(tyre_months)s)) AS tyre_visits
      FROM history_jobline line
      JOIN history_visit visit ON visit.id = line.visit_id AND visit.gone_on IS NULL
      JOIN audience_classification meaning ON meaning.organisation_id = line.organisation_id AND meaning.text_key = line.text_key
      JOIN catalogue_workkind kind ON kind.organisation_id = line.organisation_id AND kind.code = ANY(meaning.work_kinds)
     WHERE line.{_OURS} AND {_THESE.format(column="visit.vehicle_id")}
       AND visit.opened_on >= %(today)s::date - make_interval(months => greatest(%(service_months)s, %(tyre_months)s))
     GROUP BY visit.vehicle_id
), stored AS (
    SELECT visit.vehicle_id, max(visit.opened_on) AS last_on, max(visit.opened_on) FILTER (WHERE line.text_key <> ALL(%(taken_out)s)) AS there_on
      FROM history_jobline line
      JOIN history_visit visit ON visit.id = line.visit_id AND visit.gone_on IS NULL
      JOIN audience_classification meaning ON meaning.organisation_id = line.organisation_id AND meaning.text_key = line.text_key
           AND %(tyre_storage)s = ANY(meaning.work_kinds)
     WHERE line.{_OURS} AND {_THESE.format(column="visit.vehicle_id")}
     GROUP BY visit.vehicle_id
), written AS (
    INSERT INTO audience_vehiclefacts AS facts (id, organisation_id, vehicle_id, customer_id, site_id, last_visit_on, last_mileage,
           km_per_year, visits, spent_net, is_service_customer, is_tyre_customer, is_lost, tyres_stored_on, computed_on)
    SELECT gen_random_uuid(), car.organisation_id, car.id, holding.customer_id, been.site_id, been.last_on,
           coalesce(driven.last_km, car.mileage), driven.yearly, coalesce(been.visits, 0), coalesce(been.spent, 0),
           coalesce(had.service, FALSE), coalesce(had.tyre_visits, 0) >= 2,
           coalesce(been.last_on < %(today)s::date - make_interval(months => %(lost_months)s), FALSE),
           CASE WHEN stored.there_on = stored.last_on THEN stored.there_on END, %(today)s
      FROM vehicles_vehicle car
      LEFT JOIN vehicles_holding holding ON holding.vehicle_id = car.id AND holding.role = 'keeper' AND holding.until_on IS NULL
      LEFT JOIN been ON been.vehicle_id = car.id
      LEFT JOIN had ON had.vehicle_id = car.id
      LEFT JOIN stored ON stored.vehicle_id = car.id
      LEFT JOIN driven ON driven.vehicle_id = car.id
     WHERE car.{_OURS} AND {_THESE.format(column="car.id")}
    ON CONFLICT (vehicle_id) DO UPDATE SET
           customer_id = excluded.customer_id, site_id = excluded.site_id, last_visit_on = excluded.last_visit_on,
           last_mileage = excluded.last_mileage, km_per_year = excluded.km_per_year, visits = excluded.visits,
           spent_net = excluded.spent_net, is_service_customer = excluded.is_service_customer,
           is_tyre_customer = excluded.is_tyre_customer, is_lost = excluded.is_lost,
           tyres_stored_on = excluded.tyres_stored_on, computed_on = {_since("facts", _OF_FACTS)}
    RETURNING 1
)
SELECT count(*) FROM written
"""

# Unchanged rows are not written again: most cars were not here yesterday.
DONE = f"""
WITH been AS (
    SELECT visit.vehicle_id, told.work_kind, max(((visit.opened_on - DATE '0001-01-01')::bigint << 31) + coalesce(visit.mileage + 1, 0)) AS last
      FROM history_jobline line
      JOIN history_visit visit ON visit.id = line.visit_id AND visit.gone_on IS NULL
      JOIN audience_classification meaning ON meaning.organisation_id = line.organisation_id AND meaning.text_key = line.text_key
      CROSS JOIN LATERAL unnest(meaning.work_kinds) AS told (work_kind)
     WHERE line.{_OURS} AND {_THESE.format(column="visit.vehicle_id")}
     GROUP BY visit.vehicle_id, told.work_kind
), written AS (
    INSERT INTO audience_workdone AS done (id, organisation_id, vehicle_id, work_kind, last_on, last_mileage)
    SELECT gen_random_uuid(), %(organisation)s, vehicle_id, work_kind, DATE '0001-01-01' + (last >> 31)::int, nullif(last & ((1::bigint << 31) - 1), 0) - 1
      FROM been
    ON CONFLICT (vehicle_id, work_kind) DO UPDATE SET last_on = excluded.last_on, last_mileage = excluded.last_mileage
     WHERE (done.last_on, done.last_mileage) IS DISTINCT FROM (excluded.last_on, excluded.last_mileage)
), gone AS (
    DELETE FROM audience_workdone old
     WHERE old.{_OURS} AND {_THESE.format(column="old.vehicle_id")}
       AND NOT EXISTS (SELECT 1 FROM been WHERE been.vehicle_id = old.vehicle_id AND been.work_kind = old.work_kind)
)
SELECT count(*) FROM been
"""

# `last_done` is the newest line of each kind per car. The three parts of `falling` answer one question each: since it was last
# done (time or distance, whichever is first; equal days count as time, as kernel.quantities has it), the statutory test, and
# the first service of a young car. A test date later than the last test known to us was given by the inspector and rules. What
# somebody `named` for the next service takes the place of its own limit, a day that of time, kilometres that of distance.
DUE = f"""
WITH {_DRIVEN}, kept AS (
    SELECT car.id AS vehicle_id, car.first_registered_on AS registered_on, car.statutory_test_due_on AS test_on,
           car.service_due_on, car.service_due_km, car.service_told_on, holding.customer_id, driven.last_km, driven.last_on, driven.yearly,
           coalesce(facts.site_id, customer.home_site_id) AS site_id,
           coalesce(nullif(car.country, ''), nullif(customer.country, ''), dealer.country) AS country
      FROM vehicles_vehicle car
      JOIN vehicles_holding holding ON holding.vehicle_id = car.id AND holding.role = 'keeper' AND holding.until_on IS NULL
      JOIN people_customer customer ON customer.id = holding.customer_id AND customer.kind <> 'internal' AND customer.gone_on IS NULL
      JOIN dealership_organisation dealer ON dealer.id = car.organisation_id
      LEFT JOIN audience_vehiclefacts facts ON facts.vehicle_id = car.id
      LEFT JOIN driven ON driven.vehicle_id = car.id
     WHERE car.{_OURS} AND car.gone_on IS NULL AND {_THESE.format(column="car.id")}
), kind AS (
    SELECT code, interval_months AS months,
           CASE WHEN seen.uses_distance IS NOT FALSE OR interval_months IS NULL THEN interval_km END AS km
      FROM catalogue_workkind work
      LEFT JOIN audience_dueexperience seen ON seen.organisation_id = work.organisation_id AND seen.work_kind = work.code
     WHERE work.{_OURS} AND is_active AND is_invited AND (interval_months IS NOT NULL OR interval_km IS NOT NULL)
), last_done AS (
    SELECT DISTINCT ON (visit.vehicle_id, kind.code) visit.vehicle_id, kind.code, visit.opened_on AS done_on, visit.mileage AS done_km,
           line.id AS line_id, meaning.decided_by
      FROM history_jobline line
      JOIN history_visit visit ON visit.id = line.visit_id AND visit.gone_on IS NULL
      JOIN audience_classification meaning ON meaning.organisation_id = line.organisation_id AND meaning.text_key = line.text_key
      JOIN kind ON kind.code = ANY(meaning.work_kinds)
     WHERE line.{_OURS} AND {_THESE.format(column="visit.vehicle_id")}
     ORDER BY visit.vehicle_id, kind.code, visit.opened_on DESC, (line.kind = 'labour') DESC, line.position, line.id
), again AS (
    SELECT kept.*, kind.*, done.done_on, done.done_km, done.line_id, done.decided_by,
           (done.done_on + make_interval(months => kind.months))::date AS by_time,
           CASE WHEN kind.km > 0 AND kept.yearly > 0 AND floor(kind.km * 365.25::float8 / kept.yearly) <= 50 * 366
                THEN done.done_on + floor(kind.km * 365.25::float8 / kept.yearly)::int END AS by_distance
      FROM kept JOIN last_done done USING (vehicle_id) JOIN kind USING (code)
), named AS (
    SELECT kept.vehicle_id, kind.code,
           CASE WHEN done.done_on IS NULL OR kept.service_due_on > done.done_on + %(next_after)s THEN kept.service_due_on END AS on_day,
           CASE WHEN done.done_on IS NULL OR kept.service_due_km > kept.last_km + %(next_after_km)s
                     - greatest(kept.last_on - done.done_on, 0)::bigint * (nullif(kept.yearly, 0) * 4) / 1461
                THEN CASE WHEN kept.service_due_km <= kept.last_km THEN kept.last_on
                          WHEN kept.yearly > 0 AND (kept.service_due_km - kept.last_km)::bigint * 1461 / (kept.yearly * 4) <= %(furthest_days)s
                          THEN kept.last_on + ((kept.service_due_km - kept.last_km)::bigint * 1461 / (kept.yearly * 4))::int END
                END AS on_km
      FROM kept
      JOIN kind ON kind.code = %(first_service)s
      LEFT JOIN last_done done ON done.vehicle_id = kept.vehicle_id AND done.code = kind.code
     WHERE kept.service_told_on >= coalesce(done.done_on, kept.service_told_on)
), reckoned AS (
    SELECT vehicle_id, customer_id, site_id, code, months, km, yearly, done_on, done_km, line_id, decided_by,
           least(coalesce(on_day, by_time), coalesce(on_km, by_distance)) AS due_on,
           CASE WHEN coalesce(on_km, by_distance) < coalesce(on_day, by_time) OR coalesce(on_day, by_time) IS NULL
                THEN CASE WHEN on_km IS NULL THEN 'distance' ELSE 'condition' END
                ELSE CASE WHEN on_day IS NULL THEN 'time' ELSE 'condition' END END AS because
      FROM again LEFT JOIN named USING (vehicle_id, code) WHERE code <> %(test_work)s
    UNION ALL
    SELECT kept.vehicle_id, kept.customer_id, kept.site_id, kind.code, kind.months, NULL, kept.yearly,
           again.done_on, again.done_km, again.line_id, again.decided_by,
           CASE WHEN kept.test_on IS NOT NULL AND (again.done_on IS NULL OR kept.test_on > again.done_on + 90) THEN kept.test_on
                WHEN again.by_time IS NOT NULL THEN again.by_time
                ELSE upcoming.due_on END,
           CASE WHEN kept.test_on IS NOT NULL AND (again.done_on IS NULL OR kept.test_on > again.done_on + 90) THEN 'test_date'
                WHEN again.by_time IS NOT NULL THEN 'time'
                ELSE 'first_registration' END
      FROM kept
      JOIN kind ON kind.code = %(test_work)s AND kind.months > 0
      LEFT JOIN again ON again.vehicle_id = kept.vehicle_id AND again.code = kind.code
      LEFT JOIN unnest(%(countries)s::text[], %(first_tests)s::int[]) AS first_test (country, months) ON first_test.country = kept.country
      LEFT JOIN LATERAL (
          SELECT min(step.day)::date AS due_on
            FROM generate_series(0, 480 / kind.months + 1) AS turn (number),
                 LATERAL (SELECT (kept.registered_on + make_interval(months => coalesce(first_test.months, %(first_test_elsewhere)s)))::date
                                 + make_interval(months => turn.number * kind.months) AS day) step
           WHERE step.day BETWEEN %(today)s::date - 30 AND %(today)s::date + interval '10 years'
      ) upcoming ON kept.test_on IS NULL AND again.done_on IS NULL AND kept.registered_on > %(today)s::date - interval '40 years'
    UNION ALL
    SELECT kept.vehicle_id, kept.customer_id, kept.site_id, kind.code, kind.months, kind.km, kept.yearly, NULL, NULL, NULL, NULL,
           least(coalesce(on_day, by_age.day), on_km),
           CASE WHEN on_km < coalesce(on_day, by_age.day) OR coalesce(on_day, by_age.day) IS NULL OR on_day IS NOT NULL
                THEN 'condition' ELSE 'first_registration' END
      FROM kept
      JOIN kind ON kind.code = %(first_service)s
      LEFT JOIN named ON named.vehicle_id = kept.vehicle_id
      LEFT JOIN LATERAL (SELECT (kept.registered_on + make_interval(months => kind.months))::date AS day WHERE kind.months > 0) by_age
             ON by_age.day >= %(today)s::date - interval '1 year'
     WHERE NOT EXISTS (SELECT 1 FROM last_done WHERE last_done.vehicle_id = kept.vehicle_id AND last_done.code = kind.code)
), falling AS (
    SELECT reckoned.*, CASE WHEN because = 'condition' THEN kept.service_due_on END AS named_on,
           CASE WHEN because = 'condition' THEN kept.service_due_km END AS named_km, CASE WHEN because = 'condition' THEN kept.service_told_on END AS told_on
      FROM reckoned JOIN kept USING (vehicle_id)
), written AS (
    INSERT INTO audience_duework AS due (id, organisation_id, vehicle_id, customer_id, site_id, work_kind, due_on, because,
           last_done_on, last_done_mileage, last_line_id, basis, computed_on)
    SELECT gen_random_uuid(), %(organisation)s, vehicle_id, customer_id, site_id, code, due_on, because, done_on, done_km, line_id,
           jsonb_strip_nulls(jsonb_build_object('interval_months', months, 'interval_km', km, 'km_per_year', yearly,
               'named_on', named_on, 'named_km', named_km, 'told_on', told_on, 'decided_by',
               (SELECT said - '{{work_kind,rule}}'::text[] FROM jsonb_array_elements(decided_by) said WHERE said ->> 'work_kind' = code LIMIT 1))),
           %(today)s
      FROM falling WHERE due_on IS NOT NULL
    ON CONFLICT (organisation_id, vehicle_id, work_kind) DO UPDATE SET
           customer_id = excluded.customer_id, site_id = excluded.site_id, due_on = excluded.due_on, because = excluded.because,
           last_done_on = excluded.last_done_on, last_done_mileage = excluded.last_done_mileage,
           last_line_id = excluded.last_line_id, basis = excluded.basis, computed_on = {_since("due", _OF_DUE)}
    RETURNING due.id
), gone AS (
    DELETE FROM audience_duework old
     WHERE old.{_OURS} AND {_THESE.format(column="old.vehicle_id")} AND NOT EXISTS (SELECT 1 FROM written WHERE written.id = old.id)
)
SELECT count(*) FROM written
"""
