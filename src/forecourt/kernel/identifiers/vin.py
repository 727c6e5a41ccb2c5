"""Vehicle identification numbers: form, check digit, region, maker (ISO 3779, ISO 3780)."""

from __future__ import annotations

import re
import unicodedata
from typing import Final, Literal

from forecourt.kernel.identifiers.makers import MAKER_OF

Region = Literal["africa", "asia", "europe", "north_america", "oceania", "south_america"]

# What stands around or between the places: blanks, dashes, a spreadsheet's apostrophe, the asterisks of the plate, invisible signs.
_SEPARATORS = re.compile(r"[\s\-._/'’‘`´\"“”„*=,;:#\u00ad\u2010-\u2015\u200b-\u200f\u2060\ufeff]+")
_LABEL = re.compile(r"^(?:VIN|FIN|CHASSIS)[\s.-]*(?:NO|NR|CODE)?[\s.]*[:#=]", re.IGNORECASE)
# Cyrillic and Greek letters that are drawn as Latin ones: a keyboard was left in the other script.
_LOOKALIKES: Final = str.maketrans("АВЕКМНОРСТУХЅЈІΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEKMHOPCTYXSJIABEZHIKMNOPTYX")
# The letters no VIN has, and what was meant.
_MEANT: Final = {"I": "1", "O": "0", "Q": "0"}
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


class NoVin(ValueError):
    """A text that is no VIN. `code`: empty, length, characters or placeholder."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


def normal_vin(text: str) -> str:
    """Upper case in Latin letters without separators. Raises NoVin unless 17 letters and digits remain.

    I, O and Q never occur in a VIN; they are refused rather than guessed to be 1 and 0. `read_vin` guesses, and says so.
    """
    vin = text.strip().upper()
    if _FORM.fullmatch(vin):
        return vin
    vin = _bare(text)
    if _FORM.fullmatch(vin):
        return vin
    if len(vin) != 17:
        raise NoVin("length" if vin else "empty", f"a VIN has 17 characters, not {len(vin)}")
    wrong = sorted({character for character in vin if character not in _VALUES})
    raise NoVin("characters", f"a VIN cannot contain {', '.join(wrong)}")


def read_vin(text: str) -> tuple[str, tuple[str, ...]]:
    """The VIN that was meant, and each place where another sign was read, such as "12: O as 0". Raises NoVin as `normal_vin` does."""
    typed = _SEPARATORS.sub("", _LABEL.sub("", unicodedata.normalize("NFKC", text).strip())).upper()
    bare = _bare(text)
    vin = normal_vin("".join(_MEANT.get(character, character) for character in bare))
    if len(set(vin)) == 1:
        raise NoVin("placeholder", f"{vin} stands where no VIN was known")
    return vin, tuple(f"{place}: {was} as {now}" for place, (was, now) in enumerate(zip(typed, vin, strict=True), 1) if was != now)


def _bare(text: str) -> str:
    text = _LABEL.sub("", unicodedata.normalize("NFKC", text).strip())
    return _SEPARATORS.sub("", text).upper().translate(_LOOKALIKES)


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
