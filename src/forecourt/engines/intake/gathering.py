"""What rows say, gathered by the thousand: lines for COPY by table, and notes of what is wrong. Knows no database.

A block depends on its own rows and on nothing before them: what a block mentions, it brings. So it does not matter which process gathers
it, and of two readings of one thing the later one in the file is the last that is staged.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from forecourt.engines.intake.parts import CarSaid, Head, LeftOut, Part, Read
from forecourt.engines.intake.ports import Cell, Row
from forecourt.engines.intake.rows import RowReader
from forecourt.engines.intake.values import Wrong
from forecourt.records.history import imports as history
from forecourt.records.history import line_imports
from forecourt.records.people import imports as people
from forecourt.records.people.returns import Remembered
from forecourt.records.vehicles import imports as vehicles
from forecourt.runtime import departures
from forecourt.runtime.database.bulk import NULL, copy_line

# Rows without a job line, to say afterwards which of them were new; those with one are told by their line.
BARE_ROWS: Final = "imported_row"
BARE_COLUMNS: Final = ("line integer", "customer_key uuid", "vehicle_key uuid", "visit_key uuid")
THINGS: Final = {"customers": people.STAGED, "cars": vehicles.STAGED, "orders": history.STAGED, "lines": line_imports.STAGED}
_TABLES: Final = (*THINGS.values(), vehicles.STAGED_HOLDINGS, BARE_ROWS, departures.NAMED)


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that is not taken, with every reason."""

    line: int
    wrongs: list[Wrong]
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Remark:
    """A value that was left out of a row that is taken; `about`: the key of the customer, car or order whose rows repeat it."""

    line: int
    wrong: Wrong
    about: str | None = None


@dataclass(frozen=True, slots=True)
class Erased:
    """A row that is an erased person's."""

    line: int
    remembered: Remembered


@dataclass(slots=True)
class Block:
    """What some rows say."""

    lines: dict[str, list[str]] = field(default_factory=lambda: {table: [] for table in _TABLES})
    notes: list[Rejected | Remark | Erased] = field(default_factory=list)
    staged: Mapping[str, int] = field(default_factory=dict)

    def count(self) -> None:
        """How much of each thing it brings."""
        self.staged = {thing: len(self.lines[table]) for thing, table in THINGS.items()}

    def packed(self) -> "Block":
        """The same in few pieces, to be handed to another process."""
        return Block({table: ["".join(lines)] for table, lines in self.lines.items() if lines}, self.notes, self.staged)


class Gatherer:
    """Gathers block by block."""

    def __init__(self, reader: RowReader) -> None:
        self._reader = reader
        self._begin()

    def _begin(self) -> None:
        self._block = Block()
        self._head: Head | None = None
        # Key → the reading that was staged last.
        self._newest: dict[str, Part] = {}
        self._last_held: tuple[str | None, str | None, CarSaid | None] = (None, None, None)

    def gather(self, rows: Sequence[Row]) -> Block:
        """What these rows say."""
        self._begin()
        job_lines = self._block.lines[line_imports.STAGED]
        for run, head, lines in self._reader.runs(rows):
            if head is None:
                self._gather_singly(run)
            else:
                if head is not self._head:
                    self._add_head(run[0][0], head)
                job_lines += lines
        self._block.count()
        return self._block

    def _gather_singly(self, rows: Iterable[Row]) -> None:
        """Rows of which something is to be said."""
        block, read_row = self._block, self._reader.read
        job_lines, notes = block.lines[line_imports.STAGED], block.notes
        for line, cells in rows:
            read = read_row(cells)
            if not isinstance(read, Read):
                notes.append(Erased(line, read.remembered) if isinstance(read, LeftOut) else Rejected(line, read, cells))
                self._name(line, read.named)
                continue
            head = read.head
            if read.remarks:
                notes += [Remark(line, wrong) for wrong in read.remarks]
            if head is not self._head:
                self._add_head(line, head)
            if read.job_line is not None:
                job_lines.append(f"{line}\t{head.order.key}\t{read.job_line}")
            elif head.says_something():
                block.lines[BARE_ROWS].append(copy_line((line, head.customer.key, head.vehicle.key, head.order.key)))

    def _add_head(self, line: int, head: Head) -> None:
        self._head = head
        customer, vehicle, order = head.customer, head.vehicle, head.order
        lines = self._block.lines
        for part in (customer, vehicle, order):
            self._remark(line, part)
        self._add_part(people.STAGED, line, customer)
        self._add_part(vehicles.STAGED, line, vehicle)
        if vehicle.key and not order.key and (vehicle.key, customer.key, vehicle.said) != self._last_held:
            self._last_held = (vehicle.key, customer.key, vehicle.said)
            lines[vehicles.STAGED_HOLDINGS].append(f"{vehicle.key}\t{customer.key or NULL}\t{line}\t{vehicle.held}")
        if self._add_part(history.STAGED, line, order) and vehicle.key:
            lines[vehicles.STAGED_HOLDINGS].append(f"{vehicle.key}\t{customer.key or NULL}\t{line}\t{order.held}")
        if head.gone:
            self._name(line, head.gone, is_flagged=True)
            self._name(line, head.named)

    def _add_part(self, table: str, line: int, part: Part) -> bool:
        """Whether it was news."""
        if not part.key or self._newest.get(part.key) is part:
            return False
        self._newest[part.key] = part
        self._block.lines[table].append(f"{part.key}\t{line}\t{part.told}")
        return True

    def _remark(self, line: int, part: Part) -> None:
        """What was left out of a customer is said once, not on each of their lines."""
        if part.remarks and not part.is_remarked:
            part.is_remarked = True
            self._block.notes += [Remark(line, wrong, part.key) for wrong in part.remarks]

    def _name(self, line: int, named: Iterable[str], *, is_flagged: bool = False) -> None:
        """Note what a row names that is not taken in: gone from its source, or with something wrong."""
        self._block.lines[departures.NAMED] += [f"{line}\t{is_flagged}\t{each}" for each in named]
