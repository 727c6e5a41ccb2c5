"""Vehicle identification numbers: form, check digit, region, maker (ISO 3779, ISO 3780)."""

from __future__ import annotations

import re
from typing import Literal

from forecourt.kernel.identifiers.makers import MAKER_OF

Region = Literal["africa", "asia", "europe", "north_america", "oceania", "south_america"]

_SEPARATORS = re.compile(r"[\s\-.\u00a0]+")
_FORM = re.compile(r"[A-HJ-NPR-Z0-9]{17}")

# 49 CFR 565.15(c): values of the letters and weights of the places; the ninth is the check.
_VALUES = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", map(int, "12345678123457923456789"), strict=True))
_VALUES |= {str(digit): digit for digit in range(10)}
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_CHECK_PLACE = 8

_REGIONS: tuple[tuple[str, Region], ...] = (
    ("ABCDEFG", "africa"),
    ("HJKLMNPR", "asia"),  # H went from Africa to China when China ran out of L
    ("STUVWXYZ", "europe"),
    ("12345", "north_america"),
    ("67", "oceania"),
    ("890", "south_america"),
)


def normal_vin(text: str) -> str:
    """Upper case without separators. Raises ValueError unless 17 letters and digits remain.

    I, O and Q never occur in a VIN; they are refused rather than guessed to be 1 and 0.
    """
    vin = _SEPARATORS.sub("", text).upper()
    if _FORM.fullmatch(vin):
        return vin
    if len(vin) != 17:
        raise ValueError(f"a VIN has 17 characters, not {len(vin)}")
    wrong = sorted({character for character in vin if character not in _VALUES})
    raise ValueError(f"a VIN cannot contain {', '.join(wrong)}")


def vin_check_digit_ok(vin: str) -> bool:
    """Whether the ninth place is right; only North America and China fill it, Europe does not."""
    vin = normal_vin(vin)
    total = sum(_VALUES[letter] * weight for letter, weight in zip(vin, _WEIGHTS, strict=True))
    return vin[_CHECK_PLACE] == "0123456789X"[total % 11]


def vin_region(vin: str) -> Region:
    """The part of the world in which the maker is registered."""
    vin = normal_vin(vin)
    # The seventh digit is shared: letters A-E are New Zealand's, all else is the United States'.
    if vin[0] == "7" and vin[1] not in "ABCDE":
        return "north_america"
    return next(region for letters, region in _REGIONS if vin[0] in letters)


def vin_make(vin: str) -> str | None:
    """The brand, or the maker where one code serves several brands; None if not known here.

    Looks at the world manufacturer identifier and, where brands share one, at the fourth and
    fifth place.
    """
    vin = normal_vin(vin)
    return MAKER_OF.get(vin[:5]) or MAKER_OF.get(vin[:4]) or MAKER_OF.get(vin[:3])
