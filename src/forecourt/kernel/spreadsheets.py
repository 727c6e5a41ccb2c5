"""Tables that people open in a spreadsheet: comma-separated text in which no cell is run as a formula."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

_FORMULA: Final = re.compile(r"^[=+\-@\t\r]")
_PLAIN_NUMBER: Final = re.compile(r"^[+-]?[\d.,' /()]*\d[\d.,' /()-]*$")


def as_csv(header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> bytes:
    """Semicolons and a byte order mark: what spreadsheets of every language open with a double click."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([defused(name) for name in header])
    writer.writerows([defused(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def defused(cell: Any) -> Any:
    """A cell that no spreadsheet runs: what could be a formula begins with an apostrophe; numbers stay numbers."""
    if isinstance(cell, str) and _FORMULA.match(cell) and not _PLAIN_NUMBER.match(cell):
        return f"'{cell}"
    return cell
