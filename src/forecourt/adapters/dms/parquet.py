"""Parquet files, row group by row group: read by a process of its own with bounded memory and time, since they are unpacked by native code.

The other process (`parquet_reader.py`) says the columns and then the rows as lines of JSON, dates in ISO form. What a file says of its own
size is not believed: what comes out is counted.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

from forecourt.adapters.dms import headers, kinds, records
from forecourt.engines.intake.ports import GIB, MIB, Cell, Limits, Row, Table
from forecourt.kernel.errors import Refusal
from forecourt.runtime.sentences import sentence as _

MEMORY_BYTES: Final = 2 * GIB
"""Of addresses, most of which are never used."""
SECONDS_TO_LOOK: Final = 20
SECONDS_TO_READ: Final = 1800
_READER: Final = Path(__file__).with_name("parquet_reader.py")


def open_table(path: Path, *, name: str, limits: Limits) -> Table:
    """The table in a Parquet file. Raises Refusal, also while rows are taken."""
    with _reader(path, seconds=SECONDS_TO_LOOK, rows=headers.ROWS_LOOKED_AT) as out:
        told = _line(out, name, limits)
        names, rows_estimate = [str(each) for each in told["columns"]], int(told["rows"])
        if len(names) > records.COLUMNS:
            raise Refusal("too_many_columns", _("“%(name)s” has more than %(limit)s columns.") % {"name": name, "limit": records.COLUMNS})
        sample = [cells for _at, cells in _rows_of(out, name, limits)]
    if not sample:
        raise Refusal("empty_file", _("The file “%(name)s” has no rows.") % {"name": name})
    return Table(
        kind="parquet",
        header=headers.named([each[: records.NAME_LENGTH] for each in names], sample),
        rows=_rows(path, name, limits),
        header_line=0,
        size_bytes=path.stat().st_size,
        rows_estimate=rows_estimate,
        sample=sample,
    )


def _rows(path: Path, name: str, limits: Limits) -> Iterator[Row]:
    with _reader(path, seconds=SECONDS_TO_READ, rows=0) as out:
        _line(out, name, limits)
        yield from _rows_of(out, name, limits)


@contextmanager
def _reader(path: Path, *, seconds: int, rows: int) -> Iterator[IO[bytes]]:
    """What the other process says; it ends with us, whether it was heard to its end or not."""
    asked = json.dumps({"path": str(path), "memory": MEMORY_BYTES, "seconds": seconds, "rows": rows})
    # -P: modules beside the script must not stand in for the standard library's.
    process = subprocess.Popen(
        [sys.executable, "-P", "-s", str(_READER), asked],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        env={"PATH": os.defpath, "LANG": "C.UTF-8", "OMP_NUM_THREADS": "1", "ARROW_DEFAULT_MEMORY_POOL": "system"},
    )  # fmt: skip
    assert process.stdout is not None
    try:
        yield process.stdout
    finally:
        process.kill()
        process.stdout.close()
        process.wait()


def _rows_of(out: IO[bytes], name: str, limits: Limits) -> Iterator[tuple[int, list[Cell]]]:
    left, number = limits.unpacked_bytes, 0
    while True:
        line = _read(out, name, number + 1)
        left -= len(line)
        if left < 0:
            raise _too_large(name, limits)
        told = json.loads(line)
        if isinstance(told, dict):
            if "refused" in told:
                raise _refusal(told["refused"], name, number + 1, limits)
            return
        number += 1
        if any(cell != "" for cell in told):
            yield number, told


def _line(out: IO[bytes], name: str, limits: Limits) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(_read(out, name, 1))
    if "refused" in told:
        raise _refusal(told["refused"], name, 1, limits)
    return told


def _read(out: IO[bytes], name: str, number: int) -> bytes:
    line = out.readline(records.RECORD_BYTES)
    if line.endswith(b"\n"):
        return line
    # Ended in the middle: it died of the file, or what it says has no end.
    raise records.endless(name, number) if len(line) == records.RECORD_BYTES else records.broken(name, number)


def _refusal(code: str, name: str, number: int, limits: Limits) -> Refusal:
    if code == "locked":
        return kinds.refuse("locked", kinds.LOCKED, name)
    return _too_large(name, limits) if code == "too_large" else records.broken(name, number)


def _too_large(name: str, limits: Limits) -> Refusal:
    return Refusal(
        "too_large",
        _("“%(name)s” is too large unpacked (more than %(limit)s MB). Please export a shorter period.")
        % {"name": name, "limit": limits.unpacked_bytes // MIB},
    )
