"""Number plates: one form to compare, one to show."""

from __future__ import annotations

import re
import unicodedata

from forecourt.kernel.identifiers.words import without_accents

_SEPARATORS = re.compile(r"[\W_]+")
_SPACES = re.compile(r"\s+")
_UMLAUTS_ARE_LETTERS = frozenset({"", "DE", "AT"})

# How the normal form is spaced on the plate itself. Germany is missing on purpose: where the
# district ends cannot be told from the letters (B-MA 1 and BM-A 1 are two cars).
_SPACING = {
    "CN": (re.compile(r"([^\W\d_][A-Z])([A-Z0-9]{5,6})"), "·"),
    "FR": (re.compile(r"([A-Z]{2})(\d{3})([A-Z]{2})"), "-"),
    "GB": (re.compile(r"([A-Z]{2}\d{2})([A-Z]{3})"), " "),
    "IT": (re.compile(r"([A-Z]{2})(\d{3})([A-Z]{2})"), " "),
    "RO": (re.compile(r"([A-Z]{1,2})(\d{2,3})([A-Z]{3})"), " "),
}


def normal_plate(text: str, country: str = "") -> str:
    """Upper-case letters and digits only; Chinese characters stay. Empty for empty text.

    `country` is ISO 3166 alpha-2; German umlauts stay in DE and AT, other accents are typing.
    """
    plate = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper()
    return plate if country.upper() in _UMLAUTS_ARE_LETTERS else without_accents(plate)


def show_plate(text: str, country: str = "") -> str:
    """As it stands on the car. What was typed with separators keeps them, never anything is cut."""
    typed = _SPACES.sub(" ", unicodedata.normalize("NFKC", text)).strip().upper()
    normal = normal_plate(typed, country)
    if country.upper() in _SPACING:
        form, separator = _SPACING[country.upper()]
        if found := form.fullmatch(normal):
            return separator.join(found.groups())
    if typed == normal:
        return re.sub(r"(?<=[^\W\d_])(?=\d)", " ", normal, count=1) if country == "DE" else normal
    return typed
