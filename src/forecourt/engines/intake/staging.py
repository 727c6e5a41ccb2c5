# ruff: noqa: S608 - SQL is put together from names of our own tables; values are always parameters
"""Rows on their way into PostgreSQL: gathered in memory by the thousand, COPYed into temporary tables, wrong ones onto disk.

Nothing here grows with the length of the file.
"""

import json
import tempfile
from collections.abc import Iterable, Iterator
from typing import IO, Any, Final
from uuid import UUID

from django.utils.translation import gettext_noop

from forecourt.engines.intake.models import ERASED
from forecourt.engines.intake.parts import Head, Part, Read
from forecourt.engines.intake.ports import UNSAVED_FORMULA, Cell
from forecourt.engines.intake.values import Wrong
from forecourt.records.history import imports as history
from forecourt.records.history import line_imports
from forecourt.records.people import imports as people
from forecourt.records.people.returns import Remembered
from forecourt.records.vehicles import imports as vehicles
from forecourt.runtime import departures
from forecourt.runtime.database.bulk import NULL, CopyBeside, copy_into, copy_line, create_temporary, new_id
from forecourt.runtime.sentences import Sentence, kept

ROWS_PER_COPY: Final = 4000
_MOST_KEPT: Final = 1 << 30  # bytes of wrong rows with their cells
# Rows without a job line, to say afterwards which of them were new; those with one are told by their line.
BARE_ROWS: Final = "imported_row"
_ERASED_ON: Final = gettext_noop("Not taken: this person was erased on %(day)s.")
_BARE_COLUMNS: Final = ("line integer", "customer_key uuid", "vehicle_key uuid", "visit_key uuid")


class Staging:
    """The temporary tables of one import and what waits to be copied into them."""

    def __init__(self, cursor: Any, copying: CopyBeside) -> None:
        self._copying = copying
        self._waiting = _empty()
        for context in (people, vehicles, history):
            context.prepare(cursor)
        create_temporary(cursor, BARE_ROWS, _BARE_COLUMNS)
        departures.prepare(cursor)
        self._rows = 0
        # How much was staged, by what it is: some of it more than once, where a file tells of it in places far apart.
        self.staged = dict.fromkeys(("customers", "cars", "orders", "lines"), 0)
        self._last_held: tuple[str | None, str | None] = (None, None)

    def add(self, line: int, read: Read) -> None:
        """Take in a right row."""
        head = read.head
        if not head.is_staged:
            self._add_head(line, head)
        if not head.says_something():
            return
        if read.job_line is None:
            self._waiting[BARE_ROWS].append(copy_line((line, head.customer.key, head.vehicle.key, head.order.key)))
        else:
            self._waiting[line_imports.STAGED].append(f"{line}\t{head.order.key}\t{read.job_line}")
            self.staged["lines"] += 1
        self._count()

    def _count(self) -> None:
        self._rows += 1
        if self._rows >= ROWS_PER_COPY:
            self.flush()

    def _add_head(self, line: int, head: Head) -> None:
        customer, vehicle, order = head.customer, head.vehicle, head.order
        self._add_part(people.STAGED, "customers", line, customer)
        self._add_part(vehicles.STAGED, "cars", line, vehicle)
        if vehicle.key and not order.key and (vehicle.key, customer.key) != self._last_held:
            self._last_held = (vehicle.key, customer.key)
            self._waiting[vehicles.STAGED_HOLDINGS].append(copy_line((vehicle.key, customer.key, line, None, None)))
        if order.key and not order.is_staged and vehicle.key:
            self._waiting[vehicles.STAGED_HOLDINGS].append(f"{vehicle.key}\t{customer.key or NULL}\t{line}\t{order.held}")
        self._add_part(history.STAGED, "orders", line, order)
        if head.gone:
            self.name(line, head.gone, is_flagged=True)
            self.name(line, head.named)
        head.is_staged = True

    def name(self, line: int, named: Iterable[str], *, is_flagged: bool = False) -> None:
        """Note what a row names that is not taken in: gone from its source, or with something wrong."""
        self._waiting[departures.NAMED] += [f"{line}\t{is_flagged}\t{each}" for each in named]
        self._count()

    def _add_part(self, table: str, thing: str, line: int, part: Part) -> None:
        if part.key and not part.is_staged:
            self.staged[thing] += 1
            self._waiting[table].append(f"{part.key}\t{line}\t{part.told}")
            part.is_staged = True

    def flush(self) -> None:
        """Copy what waits."""
        self._copying.copy(self._waiting)
        self._waiting = _empty()
        self._rows = 0


def _empty() -> dict[str, list[str]]:
    return {
        people.STAGED: [], vehicles.STAGED: [], vehicles.STAGED_HOLDINGS: [], history.STAGED: [], line_imports.STAGED: [], BARE_ROWS: [],
        departures.NAMED: [],
    }  # fmt: skip


class Rejections:
    """Wrong rows and remarks, kept on disk until the import has an end: also a dry run, which rolls back, keeps them."""

    def __init__(self) -> None:
        self._file: IO[str] = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - lives as long as the import
        self.rows = 0
        self.remarks = 0
        self.erased = 0

    def add(self, line: int, wrongs: list[Wrong], cells: list[Cell]) -> None:
        """Keep a row that was not taken, with every reason."""
        self.rows += 1
        # So many wrong rows are nobody's to mend one by one: what they held is left in the file.
        kept = [_kept(cell) for cell in cells] if self._file.tell() < _MOST_KEPT else []
        for wrong in wrongs:
            self._write(line, wrong, kept, is_remark=False)

    def remark(self, line: int, wrong: Wrong) -> None:
        """Note a value that was left out of a row that was taken."""
        self.remarks += 1
        self._write(line, wrong, [], is_remark=True)

    def leave_out(self, line: int, remembered: Remembered) -> None:
        """Note that a row is an erased person's; nothing of what it says is kept."""
        self.erased += 1
        reason = Sentence.of(_ERASED_ON, {"day": remembered.at.date()})
        self._write(line, Wrong("", "", ERASED, kept(reason)), [], is_remark=False, erased=remembered.dump())

    def _write(self, line: int, wrong: Wrong, cells: list[Any], *, is_remark: bool, erased: dict[str, Any] | None = None) -> None:
        told = (wrong.column[:120], wrong.value[:400], wrong.reason_code, wrong.reason_text)
        entry = (line, *told, cells, is_remark, erased or {})
        self._file.write(json.dumps(entry, ensure_ascii=True) + "\n")

    def _entries(self) -> Iterator[str]:
        self._file.seek(0)
        for place, text in enumerate(self._file, start=1):
            line, column, value, code, reason, cells, is_remark, erased = json.loads(text)
            kept = _sound(json.dumps(cells, ensure_ascii=False))
            yield copy_line((place, line, _sound(column), _sound(value), code, reason, kept, is_remark, json.dumps(erased)))

    def store(self, cursor: Any, *, import_id: UUID, organisation_id: UUID) -> None:
        """Write them as rows of the import."""
        columns = (
            "place integer",
            "line integer",
            "column_name text",
            "value text",
            "reason_code text",
            "reason text",
            "cells jsonb",
            "is_remark boolean",
            "erased jsonb",
        )
        create_temporary(cursor, "arrived_rejection", columns)
        batch: list[str] = []
        for entry in self._entries():
            batch.append(entry)
            if len(batch) >= ROWS_PER_COPY:
                copy_into(cursor, "arrived_rejection", batch)
                batch.clear()
        copy_into(cursor, "arrived_rejection", batch)
        cursor.execute(
            f"""INSERT INTO intake_rejectedrow
                    (id, organisation_id, of_import_id, line, "column", value, reason_code, reason, cells, is_remark, erased)
                SELECT {new_id("place")}, %s, %s, line, column_name, value, reason_code, reason, cells, is_remark, erased
                FROM arrived_rejection""",
            [organisation_id, import_id],
        )

    def close(self) -> None:
        """Let the file go."""
        self._file.close()


def _kept(cell: Cell) -> str | int | float:
    if cell is UNSAVED_FORMULA:
        return ""
    return cell if isinstance(cell, str | int | float) else cell.isoformat() if hasattr(cell, "isoformat") else str(cell)


def _sound(text: str) -> str:
    """PostgreSQL takes neither zero bytes nor halves of surrogate pairs."""
    return text.replace("\\u0000", "\\ufffd").replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")
