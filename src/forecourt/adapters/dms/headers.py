"""Where a table begins: titles and padding above the header are skipped, columns without a name get one; what is no row of it."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

from forecourt.engines.intake import guessing
from forecourt.engines.intake.mapping import bare
from forecourt.engines.intake.ports import NO_HEADER, Cell
from forecourt.kernel.errors import Refusal
from forecourt.runtime.sentences import sentence as _

ROWS_LOOKED_AT: Final = 200
_ROWS_FOR_HEADER: Final = 40
_VIN: Final = re.compile(r"(?=[A-Z]*\d)(?=\d*[A-Z])[A-HJ-NPR-Z0-9]{17}", re.IGNORECASE)
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}", re.IGNORECASE)
_DAY: Final = re.compile(r"(?:\d{1,2}[./-]\d{1,2}[./-]\d{2}(?:\d{2})?|\d{4}[-/.]\d{2}[-/.]\d{2})(?:[T ]|$)")
_NUMBER: Final = re.compile(r"[+-]?\d[\d.,'’\u00a0]*-?")
_YEAR: Final = re.compile(r"(?:19|20)\d{2}")
_LETTERS: Final = re.compile(r"[^\W\d_]")
_DIGITS: Final = re.compile(r"\d+")
_WORD: Final = re.compile(r"[a-zà-ÿ]{3}")
_LONGEST_CODE: Final = 24
_NO_VALUE: Final = frozenset({"null", "none", "n/a", "na", "#nv", "#n/a", "nan", "true", "false", "-"})
# The share of cells from which on a column is of a form.
_MOSTLY: Final = 0.7


def find(rows: Sequence[Sequence[Cell]]) -> int | None:
    """The index of the header row: the first that is about as full as the rows of the table; None if all are blank."""
    filled = [sum(1 for cell in row if not is_blank(cell)) for row in rows[:ROWS_LOOKED_AT]]
    full = sorted(count for count in filled if count)
    if not full:
        return None
    usual = full[len(full) // 2]
    for index, count in enumerate(filled[:_ROWS_FOR_HEADER]):
        if count and count >= usual * 0.7 and _has_names(rows[index]):
            return index
    return next(index for index, count in enumerate(filled) if count)


def is_record(rows: Sequence[Sequence[Cell]], at: int) -> bool:
    """Whether the first row of a table is one of its records: it holds what no column is called, or cells like those below them.

    A header is words above numbers, days and codes, or names that are known. Where all is text and no name is known, it stays a header.
    """
    row = rows[at]
    texts = [_text(cell) for cell in row]
    if any(_VIN.fullmatch(text) or _EMAIL.fullmatch(text) for text in texts):
        return True
    below = [each for each in rows[at + 1 : at + ROWS_LOOKED_AT] if not all(map(is_blank, each)) and list(each) != list(row)]
    names = [bare(text) for text in texts if text]
    stem = names[0].rstrip("0123456789") if names else ""
    # "1", "2", "3" or "F1", "F2", "F3"
    is_numbered = len(names) > 2 and names == [f"{stem}{number}" for number in range(1, len(names) + 1)]
    if is_numbered:
        return False
    for_header = sum(guessing.is_known(text) for text in texts if text)
    # The same word twice is a value, but for names that a group above them tells apart.
    for_record = (len(names) - len(set(names))) / 2 if not for_header else 0.0
    alike = 0
    for index, text in enumerate(texts):
        if not text:
            continue
        cells = [each for line in below if index < len(line) and (each := _text(line[index]))]
        if _is_like(text, cells) and not (for_header and _YEAR.fullmatch(text)):
            alike += 1
        elif _is_above_others(text, cells):
            for_header += 1
        elif text in cells:
            for_record += 1
    return alike > 0 and alike + for_record > for_header


def _is_like(text: str, cells: Sequence[str]) -> bool:
    """Whether a cell is of the form that those below it have, and no words."""
    form = _form(text)
    if form == "words":
        return False
    if not cells:
        return form in ("day", "number")
    if _YEAR.fullmatch(text):
        # Years and numbers of the like head columns of amounts.
        return _share(cells, lambda each: _YEAR.fullmatch(each) is not None) >= _MOSTLY
    if form in ("day", "number"):
        return _share(cells, lambda each: _form(each) == form or not any(map(str.isalnum, each)) or each.casefold() in _NO_VALUE) >= _MOSTLY
    return _share(cells, lambda each: _shape(each) == _shape(text)) >= 0.5


def _is_above_others(text: str, cells: Sequence[str]) -> bool:
    """Whether a cell is words above days or numbers."""
    is_name = any(map(str.isalpha, text)) and text.casefold() not in _NO_VALUE
    return is_name and bool(cells) and _share(cells, lambda each: _form(each) in ("day", "number")) >= _MOSTLY


def _share(cells: Sequence[str], holds: Callable[[str], bool]) -> float:
    return sum(map(holds, cells)) / len(cells)


def is_day(text: str) -> bool:
    """Whether it is written as a day, with or without a time."""
    return _DAY.match(text) is not None


def _form(text: str) -> str:
    if is_day(text):
        return "day"
    if _NUMBER.fullmatch(text):
        return "number"
    # "Field 1" is a name.
    return "code" if any(map(str.isdecimal, text)) and len(text) <= _LONGEST_CODE and not _WORD.search(text) else "words"


def _shape(text: str) -> str:
    """What a plate or a number of an order looks like: "BZ 001 AA" is "AA 9 AA"."""
    return _DIGITS.sub("9", _LETTERS.sub(lambda found: "A" if found[0].isupper() else "a", text))


def _text(cell: Cell) -> str:
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def place(rows: Sequence[Sequence[Cell]], lines: Sequence[int], header_line: int | None) -> tuple[int, bool] | None:
    """The index of the header row; or of the first record and True, where there is no header. None if all rows are blank. Raises Refusal."""
    if header_line == NO_HEADER:
        at = first_full(rows)
        return None if at is None else (_first_record(rows, at), True)
    if header_line is not None:
        return chosen(lines, header_line), False
    at = find(rows)
    if at is None or not is_record(rows, at):
        return None if at is None else (at, False)
    return _first_record(rows, at), True


def _first_record(rows: Sequence[Sequence[Cell]], at: int) -> int:
    """Up from a record past those above it that are less full than most."""
    while at and sum(not is_blank(cell) for cell in rows[at - 1]) > 1 and is_record(rows, at - 1):
        at -= 1
    return at


def first_full(rows: Sequence[Sequence[Cell]]) -> int | None:
    """The index of the first row that is about as full as those of the table, words or not; None if all are blank."""
    filled = [sum(1 for cell in row if not is_blank(cell)) for row in rows[:ROWS_LOOKED_AT]]
    full = sorted(count for count in filled if count)
    if not full:
        return None
    usual = full[len(full) // 2]
    return next(index for index, count in enumerate(filled) if count and count >= usual * 0.5)


def unnamed(rows: Sequence[Sequence[Cell]], at: int) -> list[Cell]:
    """The heading of a table without a header, of which this row is the first: as wide as most of its rows."""
    widths = Counter(len(row) for row in rows[at:ROWS_LOOKED_AT] if not all(map(is_blank, row)))
    return [""] * max(len(rows[at]), widths.most_common(1)[0][0])


def says_nothing(row: Sequence[Cell]) -> bool:
    """A ruler of dashes, or the sign with which old programs end a file."""
    return not any(letter.isalnum() for cell in row for letter in str(cell))


_UNITS: Final = frozenset(
    "km mi miles h std hrs ore eur € chf usd $ gbp £ ron lei cny 元 公里 小时 % stk pcs pz buc st l tt.mm.jjjj tt.mm.jj dd.mm.yyyy dd/mm/yyyy mm/dd/yyyy"
    " gg/mm/aaaa gg.mm.aaaa zz.ll.aaaa yyyy-mm-dd yyyymmdd jjjjmmtt text".split()
)


def says_units(row: Sequence[Cell]) -> bool:
    """A line below the header that says in what the columns are measured: "km", "EUR", "TT.MM.JJJJ"."""
    told = [str(cell).strip(" []()").casefold() for cell in row if not is_blank(cell)]
    return bool(told) and all(each in _UNITS for each in told)


def with_groups(row: Sequence[Cell], above: Sequence[Cell]) -> list[Cell]:
    """The header; of names that stand in it twice each with its group in the line above: "Nr" below "Kunde" is "Kunde Nr"."""
    groups = [str(cell).strip() for cell in above]
    if sum(bool(group) for group in groups) < 2:
        return list(row)
    names = Counter(str(cell).strip().casefold() for cell in row if not is_blank(cell))
    found: list[Cell] = []
    group = ""
    for index, cell in enumerate(row):
        group = (groups[index] if index < len(groups) else "") or group
        is_twice = names[str(cell).strip().casefold()] > 1
        found.append(f"{group} {cell}".strip() if is_twice else cell)
    return found


def chosen(lines: Sequence[int], header_line: int) -> int:
    """The index of the row that begins in the line which a person named. Raises Refusal if none among the first rows does."""
    if header_line not in lines:
        raise Refusal("no_such_line", _("No row begins in line %(line)s among the first ones of the file.") % {"line": header_line})
    return lines.index(header_line)


def _has_names(row: Sequence[Cell]) -> bool:
    return any(isinstance(cell, str) and cell.strip() for cell in row)


def is_blank(cell: Cell) -> bool:
    """Nothing to see in it."""
    return cell == "" or (isinstance(cell, str) and not cell.strip())


def named(cells: Sequence[Cell], sample: Sequence[Sequence[Cell]]) -> list[str]:
    """Column names: as written, unique, and "(C)" for the third column where it has none; empty columns at the end are dropped."""
    names = [" ".join(str(cell).split()) if not is_blank(cell) else "" for cell in cells]
    while len(names) > 1 and not names[-1] and all(len(row) < len(names) or is_blank(row[len(names) - 1]) for row in sample):
        names.pop()
    used: set[str] = set()
    result = []
    for index, name in enumerate(names):
        candidate = name or f"({letters(index)})"
        number = 2
        while candidate in used:
            candidate = f"{name or letters(index)} ({number})"
            number += 1
        used.add(candidate)
        result.append(candidate)
    return result


def letters(index: int) -> str:
    """The column's letters in a spreadsheet: 0 is A, 26 is AA."""
    found = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        found = chr(65 + rest) + found
    return found
