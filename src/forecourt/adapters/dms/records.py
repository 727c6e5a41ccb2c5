"""Records that name their own cells (JSON, XML) as one table: the columns are those that the first records have, in the order in which they came.

Where a record is named in a sentence, and as the line of its row, its place in the file counts, from 1.
"""

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from forecourt.adapters.dms import headers
from forecourt.engines.intake.ports import Cell, Row, Table, TableKind
from forecourt.kernel.errors import Refusal
from forecourt.runtime.sentences import sentence as _

LOOKED_AT_BYTES: Final = 8 * 1024 * 1024
"""So much of a file is read to learn its columns; what only comes later has none."""
COLUMNS: Final = 1000
NAME_LENGTH: Final = 120
RECORD_BYTES: Final = 8 * 1024 * 1024
"""So much without the end of one record is no table."""


class Record(NamedTuple):
    """Its cells by name, and up to which byte the file was read for it."""

    cells: dict[str, Cell]
    read_to: int


def table(
    read: Callable[[], Iterator[Record]], *, kind: TableKind, name: str, size_bytes: int, encoding: str | None = None
) -> Table:  # fmt: skip
    """The table of these records; `read` begins anew each time. Raises Refusal."""
    names: dict[str, None] = {}
    first: list[dict[str, Cell]] = []
    count = read_to = 0
    is_whole = True
    for record in read():
        count, read_to = count + 1, record.read_to
        names.update(dict.fromkeys(record.cells))
        if len(names) > COLUMNS:
            raise Refusal("too_many_columns", _("“%(name)s” has more than %(limit)s columns.") % {"name": name, "limit": COLUMNS})
        if len(first) < headers.ROWS_LOOKED_AT:
            first.append(record.cells)
        if read_to > LOOKED_AT_BYTES:
            is_whole = False
            break
    if not names:
        raise Refusal("empty_file", _("The file “%(name)s” has no rows.") % {"name": name})
    sample = [row for row in (_row(cells, names) for cells in first) if any(cell != "" for cell in row)]
    return Table(
        kind=kind,
        header=headers.named([each[:NAME_LENGTH] for each in names], sample),
        rows=_rows(read, names),
        header_line=0,
        encoding=encoding,
        size_bytes=size_bytes,
        rows_estimate=count if is_whole else count * size_bytes // read_to,
        sample=sample,
    )


def _rows(read: Callable[[], Iterator[Record]], names: dict[str, None]) -> Iterator[Row]:
    for line, record in enumerate(read(), start=1):
        cells = _row(record.cells, names)
        if any(cell != "" for cell in cells):
            yield line, cells


def _row(cells: dict[str, Cell], names: dict[str, None]) -> list[Cell]:
    get = cells.get
    return [get(name, "") for name in names]


def clean(text: str) -> str:
    """Without what no database takes as text: zeros, and halves of characters."""
    if "\x00" in text:
        text = text.replace("\x00", "")
    if text.isascii():
        return text
    return text.encode("utf-8", "replace").decode()


def endless(name: str, number: int) -> Refusal:
    """One record that does not end."""
    return Refusal(
        "not_a_table",
        _("Record %(number)s of “%(name)s” has no end: more than %(limit)s MB belong to it.")
        % {"name": name, "number": number, "limit": RECORD_BYTES >> 20},
    )


def broken(name: str, number: int) -> Refusal:
    """What comes after the last whole record cannot be read."""
    return Refusal(
        "not_a_table",
        _("“%(name)s” cannot be read from record %(number)s on: it is damaged or was cut off.") % {"name": name, "number": number},
    )
