import csv
import os
from pathlib import Path

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecourt.kernel.identifiers import (
    is_from_abroad,
    is_mobile,
    normal_email,
    normal_phone,
    normal_plate,
    normal_vin,
    plates_meant,
    show_phone,
    show_plate,
    vin_check_digit_ok,
    vin_make,
    vin_region,
)

CASES = Path(os.environ.get("FORECOURT_CASES") or Path(__file__).resolve().parents[3] / "shared" / "data") / "vin" / "vin_expected.csv"


def known_vins() -> list[dict[str, str]]:
    if not CASES.exists():
        pytest.skip("the real VINs are not here; FORECOURT_CASES may name their folder")
    with CASES.open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))


def test_check_digits_of_real_vins_are_judged_as_expected() -> None:
    wrong = [row["vin"] for row in known_vins() if vin_check_digit_ok(row["vin"]) is not (row["check_digit_ok"] == "1")]

    assert wrong == []


def test_no_maker_of_a_real_vin_is_mistaken_and_none_is_missed() -> None:
    found = {row["vin"]: (row["make"].casefold(), (vin_make(row["vin"]) or "").casefold()) for row in known_vins()}

    assert {vin: pair for vin, pair in found.items() if pair[0] != pair[1]} == {}


@pytest.mark.parametrize(
    ("wmi", "make"),
    [
        ("WVW", "Volkswagen"), ("WAU", "Audi"), ("WBA", "BMW"), ("WMW", "MINI"), ("W1K", "Mercedes-Benz"), ("TMB", "Škoda"),
        ("VSS", "SEAT"), ("ZFA", "Fiat"), ("ZAR", "Alfa Romeo"), ("ZLA", "Lancia"), ("1C4HJ", "Jeep"), ("VF1", "Renault"),
        ("UU1", "Dacia"), ("WF0", "Ford"), ("W0L", "Opel"), ("VF3", "Peugeot"), ("VF7", "Citroën"), ("SB1", "Toyota"),
        ("JHM", "Honda"), ("TMA", "Hyundai"), ("U5Y", "Kia"), ("YV1", "Volvo"), ("LGX", "BYD"), ("LB3", "Geely"),
        ("LJ1E6", "NIO"), ("LSJ", "SAIC"), ("LGW", "Great Wall"), ("LRW", "Tesla"), ("WP0", "Porsche"), ("JMZ", "Mazda"),
        ("SJN", "Nissan"), ("5XYZU", "Hyundai"), ("5XYK", "Kia"), ("1C6RR", "RAM"), ("XXX", None),
    ],
)  # fmt: skip
def test_the_maker_stands_in_the_first_places(wmi: str, make: str | None) -> None:
    assert vin_make(wmi.ljust(17, "0")) == make


def test_a_vin_is_read_with_spaces_and_in_small_letters() -> None:
    assert normal_vin(" wvw zzz 1kz-6w000001 ") == "WVWZZZ1KZ6W000001"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("WVWZZZ1KZ6W00000", "17 characters, not 16"),
        ("", "not 0"),
        ("WVWZZZ1KZ6WO00I01", "cannot contain I, O"),
        ("WVWZZZ1KZ6W0000Ä1", "Ä"),
    ],
)
def test_what_is_no_vin_is_refused_with_the_reason(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        normal_vin(text)


@given(st.text("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", min_size=17, max_size=17))
def test_every_vin_has_a_region_and_just_one_check_digit(vin: str) -> None:
    right = [digit for digit in "0123456789X" if vin_check_digit_ok(vin[:8] + digit + vin[9:])]

    assert len(right) == 1
    assert vin_region(vin) in {"africa", "asia", "europe", "north_america", "oceania", "south_america"}


@pytest.mark.parametrize(
    ("start", "region"),
    [("WVW", "europe"), ("LGX", "asia"), ("HES", "asia"), ("5YJ", "north_america"), ("7SA", "north_america"), ("7A1", "oceania"), ("93U", "south_america"), ("AHT", "africa")],
)  # fmt: skip
def test_the_region_stands_in_the_first_place(start: str, region: str) -> None:
    assert vin_region(start.ljust(17, "0")) == region


@pytest.mark.parametrize(
    ("typed", "country", "normal", "shown"),
    [
        ("b 123 abc", "RO", "B123ABC", "B 123 ABC"),
        ("CJ-12-XYZ", "RO", "CJ12XYZ", "CJ 12 XYZ"),
        ("ab123cd", "IT", "AB123CD", "AB 123 CD"),
        ("AB-123-CD", "FR", "AB123CD", "AB-123-CD"),
        ("m-ab  1234e", "DE", "MAB1234E", "M-AB 1234E"),
        ("MAB1234", "DE", "MAB1234", "MAB 1234"),
        ("lö-w 1", "DE", "LÖW1", "LÖ-W 1"),
        ("沪a·12345", "CN", "沪A12345", "沪A·12345"),
        ("沪AD12345", "CN", "沪AD12345", "沪A·D12345"),
        ("ab12 cde", "GB", "AB12CDE", "AB12 CDE"),
        ("ＡＢ１２３ＣＤ", "", "AB123CD", "AB123CD"),
        ("țm 07 abc", "RO", "TM07ABC", "TM 07 ABC"),
        ("mü-ab 123", "IT", "MÜAB123", "MÜ-AB 123"),
        ("FÜ X 1", "IT", "FÜX1", "FÜ X 1"),
        ("FU\u0308 X 1E", "", "FÜX1E", "FÜ X 1E"),
        ("Lö", "RO", "LÖ", "LÖ"),
        ("M-AB 1234", "CN", "MAB1234", "M-AB 1234"),
        ("AB 123 CD", "DE", "AB123CD", "AB 123 CD"),
        ("W-12345 A", "IT", "W12345A", "W-12345 A"),
        ("zh 123456", "IT", "ZH123456", "ZH 123456"),
        ("B 123 ABC", "IT", "B123ABC", "B 123 ABC"),
        ("沪A12345", "IT", "沪A12345", "沪A12345"),
        ("ȚM 07 ABC", "DE", "TM07ABC", "ȚM 07 ABC"),
        ("", "", "", ""),
    ],
)
def test_plates_have_one_form_to_compare_and_one_to_show(typed: str, country: str, normal: str, shown: str) -> None:
    assert normal_plate(typed) == normal
    assert show_plate(typed, country) == shown


@pytest.mark.parametrize(
    ("typed", "here", "elsewhere"),
    [
        ("MÜ-AB 123", "IT AT CH RO CN GB FR", "DE"), ("FÜ X 1", "IT", "DE"), ("M-AB 1234", "IT RO CN", "DE AT"), ("B 123 ABC", "IT DE CN", "RO AT"),
        ("CJ 12 XYZ", "IT DE", "RO"), ("AB 123 CD", "DE RO CN", "IT FR AT"), ("沪A12345", "IT DE RO GB", "CN"), ("京AD12345", "IT", "CN"),
        # Not telling enough: Zurich or Zahara, Innsbruck or a tractor of Italy; and a country that is not known here.
        ("ZH 123456", "", "CH IT DE"), ("IL 123 AB", "", "IT AT"), ("BZ 111 AA", "", "IT"), ("MÜ-AB 123", "", "PL"), ("", "", "IT DE"),
    ],
)  # fmt: skip
def test_a_plate_of_another_country_is_known_by_its_writing_where_no_other_is_like_it(typed: str, here: str, elsewhere: str) -> None:
    assert {country: is_from_abroad(typed, country) for country in (here + " " + elsewhere).split()} == {
        **dict.fromkeys(here.split(), True), **dict.fromkeys(elsewhere.split(), False),
    }  # fmt: skip


def test_who_has_no_umlauts_to_type_may_mean_one() -> None:
    assert plates_meant("mu-ab 12") == ["MUAB12", "MÜAB12", "MUÄB12"]
    assert plates_meant("MUE X 1") == ["MUEX1", "MÜEX1", "MÜX1"]
    assert plates_meant("MÜ") == ["MÜ"]
    assert plates_meant("BZ 111 AA") == ["BZ111AA"]


@given(st.text(max_size=12), st.sampled_from(["", "DE", "IT", "RO", "CN", "FR", "GB"]))
def test_showing_a_plate_never_cuts_it_and_normal_stays_normal(text: str, country: str) -> None:
    normal = normal_plate(text)

    assert normal_plate(normal) == normal
    assert normal_plate(show_plate(text, country)) == normal


@pytest.mark.parametrize(
    ("text", "region", "expected"),
    [
        ("0171 3920012", "DE", "+491713920012"),
        ("+49 (0)171/392 00-12", "IT", "+491713920012"),
        ("06 6982 1234", "IT", "+390669821234"),
        ("0721 234 567", "ro", "+40721234567"),
        ("138 0013 8000", "CN", "+8613800138000"),
        ("0044 20 7946 0958", "DE", "+442079460958"),
    ],
)
def test_telephone_numbers_become_international(text: str, region: str, expected: str) -> None:
    assert normal_phone(text, region) == expected


def test_texts_go_to_mobile_numbers_and_not_to_those_that_cost_their_caller() -> None:
    assert [is_mobile(number) for number in ("+393331234567", "+4915112345678", "+436641234567", "+40712345678", "+12025550123")] == [
        True
    ] * 5
    assert [is_mobile(number) for number in ("+390471000000", "+39899123456", "+4930123456", "+493012345678")] == [False] * 4
    assert show_phone("+393331234567") == "+39\u00a0333\u00a0123\u00a04567"


@pytest.mark.parametrize("text", ["", "unknown", "12", "0171", "+49 171 392001299999999"])
def test_what_cannot_be_called_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="telephone number"):
        normal_phone(text, "DE")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" Dana.Doe@Example.COM ", "dana.doe@example.com"),
        ("<eve+car@example.co.uk>", "eve+car@example.co.uk"),
        ("mailto:dana@müller.de", "dana@xn--mller-kva.de"),
        ("jürgen@example.de", "jürgen@example.de"),
    ],
)
def test_addresses_are_compared_in_small_letters(text: str, expected: str) -> None:
    assert normal_email(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "dana", "dana@", "@example.com", "da na@example.com", "dana@example", "dana@-a.de", "dana..d@example.com", ".d@example.com",
     "dana@example..com", "a@b@c,de", "dana@example.com\nBcc: eve@example.com", "x" * 65 + "@example.com", "dana@" + "a." * 130 + "de"],
)  # fmt: skip
def test_what_cannot_be_written_to_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an e-mail address"):
        normal_email(text)


@given(st.emails())
def test_a_normal_address_stays_as_it_is(address: str) -> None:
    try:
        normal = normal_email(address)
    except ValueError:
        return
    assert normal_email(normal) == normal


def test_the_short_way_to_a_telephone_number_finds_what_the_library_finds() -> None:
    """Each country's own examples, and each with a digit too many, one too few and another beginning."""
    different, found = [], 0
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        for kind in (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE, phonenumbers.PhoneNumberType.TOLL_FREE):
            example = phonenumbers.example_number_for_type(region, kind)
            if example is None:
                continue
            text = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
            for typed in (text, text + "7", text[:-1], text[:4] + "0" + text[5:]):
                number = phonenumbers.parse(typed)
                is_valid = phonenumbers.is_valid_number(number)
                expected = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if is_valid else None
                found += is_valid
                if _phone_or_none(typed) != expected:
                    different.append(typed)

    assert found > 500
    assert different == []


def _phone_or_none(text: str) -> str | None:
    try:
        return normal_phone.__wrapped__(text, "")
    except ValueError:
        return None
