"""Where a table begins: titles and padding above the header are skipped, columns without a name get one; what is no row of it."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from forecourt.engines.intake.ports import Cell
from forecourt.kernel.errors import Refusal
from forecourt.runtime.sentences import sentence as _

ROWS_LOOKED_AT: Final = 200
_ROWS_FOR_HEADER: Final = 40
_VIN: Final = re.compile(r"(?=[A-Z]*\d)(?=\d*[A-Z])[A-HJ-NPR-Z0-9]{17}", re.IGNORECASE)
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}", re.IGNORECASE)
_DAY: Final = re.compile(r"\d{1,2}[./]\d{1,2}[./]\d{4}|\d{4}-\d{2}-\d{2}")


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


def is_data(row: Sequence[Cell]) -> bool:
    """Whether the first row of a table is one of its records: it holds what no column is called."""
    texts = [cell.strip() for cell in row if isinstance(cell, str)]
    if any(_VIN.fullmatch(text) or _EMAIL.fullmatch(text) for text in texts):
        return True
    return sum(bool(_DAY.fullmatch(text)) for text in texts) == 1 and any(text.isdecimal() for text in texts)


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
