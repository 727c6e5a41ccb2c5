"""The rows of a file in blocks, every second one gathered by a twin on the other core.

Both go through the whole file, since only who has read a row knows where the next one begins; that is a quarter of the work. What the twin
does not hand back is gathered here.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from itertools import count, islice
from typing import Final

from forecourt.engines.intake.gathering import Block, Gatherer
from forecourt.engines.intake.ports import Row, Table
from forecourt.engines.intake.rows import RowReader
from forecourt.runtime import twins
from forecourt.runtime.twins import Twin

ROWS: Final = 4000  # in a block
#: Fewer are read before a twin has begun.
_WORTH_ROWS: Final = 5 * ROWS


class _NeedsDatabase(Exception):
    """What a row says cannot be told without asking the database."""


def blocks(rows: Iterator[Row], table: Table, reader: RowReader) -> Iterator[tuple[int, Block]]:
    """What the rows say, block by block in the order of the file, each with how many rows it is of."""
    gatherer = Gatherer(reader)
    with _twin(table, reader) as twin:
        for number in count():
            some = list(islice(rows, ROWS))
            if not some:
                return
            theirs = twin.fetch() if twin and _is_twins(number) else None
            yield len(some), theirs or gatherer.gather(some)


def _twin(table: Table, reader: RowReader) -> AbstractContextManager[Twin[Block] | None]:
    again = table.rows_again
    if again is None or table.rows_estimate < _WORTH_ROWS or not twins.is_of_use():
        return nullcontext()
    return twins.twin(lambda: _read_along(again(), reader))


def _is_twins(number: int) -> bool:
    return number % 2 == 1


def _read_along(rows: Iterator[Row], reader: RowReader) -> Iterator[Block | None]:
    """In the twin."""
    reader.warn_before_asking(_refuse_to_ask)
    gatherer = Gatherer(reader)
    for number in count():
        if not _is_twins(number):
            deque(islice(rows, ROWS), maxlen=0)
            continue
        some = list(islice(rows, ROWS))
        if not some:
            return
        try:
            yield gatherer.gather(some).packed()
        except _NeedsDatabase:
            yield None


def _refuse_to_ask() -> None:
    raise _NeedsDatabase
