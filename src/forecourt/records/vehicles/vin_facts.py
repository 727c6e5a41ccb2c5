# ruff: noqa: S608 - SQL is put together from names of our own tables; values are always parameters
"""What the vehicle identification numbers of new cars tell where the file says nothing: make, model and model year.

Neither a file's word nor a person's is ever replaced, and nothing is taken that the number leaves open. The next file that names make or
year goes before what was read here.
"""

from datetime import date
from typing import Any, Final, NamedTuple

from django.db import connection

from forecourt.kernel.identifiers import vin_check_digit_ok
from forecourt.kernel.identifiers.decoding import decode
from forecourt.records.vehicles.imports import VEHICLES_BY_KEY
from forecourt.runtime import clock, scope

_ENOUGH: Final = frozenset({"certain", "likely"})
_AT_ONCE: Final = 5000
_REMEMBERED: Final = 100_000
_LONGEST_MODEL: Final = 80
# Years: a car is sold up to one before its model year, and hardly stands longer than this until it is registered.
_AHEAD: Final = 1
_LONGEST_UNSOLD: Final = 4
# Maker, type, year and plant; what comes behind counts the cars, but for makers of few cars in North America, who go on to the fourteenth.
_SHAPE: Final = slice(0, 11)
_LONGER_SHAPE: Final = slice(0, 14)
_AMERICAN: Final = frozenset("12345")


# A car that is new is as the file says; of one that is changed, what is known counts.
_LACKING: Final = f"""
SELECT id, vin, COALESCE(make, ''), COALESCE(model, ''), model_year, first_registered_on, line
  FROM {VEHICLES_BY_KEY}
 WHERE change = 'c' AND vin IS NOT NULL AND (make IS NULL OR model IS NULL OR model_year IS NULL)
 UNION ALL
SELECT known.id, known.vin, known.make, known.model, known.model_year, known.first_registered_on, given.line
  FROM {VEHICLES_BY_KEY} AS given JOIN vehicles_vehicle AS known ON known.id = given.id
 WHERE given.change = 'u' AND known.organisation_id = %s AND known.vin <> ''
   AND (known.make = '' OR known.model = '' OR known.model_year IS NULL)
"""


class Told(NamedTuple):
    """What a number tells; "" and None are not known."""

    make: str
    model: str
    model_year: int | None


class Example(NamedTuple):
    """One car that got something: where the file speaks of it, its number and what was read off it."""

    line: int | None
    vin: str
    values: dict[str, str | int]


def complete(cursor: Any, *, examples: int) -> list[Example]:
    """Fill what cars lack that this import adds or changes; inside its transaction, after `imports.apply`. Returns a few of them."""
    known: dict[tuple[str, bool], Told] = {}
    today = clock.now().date()
    first: list[Example] = []
    connection.ensure_connection()
    with connection.connection.cursor(name="cars_without_make_or_year") as lacking:
        lacking.execute(_LACKING, [scope.organisation_id()])
        while cars := lacking.fetchmany(_AT_ONCE):
            told = [(car, vin, line, _news(_read(vin, today, known), *lacks)) for car, vin, *lacks, line in cars]
            found = [(car, news) for car, _vin, _line, news in told if news]
            if found:
                _fill(cursor, found)
            if len(first) < examples:
                first += [Example(line, vin, news) for _car, vin, line, news in told if news][: examples - len(first)]
    return first


def _news(told: Told, make: str, model: str, year: int | None, registered_on: date | None) -> dict[str, str | int]:
    """What the number adds. A model belongs to its make: where the file names another one, the number's is not put beside it."""
    is_this_make = not make or make.casefold() == told.make.casefold()
    is_this_year = told.model_year and (registered_on is None or 0 <= registered_on.year + _AHEAD - told.model_year <= _LONGEST_UNSOLD)
    news = {
        "make": "" if make else told.make,
        "model": "" if model or not is_this_make else told.model[:_LONGEST_MODEL],
        "model_year": told.model_year if year is None and is_this_year else None,
    }
    return {name: value for name, value in news.items() if value}


def _read(vin: str, today: date, known: dict[tuple[str, bool], Told]) -> Told:
    shape = vin[_LONGER_SHAPE if vin[0] in _AMERICAN else _SHAPE], vin_check_digit_ok(vin)
    told = known.get(shape)
    if told is None:
        if len(known) >= _REMEMBERED:
            known.clear()
        found = decode(vin, today=today)
        year = found.model_year.year if found.model_year.certainty in _ENOUGH else None
        told = known[shape] = Told(found.make or "", (found.model or "") if found.model_certainty in _ENOUGH else "", year)
    return told


def _fill(cursor: Any, found: list[tuple[Any, dict[str, str | int]]]) -> None:
    columns = [[car for car, _news in found], *([news.get(name) for _car, news in found] for name in Told._fields)]
    cursor.execute(
        """UPDATE vehicles_vehicle AS known
           SET make = COALESCE(NULLIF(known.make, ''), told.make, ''), model = COALESCE(NULLIF(known.model, ''), told.model, ''),
               model_year = COALESCE(known.model_year, told.model_year)
           FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::int[]) AS told (id, make, model, model_year)
           WHERE known.id = told.id AND known.organisation_id = %s""",
        [*columns, scope.organisation_id()],
    )
