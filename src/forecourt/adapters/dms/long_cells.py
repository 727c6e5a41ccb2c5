"""Which cell of delimited text is longer than cells may be: said by line and column, so that it can be found and shortened."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from forecourt.kernel.errors import Refusal
from forecourt.runtime.sentences import Sentence
from forecourt.runtime.sentences import sentence as _


@dataclass(frozen=True)
class LongCell:
    """The cell's place in its row, and whether it goes over several lines, as one does whose quotation mark is never closed."""

    index: int
    has_breaks: bool


def find(lines: Iterable[str], *, delimiter: str, quote: str, escape: str | None) -> LongCell | None:
    """The first cell too long in the row that begins with these lines; None if it has none."""
    longest, index, length = csv.field_size_limit(), 0, 0
    is_quoted = has_breaks = is_escaped = False
    for text in lines:
        for sign in text:
            if is_escaped:
                is_escaped = False
            elif sign == escape:
                is_escaped = True
                continue
            elif sign == quote:
                is_quoted = not is_quoted
                continue
            elif not is_quoted and sign == delimiter:
                index, length, has_breaks = index + 1, 0, False
                continue
            length += 1
            if length > longest:
                return LongCell(index, has_breaks)
        if not is_quoted:
            return None
        has_breaks = True
    return None


def refusal(cell: LongCell, *, name: str, line: int, header: Sequence[str] = ()) -> Refusal:
    """What is said of the file; a column whose name is not known goes by its place."""
    column = header[cell.index] if cell.index < len(header) else cell.index + 1
    return Refusal("not_a_table", _told(cell) % {"name": name, "line": line, "column": column, "limit": csv.field_size_limit()})


def _told(cell: LongCell) -> Sentence:
    if cell.has_breaks:
        return _(
            "“%(name)s”: the cell that begins in line %(line)s, column “%(column)s”, has more than %(limit)s characters. Perhaps its quotation mark is never closed."
        )
    return _("“%(name)s”: the cell in line %(line)s, column “%(column)s”, has more than %(limit)s characters. Please shorten it.")
