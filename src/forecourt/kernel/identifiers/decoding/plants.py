"""Where cars were built, by the eleventh place, for makers whose letters are well known and stable. All others: the letter alone."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_VOLKSWAGEN_GROUP: Final = {
    "A": ("Ingolstadt", "DE"), "E": ("Emden", "DE"), "G": ("Graz", "AT"), "H": ("Hannover", "DE"), "K": ("Osnabrück", "DE"),
    "M": ("Puebla", "MX"), "N": ("Neckarsulm", "DE"), "P": ("Zwickau", "DE"), "R": ("Martorell", "ES"), "U": ("Uitenhage", "ZA"),
    "W": ("Wolfsburg", "DE"), "X": ("Poznań", "PL"),
}  # fmt: skip
_GROUP_CODES: Final = "WVW WVG WV1 WV2 WV3 WAU WUA WA1 WU1 VSS AAV"
_OWN: Final = {
    "TRU": {"1": ("Győr", "HU")},
    "WP0": {"S": ("Stuttgart", "DE"), "L": ("Leipzig", "DE"), "K": ("Osnabrück", "DE"), "U": ("Uusikaupunki", "FI")},
    "WP1": {"L": ("Leipzig", "DE"), "D": ("Bratislava", "SK")},
    "5YJ": {"F": ("Fremont", "US"), "A": ("Austin", "US")},
    "7SA": {"F": ("Fremont", "US"), "A": ("Austin", "US")},
    "LRW": {"C": ("Shanghai", "CN")},
    "XP7": {"B": ("Grünheide", "DE")},
}

# By world manufacturer identifier, then by the eleventh place: the town and its country.
PLANTS_OF: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = MappingProxyType(
    {
        **dict.fromkeys(_GROUP_CODES.split(), _VOLKSWAGEN_GROUP),
        **_OWN,
    }
)
