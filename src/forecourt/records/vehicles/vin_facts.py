# ruff: noqa: S608 - SQL is put together from names of our own tables; values are always parameters
"""What the vehicle identification numbers of new cars tell where the file says nothing: make, model and model year.

Neither a file's word nor a person's is ever replaced, and nothing is taken that the number leaves open. The next file that names make or
year goes before what was read here.
"""

from datetime import date
from typing import Any, Final, NamedTuple

from django.db import connection

from forecourt.kernel.identifiers import NoVin
from forecourt.kernel.identifiers.decoding import decode
from forecourt.records.vehicles.imports import VEHICLES_BY_KEY
from forecourt.runtime import clock, scope
from forecourt.runtime.database.bulk import copy_into, copy_line, create_temporary, create_temporary_as

_ENOUGH: Final = frozenset({"certain", "likely"})
_AT_ONCE: Final = 2000
_LACKING: Final = "car_that_lacks_something"
_TOLD: Final = "told_by_shape_of_vin"
_LONGEST_MODEL: Final = 80
# Years: a car is sold up to one before its model year, and hardly stands longer than this until it is registered.
_AHEAD: Final = 1
_LONGEST_UNSOLD: Final = 4
# With fillers it was never meant for North America, and what stands behind maker, type, year and plant counts the cars; else all of it counts.
_SHAPE: Final = "CASE WHEN vin LIKE '___ZZZ%%' OR vin LIKE '________Z%%' THEN left(vin, 11) ELSE vin END"
# A car that is new is as the file says; of one that is changed, what is known counts.
_CARS: Final = f"""
SELECT id, vin, {_SHAPE} AS shape, COALESCE(make, '') AS make, COALESCE(model, '') AS model, model_year, first_registered_on, line
  FROM {VEHICLES_BY_KEY}
 WHERE change = 'c' AND vin IS NOT NULL AND (make IS NULL OR model IS NULL OR model_year IS NULL)
 UNION ALL
SELECT id, vin, {_SHAPE}, make, model, model_year, first_registered_on, line
  FROM (SELECT known.*, given.line FROM {VEHICLES_BY_KEY} AS given JOIN vehicles_vehicle AS known ON known.id = given.id
         WHERE given.change = 'u' AND known.organisation_id = %(organisation)s AND known.vin <> ''
           AND (known.make = '' OR known.model = '' OR known.model_year IS NULL)) AS changed
"""
# What the number adds. A model belongs to its make: where the file names another one, the number's is not put beside it.
_NEWS: Final = f"""
SELECT car.id, car.vin, car.line, CASE WHEN car.make = '' THEN told.make END AS make,
       CASE WHEN car.model = '' AND (car.make = '' OR lower(car.make) = lower(told.make)) THEN told.model END AS model,
       CASE WHEN car.model_year IS NULL AND (car.first_registered_on IS NULL OR
                 extract(year FROM car.first_registered_on) + {_AHEAD} - told.model_year BETWEEN 0 AND {_LONGEST_UNSOLD}) THEN told.model_year END AS model_year
  FROM {_LACKING} AS car JOIN {_TOLD} AS told ON told.shape = car.shape
"""
_WORTH_TELLING: Final = "COALESCE(make, model, model_year::text) IS NOT NULL"


class Example(NamedTuple):
    """One car that got something: where the file speaks of it, its number and what was read off it."""

    line: int | None
    vin: str
    values: dict[str, str | int]


def complete(cursor: Any, *, examples: int) -> list[Example]:
    """Fill what cars lack that this import adds or changes; inside its transaction, after `imports.apply`. Returns the first few."""
    facts = {"organisation": scope.organisation_id()}
    create_temporary_as(cursor, _LACKING, _CARS, facts, is_analyzed=False)
    if not cursor.rowcount:
        return []
    cursor.execute(f"ANALYZE {_LACKING}")
    create_temporary(cursor, _TOLD, ("shape text", "make text", "model text", "model_year integer"))
    _decode(cursor)
    cursor.execute(
        f"SELECT line, vin, make, model, model_year FROM ({_NEWS}) AS news WHERE {_WORTH_TELLING} ORDER BY line LIMIT %s", [examples]
    )
    found = [
        Example(line, vin, {name: value for name, value in zip(("make", "model", "model_year"), told, strict=True) if value})
        for line, vin, *told in cursor.fetchall()
    ]
    if found:
        cursor.execute(
            f"""UPDATE vehicles_vehicle AS known
                SET make = COALESCE(NULLIF(known.make, ''), told.make, ''), model = COALESCE(NULLIF(known.model, ''), told.model, ''),
                    model_year = COALESCE(known.model_year, told.model_year)
                FROM (SELECT * FROM ({_NEWS}) AS news WHERE {_WORTH_TELLING}) AS told
                WHERE known.id = told.id AND known.organisation_id = %(organisation)s""",
            facts,
        )
    return found


def _decode(cursor: Any) -> None:
    """Every shape once, of which the number tells anything."""
    today = clock.now().date()
    connection.ensure_connection()
    with connection.connection.cursor(name="shapes_of_vins") as shapes:
        shapes.execute(f"SELECT shape, min(vin) FROM {_LACKING} GROUP BY shape")
        while some := shapes.fetchmany(_AT_ONCE):
            copy_into(cursor, _TOLD, [told for shape, vin in some if (told := _told(shape, vin, today))])


def _told(shape: str, vin: str, today: date) -> str:
    """For COPY; empty where the number tells nothing."""
    try:
        found = decode(vin, today=today)
    except NoVin:
        return ""
    model = (found.model or "")[:_LONGEST_MODEL] if found.model_certainty in _ENOUGH else ""
    year = found.model_year.year if found.model_year.certainty in _ENOUGH else None
    return copy_line((shape, found.make, model or None, year)) if found.make or model or year else ""
