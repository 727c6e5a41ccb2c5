"""How many lines and cars each distinct text has, and how it is written; asked of the job lines themselves."""

from collections.abc import Sequence

from django.db import connection

from forecourt.runtime import scope

# Lines that were emptied when a person was erased are no longer anybody's to decide. Two steps of hashing are quicker than counting
# distinct cars, which sorts.
_COUNT = """
UPDATE audience_classification known SET lines = counted.lines, cars = counted.cars
  FROM (SELECT text_key, sum(lines) AS lines, count(*) AS cars
          FROM (SELECT line.text_key, visit.vehicle_id, count(*) AS lines
                  FROM history_jobline line JOIN history_visit visit ON visit.id = line.visit_id
                 WHERE line.organisation_id = %(organisation)s AND (line.text <> '' OR line.code <> '')
                   AND (%(keys)s::text[] IS NULL OR line.text_key = ANY(%(keys)s))
                 GROUP BY 1, 2) of_car
         GROUP BY 1) counted
 WHERE known.organisation_id = %(organisation)s AND known.text_key = counted.text_key
   AND (known.lines, known.cars) IS DISTINCT FROM (counted.lines, counted.cars)
"""
_GONE = """
UPDATE audience_classification known SET lines = 0, cars = 0
 WHERE known.organisation_id = %(organisation)s AND known.lines > 0
   AND NOT EXISTS (SELECT FROM history_jobline line WHERE line.organisation_id = %(organisation)s AND line.text_key = known.text_key
                      AND (line.text <> '' OR line.code <> ''))
"""
_WRITTEN = """
SELECT key, coalesce(worded.code, coded.code), coalesce(worded.text, '')
  FROM unnest(%(keys)s::text[]) AS key
  LEFT JOIN LATERAL (SELECT code, text FROM history_jobline
                      WHERE organisation_id = %(organisation)s AND text_key = key AND text <> '' LIMIT 1) worded ON TRUE
  LEFT JOIN LATERAL (SELECT code FROM history_jobline
                      WHERE organisation_id = %(organisation)s AND text_key = key AND code <> '' AND worded.text IS NULL LIMIT 1) coded ON TRUE
 WHERE worded.text IS NOT NULL OR coded.code IS NOT NULL
"""


def count(text_keys: Sequence[str] | None = None) -> None:
    """Count these texts, or all."""
    values = {"organisation": scope.organisation_id(), "keys": None if text_keys is None else list(text_keys)}
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, values)
        if text_keys is None:
            cursor.execute(_GONE, values)


def written(text_keys: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Code and text of one line of each; those whose lines were all emptied are left out."""
    with connection.cursor() as cursor:
        cursor.execute(_WRITTEN, {"organisation": scope.organisation_id(), "keys": list(text_keys)})
        return {key: (code, text) for key, code, text in cursor.fetchall()}
