"""Making a text fit into one message: 160 signs of the GSM alphabet, or 70 of any others. Longer ones arrive as several, and cost as many.

Source: 3GPP TS 23.038 (alphabet and its extension, whose signs count twice), TS 23.040 (length of one message).
"""

from collections.abc import Sequence
from typing import Final

from forecourt.kernel.identifiers import without_accents

GSM_LENGTH: Final = 160
OTHER_LENGTH: Final = 70
_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_TWICE: Final = frozenset("^{}\\[~]|€")
_PLAIN: Final = str.maketrans(
    {"–": "-", "—": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "\u00a0": " ", "\u202f": " ", "…": "..."}
)


def fitted(wordings: Sequence[str]) -> str:
    """The first wording that fits into one message, else the last. Letters that the alphabet lacks lose their accents if that spares it."""
    written = [_in_gsm(each) or each for each in wordings]
    return next((each for each in written if fits(each)), written[-1])


def fits(text: str) -> bool:
    if _is_gsm(text):
        return sum(2 if sign in _TWICE else 1 for sign in text) <= GSM_LENGTH
    return len(text.encode("utf-16-be")) // 2 <= OTHER_LENGTH


def _is_gsm(text: str) -> bool:
    return all(sign in _BASIC or sign in _TWICE for sign in text)


def _in_gsm(text: str) -> str:
    """The text in the alphabet, if it can be written so without losing more than accents; else empty."""
    plain = text.translate(_PLAIN)
    written = "".join(sign if _is_gsm(sign) else without_accents(sign) for sign in plain)
    return written if _is_gsm(written) else ""
