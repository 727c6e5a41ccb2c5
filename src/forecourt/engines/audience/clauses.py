"""Where the clauses of a line end: what its commas, colons, brackets and dashes say, which the normal text has lost.

Owns the marks and their places in the searchable text. Of two lines with the same words and other marks one answer is stored
(`text_key`), that of whichever was looked at; they mean the same but where somebody forgot his commas. Pure.
"""

import re
import sys
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence

from forecourt.engines.audience.needles import searchable
from forecourt.kernel.identifiers import normal_words

_MARK = re.compile(
    r"(?P<stop>[;；。|\n]|(?<=\S)\.(?=\s|$))|(?P<colon>(?<![0-9])[:：]|[:：](?![0-9]))|(?P<open>[(\[（【])|(?P<close>[)\]）】])"
    r"|(?P<comma>(?<![0-9])[,，]|[,，](?![0-9])|\+|[–—]|(?<=\s)[-/](?=\s)|-(?=\s)(?!\s(?:und|u|oder|e|si|și)\b)"
    r"|(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff]))"
    r"|(?P<joint>[&、]|(?<![0-9])/|/(?![0-9]))"
)
_SIGN = {"stop": ";", "colon": ":", "open": "(", "close": ")", "comma": ",", "joint": "&"}
_LONG_WORD = re.compile(r"(?:[^\W\d_]{4,}|[A-Z]{2,}|[0-9)\]])$")
_CAPITAL = re.compile(r"\s*(?:[A-ZÄÖÜÎȘȚÂ]|[^\x00-\u02ff]|$)")

#: A joint ("&", "、", "/") parts words and joins what is said of them; every other mark ends a clause, a point maybe.
JOINT, STOP, FULL_STOP, POINT, COLON, OPEN, CLOSE, COMMA = "&;.~:(),"
_PLAIN = frozenset((STOP, COLON, OPEN, CLOSE, COMMA))
_ENDS = _PLAIN | {FULL_STOP}
_MAY_END = _ENDS | {POINT}


class Clauses:
    """The marks of one line; places count characters of the searchable text, and are those of the space at which a mark stood."""

    def __init__(self, marks: Sequence[tuple[int, str]], length: int = sys.maxsize) -> None:
        self._signs = [sign for _place, sign in marks]
        self._places = [place for place, _sign in marks]
        self._length = length

    def __bool__(self) -> bool:
        return bool(self._places)

    def between(self, start: int, end: int) -> str:
        """The signs that stand there, in their order."""
        return "".join(self._signs[bisect_left(self._places, start) : bisect_left(self._places, end)])

    def parts(self, start: int, end: int) -> bool:
        """Whether a clause ends between."""
        return not _ENDS.isdisjoint(self.between(start, end))

    def parts_plainly(self, start: int, end: int) -> bool:
        """Whether one ends there even if no point does."""
        return not _PLAIN.isdisjoint(self.between(start, end))

    def may_part(self, start: int, end: int) -> bool:
        """Whether one ends there if a point ends one, too."""
        return not _MAY_END.isdisjoint(self.between(start, end))

    def number(self, place: int) -> int:
        """Of the clause in which a word stands that begins there, if no point ends one; the first is 0."""
        return sum(sign in _PLAIN for sign in self.between(0, place))

    def begin(self, place: int) -> int:
        """Where the clause begins in which a word stands that begins there."""
        return next((at for at, sign in self._backward(place) if sign in _ENDS), 0)

    def may_begin(self, place: int) -> int:
        """Where it begins if a point ends one, too."""
        return next((at for at, sign in self._backward(place) if sign in _MAY_END), 0)

    def end(self, place: int) -> int:
        """Where the clause ends in which a word stands that ends there."""
        return next((at for at, sign in self.after(place) if sign in _ENDS), self._length)

    def may_end(self, place: int) -> int:
        """Where it ends if a point ends one, too."""
        return next((at for at, sign in self.after(place) if sign in _MAY_END), self._length)

    def after(self, place: int) -> Iterator[tuple[int, str]]:
        """The marks from there on."""
        first = bisect_left(self._places, place)
        return zip(self._places[first:], self._signs[first:], strict=True)

    def is_open(self, place: int) -> bool:
        """Whether it stands in brackets."""
        return next((sign == OPEN for _at, sign in self._backward(place) if sign in "()"), False)

    def _backward(self, place: int) -> list[tuple[int, str]]:
        last = bisect_left(self._places, place)
        return list(zip(reversed(self._places[:last]), reversed(self._signs[:last]), strict=True))


NONE = Clauses(())


def read(line: str, text: str, corrected: Callable[[str], str]) -> Clauses:
    """The clauses of a line of which `text` is the searchable text; none where the two do not fit."""
    marks: list[tuple[int, str]] = []
    told, began = " ", 0
    for found in _MARK.finditer(line):
        told = _with(told, line[began : found.start()], corrected)
        marks.append((len(told) - 1, _sign(line, found)))
        began = found.end()
    if not marks:
        return NONE
    told = _with(told, line[began:], corrected)
    return Clauses(marks, len(text)) if told == text else NONE


def normal(line: str) -> str:
    """The normal words with the marks between them: equal for lines that mean the same to the rules."""
    return normal_words(_MARK.sub(lambda found: f" ¦{found.lastgroup} ", line))


def _with(told: str, piece: str, corrected: Callable[[str], str]) -> str:
    words = searchable(corrected(normal_words(piece)))[1:]
    return told + words if words != " " else told


def _sign(line: str, found: re.Match[str]) -> str:
    if found[0] != ".":
        return _SIGN[found.lastgroup or ""]
    # A short word is shortened by its point: "Insp. lt. Plan".
    return FULL_STOP if _LONG_WORD.search(line, 0, found.start()) and _CAPITAL.match(line, found.end()) else POINT
