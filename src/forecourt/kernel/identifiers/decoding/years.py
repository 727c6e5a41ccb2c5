"""The model year, where the tenth place tells it, with how sure that is.

North America must write it (49 CFR 565), China too (GB 16735); some makers write it everywhere; the others put a plant, a steering
side or a zero there, and then nothing is said. The code comes again after 30 years. Which round it is, the seventh place tells in
North America for cars and light trucks: a digit until 2009, a letter since. Heavy trucks, buses, motorcycles and trailers are exempt.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

# certain: by law and form; likely: by the maker's custom, or one sign of the number is in doubt; open: two years are possible.
Certainty = Literal["certain", "likely", "open", "not_known"]

_CODES: Final = "ABCDEFGHJKLMNPRSTVWXY123456789"
_ROUND: Final = 30
_FIRST: Final = 1980

# Makers that write the model year in Europe and Asia too.
YEAR_EVERYWHERE: Final = frozenset({
    "Acura", "Audi", "Bentley", "Chevrolet", "Genesis", "Honda", "Hyundai", "Jaguar", "Kia", "Lamborghini", "Land Rover", "Mitsubishi",
    "Polestar", "Porsche", "SAIC", "SEAT", "Saab", "Škoda", "Subaru", "Tesla", "Volkswagen", "Volvo",
})  # fmt: skip

# Makers of heavy trucks, buses and motorcycles alone: the seventh place tells no round.
EXEMPT: Final = frozenset({
    "DAF", "Ducati", "Freightliner", "Harley-Davidson", "International", "Iveco", "KTM", "Kawasaki", "Kenworth", "MAN", "Mack", "Neoplan",
    "Peterbilt", "Piaggio", "Scania", "Setra", "Triumph", "Yamaha",
})  # fmt: skip

# No car whose number begins so is older, which settles the round.
_SINCE: Final = {
    "3KP": 2016, "5XX": 2010, "5XY": 2009, "5YJ": 2008, "7SA": 2021, "KL1": 2003, "KMT": 2015, "LB3": 2001, "LPS": 2019, "LRW": 2019,
    "SALC": 2014, "SALE": 2019, "SALFA": 2006, "SALG": 2012, "SALLA": 2004, "SALLM": 2002, "SALLS": 2005, "SALR": 2017, "SALV": 2011,
    "SALW": 2013, "SALY": 2017, "SDP": 2010, "SHH": 1992, "SHS": 1992, "NLH": 1997, "TMA": 2008, "TMB": 1991, "TRU": 1997, "U5Y": 2006,
    "U6Y": 2006, "W0LG": 2008, "W0LJ": 2008, "W0LM": 2008, "W0LP": 2008, "W0LS": 2008, "W0LW": 2008, "W1K": 2018, "W1N": 2018,
    "W1V": 2018, "WA1": 2004, "WMW": 2001, "WP1": 2002, "XP7": 2021, "YSM": 2019, "YV1AS": 2006, "YV1BZ": 2007, "YV1CZ": 2002,
    "YV1DZ": 2008, "YV1FS": 2010, "YV1FW": 2010, "YV1LF": 2015, "YV1MS": 2003, "YV1MV": 2012, "YV1MW": 2003, "YV1PW": 2016,
    "YV1UZ": 2017, "YV1XZ": 2017, "ZPB": 2017,
}  # fmt: skip
_CHINA_SINCE: Final = 1997

# The Volkswagen group writes the type in places 7 and 8; these came after 1997, the last year of the first round that is in doubt.
_GROUP: Final = frozenset("WVW WVG WV1 WV2 WV3 WAU WUA TRU VSS TMB".split())
_LATER_TYPES: Final = frozenset((
    "1F 1K 1S 1T 2E 2F 2H 2K 3C 3D 3G 3H 5K 5N 5T 6C 6R 7E 7H 7J 7L 7N 7P 9N 13 A1 AA AD AU AW BW C1 CD CR E1 E2 SA SH SK SY SZ "
    "42 4E 4F 4G 4H 4L 4M 4N 4S 8E 8H 8J 8K 8P 8R 8T 8U 8V 8W 8X 8Z F2 F3 F4 F5 F8 FV FY FZ GA GB GE GY "
    "1M 1P 5F 5P 6J 6L KF KH KJ KL KM 1Z 3T 3U 3V 5E 5J 5L 6Y NE NH NJ NP NS NU NW NX NY PJ"
).split())  # fmt: skip
_LATER_THAN: Final = 1998


@dataclass(frozen=True, slots=True)
class ModelYear:
    """`year` is None where it is open or not known; `candidates` are all years the code can mean, the likelier first."""

    year: int | None = None
    certainty: Certainty = "not_known"
    candidates: tuple[int, ...] = ()
    source: str = ""


NOT_KNOWN: Final = ModelYear()


def possible_years(vin: str, *, latest: int) -> tuple[int, ...]:
    """What the tenth place would mean if it told the model year: none, one or two years."""
    index = _CODES.find(vin[9])
    if index < 0:
        return ()
    since = _earliest(vin)
    return tuple(year for year in (_FIRST + index, _FIRST + index + _ROUND) if since <= year <= latest)


def _earliest(vin: str) -> int:
    if vin[:3] in _GROUP and (vin[3:6] == "ZZZ" or vin[:3] == "TMB") and vin[6:8] in _LATER_TYPES:
        return _LATER_THAN
    by_prefix = _SINCE.get(vin[:5]) or _SINCE.get(vin[:4]) or _SINCE.get(vin[:3])
    return by_prefix or (_CHINA_SINCE if vin[0] in "LH" else _FIRST)


def by_seventh_place(vin: str, years: tuple[int, ...]) -> int | None:
    """The year of the round that the seventh place names, if the tenth can mean it."""
    is_later = not vin[6].isdigit()
    return next((year for year in years if (year >= _FIRST + _ROUND) is is_later), None)


def is_of_european_form(vin: str) -> bool:
    """Fillers, or Mercedes' all-digit type: a number that was never meant for North America."""
    return vin[3:6] == "ZZZ" or vin[8] == "Z" or (vin[:3] == "WF0" and vin[4:6] == "XX") or vin[3:9].isdigit()


def by_law(vin: str, *, latest: int, is_light: bool | None, check_is_right: bool) -> ModelYear:
    """In North America. `is_light` None: the kind of vehicle is not known."""
    years = possible_years(vin, latest=latest)
    certainty: Certainty = "certain" if check_is_right else "likely"
    if len(years) < 2:
        return ModelYear(years[0], certainty, years, "place_10") if years else NOT_KNOWN
    if is_light is False:
        return ModelYear(None, "open", years[::-1], "place_10")
    year = by_seventh_place(vin, years)
    assert year is not None
    others = tuple(other for other in years if other != year)
    return ModelYear(year, certainty if is_light else "likely", (year, *others), "places_7_and_10")


def by_custom(vin: str, *, latest: int, check_is_right: bool) -> ModelYear:
    """Of makers that write the year everywhere, and of China."""
    years = possible_years(vin, latest=latest)
    if len(years) < 2:
        return ModelYear(years[0], "likely", years, "place_10") if years else NOT_KNOWN
    # A right check digit is chance in one of eleven; with a letter in the seventh place it speaks for North America.
    if check_is_right and not vin[6].isdigit() and not is_of_european_form(vin):
        return ModelYear(years[1], "likely", years[::-1], "places_7_and_10")
    return ModelYear(None, "open", years[::-1], "place_10")
