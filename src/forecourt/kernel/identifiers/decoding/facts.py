"""All facts of one number, put together from the maker's code, the rules of its market and the registry of North America."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from forecourt.kernel.identifiers.decoding import north_america, years
from forecourt.kernel.identifiers.decoding.countries import COUNTRY_OF
from forecourt.kernel.identifiers.decoding.north_america import Registered
from forecourt.kernel.identifiers.decoding.plants import PLANTS_OF
from forecourt.kernel.identifiers.decoding.years import NOT_KNOWN, Certainty, ModelYear
from forecourt.kernel.identifiers.makers import MAKER_OF
from forecourt.kernel.identifiers.vin import Region, read_vin, vin_check_digit_ok, vin_make, vin_region

# not_used: the maker's market has no check digit, so the ninth place says nothing against the number.
CheckDigit = Literal["right", "wrong", "not_used"]

_SPELLED: Final[Mapping[str, str]] = {make.casefold(): make for make in MAKER_OF.values()}
_CAPITALS: Final = 3
# A car of this year may be sold as next year's.
_AHEAD: Final = 1


@dataclass(frozen=True, slots=True)
class DecodedVin:
    """What is known; None is not known. `country` (ISO 3166) is the maker's, `plant` the town where the car was built.

    `sources` says per fact where it comes from: wmi (the maker's code), place_10, places_7_and_10, place_11, registry (vPIC), or
    registry_earlier_year. `missing` names the extra that would tell more.
    """

    vin: str
    # Places where another sign was read than was typed, such as "12: O as 0".
    repaired: tuple[str, ...]
    maker: str | None
    make: str | None
    model: str | None
    model_certainty: Certainty
    model_year: ModelYear
    region: Region
    country: str | None
    plant_code: str
    plant: str | None
    plant_country: str | None
    check_digit: CheckDigit
    sources: Mapping[str, str]
    missing: tuple[str, ...]


@dataclass(slots=True)
class _Question:
    """What the rules below need of one number."""

    vin: str
    make: str | None
    is_american: bool
    check_is_right: bool
    today: date
    has_registry: bool
    # The registry's answer that is believed, and whether it is one of an earlier model year.
    answer: Registered | None = None
    is_earlier: bool = False

    @property
    def latest(self) -> int:
        return self.today.year + _AHEAD

    @property
    def may_be_american(self) -> bool:
        return self.is_american or (self.check_is_right and not years.is_of_european_form(self.vin))


def decode(text: str, *, today: date, with_registry: bool = True) -> DecodedVin:
    """Everything that this text tells. Raises NoVin where it cannot be read as a VIN; no VIN is refused for its check digit."""
    vin, repaired = read_vin(text)
    region = vin_region(vin)
    asked = _Question(
        vin=vin,
        make=vin_make(vin),
        is_american=region == "north_america",
        check_is_right=vin_check_digit_ok(vin),
        today=today,
        has_registry=with_registry and north_america.is_installed(),
    )
    model_year = _year(asked)
    believed = asked.answer
    general = believed or (north_america.look_up(vin, today=today) if asked.has_registry and not asked.make else None)
    make = (_spelled(believed.make) if believed else None) or asked.make or (_spelled(general.make) if general else None)
    maker = asked.make or make or (general.manufacturer if general else None)
    plant, plant_country = _plant(vin, believed)
    return DecodedVin(
        vin=vin,
        repaired=repaired,
        maker=maker or None,
        make=make or None,
        model=believed.model if believed else None,
        model_certainty=_model_certainty(asked, model_year),
        model_year=model_year,
        region=region,
        country=COUNTRY_OF.get(vin[:2]),
        plant_code=vin[10],
        plant=plant,
        plant_country=plant_country,
        check_digit=_check_digit(asked),
        sources=_sources(asked, make=make, model_year=model_year, plant=plant),
        missing=(north_america.EXTRA,) if asked.may_be_american and not asked.has_registry else (),
    )


def _year(asked: _Question) -> ModelYear:
    if asked.is_american:
        return _year_by_law(asked)
    if asked.has_registry and asked.may_be_american:
        found = _year_by_pattern(asked)
        if found:
            return found
    if asked.make in years.YEAR_EVERYWHERE or asked.vin.startswith(("L", "W0L")):
        found = years.by_custom(asked.vin, latest=asked.latest, check_is_right=asked.check_is_right)
        if found.year and asked.has_registry and asked.may_be_american:
            _look_before(asked, found.year)
        return found
    return NOT_KNOWN


def _year_by_law(asked: _Question) -> ModelYear:
    vin, today = asked.vin, asked.today
    general = north_america.look_up(vin, today=today) if asked.has_registry else None
    is_light = general.is_light if general else None
    if is_light is None and (not asked.make or asked.make in years.EXEMPT):
        is_light = False
    found = years.by_law(vin, latest=asked.latest, is_light=is_light, check_is_right=asked.check_is_right)
    if found.year is None and asked.has_registry:
        found = _the_one_that_fits(asked, found.candidates) or found
    if found.year and asked.has_registry:
        asked.answer = asked.answer or north_america.of_year(vin, found.year, today=today, nearly=asked.check_is_right)
        if asked.answer is None and asked.check_is_right:
            _look_before(asked, found.year)
    return found


def _year_by_pattern(asked: _Question) -> ModelYear | None:
    """Of a maker abroad: built for North America if the check digit is right and a pattern fits."""
    possible = years.possible_years(asked.vin, latest=asked.latest)
    year = years.by_seventh_place(asked.vin, possible)
    fitting = north_america.of_year(asked.vin, year, today=asked.today, nearly=True) if year else None
    if fitting is None or year is None or fitting.is_light is False:
        return _the_one_that_fits(asked, possible)
    asked.answer = fitting
    return ModelYear(
        year, "certain" if fitting.is_exact else "likely", (year, *(other for other in possible if other != year)), "places_7_and_10"
    )


def _the_one_that_fits(asked: _Question, candidates: tuple[int, ...]) -> ModelYear | None:
    """Of vehicles whose seventh place tells no round: the only year in which the registry knows such a number."""
    found = [(year, fits) for year in candidates if (fits := north_america.of_year(asked.vin, year, today=asked.today))]
    if len(found) != 1:
        return None
    year, asked.answer = found[0]
    return ModelYear(year, "likely", (year, *(other for other in candidates if other != year)), "registry")


def _look_before(asked: _Question, year: int) -> None:
    asked.answer = north_america.of_years_before(asked.vin, year, today=asked.today)
    asked.is_earlier = asked.answer is not None


def _model_certainty(asked: _Question, model_year: ModelYear) -> Certainty:
    if asked.answer is None:
        return "not_known"
    return "certain" if model_year.certainty == "certain" and asked.answer.is_exact and not asked.is_earlier else "likely"


def _check_digit(asked: _Question) -> CheckDigit:
    if asked.may_be_american and asked.check_is_right:
        return "right"
    if asked.is_american or asked.vin[0] == "L":
        return "right" if asked.check_is_right else "wrong"
    return "not_used"


def _plant(vin: str, believed: Registered | None) -> tuple[str | None, str | None]:
    town, country = PLANTS_OF.get(vin[:3], {}).get(vin[10], (None, None))
    if town is None and believed and believed.plant:
        return believed.plant.title(), believed.plant_country or None
    return town, country


def _sources(asked: _Question, *, make: str | None, model_year: ModelYear, plant: str | None) -> dict[str, str]:
    registry = "registry_earlier_year" if asked.is_earlier else "registry"
    from_plants = plant is not None and asked.vin[10] in PLANTS_OF.get(asked.vin[:3], {})
    found = {
        "make": "wmi" if make and make == asked.make else "registry" if make else "",
        "model": registry if asked.answer else "",
        "model_year": model_year.source,
        "plant": ("place_11" if from_plants else "registry") if plant else "",
    }
    return {fact: source for fact, source in found.items() if source}


def _spelled(make: str) -> str:
    """As this house writes it: the registry writes capitals."""
    if len(make) <= _CAPITALS:
        return _SPELLED.get(make.casefold(), make)
    return _SPELLED.get(make.casefold(), make.title())
