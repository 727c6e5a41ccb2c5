"""Makes, models and places as this dealer's cars have them: "VW", "volkswagen" and "VOLKSWAGEN" are one make, though programs write all of them.

A rule keeps what somebody wrote; when it is asked, the word becomes all spellings that mean the same and that there are, which the index
answers as quickly as one. Cities are one where the gazetteer takes their names for one (`towns.keys`); countries are their two letters.
"""

from collections.abc import Callable, Collection, Iterable
from functools import cache, lru_cache
from typing import Final

from babel import Locale
from django.conf import settings
from django.db import connection
from django.utils.translation import to_locale

from forecourt.engines.audience import towns
from forecourt.kernel.conditions import All, Compare, Condition, Not
from forecourt.kernel.conditions import Any as AnyOf
from forecourt.kernel.identifiers import folded, make_key, normal_code
from forecourt.runtime import scope

_KEY: Final[dict[str, Callable[[str], str]]] = {"make": make_key, "model": normal_code}
FIELDS: Final = (*_KEY, "city")
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
# Likewise, of the cities that begin with one of some letters.
_CITIES: Final = """
WITH RECURSIVE there AS (
    SELECT begun.* FROM unnest(%(letters)s::text[], %(after)s::text[]) AS span (letter, after) CROSS JOIN LATERAL (
        SELECT facts.city, span.after FROM audience_vehiclefacts facts
         WHERE facts.organisation_id = %(organisation)s AND facts.city >= span.letter AND facts.city < span.after ORDER BY facts.city LIMIT 1) begun
    UNION ALL
    SELECT later.* FROM there CROSS JOIN LATERAL (
        SELECT facts.city, there.after FROM audience_vehiclefacts facts
         WHERE facts.organisation_id = %(organisation)s AND facts.city > there.city AND facts.city < there.after ORDER BY facts.city LIMIT 1) later
)
SELECT city FROM there
"""
_HAN: Final = ("\u4e00", "\ua000")
#: Of a name in our letters for a city that is written in others.
_ENOUGH_OF_A_NAME: Final = 2
_LETTERS: Final = (*range(0x21, 0x250), *range(0x1E00, 0x1F00))


def resolved(rule: Condition) -> Condition:
    """The rule with every make, model, city and country in all spellings there are, which are looked up once each."""
    known, cities = cache(there_are), cache(_beginning)

    def spellings(field: str, asked: list[str]) -> Iterable[str]:
        match field:
            case "city":
                return _cities(asked, cities)
            case "country":
                return (spelling for each in asked for spelling in _country(each))
        return _spellings(field, asked, known(field))

    return _resolved(rule, spellings)


def _resolved(rule: Condition, spellings: Callable[[str, list[str]], Iterable[str]]) -> Condition:
    match rule:
        case All(parts):
            return All(tuple(_resolved(part, spellings) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(_resolved(part, spellings) for part in parts))
        case Not(part):
            return Not(_resolved(part, spellings))
        case Compare(field, op, value) if field in {*FIELDS, "country"} and op in _SEVERAL:
            asked = [str(each) for each in (value if isinstance(value, tuple) else (value,))]
            return Compare(field, _SEVERAL[op], tuple(dict.fromkeys([*asked, *spellings(field, asked)])))
    return rule


def suggested(field: str, text: str = "", *, most: int) -> list[tuple[str, str]]:
    """The values there are, for who has written so much of one: makes and models that contain it, those that begin with it first; cities that
    begin so. Each with what it is called in our letters, where it is written in others and was asked for so (Shanghai: 上海), else "".
    """
    if field == "city":
        return _suggested_cities(text, most)
    bare = folded(text.strip())
    found = [(not folded(each).startswith(bare), each) for each in there_are(field) if bare in folded(each)]
    return [(each, "") for _later, each in sorted(found)[:most]]


def _suggested_cities(text: str, most: int) -> list[tuple[str, str]]:
    begun = towns.keys(text)
    if not begun:
        return []
    asked = tuple(begun)
    found = [(city, "") for city in _beginning(_first_letters(text, begun)) if _begins(city, asked)]
    if text.isascii() and len(text.strip()) >= _ENOUGH_OF_A_NAME:
        named = ((city, towns.names_in_ours(city)) for city in _within([_HAN]))
        found += [(city, name) for city, names in named if (name := next((each for each in names if _begins(each, asked)), ""))]
    return sorted(found)[:most]


def _begins(city: str, asked: tuple[str, ...]) -> bool:
    return any(key.startswith(asked) for key in towns.keys(city))


def there_are(field: str) -> list[str]:
    """Every make, or every model, of this dealer's cars."""
    names = ("make",) if field == "make" else ("make", "model")
    told = {"names": ", ".join(names), "of_facts": ", ".join(f"facts.{each}" for each in names)}
    told["of_there"] = ", ".join(f"there.{each}" for each in names)
    with connection.cursor() as cursor:
        cursor.execute(_THERE.format(name=field, **told), {"organisation": scope.organisation_id()})
        return sorted(value for (value,) in cursor.fetchall() if value)


def _spellings(field: str, asked: Iterable[str], known: Iterable[str]) -> Iterable[str]:
    key = _KEY[field]
    wanted = {key(each) for each in asked}
    return (each for each in known if key(each) in wanted)


def _cities(asked: Iterable[str], known: Callable[[frozenset[str]], list[str]]) -> Iterable[str]:
    for each in asked:
        if wanted := towns.keys(each):
            yield from (city for city in known(_first_letters(each, wanted)) if wanted & towns.keys(city))


def _first_letters(name: str, keys: Iterable[str]) -> frozenset[str]:
    """As it stands, too: 's-Hertogenbosch; and who began with a blank."""
    return frozenset({name.strip()[0], " "}.union(*(_written(key[0]) for key in keys)))


def _beginning(letters: Collection[str]) -> list[str]:
    """Every city of this dealer's keepers that begins with one of these."""
    return _within([(letter, chr(ord(letter) + 1)) for letter in letters])


def _within(spans: Collection[tuple[str, str]]) -> list[str]:
    """Every city from the first of two letters on and before the second."""
    with connection.cursor() as cursor:
        letters, after = [list(each) for each in zip(*spans, strict=True)]
        cursor.execute(_CITIES, {"organisation": scope.organisation_id(), "letters": letters, "after": after})
        return [city for (city,) in cursor.fetchall()]


@lru_cache(maxsize=256)
def _written(letter: str) -> frozenset[str]:
    """Every letter that a name beginning with this one is written with: O, Ö and Ø for o."""
    return frozenset({letter, *(chr(sign) for sign in _LETTERS if any(key.startswith(letter) for key in towns.keys(chr(sign))))})


def _country(name: str) -> Iterable[str]:
    code = name.strip().upper()
    code = code if len(code) == 2 else _country_names().get(folded(name.strip()), "")
    return (code, code.lower(), code.title()) if code else ()


@cache
def _country_names() -> dict[str, str]:
    """The code of each country by its name in any of our languages."""
    territories = [(Locale.parse(to_locale(language)).territories) for language, _name in settings.LANGUAGES]
    return {folded(name): code for names in territories for code, name in names.items() if len(code) == 2}
