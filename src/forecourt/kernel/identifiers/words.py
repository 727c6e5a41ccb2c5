"""Names and free text, normalised for matching, sorting and keys.

Every function is pure and cheap, called once per line of a file with millions of lines.
"""

from __future__ import annotations

import re
import string
import unicodedata
from functools import lru_cache
from hashlib import blake2b

_CACHED = 32_768

# Letters that Unicode does not take apart into a letter and a mark.
_WHOLE_LETTERS = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th",
    "ı": "i", "ħ": "h", "ŋ": "n", "ŧ": "t", "Æ": "AE", "Œ": "OE", "Ø": "O", "Đ": "D", "Ð": "D",
    "Ł": "L", "Þ": "TH", "ẞ": "SS", "Ħ": "H", "Ŋ": "N", "Ŧ": "T",
}  # fmt: skip
_LATIN = (*range(0x00C0, 0x0250), *range(0x1E00, 0x1F00))
_MARKS = range(0x0300, 0x0370)
_FULL_WIDTH = range(0xFF01, 0xFF5F)


def _accent_table() -> dict[str, str]:
    table = {chr(mark): "" for mark in _MARKS}
    for letter in map(chr, _LATIN):
        bare = unicodedata.normalize("NFKD", letter)
        table[letter] = "".join(part for part in bare if part not in table)
    return table | _WHOLE_LETTERS | {chr(point): chr(point - 0xFEE0) for point in _FULL_WIDTH}


_ACCENTS = _accent_table()
_PUNCTUATION = string.punctuation + "«»„“”‚‘’·•…–—§°´¨¿¡×、。〈〉《》「」『』【】〔〕〜・\u00a0\u3000"
_SPACED = _ACCENTS | dict.fromkeys(_PUNCTUATION, " ")
_SPACED |= {wide: " " for wide, narrow in _ACCENTS.items() if narrow in _PUNCTUATION and narrow}
# UTF-8 writes ASCII in single bytes that occur nowhere else, and bytes are translated ten times
# faster than text; what is not ASCII is rare in a line, so a pattern fetches it letter by letter.
_SPACED_BYTES = bytes(ord(_SPACED.get(chr(byte), chr(byte))) if byte < 128 else byte for byte in range(256))
_FOLDABLE = re.compile(r"[\u0080-\u2fff\u3000-\u303f\uff01-\uff5e]")

# Dates, amounts and long numbers (orders, mileage) differ on every line and tell nothing of the
# work; short ones do (5W30, R16).
_NUMBER_NOISE = re.compile(r"[0-9](?:[0-9]*(?:[.,:][0-9]+)+|[0-9]*/[0-9]+/[0-9]+|[0-9]*-[0-9]+-[0-9]+|[0-9]{4,})")
_NOISE_WORD = "0"

# Junior and senior are kept: they tell father and son apart.
_NOT_IN_A_NAME = frozenset(
    word
    for listed in (
        "dr dres prof univ mag dipl ing habil med phil rer nat jur mba msc bsc phd",
        "herr herrn hr frau fr familie fam firma eheleute mr mrs ms miss mx sir madam mme mlle monsieur madame",
        "sig signor signora signore sigra sigg ra dott dottor dottore dottssa ssa dottoressa arch avv geom rag",
        "dl dna domnul doamna dra",
        "von van vom zu zum zur der den de del della dello delle dei degli di da dal dalla dos du la le und and et si",
    )
    for word in listed.split()
)
_CHINESE_TITLE = re.compile("(?:先生|女士|小姐|太太|博士|教授)$")
_APOSTROPHES = re.compile("['’`´]")
_DIGITS = re.compile("[0-9]+")
# Müller is Mueller where a keyboard had no ü; after a vowel or q (Bauer, Quelle) ue is no umlaut.
_WRITTEN_UMLAUT = re.compile(r"[aou](?<![aeoq]u)e")


def without_accents(text: str) -> str:
    """Latin letters bare (ß is ss), full-width forms narrow; all other scripts as they are."""
    return text if text.isascii() else _FOLDABLE.sub(_bare_letter, text)


def folded(text: str) -> str:
    """For comparing without regard to case and accents; spaces and punctuation stay."""
    return without_accents(text.casefold())


@lru_cache(maxsize=_CACHED)
def normal_words(text: str) -> str:
    """Free text as bare lower-case words with single spaces, in which rules look for their words.

    Dates, amounts and numbers of five digits or more all read `0`, so that lines which differ
    only in them are one text.
    """
    return " ".join(_spaced(_NUMBER_NOISE.sub(_NOISE_WORD, text.casefold())).split())


@lru_cache(maxsize=_CACHED)
def normal_code(text: str) -> str:
    """A labour or part code: upper case, no separators; its digits all count."""
    return "".join(_spaced(text.casefold()).split()).upper()


@lru_cache(maxsize=_CACHED)
def text_key(code: str, words: str) -> str:
    """32 hexadecimal digits that are equal exactly where normal code and normal words are.

    Method: BLAKE2b with a digest of 16 bytes. Whatever is derived once per key (a kind of work)
    must be derived from `normal_code` and `normal_words`, never from the text itself; but for the marks between clauses, by which
    whichever text of the key is looked at may be read.
    """
    normal = f"{normal_code(code)}\x1f{normal_words(words)}"
    return blake2b(normal.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


@lru_cache(maxsize=_CACHED)
def normal_name(text: str) -> str:
    """A person's or firm's name without case, accents, titles, particles, order of words.

    `Dr. Jürgen von Müller`, `MUELLER, Juergen` and `Müller Jürgen` are equal. Doubtful on its
    own, as names are: evidence for a match, not proof.
    """
    name = _APOSTROPHES.sub("", text.casefold())
    if not name.isascii():
        name = _CHINESE_TITLE.sub("", name)
    words = _spaced(name).split()
    telling = [word for word in words if word not in _NOT_IN_A_NAME] or words
    return " ".join(sorted(_WRITTEN_UMLAUT.sub(_first_letter, " ".join(telling)).split(" ")))


@lru_cache(maxsize=_CACHED)
def sort_key(text: str) -> str:
    """Orders as people expect under plain comparison of code points (PostgreSQL's C.UTF-8).

    Case and accents do not count, `Bay 2` comes before `Bay 10`, and common Chinese characters
    follow their pinyin: level 1 of GB 2312 is arranged by it.
    """
    key = " ".join(_spaced(text.casefold()).split())
    key = _DIGITS.sub(lambda digits: digits[0].zfill(8), key)
    return key if key.isascii() else "".join(map(_by_pinyin, key))


_LEVEL_1 = (0xB0A1, 0xD7F9)
_PINYIN_BASE = 0x3400


def _by_pinyin(character: str) -> str:
    if not "\u4e00" <= character <= "\u9fff":
        return character
    try:
        place = int.from_bytes(character.encode("gb2312"), "big")
    except UnicodeEncodeError:
        return character
    if not _LEVEL_1[0] <= place <= _LEVEL_1[1]:
        return character
    # A block of rare characters before all others keeps the order and stays one character long.
    return chr(_PINYIN_BASE + ((place >> 8) - 0xB0) * 94 + (place & 0xFF) - 0xA1)


def _spaced(text: str) -> str:
    """Accents gone, punctuation turned into spaces."""
    if not text.isascii():
        text = _FOLDABLE.sub(_spaced_letter, text)
    return text.encode("utf-8", "surrogatepass").translate(_SPACED_BYTES).decode("utf-8", "surrogatepass")


def _bare_letter(found: re.Match[str]) -> str:
    return _ACCENTS.get(found[0], found[0])


def _spaced_letter(found: re.Match[str]) -> str:
    return _SPACED.get(found[0], found[0])


def _first_letter(found: re.Match[str]) -> str:
    return found[0][0]
