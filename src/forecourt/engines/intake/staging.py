# ruff: noqa: S608 - SQL is put together from names of our own tables; values are always parameters
"""Rows on their way into PostgreSQL: what `gathering` took from them COPYed into temporary tables, wrong ones onto disk.

Nothing here grows with the length of the file.
"""

import json
import tempfile
from collections.abc import Iterator
from typing import IO, Any, Final
from uuid import UUID

from django.utils.translation import gettext_noop

from forecourt.engines.intake.gathering import BARE_COLUMNS, BARE_ROWS, THINGS, Block, Erased, Rejected, Remark
from forecourt.engines.intake.models import ERASED
from forecourt.engines.intake.ports import UNSAVED_FORMULA, Cell
from forecourt.engines.intake.values import Wrong
from forecourt.records.history import imports as history
from forecourt.records.people import imports as people
from forecourt.records.people.returns import Remembered
from forecourt.records.vehicles import imports as vehicles
from forecourt.runtime import departures
from forecourt.runtime.database.bulk import CopyBeside, copy_into, copy_line, create_temporary, new_id
from forecourt.runtime.sentences import Sentence, kept

_ROWS_PER_COPY: Final = 4000
_MOST_KEPT: Final = 1 << 30  # bytes of wrong rows with their cells
_ERASED_ON: Final = gettext_noop("Not taken: this person was erased on %(day)s.")
_REPEATED: Final = 1 << 15  # remarks that are remembered, so that they are made once


class Staging:
    """The temporary tables of one import."""

    def __init__(self, cursor: Any, copying: CopyBeside) -> None:
        self._copying = copying
        for context in (people, vehicles, history):
            context.prepare(cursor)
        create_temporary(cursor, BARE_ROWS, BARE_COLUMNS)
        departures.prepare(cursor)
        # How much was staged, by what it is: some of it more than once, where a file tells of it in places far apart.
        self.staged = dict.fromkeys(THINGS, 0)

    def take(self, block: Block) -> None:
        """Copy what a block of rows says, while the next one is read."""
        self._copying.copy(block.lines)
        for thing, number in block.staged.items():
            self.staged[thing] += number


class Rejections:
    """Wrong rows and remarks, kept on disk until the import has an end: also a dry run, which rolls back, keeps them."""

    def __init__(self) -> None:
        self._file: IO[str] = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - lives as long as the import
        self.rows = 0
        self.remarks = 0
        self.erased = 0
        self._remarked: set[tuple[str, str, str]] = set()

    def take(self, block: Block) -> None:
        """Keep what is wrong in a block of rows."""
        for note in block.notes:
            if isinstance(note, Rejected):
                self.add(note.line, note.wrongs, note.cells)
            elif isinstance(note, Erased):
                self.leave_out(note.line, note.remembered)
            elif self._is_news(note):
                self.remark(note.line, note.wrong)

    def _is_news(self, note: Remark) -> bool:
        """Two processes may come upon the same customer."""
        if note.about is None:
            return True
        told = (note.about, note.wrong.column, note.wrong.value)
        if told in self._remarked:
            return False
        if len(self._remarked) >= _REPEATED:
            self._remarked.clear()
        self._remarked.add(told)
        return True

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
            if len(batch) >= _ROWS_PER_COPY:
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
