"""From a cell to a value: texts, yes and no. Days are for `days`, numbers for `figures`.

A converter raises `BadValue`, which the row's check turns into a `Wrong` with line and column. What a column's style is was
decided before, in `styles`.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final

from django.utils.translation import gettext_noop as _

from forecourt.engines.intake.ports import UNSAVED_FORMULA, Cell
from forecourt.engines.intake.styles import usual_width


class BadValue(Exception):
    """The cell cannot be read; `code` is for machines, `reason` for people, in English: it is said where it is read."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(code)
        self.code = code
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong in one row: the column as the file calls it, the value as it stands there, and why."""

    column: str
    value: str
    reason_code: str
    reason_text: str


_CONTROL: Final = re.compile(r"[\x01-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060\ufeff]+")
_SPACES: Final = re.compile(r"[\s\xa0]+")


# A list of rejected rows that comes back begins such cells with an apostrophe, so that no spreadsheet runs them as a formula.
_DEFUSED: Final = frozenset("=+-@")


def plain(value: Cell) -> str:
    """The cell as trimmed text on one line, without control characters; "" if blank. A whole float loses its ".0"."""
    if isinstance(value, str):
        if value[:1] == "'" and value[1:2] in _DEFUSED:
            value = value[1:]
        # Most cells are plain words; the rest is cleaned.
        if value.isascii() and value.isprintable() and "  " not in value:
            return value.strip()
        return _cleaned(value)
    if value is UNSAVED_FORMULA:
        raise BadValue("unsaved_formula", _("The cell holds a formula whose result was not saved."))
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value)


def _cleaned(value: str) -> str:
    if "\x00" in value:
        raise BadValue("zero_byte", _("The cell holds a zero byte."))
    if "\ufffd" in value:
        raise BadValue("unreadable_letters", _("The cell holds letters that cannot be read in the file's encoding."))
    if any("\ud800" <= letter <= "\udfff" for letter in value):
        raise BadValue("unreadable_letters", _("The cell holds letters that cannot be read in the file's encoding."))
    return _SPACES.sub(" ", _CONTROL.sub(" ", value)).strip()


def to_text(value: Cell, *, longest: int) -> str | None:
    """Text of at most `longest` characters; None if blank."""
    text = plain(value)
    if len(text) > longest:
        raise BadValue("too_long", _("The text is longer than it may be here."))
    if text in _NOTHING:
        return None
    if text[:1] == "#" and _BROKEN.fullmatch(text):
        raise BadValue("broken_formula", _("The cell holds the error of a formula."))
    return text or None


# What databases and spreadsheets print where they have nothing.
_NOTHING: Final = frozenset({"NULL", "(null)", "<null>", "[NULL]", "\\N", "#N/A", "#NV", "#N/D", "#N/A!"})
_BROKEN: Final = re.compile(r"#(?:[A-Z]{3,8}[!?]|DIV/0!)")
_SHORTENED: Final = re.compile(r"\d(?:[.,]\d+E\+?|E\+)\d{1,3}")


def to_number(value: Cell, *, longest: int) -> str | None:
    """What names a customer, a car or an order; None where nobody is meant, so that strangers with the number 0 or NULL do not become one."""
    text = usual_width(to_text(value, longest=longest) or "")
    if not text.strip("0-–.?/ "):
        return None
    if is_shortened(text):
        raise BadValue("shortened_number", _("A spreadsheet shortened this number; its other digits are lost."))
    return text


_WITH_COUNTRY: Final = re.compile(r"[A-Z]{1,3}[- ] ?(\d{4,6})")
_DIGITS_OF_POSTCODES: Final = {"DE": 5, "IT": 5, "FR": 5, "RO": 6}


def to_postcode(value: Cell, *, longest: int) -> str | None:
    """Without the country's letters: "I-39100" is 39100."""
    text = to_text(value, longest=longest)
    match = _WITH_COUNTRY.fullmatch(text or "")
    return match[1] if match else text


def whole_postcode(postcode: str | None, country: str | None) -> str | None:
    """With the noughts that a spreadsheet took from its beginning, where the row says the country."""
    places = _DIGITS_OF_POSTCODES.get(country or "", 0)
    return postcode.zfill(places) if postcode and postcode.isdecimal() and places - 2 <= len(postcode) < places else postcode


def is_shortened(text: str) -> bool:
    """Whether a spreadsheet wrote a long number as "2,02501E+11"."""
    return _SHORTENED.fullmatch(text) is not None


def to_cut_text(value: Cell, *, longest: int) -> str | None:
    """Text cut at `longest` characters, for descriptions where the beginning says enough; None if blank."""
    text = plain(value)
    return None if text in _NOTHING else text[:longest] or None


_YES: Final = frozenset(
    [
        "1",
        "x",
        "ja",
        "j",
        "yes",
        "y",
        "si",
        "sì",
        "s",
        "da",
        "d",
        "true",
        "wahr",
        "vero",
        "adevărat",
        "adevarat",
        "ok",
        "✓",
        "✔",
        "是",
        "有",
        "erteilt",
        "opt-in",
    ]
)
_NO: Final = frozenset(["0", "nein", "n", "no", "nu", "false", "falsch", "falso", "fals", "-", "否", "无", "widerrufen", "opt-out"])


def to_yes_no(value: Cell) -> bool | None:
    """Ja/nein, sì/no, yes/no, da/nu, 是/否, 1/0, x; None if blank."""
    if isinstance(value, bool):
        return value
    word = plain(value).casefold()
    if not word:
        return None
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise BadValue("no_yes_or_no", _("This is neither yes nor no."))


_DELETED: Final = frozenset(
    [
        "x", "d", "del", "l", "1", "j", "ja", "y", "yes", "s", "si", "sì", "da", "true", "wahr", "vero", "✓", "✔", "是", "deleted", "delete",
        "removed", "cancelled", "canceled", "void", "gelöscht", "geloescht", "löschen", "storno", "storniert", "eliminato", "eliminata",
        "cancellato", "cancellata", "annullato", "annullata", "șters", "sters", "ştears", "anulat", "anulată", "删除", "已删除", "作废", "已作废",
    ]
)  # fmt: skip
_DAY: Final = re.compile(r"(\d{1,4})[.\-/](\d{1,2})[.\-/](\d{1,4})\b")
_FIRST_YEAR: Final = 1902


def to_deleted(value: Cell, *, latest: date) -> bool | None:
    """Whether the cell says that the source deleted the thing: a mark, a word, or the day on which it did; all else says that it is there.

    A day long ago or still to come (1900, 9999) stands for "not deleted" in many systems.
    """
    if isinstance(value, datetime | date):
        return _is_past(value.year, value.month, value.day, latest) or None
    if isinstance(value, bool):
        return value or None
    word = plain(value).casefold()
    if word in _DELETED:
        return True
    return (_is_past_day(match, latest) if (match := _DAY.match(word)) else False) or None


def _is_past_day(match: re.Match[str], latest: date) -> bool:
    """Written with the year first, or last and then with the day or the month first; a year of two digits is this century's."""
    one, two, three = (int(group) for group in match.groups())
    if len(match[1]) == 4:
        return _is_past(one, two, three, latest)
    year = three + (2000 if len(match[3]) <= 2 else 0)
    return _is_past(year, two, one, latest) or _is_past(year, one, two, latest)


def _is_past(year: int, month: int, day: int, latest: date) -> bool:
    try:
        return year >= _FIRST_YEAR and date(year, month, day) <= latest
    except ValueError:
        return False
