"""What the United States' registry of patterns (NHTSA vPIC) says of a number, by `ultravin`, if the extra `vin-us` is installed.

It is loaded at the first question: 100 MB of tables that most processes never need. A pattern is believed only where it fits.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from importlib.util import find_spec
from typing import Any, Final

EXTRA: Final = "vin-us"

# Codes of vPIC: several wrong places (4, 5), an incomplete number, an unknown maker, no details; one place that no pattern knows (2, 3).
_DISBELIEVED: Final = frozenset({4, 5, 6, 7, 8})
_NEARLY: Final = frozenset({2, 3})
_LIGHT_TYPES: Final = frozenset({"PASSENGER CAR", "MULTIPURPOSE PASSENGER VEHICLE (MPV)"})
_EXEMPT_TYPES: Final = frozenset({"BUS", "MOTORCYCLE", "TRAILER", "LOW SPEED VEHICLE (LSV)", "OFF ROAD VEHICLE"})
_WEIGHT_CLASS: Final = re.compile(r"Class (\d)")
# 10,000 lb: the seventh place tells the round up to class 2.
_HEAVIEST_LIGHT: Final = 2
_YEARS_BACK: Final = 12
_COUNTRIES: Final = {
    "ARGENTINA": "AR", "AUSTRALIA": "AU", "AUSTRIA": "AT", "BELGIUM": "BE", "BRAZIL": "BR", "CANADA": "CA", "CHINA": "CN", "FINLAND": "FI",
    "FRANCE": "FR", "GERMANY": "DE", "HUNGARY": "HU", "INDIA": "IN", "ITALY": "IT", "JAPAN": "JP", "MEXICO": "MX", "NETHERLANDS": "NL",
    "POLAND": "PL", "SLOVAKIA": "SK", "SOUTH AFRICA": "ZA", "SOUTH KOREA": "KR", "SPAIN": "ES", "SWEDEN": "SE", "TAIWAN": "TW",
    "THAILAND": "TH", "TURKEY": "TR", "UNITED KINGDOM (UK)": "GB", "UNITED STATES (USA)": "US",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Registered:
    """One answer of the registry. `model` is empty where no pattern fits; `is_exact` is false where one place fits none."""

    year: int | None
    manufacturer: str
    make: str
    model: str
    is_exact: bool
    plant: str
    plant_country: str
    # None where the registry does not know what kind of vehicle it is.
    is_light: bool | None


def is_installed() -> bool:
    return find_spec("ultravin") is not None


def look_up(vin: str, *, today: date, year: int | None = None) -> Registered:
    """What the registry says, read as of this model year if one is given. ImportError without the extra."""
    import ultravin

    answer = ultravin.decode(vin, year=year, now=datetime.combine(today, time(), UTC))
    told: Mapping[str, Any] = answer["attributes"]
    doubts = frozenset(answer["error_codes"])
    return Registered(
        year=answer["model_year"],
        manufacturer=str(told.get("Manufacturer Name") or ""),
        make=str(told.get("Make") or ""),
        model=str(told.get("Model") or "") if not doubts & _DISBELIEVED else "",
        is_exact=not doubts & _NEARLY,
        plant=str(told.get("Plant City") or ""),
        plant_country=_COUNTRIES.get(str(told.get("Plant Country") or ""), ""),
        is_light=_is_light(told),
    )


def of_year(vin: str, year: int, *, today: date, nearly: bool = False) -> Registered | None:
    """What fits the number in exactly this model year; `nearly`: in all places but one."""
    found = look_up(vin, today=today, year=year)
    return found if found.model and found.year == year and (found.is_exact or nearly) else None


def of_years_before(vin: str, year: int, *, today: date) -> Registered | None:
    """What fitted the same places in the nearest earlier model year: the registry is behind, or a model was carried over."""
    years = range(year - 1, max(1980, year - _YEARS_BACK), -1)
    return next((found for before in years if (found := of_year(vin, before, today=today))), None)


def _is_light(told: Mapping[str, Any]) -> bool | None:
    kind = told.get("Vehicle Type")
    if kind in _EXEMPT_TYPES:
        return False
    weight = _WEIGHT_CLASS.search(str(told.get("Gross Vehicle Weight Rating From") or ""))
    if weight:
        return int(weight[1]) <= _HEAVIEST_LIGHT
    return True if kind in _LIGHT_TYPES else None
