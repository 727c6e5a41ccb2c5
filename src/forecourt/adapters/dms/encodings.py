"""Which encoding a text file is in, from one pass over all its bytes.

A mark at the beginning decides; else UTF-8 if the whole file is; else the legacy code page whose letters look most like
words of the languages we serve. A guess from the first lines alone fails when the first umlaut stands in line 50,000.
"""

import codecs
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from forecourt.kernel.errors import Refusal
from forecourt.runtime.sentences import sentence as _

BLOCK_BYTES: Final = 1024 * 1024
SAMPLE_BYTES: Final = 128 * 1024

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig", 1),
    (codecs.BOM_UTF32_LE, "utf-32", 4),
    (codecs.BOM_UTF32_BE, "utf-32", 4),
    (codecs.BOM_UTF16_LE, "utf-16", 2),
    (codecs.BOM_UTF16_BE, "utf-16", 2),
)
# The order decides a draw: the most common code page of our countries first.
_LEGACY: Final = ("cp1252", "cp1250", "iso8859_16", "cp850", "cp852", "mac_roman")
# Letters of German, Italian, French, Spanish and Romanian; a wrong code page turns them into others.
_FREQUENT: Final = frozenset("äöüßÄÖÜàèéìòùÀÈÉÌÒÙâîăşţșțÂÎĂŞŢȘȚçêôñáíóú€°§²³’“”„«»–©®\xa0´")
_HAN: Final = re.compile("[\u4e00-\u9fff\u3000-\u303f\uff00-\uffef]")


@dataclass(frozen=True)
class TextScan:
    """What one pass over the bytes of a text file told."""

    encoding: str
    line_ends: int
    size_bytes: int


def scan(path: Path, *, name: str, chosen: str | None = None) -> TextScan:
    """Read the file once, in blocks. Raises Refusal where no encoding gives text. One that a person chose is believed."""
    with path.open("rb") as stream:
        head = stream.read(4096)
    if chosen is not None:
        return _scan_marked(path, "utf-8-sig" if chosen == "utf-8" else chosen, 1)
    for mark, encoding, width in _MARKS:
        if head.startswith(mark):
            return _scan_marked(path, encoding, width)
    head = head.rstrip(b"\x00")
    if head.count(0) * 3 > len(head):
        encoding = "utf-16-le" if head[1::2].count(0) > head[0::2].count(0) else "utf-16-be"
        return _scan_marked(path, encoding, 2)
    return _scan_unmarked(path, name)


def _scan_marked(path: Path, encoding: str, width: int) -> TextScan:
    size = path.stat().st_size
    newlines = 0
    with path.open("rb") as stream:
        while block := stream.read(BLOCK_BYTES):
            newlines += block.count(b"\n")
    return TextScan(encoding, newlines, size)


def _scan_unmarked(path: Path, name: str) -> TextScan:
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    newlines = carriage_returns = size = 0
    is_utf8 = True
    sample = bytearray()
    with path.open("rb") as stream:
        while block := stream.read(BLOCK_BYTES):
            size += len(block)
            newlines += block.count(b"\n")
            carriage_returns += block.count(b"\r") if not newlines else 0
            if block.isascii():
                is_utf8 = is_utf8 and not decoder.getstate()[0]
                continue
            if len(sample) < SAMPLE_BYTES:
                sample += _lines_with_letters(block)
            if is_utf8:
                try:
                    decoder.decode(block)
                except UnicodeDecodeError:
                    is_utf8 = False
    line_ends = newlines or carriage_returns
    if is_utf8 and not decoder.getstate()[0]:
        return TextScan("utf-8", line_ends, size)
    # Some wrong bytes in an otherwise sound file: their cells are rejected, not the file.
    if _is_mostly_utf8(bytes(sample)):
        return TextScan("utf-8", line_ends, size)
    return TextScan(_legacy(bytes(sample), name), line_ends, size)


_AROUND: Final = 40
_LINE_END: Final = re.compile(rb"[\r\n]")
_SEQUENCE: Final = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH: Final = re.compile(rb"[\x80-\xff]")
_HAN_IN_A_WORD: Final = re.compile(r"(?<=[A-Za-z])[^\x00-\x7f]{1,2}(?=[a-z])")


def _lines_with_letters(block: bytes) -> bytes:
    """What stands around the bytes beyond ASCII, each within its line; not all of it where there is much."""
    found = bytearray()
    at = 0
    while (letter := _HIGH.search(block, at)) and len(found) <= SAMPLE_BYTES // 4:
        first = max(at, letter.start() - _AROUND)
        first = max(first, *(block.rfind(sign, first, letter.start()) + 1 for sign in (b"\n", b"\r")))
        behind = _LINE_END.search(block, letter.start(), letter.start() + _AROUND)
        at = behind.start() if behind else letter.start() + _AROUND
        found += block[first:at] + b"\n"
    return bytes(found)


def _is_mostly_utf8(sample: bytes) -> bool:
    sequences = len(_SEQUENCE.findall(sample))
    stray = len(_HIGH.findall(_SEQUENCE.sub(b"", sample)))
    return sequences > 0 and stray <= sequences * 0.2


def _legacy(sample: bytes, name: str) -> str:
    """The code page under which the sample reads best. Raises Refusal where none does."""
    best, best_score = "", 0.0
    for encoding in ("gb18030", *_LEGACY):
        score = _score(sample, encoding)
        if score > best_score + 0.01:
            best, best_score = encoding, score
    if best_score < 0.35:
        raise Refusal(
            "unreadable_encoding",
            _("The letters in “%(name)s” cannot be read in any known encoding. Please save it as CSV in UTF-8 or as XLSX.")
            % {"name": name},
        )
    return best


def _score(sample: bytes, encoding: str) -> float:
    """The share of characters beyond ASCII that belong to words, less what cannot be text."""
    text = sample.decode(encoding, "replace")
    beyond = [letter for letter in text if letter > "\x7f"]
    if not beyond:
        return 0.0
    bad = sum(1 for letter in beyond if letter == "\ufffd" or letter < "\xa0")
    if encoding == "gb18030":
        # Pairs of accented letters also decode as rare Han characters; texts in Chinese use the common ones, and none inside a word in Latin letters.
        bad += sum(len(run) for run in _HAN_IN_A_WORD.findall(text))
        return (sum(1 for letter in beyond if _is_common_han(letter)) - 2 * bad) / len(beyond)
    good = sum(1 for letter in beyond if letter in _FREQUENT)
    # Accents stand between plain letters; three in a row are another alphabet.
    bad += sum(len(run) for run in re.findall(r"[^\x00-\x7f]{3,}", text))
    # A capital accented letter inside a small word, or a symbol between letters, comes from the wrong page.
    bad += len(re.findall(r"[a-zäöü][À-ÖØ-Þ¢-¨ª-¯±µ-»†-•‰][a-zäöü]", text))
    return (good - 2 * bad) / len(beyond)


def _is_common_han(letter: str) -> bool:
    if not _HAN.match(letter):
        return False
    try:
        coded = letter.encode("gb2312")
    except UnicodeEncodeError:
        return False
    # Level 1 of GB 2312: the 3,755 characters that make up 99 % of texts; and full-width signs.
    return coded[0] <= 0xD7
