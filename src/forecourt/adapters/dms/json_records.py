"""JSON: objects one after the other, one a line or not, or a list of them. Read piece by piece, whatever the length.

An object inside becomes columns of its own ("customer.email"), one level deep. A list of objects inside, such as the lines of an order,
becomes one row for each. What lies deeper stays JSON in its cell.
"""

import codecs
import io
import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from forecourt.adapters.dms import records
from forecourt.adapters.dms.records import Record
from forecourt.engines.intake.ports import Cell, Table

BLOCK: Final = 256 * 1024
_BETWEEN: Final = re.compile(r"[\s,]*")
_END: Final = re.compile(r"\s*\]?\s*$")
# What programs call the list that their answer wraps.
_WRAPPERS: Final = ("content", "data", "entries", "items", "records", "results", "rows", "value", "values")
_BEGIN: Final = re.compile(r"\s*(\{\s*\"(?:" + "|".join(_WRAPPERS) + r")\"\s*:\s*(?=\[))?\[?", re.IGNORECASE)


def open_table(path: Path, *, name: str) -> Table:
    """The table in a JSON file. Raises Refusal, also while rows are taken."""
    with path.open("rb") as stream:
        is_utf_16 = stream.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    encoding = "utf-16" if is_utf_16 else "utf-8-sig"
    return records.table(lambda: _records(path, name, encoding), kind="json", name=name, size_bytes=path.stat().st_size, encoding=encoding)


def _from_windows(error: UnicodeError) -> tuple[str, int]:
    """JSON is in UTF-8; what old programs write instead is Windows' code page, taken byte by byte where UTF-8 cannot be."""
    if isinstance(error, UnicodeDecodeError):
        return error.object[error.start : error.end].decode("cp1252", "replace"), error.end
    raise error


codecs.register_error("forecourt.windows", _from_windows)


def _records(path: Path, name: str, encoding: str) -> Iterator[Record]:
    errors = "replace" if encoding == "utf-16" else "forecourt.windows"
    with path.open("rb") as raw, io.TextIOWrapper(raw, encoding=encoding, errors=errors) as stream:
        values = _unwrapped(_values(stream, name))
        for number, value in enumerate(values, start=1):
            if not isinstance(value, dict):
                raise records.broken(name, number)
            read_to = raw.tell()
            for cells in _rows_of(value):
                yield Record(cells, read_to)


def _values(stream: io.TextIOWrapper, name: str) -> Iterator[Any]:
    decoder = json.JSONDecoder(parse_constant=lambda _name: "")
    text, at, number = stream.read(BLOCK), 0, 1
    begin = _BEGIN.match(text)
    assert begin is not None
    at, is_wrapped = begin.end(), bool(begin[1])
    while True:
        gap = _BETWEEN.match(text, at)
        at = gap.end() if gap else at
        if is_wrapped and text[at : at + 1] == "]":
            return
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            more = "" if isinstance(error, RecursionError) else stream.read(max(BLOCK, len(text) - at))
            if more:
                if len(text) - at > records.RECORD_BYTES:
                    raise records.endless(name, number) from error
                text, at = text[at:] + more, 0
                continue
            if _END.match(text, at):
                return
            raise records.broken(name, number) from error
        yield value
        number += 1


def _unwrapped(values: Iterator[Any]) -> Iterator[Any]:
    """What the one object around everything holds; else the values as they are."""
    first = next(values, None)
    if first is None:
        return
    second = next(values, None)
    inner = (
        [key for key, value in first.items() if key.casefold() in _WRAPPERS and _is_list_of_objects(value)]
        if isinstance(first, dict)
        else []
    )
    if second is None and len(inner) == 1:
        yield from first[inner[0]]
        return
    yield first
    if second is not None:
        yield second
        yield from values


def _rows_of(value: dict[str, Any]) -> Iterator[dict[str, Cell]]:
    """One row, or one for each object of the first list of objects inside."""
    unfolded = next((key for key, inner in value.items() if _is_list_of_objects(inner)), None)
    cells: dict[str, Cell] = {}
    for key, inner in value.items():
        if isinstance(inner, dict):
            cells.update({records.clean(f"{key}.{below}"): _cell(deeper) for below, deeper in inner.items()})
        elif key != unfolded:
            cells[records.clean(key)] = _cell(inner)
    if unfolded is None:
        yield cells
        return
    for each in value[unfolded]:
        yield cells | {records.clean(f"{unfolded}.{below}"): _cell(deeper) for below, deeper in each.items()}


def _is_list_of_objects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, dict) for each in value)


def _cell(value: Any) -> Cell:
    if value is None:
        return ""
    if isinstance(value, str):
        return records.clean(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else ""
    if isinstance(value, int):
        return value
    if isinstance(value, list) and not any(isinstance(each, (list, dict)) for each in value):
        return records.clean(", ".join(str(each) for each in value if each is not None))
    return records.clean(json.dumps(value, ensure_ascii=False))
