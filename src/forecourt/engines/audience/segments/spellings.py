"""Makes and models as this dealer's cars have them: "VW", "volkswagen" and "VOLKSWAGEN" are one make, though programs write all of them.

A rule keeps what somebody wrote; when it is asked, the word becomes all spellings that mean the same and that there are, which the index
answers as quickly as one.
"""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Final

from django.db import connection

from forecourt.kernel.conditions import All, Compare, Condition, Not, Scalar
from forecourt.kernel.conditions import Any as AnyOf
from forecourt.kernel.identifiers import make_key, normal_code
from forecourt.runtime import scope

_KEY: Final[dict[str, Callable[[str], str]]] = {"make": make_key, "model": normal_code}
FIELDS: Final = tuple(_KEY)
_SEVERAL: Final = {"eq": "in", "in": "in", "ne": "not_in", "not_in": "not_in"}
# One look into the index for each value there is, instead of one for each car.
_THERE: Final = """
WITH RECURSIVE there AS (
    (SELECT {names} FROM audience_vehiclefacts WHERE organisation_id = %(organisation)s ORDER BY {names} LIMIT 1)
    UNION ALL
    SELECT later.* FROM there CROSS JOIN LATERAL (
        SELECT {names} FROM audience_vehiclefacts facts
         WHERE facts.organisation_id = %(organisation)s AND ({of_facts}) > ({of_there}) ORDER BY {names} LIMIT 1) later
)
SELECT DISTINCT {name} FROM there
"""


def resolved(rule: Condition) -> Condition:
    """The rule with every make and model in all spellings there are, which are looked up once each."""
    return _resolved(rule, cache(there_are))


def _resolved(rule: Condition, known: Callable[[str], list[str]]) -> Condition:
    match rule:
        case All(parts):
            return All(tuple(_resolved(part, known) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(_resolved(part, known) for part in parts))
        case Not(part):
            return Not(_resolved(part, known))
        case Compare(field, op, value) if field in _KEY and op in _SEVERAL:
            asked = value if isinstance(value, tuple) else (value,)
            return Compare(field, _SEVERAL[op], _spellings(field, [each for each in asked if each is not None], known(field)))
    return rule


def there_are(field: str) -> list[str]:
    """Every make, or every model, of this dealer's cars."""
    names = ("make",) if field == "make" else ("make", "model")
    told = {"names": ", ".join(names), "of_facts": ", ".join(f"facts.{each}" for each in names)}
    told["of_there"] = ", ".join(f"there.{each}" for each in names)
    with connection.cursor() as cursor:
        cursor.execute(_THERE.format(name=field, **told), {"organisation": scope.organisation_id()})
        return sorted(value for (value,) in cursor.fetchall() if value)


def _spellings(field: str, asked: Iterable[Scalar], known: Iterable[str]) -> tuple[Scalar, ...]:
    key = _KEY[field]
    wanted = {key(str(each)) for each in asked}
    return tuple(dict.fromkeys([*map(str, asked), *(each for each in known if key(each) in wanted)]))
