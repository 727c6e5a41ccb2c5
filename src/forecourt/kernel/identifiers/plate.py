"""Number plates: one form to compare, one to show."""

from __future__ import annotations

import re
import unicodedata

from forecourt.kernel.identifiers.words import without_accents

_SEPARATORS = re.compile(r"[\W_]+")
_SPACES = re.compile(r"\s+")
# District, letters, number; E or H behind it for electric and old cars. No other plates of Latin letters have umlauts.
_GERMAN = r"[A-ZÄÖÜ]{1,3}[A-Z]{0,2}\d{1,6}[EH]?"
_BEGINS_GERMAN = re.compile(r"[A-ZÄÖÜ]{1,3}[A-Z]{0,2}\d{0,6}[EH]?")
_UMLAUTS = {"A": "Ä", "O": "Ö", "U": "Ü"}
_DISTRICT = 3

# How the normal form is spaced on the plate itself. Germany is missing on purpose: where the
# district ends cannot be told from the letters (B-MA 1 and BM-A 1 are two cars).
_SPACING = {
    "CN": (re.compile(r"([\u4e00-\u9fff][A-Z])([A-Z0-9]{5,6})"), "·"),
    "FR": (re.compile(r"([A-Z]{2})(\d{3})([A-Z]{2})"), "-"),
    "GB": (re.compile(r"([A-Z]{2}\d{2})([A-Z]{3})"), " "),
    "IT": (re.compile(r"([A-Z]{2})(\d{3})([A-Z]{2})"), " "),
    "RO": (re.compile(r"([A-Z]{1,2})(\d{2,3})([A-Z]{3})"), " "),
}


# What may be a plate of these countries, new, old or of a motorcycle: rather too much than too little.
_OF_COUNTRY = {
    "AT": r"[A-Z]{1,2}\d{1,6}[A-Z]{0,3}|[A-Z]{1,2}[A-Z]{1,5}\d{1,4}",
    "CH": r"[A-Z]{2}\d{1,6}",
    "CN": r"[\u4e00-\u9fff].*",
    "DE": _GERMAN,
    "FR": r"[A-Z]{2}\d{3}[A-Z]{2}|\d{1,4}[A-Z]{2,3}\d{2,3}",
    "GB": r"[A-Z]{2}\d{2}[A-Z]{3}|[A-Z]{1,3}\d{1,4}[A-Z]?|[A-Z]?\d{1,4}[A-Z]{1,3}",
    "IT": r"[A-Z]{2}\d{3}[A-Z]{1,2}|[A-Z]{2}[A-Z0-9]\d{5}|[A-Z]{2}\d{4,6}[A-Z]?",
    "RO": r"(?:B\d{2,3}|[A-Z]{2}\d{2})[A-Z]{3}|[A-Z]{1,2}\d{3,6}",
}
_HAS_FORM_OF = {country: re.compile(form) for country, form in _OF_COUNTRY.items()}
# What other countries' plates are seldom taken for.
_TELLING = re.compile(
    r"[\u4e00-\u9fff][A-Z][A-Z0-9]{4,6}[\u4e00-\u9fff]?|[A-Z]{2}\d{3}[A-Z]{2}|(?:B\d{2,3}|[A-Z]{2}\d{2})[A-Z]{3}"
    r"|[A-ZÄÖÜ]{0,2}[ÄÖÜ][A-ZÄÖÜ]{0,2}[A-Z]{0,2}\d{1,6}[EH]?"
)
_GERMAN_AS_TYPED = re.compile(r"[A-ZÄÖÜ]{1,3}[ -][A-Z]{1,2}[ -]?\d{1,4} ?[EH]?")


def normal_plate(text: str) -> str:
    """Upper-case letters and digits only; Chinese characters stay. Empty for empty text.

    The same wherever it is written, so that a plate from abroad is found again: umlauts stay where they make a German plate or the
    beginning of one, all other accents are typing.
    """
    plate = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper()
    return plate if plate.isascii() or _BEGINS_GERMAN.fullmatch(plate) else without_accents(plate)


def plates_meant(text: str) -> list[str]:
    """The normal form, and those of German plates that it may be where a keyboard has no umlauts: MU and MUE for MÜ."""
    plate = normal_plate(text)
    if not plate.isascii() or not _BEGINS_GERMAN.fullmatch(plate.replace("E", "", 1)):
        return [plate]
    found = [plate]
    for at, letter in enumerate(plate[:_DISTRICT]):
        if umlaut := _UMLAUTS.get(letter):
            found.append(plate[:at] + umlaut + plate[at + 1 :])
            if plate[at + 1 : at + 2] == "E":
                found.append(plate[:at] + umlaut + plate[at + 2 :])
    return found


def is_from_abroad(text: str, country: str) -> bool:
    """Whether a plate is written as in another country, and as none is in this one (ISO 3166 alpha-2); False where that is not known."""
    at_home = _HAS_FORM_OF.get(country.upper())
    normal = normal_plate(text)
    if at_home is None or at_home.fullmatch(normal):
        return False
    return _TELLING.fullmatch(normal) is not None or _GERMAN_AS_TYPED.fullmatch(_SPACES.sub(" ", text.upper()).strip()) is not None


def show_plate(text: str, country: str = "") -> str:
    """As it stands on the car. What was typed with separators keeps them, never anything is cut."""
    typed = _SPACES.sub(" ", unicodedata.normalize("NFKC", text)).strip().upper()
    normal = normal_plate(typed)
    if country.upper() in _SPACING:
        form, separator = _SPACING[country.upper()]
        if found := form.fullmatch(normal):
            return separator.join(found.groups())
    if typed == normal:
        return re.sub(r"(?<=[^\W\d_])(?=\d)", " ", normal, count=1) if country == "DE" else normal
    return typed
