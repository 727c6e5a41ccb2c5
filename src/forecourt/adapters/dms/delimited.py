"""Delimited text: CSV, TSV and their relatives, streamed in constant memory whatever the length."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from forecourt.adapters.dms import encodings, fixed, headers, long_cells
from forecourt.engines.intake.ports import AS_DETECTED, FIXED, Cell, Manner, Row, Table
from forecourt.kernel.errors import Refusal
from forecourt.runtime.sentences import sentence as _

if TYPE_CHECKING:
    import _csv

DELIMITERS: Final = (";", ",", "\t", "|", "^", "~", "\x1f")
SAMPLE_CHARACTERS: Final = 256 * 1024
BUFFER_BYTES: Final = 256 * 1024
# So much without the end of one row is no table: a single endless line, or a quote that is never closed.
ROW_BYTES: Final = 8 * 1024 * 1024
# In a table of fewer columns the text of one cell may look like rows of it.
_WIDE: Final = 4


@dataclass(frozen=True)
class Dialect:
    """How the cells of one file are told apart."""

    delimiter: str
    quote: str = '"'
    escape: str | None = None
    skip_spaces: bool = False
    # Where the columns are aligned by spaces.
    layout: fixed.Layout | None = None

    def reader(self, lines: Iterator[str]) -> "_csv.Reader":
        """A reader over the lines."""
        return csv.reader(
            lines,
            delimiter=" " if self.layout else self.delimiter,
            quotechar=self.quote,
            escapechar=self.escape,
            doublequote=self.escape is None,
            skipinitialspace=self.skip_spaces,
        )

    def long_cell(self, lines: Iterable[str]) -> long_cells.LongCell | None:
        """Of the row that begins with these lines, the cell that a reader takes no more."""
        return long_cells.find(lines, delimiter=self.delimiter, quote=self.quote, escape=self.escape)


class _Guard(io.RawIOBase):
    """The file's bytes, refusing once too many came without a row: csv and line reading would keep them all in memory."""

    def __init__(self, path: Path, name: str) -> None:
        self._file = path.open("rb", buffering=0)
        self._name = name
        self._since_row = 0
        self.row_came = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if self.row_came:
            self.row_came = False
            self._since_row = 0
        count = self._file.readinto(buffer) or 0
        self._since_row += count
        if self._since_row > ROW_BYTES:
            raise _endless_row(self._name)
        return count

    def close(self) -> None:
        self._file.close()
        super().close()


def open_table(path: Path, *, name: str, manner: Manner = AS_DETECTED) -> Table:
    """The table in a text file. Raises Refusal, also while rows are taken."""
    scanned = encodings.scan(path, name=name, chosen=manner.encoding)
    text = _sample(path, name, scanned.encoding)
    is_whole = len(text) < SAMPLE_CHARACTERS
    _refuse_endless_line(text, name, is_whole=is_whole)
    dialect = _dialect(text, manner, name, is_whole=is_whole)
    rows = _sample_rows(dialect, text, name, is_whole=is_whole)
    place = headers.place([cells for _line, cells in rows], [line for line, _cells in rows], manner.header_line)
    if place is None:
        raise Refusal("empty_file", _("The file “%(name)s” has no rows.") % {"name": name})
    found, is_headless = place
    header_line, header_cells = rows[found]
    if is_headless:
        header_cells = [str(cell) for cell in headers.unnamed([cells for _line, cells in rows], found)]
        found, header_line = found - 1, header_line - 1
    sample: list[list[Cell]] = [list(cells) for _line, cells in rows[found + 1 :] if any(cells)]
    above = rows[found - 1][1] if found > 0 else ()
    header = headers.named(headers.with_groups(header_cells, above), sample)
    again = partial(_rows, path, name, scanned.encoding, dialect, found, header_cells, header)
    return Table(
        kind="delimited",
        header=header,
        rows=again(),
        rows_again=again,
        header_line=header_line,
        is_headless=is_headless,
        encoding=scanned.encoding,
        delimiter=dialect.delimiter,
        quote=None if dialect.layout else dialect.quote,
        size_bytes=scanned.size_bytes,
        rows_estimate=max(0, scanned.line_ends + (0 if text.endswith(("\n", "\r")) else 1) - header_line),
        sample=sample,
    )


def _text(path: Path, name: str, encoding: str) -> tuple[io.TextIOWrapper, _Guard]:
    guard = _Guard(path, name)
    stream = io.TextIOWrapper(io.BufferedReader(guard, BUFFER_BYTES), encoding=encoding, errors="replace", newline="")
    return stream, guard


def _sample(path: Path, name: str, encoding: str) -> str:
    stream, _guard = _text(path, name, encoding)
    with stream:
        return stream.read(SAMPLE_CHARACTERS)


def _refuse_endless_line(text: str, name: str, *, is_whole: bool) -> None:
    if not is_whole and "\n" not in text and "\r" not in text:
        raise _endless_row(name)
    if text.rstrip("\x00").count("\x00") > 2:
        raise Refusal("not_a_table", _("“%(name)s” holds no text and no table. Please export the list as CSV or XLSX.") % {"name": name})


def _endless_row(name: str) -> Refusal:
    return Refusal(
        "not_a_table",
        _("“%(name)s” has a row without an end: a quotation mark is never closed, or there are no line breaks.") % {"name": name},
    )


class _Lines:
    """The lines of a file for the csv reader, which is given only those that need it: one that was looked at is put back before it."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.all = lines
        self.put_back = ""
        # Those that the reader was given for the row that it is at.
        self.given: list[str] = []
        # Lines that the reader has not seen, and so does not count.
        self.cut = 0
        # Where the row begins that the reader is at, and whether it asked for more than there is: then a quote is open to the end.
        self.row_at = 0
        self.is_over = False

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        text, self.put_back = self.put_back, ""
        text = text or next(self.all, "")
        if not text:
            self.is_over = True
            raise StopIteration
        self.given.append(text)
        return text


def _rows(
    path: Path, name: str, encoding: str, dialect: Dialect, header_index: int, heading: list[str], header: Sequence[str]
) -> Iterator[Row]:  # fmt: skip
    stream, guard = _text(path, name, encoding)
    with stream:
        lines = _Lines(iter(stream))
        reader = dialect.reader(lines)
        try:
            for _skipped in range(header_index + 1):
                next(lines if dialect.layout else reader)
            width, first, told = len(heading), heading[0], 0
            cut = _aligned(lines, header_index + 2, dialect.layout, name) if dialect.layout else _cells(lines, reader, dialect, width)
            for line, cells in cast("Iterator[Row]", cut):
                guard.row_came = True
                # A page of a printed list begins with the header once more.
                if cells[0] == first and cells == heading:
                    continue
                if len(cells) < width or not told:
                    if headers.says_nothing(cells) or (not told and headers.says_units(cells)):
                        continue
                    told = line
                if any(cells):
                    yield line, cells
        except csv.Error as error:
            line = lines.row_at or reader.line_num
            with path.open(encoding=encoding, errors="replace", newline="") as anew:
                if cell := dialect.long_cell(islice(anew, line - 1, None)):
                    raise long_cells.refusal(cell, name=name, line=line, header=header) from error
            raise Refusal(
                "not_a_table",
                _("“%(name)s” cannot be read from line %(line)s on: a quotation mark is not closed.") % {"name": name, "line": line},
            ) from error


def _aligned(lines: Iterable[str], line: int, layout: fixed.Layout, name: str) -> Iterator[tuple[int, list[str]]]:
    """Each row with its line. Raises Refusal for one that does not stand in the columns."""
    for number, raw in enumerate(lines, start=line):
        text = raw.rstrip("\r\n\x1a ").replace("\f", "")
        if not text or headers.says_nothing([text]):
            continue
        cells = layout.cells(text)
        if cells is None or "\t" in text:
            raise fixed.refusal(name, number)
        yield number, cells


def _cells(lines: _Lines, reader: "_csv.Reader", dialect: Dialect, width: int) -> Iterator[tuple[int, list[str]]]:
    """Each row with its line. A line without a quote is a row as it stands: cutting it at the delimiter takes a quarter of csv's time."""
    if dialect.skip_spaces or dialect.escape:
        while (cells := _whole_row(lines, reader, line=reader.line_num + 1)) is not None:
            yield from _as_meant(lines, cells, dialect, width)
        return
    delimiter, quote, longest = dialect.delimiter, dialect.quote, csv.field_size_limit()
    for text in lines.all:
        line = lines.cut + reader.line_num + 1
        if quote in text or len(text) > longest:
            lines.put_back = text
            yield from _as_meant(lines, _whole_row(lines, reader, line=line) or [], dialect, width)
        else:
            lines.cut += 1
            yield line, text.rstrip("\r\n").split(delimiter)


def _whole_row(lines: _Lines, reader: "_csv.Reader", *, line: int) -> list[str] | None:
    """The next row, or None at the end. Raises csv.Error where a quote stays open: all rows behind it would be one cell, and lost."""
    lines.row_at = line
    lines.given.clear()
    cells = next(reader, None)
    if cells is not None and lines.is_over:
        raise csv.Error("a quote is open to the end of the file")
    return cells


def _as_meant(lines: _Lines, cells: list[str], dialect: Dialect, width: int) -> Iterator[tuple[int, list[str]]]:
    """The row with its line; or the rows, where a sign for inches at the beginning of a cell was taken for a quote that went on to the next one.

    Then each line is as wide as the table. Where it was a quote, the first line breaks off, or the last one ends with the quote.
    """
    given = lines.given
    if len(given) > 1 and width >= _WIDE and not given[-1].rstrip().endswith(dialect.quote):
        rows = [_row_of(text, dialect, width) for text in given]
        if all(len(row) == width for row in rows):
            yield from enumerate(rows, start=lines.row_at)
            return
    yield lines.row_at, cells or [""]


def _row_of(line: str, dialect: Dialect, width: int) -> list[str]:
    row = next(dialect.reader(iter((line,))), [])
    return row if len(row) == width and "\n" not in row[-1] else line.rstrip("\r\n").split(dialect.delimiter)


def _sample_rows(dialect: Dialect, text: str, name: str, *, is_whole: bool) -> list[tuple[int, list[str]]]:
    rows: list[tuple[int, list[str]]] = []
    if dialect.layout:
        # One row a line: those that lie over the columns are titles above the header.
        lines = io.StringIO(text, newline="").readlines()[: headers.ROWS_LOOKED_AT]
        return [(number, _aligned_or_whole(line, dialect.layout)) for number, line in enumerate(lines, start=1)]
    reader = dialect.reader(iter(io.StringIO(text, newline="")))
    line = 1
    try:
        for cells in reader:
            rows.append((line, cells))
            line = reader.line_num + 1
            if len(rows) >= headers.ROWS_LOOKED_AT:
                return rows
    except csv.Error as error:
        if len(rows) >= 2:
            return rows
        if cell := dialect.long_cell(islice(io.StringIO(text, newline=""), line - 1, None)):
            raise long_cells.refusal(cell, name=name, line=line, header=rows[0][1] if rows else ()) from error
        raise _endless_row(name) from error
    # The last row of a cut sample may be half a row.
    return rows if is_whole or len(rows) < 2 else rows[:-1]


def _aligned_or_whole(line: str, layout: fixed.Layout) -> list[str]:
    text = line.rstrip("\r\n\x1a ").replace("\f", "")
    return [""] if headers.says_nothing([text]) else layout.cells(text) or [text.strip()]


def _dialect(text: str, manner: Manner, name: str, *, is_whole: bool) -> Dialect:
    if manner.delimiter in (None, FIXED):
        layout = fixed.find(text, name, is_whole=is_whole, is_chosen=manner.delimiter == FIXED)
        if layout is not None:
            return Dialect(FIXED, layout=layout)
        if manner.delimiter == FIXED:
            raise fixed.none_found(name)
    found = _told_apart(text, manner.delimiter)
    return replace(found, quote=manner.quote, escape=found.escape if manner.quote == found.quote else None) if manner.quote else found


def _told_apart(text: str, chosen: str | None) -> Dialect:
    if chosen is not None:
        return _dialect_with(text, chosen)
    first = text.split("\n", 1)[0].rstrip("\r")
    if first.lower().startswith("sep=") and len(first) == 5:
        # Excel's own way to say it; as a row of one cell it is skipped like a title.
        return Dialect(first[4], _quote(text, first[4]))
    best, best_score = Dialect(","), 0.0
    for delimiter in DELIMITERS:
        if delimiter not in text:
            continue
        dialect = _dialect_with(text, delimiter)
        score = _score(dialect, text)
        if score > best_score:
            best, best_score = dialect, score
    return best


def _dialect_with(text: str, delimiter: str) -> Dialect:
    return Dialect(delimiter, _quote(text, delimiter), _escape(text, delimiter), f'{delimiter} "' in text)


def _quote(text: str, delimiter: str) -> str:
    single = text.count(f"'{delimiter}'")
    return "'" if single > 2 and single > text.count(f'"{delimiter}') + text.count(f'{delimiter}"') else '"'


def _escape(text: str, delimiter: str) -> str | None:
    if '\\"' not in text or '""' in text.replace(f'{delimiter}""', ""):
        return None
    at = text.index('\\"') + 2
    return "\\" if text[at : at + 1] not in (delimiter, "\r", "\n", "") else None


def _score(dialect: Dialect, text: str) -> float:
    """How well a delimiter explains the sample: the share of rows of the usual width, more for more columns."""
    widths: Counter[int] = Counter()
    try:
        for count, cells in enumerate(dialect.reader(iter(io.StringIO(text, newline="")))):
            if any(cells):
                widths[len(cells)] += 1
            if count >= 500:
                break
    except csv.Error:
        # A quote that is never closed: what came before it still tells.
        pass
    wide = {width: count for width, count in widths.items() if width > 1}
    if not wide:
        return 0.0
    width, count = max(wide.items(), key=lambda item: (item[1], item[0]))
    share = count / sum(widths.values())
    return share * share * (1 + min(width, 20) / 20) + min(width, 2) * 0.01
