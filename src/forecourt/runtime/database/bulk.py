"""For work on whole sets: temporary tables filled by COPY, and ids for rows that are made inside PostgreSQL.

COPY goes into temporary tables only: into a table with row-level policies it is refused.
"""

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Final, Self

_MANY_ROWS: Final = 2000
#: So many are sorted and checked in `work_mem`, without a file.
_ROWS_AT_ONCE: Final = 250_000
#: How COPY reads that there is no value.
NULL: Final = "\\N"
_ESCAPED: Final = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}


def new_id(number: str) -> str:
    """SQL for a UUIDv7 of the statement's time; `number` is SQL for the row's number (1, 2, …), which keeps ids in order.

    Method: RFC 9562, section 6.2, method 1, with a counter of 12 bits that runs over into the time, and a tail hashed from a secret of
    this call and the number. PostgreSQL before 18 has no UUIDv7, and its gen_random_uuid() takes ten times as long.
    """
    secret = secrets.token_hex(16)
    # Thousandths of a second, version and counter in one number: taken apart and put together as texts they take twice as long.
    began = "(SELECT (extract(epoch FROM statement_timestamp()) * 1000)::bigint)"
    return (
        f"(lpad(to_hex(({began} + ({number}) / 4096 << 16) | 28672 | (({number}) & 4095)), 16, '0') || '8' || "
        f"right(md5('{secret}' || ({number})), 15))::uuid"
    )


def escaped(text: str) -> str:
    """Text as COPY reads it."""
    if text.isprintable() and "\\" not in text:
        return text
    for sign, written in _ESCAPED.items():
        text = text.replace(sign, written)
    return text


def copy_line(values: Sequence[object]) -> str:
    """One row for COPY; None is NULL, all else is written by `str`."""
    return "\t".join([NULL if value is None else escaped(value) if value.__class__ is str else str(value) for value in values]) + "\n"


def copy_into(cursor: Any, table: str, lines: Iterable[str]) -> None:
    """COPY prepared lines into a temporary table."""
    # psycopg's own COPY goes past Django, which would name the errors as callers expect them.
    with cursor.db.wrap_database_errors, cursor.copy(f"COPY {table} FROM STDIN") as copying:
        copying.write("".join(lines))


class CopyBeside:
    """COPY that goes on while its caller prepares the next lines; at most one batch is under way and one is being prepared.

    The connection is busy meanwhile: whoever wants to ask the database something calls `wait` before. An error of one batch is raised with
    the next one, or at the end.
    """

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="copy")
        self._under_way: Future[None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_error: object) -> None:
        self._thread.shutdown(wait=True)
        if kind is None:
            self.wait()

    def copy(self, batch: Mapping[str, Sequence[str]]) -> None:
        """Table → lines."""
        self.wait()
        self._under_way = self._thread.submit(self._copy, batch)

    def wait(self) -> None:
        """Until the connection is free."""
        if self._under_way is not None:
            under_way, self._under_way = self._under_way, None
            under_way.result()

    def _copy(self, batch: Mapping[str, Sequence[str]]) -> None:
        for table, lines in batch.items():
            if lines:
                copy_into(self._cursor, table, lines)


def prepare_for_sets(cursor: Any, *, rows: int) -> None:
    """Let the planner join sets of this size, for the rest of the transaction.

    Rows that this very transaction has added are in no statistics, so that it would go through them once for each other row; with
    few rows, going through an index for each is right.
    """
    cursor.execute("SET LOCAL jit = off")
    cursor.execute("SET LOCAL work_mem = '64MB'")
    if rows > _MANY_ROWS:
        cursor.execute("SET LOCAL enable_nestloop = off")


@contextmanager
def by_index(cursor: Any) -> Iterator[None]:
    """Few rows are found by an index for each, also where sets are prepared for: of what was just written the planner knows no numbers."""
    cursor.execute("SELECT current_setting('enable_nestloop')")
    [before] = cursor.fetchone()
    cursor.execute("SET LOCAL enable_nestloop = on; SET LOCAL random_page_cost = 1.1")
    yield
    cursor.execute(f"SET LOCAL enable_nestloop = {before}; SET LOCAL random_page_cost = DEFAULT")


def in_parts(cursor: Any, statement: str, values: Mapping[str, Any], *, table: str, where: str, number: str) -> int:
    """Run a statement for the rows of `table` with `%(after)s` < number <= `%(upto)s`, part by part; returns how many it wrote.

    It asks `where` itself; here that only tells from which number to which there are any.

    PostgreSQL notes in memory each row whose references are still to be checked. So they are checked after each part, and not at the end of
    the transaction.
    """
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    cursor.execute(f"SELECT coalesce(min({number}), 1), coalesce(max({number}), 0) FROM {table} WHERE {where}")  # noqa: S608 - names of our own tables
    first, last = cursor.fetchone()
    rows = 0
    for after in range(first - 1, last, _ROWS_AT_ONCE):
        cursor.execute(statement, {**values, "after": after, "upto": after + _ROWS_AT_ONCE})
        rows += int(cursor.rowcount)
    cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return rows


def create_temporary(cursor: Any, table: str, columns: Sequence[str]) -> None:
    """An empty table of this transaction alone."""
    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
    cursor.execute(f"CREATE TEMPORARY TABLE {table} ({', '.join(columns)}) ON COMMIT DROP")


def create_temporary_as(cursor: Any, table: str, query: str, facts: Mapping[str, Any] | None = None, *, is_analyzed: bool = True) -> None:
    """A table of this transaction alone with what the query gives; `cursor.rowcount` says how much. The planner gets to know it if asked."""
    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
    cursor.execute(f"CREATE TEMPORARY TABLE {table} ON COMMIT DROP AS {query}", facts)
    if is_analyzed:
        cursor.execute(f"ANALYZE {table}")
