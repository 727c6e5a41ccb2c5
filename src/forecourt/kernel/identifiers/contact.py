"""Telephone numbers and e-mail addresses in the form in which they are compared and used."""

from __future__ import annotations

import re
from functools import lru_cache

_LOCAL_PART = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~\u0080-\U0010ffff-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~\u0080-\U0010ffff-]+)*")
_DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9][a-z0-9-]{0,61}[a-z0-9]")


@lru_cache(maxsize=16_384)
def normal_phone(text: str, region: str) -> str:
    """E.164 (`+4915112345678`). `region` (ISO 3166 alpha-2) is where a national number is read.

    Raises ValueError for what is no valid number of its country, by Google's libphonenumber.
    """
    # Its tables take 0.1 s to load; a process that meets no telephone number does without.
    import phonenumbers

    try:
        number = phonenumbers.parse(text, region.upper() or None)
    except phonenumbers.NumberParseException:
        raise ValueError(f"not a telephone number: {text!r}") from None
    national = phonenumbers.national_significant_number(number)
    if not (_is_usual(number.country_code or 0, national) or phonenumbers.is_valid_number(number)):
        raise ValueError(f"not a valid telephone number: {text!r}")
    return f"+{number.country_code}{national}"


def _is_usual(country_code: int, national: str) -> bool:
    """Whether it is a mobile or fixed line of the first country with this code: then it is valid, and a tenth of the questions suffice."""
    shapes = _usual_shapes(country_code)
    return (
        shapes is not None
        and shapes[0].fullmatch(national) is not None
        and any(len(national) in lengths and shape.fullmatch(national) for shape, lengths in shapes[1])
    )


@lru_cache(maxsize=256)
def _usual_shapes(country_code: int) -> tuple[re.Pattern[str], tuple[tuple[re.Pattern[str], frozenset[int]], ...]] | None:
    """Of all its numbers, and of its mobile and its fixed ones with their lengths."""
    import phonenumbers

    region = phonenumbers.region_code_for_country_code(country_code)
    found = phonenumbers.PhoneMetadata.metadata_for_region(region) if region else None
    general = found.general_desc if found else None
    # With leading digits several countries share the code, and the first one is no longer the one that is asked first.
    if found is None or found.leading_digits is not None or general is None or not general.national_number_pattern:
        return None
    shapes = tuple(
        (re.compile(shape.national_number_pattern), frozenset(shape.possible_length or general.possible_length))
        for shape in (found.mobile, found.fixed_line)
        if shape is not None and shape.national_number_pattern
    )
    return re.compile(general.national_number_pattern), shapes


def is_mobile(number: str) -> bool:
    """Whether text messages may reach a number in E.164; where a country does not tell mobile from fixed lines apart, they may."""
    import phonenumbers

    kinds = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
    return phonenumbers.number_type(phonenumbers.parse(number)) in kinds


def show_phone(number: str) -> str:
    """A number in E.164 as people read it, `+49 1511 2345678`, with blanks that keep it on one line."""
    import phonenumbers

    shown = phonenumbers.format_number(phonenumbers.parse(number), phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return str(shown).replace(" ", "\u00a0")


def normal_email(text: str) -> str:
    """Lower case, the domain in its ASCII form. Raises ValueError for what cannot be written to.

    Upper and lower case before the @ are one address everywhere that matters, whatever RFC 5321
    allows.
    """
    address = text.strip().removeprefix("mailto:").strip("<>").strip().lower()
    local, at, domain = address.rpartition("@")
    if not (at and len(local) <= 64 and _LOCAL_PART.fullmatch(local)):
        raise ValueError(f"not an e-mail address: {text!r}")
    domain = _ascii_domain(domain)
    if len(local) + 1 + len(domain) > 254 or not _DOMAIN.fullmatch(domain):
        raise ValueError(f"not an e-mail address: {text!r}")
    return f"{local}@{domain}"


def _ascii_domain(domain: str) -> str:
    if domain.isascii():
        return domain
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return ""
