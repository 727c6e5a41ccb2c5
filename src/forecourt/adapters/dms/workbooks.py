"""Workbooks (XLSX, XLS, ODS): the one sheet that is a table, with formulas as their saved results."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final, cast

import python_calamine

from forecourt.adapters.dms import headers, kinds, packages
from forecourt.engines.intake.ports import UNSAVED_FORMULA, Cell, Limits, Row, Table, TableKind
from forecourt.kernel.errors import Refusal
from forecourt.runtime.sentences import quoted
from forecourt.runtime.sentences import sentence as _

_SHOWN_NAMES: Final = 10


def open_table(path: Path, *, kind: TableKind, name: str, limits: Limits, header_line: int | None = None) -> Table:
    """The table in a workbook. Raises Refusal."""
    if kind == "xls" and path.stat().st_size > limits.workbook_bytes:
        raise Refusal("too_large", _("The workbook “%(name)s” is too large to be opened. Please save it as CSV.") % {"name": name})
    parts = packages.inspect(path, name=name, limit_bytes=limits.workbook_bytes) if kind != "xls" else {}
    try:
        workbook = python_calamine.load_workbook(path)
        sheet = _only_table(workbook, name)
        rows = [cast("list[Cell]", cells) for cells in sheet.iter_rows()]
    except Refusal:
        raise
    except python_calamine.PasswordError as error:
        raise kinds.refuse("locked", kinds.LOCKED, name) from error
    except BaseException as error:
        # The Rust reader panics on some damaged files, with an exception that is no Exception.
        if isinstance(error, (KeyboardInterrupt, SystemExit, MemoryError)):
            raise
        raise Refusal("not_a_table", _("The workbook “%(name)s” is damaged and cannot be opened.") % {"name": name}) from error
    _mark_unsaved(rows, sheet, parts)
    at, is_headless = _header_at(rows, header_line, name)
    if is_headless:
        rows.insert(at, headers.unnamed(rows, at))
        return _table(rows, at, kind, sheet.name, path.stat().st_size, lines_before=0)
    return _table(rows, at, kind, sheet.name, path.stat().st_size)


def _header_at(rows: list[list[Cell]], header_line: int | None, name: str) -> tuple[int, bool]:
    first = next((index for index, cells in enumerate(rows) if not _is_blank(cells)), None)
    if first is None:
        raise _empty(name)
    # A header that a person names may be any of the first lines; else what is blank before the first row does not count.
    first = 0 if header_line else first
    looked_at = rows[first : first + headers.ROWS_LOOKED_AT]
    found = headers.place(looked_at, [first + index + 1 for index in range(len(looked_at))], header_line)
    if found is None:
        raise _empty(name)
    return first + found[0], found[1]


def _table(
    rows: list[list[Cell]], at: int, kind: TableKind, sheet: str, size_bytes: int, lines_before: int = 1
) -> Table:  # fmt: skip
    """`lines_before`: 0 where the header is none of the sheet's rows."""
    sample = [cells for cells in rows[at + 1 : at + headers.ROWS_LOOKED_AT] if not _is_blank(cells)]
    return Table(
        kind=kind,
        header=headers.named(headers.with_groups(rows[at], rows[at - 1] if at else ()), sample),
        rows=_rows(rows, at, lines_before),
        header_line=at + lines_before,
        is_headless=not lines_before,
        sheet=sheet,
        size_bytes=size_bytes,
        rows_estimate=len(rows) - at - 1,
        sample=sample,
    )


def _rows(rows: list[list[Cell]], header_at: int, lines_before: int) -> Iterator[Row]:
    heading = rows[header_at]
    for index in range(header_at + 1, len(rows)):
        cells = rows[index]
        if _is_blank(cells) or cells == heading or (index == header_at + 1 and headers.says_units(cells)):
            continue
        yield index + lines_before, cells


def _only_table(workbook: python_calamine.CalamineWorkbook, name: str) -> python_calamine.CalamineSheet:
    """The only visible sheet with content; among several, the only one that has at least two columns and two rows."""
    visible = [
        sheet.name
        for sheet in workbook.sheets_metadata
        if sheet.visible == python_calamine.SheetVisibleEnum.Visible and sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
    ]
    filled = [sheet for sheet in map(workbook.get_sheet_by_name, visible) if sheet.height]
    if len(filled) > 1:
        filled = [sheet for sheet in filled if sheet.height > 1 and sheet.width > 1] or filled
    if not filled:
        raise _empty(name)
    if len(filled) > 1:
        names = quoted([sheet.name for sheet in filled[:_SHOWN_NAMES]])
        raise Refusal(
            "several_tables",
            _("The workbook “%(name)s” holds several tables: %(sheets)s. Please save the one to import as a file of its own.")
            % {"name": name, "sheets": names},
        )
    return filled[0]


def _mark_unsaved(rows: list[list[Cell]], sheet: python_calamine.CalamineSheet, parts: dict[str, packages.Part]) -> None:
    part = parts.get(sheet.name)
    if part is None or not part.unsaved:
        return
    offset = sheet.start[1] if sheet.start else 0
    # Cells without a value do not count for the reader's idea of where the sheet ends.
    for row, column in sorted(part.unsaved):
        place = column - offset
        if place < 0:
            continue
        rows.extend([] for _missing in range(row + 1 - len(rows)))
        rows[row].extend("" for _missing in range(place + 1 - len(rows[row])))
        if rows[row][place] == "":
            rows[row][place] = UNSAVED_FORMULA


def _is_blank(cells: list[Cell]) -> bool:
    return not any(cell != "" for cell in cells)


def _empty(name: str) -> Refusal:
    return Refusal("empty_file", _("The file “%(name)s” has no rows.") % {"name": name})
