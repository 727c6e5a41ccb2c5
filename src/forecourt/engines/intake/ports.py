"""What intake asks of whoever reads a file: one table, its header and its rows, one after the other.

The readers themselves are adapters (`adapters.dms`); `config.wiring` puts one in place with `read_tables_with`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from enum import Enum
from pathlib import Path
from typing import Final, Literal, Protocol

GIB: Final = 1024**3
MIB: Final = 1024**2


class Unsaved(Enum):
    """A cell that holds a formula whose result the program that wrote the file did not save."""

    FORMULA = "formula"


UNSAVED_FORMULA: Final = Unsaved.FORMULA

TableKind = Literal["delimited", "xlsx", "xls", "ods", "parquet", "json", "xml"]

# date covers datetime; bool is an int.
Cell = str | int | float | date | time | timedelta | Unsaved
Row = tuple[int, list[Cell]]


@dataclass(frozen=True)
class Limits:
    """How large a file may be before it is refused, decided before it is read."""

    # Fifty million job lines with all columns are some 12 GB; they are read row by row and need no more memory than few.
    file_bytes: int = 16 * GIB
    # Of a packed file, which may be made to be endless.
    unpacked_bytes: int = 2 * GIB
    # A workbook lies in memory as a whole; the other kinds never do.
    workbook_bytes: int = 512 * MIB


#: Code pages that a person may choose for a file, in the order in which they are offered.
ENCODINGS: Final = ("utf-8", "cp1252", "cp1250", "iso8859_16", "cp850", "cp852", "mac_roman", "gb18030", "utf-16")
DELIMITERS: Final = (";", ",", "\t", "|", "^", "~")
#: In place of a delimiter: columns are aligned by spaces.
FIXED: Final = "fixed"
#: In place of the header's line: the file has none, and its first row is a record.
NO_HEADER: Final = 0
QUOTES: Final = ('"', "'")


@dataclass(frozen=True)
class Manner:
    """How a person said that a file is to be read, where what was detected is wrong; None: as detected."""

    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    # As the file counts its lines, from 1; NO_HEADER: it has none.
    header_line: int | None = None


AS_DETECTED: Final = Manner()


@dataclass
class Table:
    """One table of a file. `rows` can be taken once and yields (line in the file, cells); blank rows are left out.

    Where a file has no lines (Parquet, JSON, XML), a row's number stands for its line.
    """

    kind: TableKind
    header: list[str]
    rows: Iterator[Row]
    header_line: int = 1
    # No row names the columns: they are called by their place, "(A)".
    is_headless: bool = False
    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    sheet: str | None = None
    size_bytes: int = 0
    # Lines (delimited) or rows (workbook) below the header: exact but for line breaks inside quotes.
    rows_estimate: int = 0
    # Begins `rows` anew, where that costs little; None: such a file is gone through once.
    rows_again: Callable[[], Iterator[Row]] | None = None
    # The first rows below the header, to guess meaning and style from; `rows` yields them again.
    sample: list[list[Cell]] = field(default_factory=list)


class TableReader(Protocol):
    """Opens a file as a table, or raises Refusal with the reason in a sentence."""

    def __call__(self, path: Path, *, name: str, limits: Limits = ..., manner: Manner = ...) -> Table: ...


class _Readers:
    """Holds the reader that wiring chose."""

    table: TableReader | None = None


def read_tables_with(reader: TableReader) -> None:
    """Let files be opened by this reader from now on; called once, by wiring."""
    _Readers.table = reader


def open_table(path: Path, *, name: str, limits: Limits | None = None, manner: Manner = AS_DETECTED) -> Table:
    """Open the file with the reader that wiring chose."""
    if _Readers.table is None:
        raise RuntimeError("No reader for tables: config.wiring calls engines.intake.ports.read_tables_with")
    return _Readers.table(path, name=name, limits=limits or Limits(), manner=manner)
