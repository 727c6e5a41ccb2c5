"""What a line is to the learner: pieces of its words, and its code as a whole, each by a number.

Numbers are made by a fixed hash, so no word is kept in what was learned, and nothing needs to be looked up. Pure.
"""

import zlib
from functools import lru_cache
from typing import Final

from forecourt.kernel.identifiers import normal_code, normal_words

BITS: Final = 16
_LENGTHS: Final = range(2, 5)
_MASK: Final = (1 << BITS) - 1


def of(code: str, text: str) -> list[int]:
    """The pieces of a line, each once, in order of their numbers."""
    found = {piece for word in normal_words(text).split() for piece in of_word(word)}
    if bare := normal_code(code):
        found.add(_number(f"\x1f{bare}"))
    return sorted(found)


@lru_cache(maxsize=65_536)
def of_word(word: str) -> tuple[int, ...]:
    """The pieces of one normal word: runs of two to four letters, with its edges as letters. A single Chinese character is a piece."""
    edged = f" {word} "
    runs = {edged[at : at + length] for length in _LENGTHS for at in range(max(1, len(edged) - length + 1))}
    return tuple({_number(run) for run in runs} | {_number(letter) for letter in word if letter > "\u2fff"})


def _number(piece: str) -> int:
    return zlib.crc32(piece.encode("utf-8", "surrogatepass")) & _MASK
