"""What a VIN tells: real North American ones with the extra, European ones, dirty ones, and what is said without the extra."""

import csv
import os
import random
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecourt.kernel.identifiers import NoVin, read_vin
from forecourt.kernel.identifiers.decoding import DecodedVin, decode
from forecourt.kernel.identifiers.decoding.countries import COUNTRY_OF

CASES = Path(os.environ.get("FORECOURT_CASES") or Path(__file__).resolve().parents[3] / "shared" / "data") / "vin" / "vin_expected.csv"
TODAY = date(2026, 11, 22)
PLACES = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"


def decoded(text: str, *, with_registry: bool = True) -> DecodedVin:
    return decode(text, today=TODAY, with_registry=with_registry)


def known_vins() -> list[dict[str, str]]:
    if not CASES.exists():
        pytest.skip("the real VINs are not here; FORECOURT_CASES may name their folder")
    with CASES.open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))


# --- North America ---------------------------------------------------------------------------------------------------


def test_make_and_year_of_every_real_vin_are_right_with_the_extra() -> None:
    rows = known_vins()
    found = {row["vin"]: decoded(row["vin"]) for row in rows}

    assert [row["vin"] for row in rows if (found[row["vin"]].make or "").casefold() != row["make"].casefold()] == []
    assert [row["vin"] for row in rows if str(found[row["vin"]].model_year.year) != row["model_year"]] == []


def test_models_of_real_vins_are_found_but_for_four() -> None:
    def bare(text: str | None) -> str:
        return "".join(filter(str.isalnum, (text or "").casefold()))

    pairs = {row["vin"]: (bare(decoded(row["vin"]).model), bare(row["model"])) for row in known_vins()}

    # Three that the registry does not know, and one that it calls "Sierra HD".
    missed = ["1GT4UVEY9SF358134", "5FNRS5H86RM000001", "5J6RZ2H78RM000001", "KMTGA4SCDRU227668"]
    assert sorted(vin for vin, (ours, theirs) in pairs.items() if not ours or not (ours in theirs or theirs in ours)) == missed


def test_without_the_extra_no_year_of_a_real_vin_is_wrong_and_it_is_said_what_is_missing() -> None:
    rows = known_vins()
    found = {row["vin"]: decoded(row["vin"], with_registry=False) for row in rows}

    assert [row["vin"] for row in rows if found[row["vin"]].model_year.year not in (None, int(row["model_year"]))] == []
    assert sum(one.model_year.year is not None for one in found.values()) == 151
    assert {one.missing for vin, one in found.items() if vin[8] in "0123456789X"} == {("vin-us",)}
    assert {one.model for one in found.values()} == {None}


def test_an_extra_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ultravin", None)

    car = decoded("5NMS3CAA0LH217545")

    assert (car.make, car.model, car.model_year.year, car.missing) == ("Hyundai", None, 2020, ("vin-us",))


@pytest.mark.parametrize(
    ("vin", "make", "year", "certainty"),
    [
        ("JH4DA3344JS014129", "Acura", 1988, "certain"),  # a digit in the seventh place
        ("KNAE55FD3R6000001", "Kia", 2024, "likely"),  # a letter there, but no pattern of that year
        ("1G4GD5ED5BF334614", "Buick", 2011, "certain"),
        ("1M8GDM9AXKP042788", "Motor Coach Industries", 1989, "likely"),  # a bus: only one year has such a pattern
        ("1FUPDDYB5TP123456", "Freightliner", 1996, "likely"),  # a heavy truck with a letter in the seventh place
        ("1HD1KRM1XGB123456", "Harley-Davidson", 2016, "likely"),
        ("1FT8F3BN9PL000001", "Ford", 2023, "likely"),  # over 10,000 lb: the seventh place is not asked
    ],
)
def test_the_round_of_thirty_years_is_told(vin: str, make: str, year: int, certainty: str) -> None:
    found = decoded(vin)

    assert (found.make, found.model_year.year, found.model_year.certainty) == (make, year, certainty)


def test_the_year_of_a_heavy_truck_is_open_without_the_extra() -> None:
    found = decoded("1FUPDDYB5TP123456", with_registry=False)

    assert (found.make, found.model_year.year, found.model_year.certainty, found.model_year.candidates) == (
        "Freightliner",
        None,
        "open",
        (2026, 1996),
    )


def test_a_mistyped_check_digit_makes_doubtful_what_is_certain_else() -> None:
    right, wrong = decoded("5NMS3CAA0LH217545"), decoded("5NMS3CAA1LH217545")

    assert (right.check_digit, right.model, right.model_certainty, right.model_year.certainty) == (
        "right",
        "Santa Fe",
        "certain",
        "certain",
    )
    assert (wrong.check_digit, wrong.model, wrong.model_certainty, wrong.model_year.certainty) == ("wrong", "Santa Fe", "likely", "likely")


def test_an_answer_says_where_it_comes_from() -> None:
    found = decoded("WUAC6BFR6DA902376")

    assert found.sources == {"make": "wmi", "model": "registry", "model_year": "places_7_and_10", "plant": "place_11"}
    assert (found.maker, found.model, found.country, found.plant, found.plant_country) == ("Audi", "RS 5", "DE", "Ingolstadt", "DE")


# --- Europe and the rest of the world --------------------------------------------------------------------------------


def european_vins(how_many: int) -> list[str]:
    """As makers write them for Europe: fillers, all-digit types, no check digit, a zero or a plant for the year."""
    chance = random.Random(8)

    def some(number: int, places: str = PLACES) -> str:
        return "".join(chance.choices(places, k=number))

    def digits(number: int) -> str:
        return some(number, "0123456789")

    forms = [
        lambda: f"WVWZZZ{chance.choice(['1K', 'AU', '3C', '1H'])}Z{some(1)}W{digits(6)}",
        lambda: f"WAUZZZ{chance.choice(['8K', '8V', 'F2', '4A'])}{some(2)}A{digits(6)}",
        lambda: f"WDD{digits(6)}{chance.choice('12')}{some(1)}{digits(6)}",
        lambda: f"WBA{some(4)}{digits(1)}00{some(1)}{some(1)}{digits(5)}",
        lambda: f"VF1{some(6)}{digits(8)}",
        lambda: f"VF3{some(6)}{digits(8)}",
        lambda: f"ZFA{digits(3)}0000{digits(7)}",
        lambda: f"WF0{some(1)}XX{some(3)}{some(1)}{some(1)}{some(1)}{digits(5)}",
        lambda: f"TMB{some(2)}{digits(2)}{some(3)}{digits(7)}",
        lambda: f"SB1{some(6)}0E{digits(6)}",
        lambda: f"UU1{some(6)}{digits(8)}",
        lambda: f"YV1{some(6)}{some(1)}2{digits(6)}",
    ]
    return [forms[number % len(forms)]() for number in range(how_many)]


def test_no_european_vin_is_refused_for_its_check_digit_and_none_gets_a_year_as_certain() -> None:
    vins = european_vins(200)
    found = [decoded(vin) for vin in vins]

    assert [one.vin for one in found] == vins
    assert {one.check_digit for one in found} <= {"not_used", "right"}
    assert [one.vin for one in found if one.make is None or one.model_year.certainty == "certain"] == []
    silent = ("Mercedes-Benz", "BMW", "Renault", "Peugeot", "Fiat", "Ford", "Toyota", "Dacia")
    assert {one.model_year.certainty for one in found if one.make in silent} == {"not_known"}


@pytest.mark.parametrize(
    ("vin", "make", "candidates", "plant"),
    [
        ("WVWZZZ1KZ6W000001", "Volkswagen", (2006,), "Wolfsburg"),
        ("WVWZZZAUZLW123456", "Volkswagen", (2020,), "Wolfsburg"),  # this type came after 1997
        ("WAUZZZ85ZLA012345", "Audi", (2020, 1990), "Ingolstadt"),
        ("TMBJF25J8A3012345", "Škoda", (2010,), None),
        ("VSSZZZ5FZGR012345", "SEAT", (2016,), "Martorell"),
        ("WP0ZZZ99Z4S612345", "Porsche", (2004,), "Stuttgart"),
        ("SALLAAAG6BA123456", "Land Rover", (2011,), None),
        ("TMAD381CAKJ012345", "Hyundai", (2019,), None),
        ("LSVAA49J132047371", "SAIC Volkswagen", (2003,), None),
        ("XP7YGCEK0PB012345", "Tesla", (2023,), "Grünheide"),
        ("WDB2030461A123456", "Mercedes-Benz", (), None),  # steering side and plant stand there
        ("VF1LM1B0H36666155", "Renault", (), None),
        ("WF0AXXGCDA8A12345", "Ford", (), None),
        ("WBA1C11050J123456", "BMW", (), None),
    ],
)
def test_where_the_maker_writes_it_the_year_is_likely_and_elsewhere_not_known(
    vin: str, make: str, candidates: tuple[int, ...], plant: str | None
) -> None:
    found = decoded(vin)

    certainty = {0: "not_known", 1: "likely", 2: "open"}[len(candidates)]
    assert (found.make, found.model_year.certainty, found.model_year.candidates, found.plant) == (make, certainty, candidates, plant)
    assert found.model_year.year == (candidates[0] if len(candidates) == 1 else None)


def test_no_model_year_lies_further_ahead_than_the_next() -> None:
    assert decode("WVWZZZAUZVW123456", today=date(2026, 11, 22)).model_year.candidates == (2027,)
    assert decode("WVWZZZAUZVW123456", today=date(2025, 11, 22)).model_year.candidates == ()


def test_the_makers_country_is_told() -> None:
    vins = {
        "WVW": "DE",
        "UU1": "RO",
        "ZFA": "IT",
        "VF1": "FR",
        "LGX": "CN",
        "1FT": "US",
        "2T1": "CA",
        "3VW": "MX",
        "7AT": "NZ",
        "7SA": "US",
        "ZZZ": "SI",
    }

    assert {start: COUNTRY_OF.get(start[:2]) for start in vins} == vins


@settings(max_examples=60, deadline=None)
@given(st.text(PLACES, min_size=17, max_size=17).filter(lambda vin: len(set(vin)) > 1))
def test_every_number_of_the_right_form_is_answered(vin: str) -> None:
    found = decoded(vin)

    assert found.vin == vin
    assert found.plant_code == vin[10]
    assert (found.model_year.year is None) == (found.model_year.certainty in {"open", "not_known"})


# --- what people type ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    ["'WVWZZZ1KZ6W000001", " wvw zzz 1kz-6w000001 ", '="WVWZZZ1KZ6W000001"', "*WVWZZZ1KZ6W000001*", "VIN: WVWZZZ1KZ6W000001", "ＷＶＷＺＺＺ１ＫＺ６Ｗ０００００１",
     "\ufeffWVWZZZ1KZ6W000001\u200b", "WVW–ZZZ–1KZ–6W000001", "FIN-Nr.: WVWZZZ1KZ6W000001"],
)  # fmt: skip
def test_what_stands_around_a_vin_is_taken_away(typed: str) -> None:
    assert read_vin(typed) == ("WVWZZZ1KZ6W000001", ())


def test_letters_no_vin_has_are_read_as_meant_and_told() -> None:
    assert read_vin("WVWZZZIKZ6WO00Q01") == ("WVWZZZ1KZ6W000001", ("7: I as 1", "12: O as 0", "15: Q as 0"))


def test_cyrillic_letters_that_look_latin_are_told() -> None:
    assert read_vin("ТМВJF25J8A3О12345") == ("TMBJF25J8A3012345", ("1: Т as T", "2: М as M", "3: В as B", "12: О as 0"))


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("WVWZZZ1KZ6W00000", "length"), ("WVWZZZ1KZ6W0000011", "length"), ("", "empty"), (" - ", "empty"), ("WVWZZZ1KZ6W0000Ä1", "characters"),
        ("00000000000000000", "placeholder"), ("XXXXXXXXXXXXXXXXX", "placeholder"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_vin_is_refused_with_a_code(typed: str, code: str) -> None:
    with pytest.raises(NoVin) as refused:
        read_vin(typed)

    assert refused.value.code == code
