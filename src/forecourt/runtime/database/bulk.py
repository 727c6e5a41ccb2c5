"""For work on whole sets: temporary tables filled by COPY, and ids for rows that are made inside PostgreSQL.

COPY goes into temporary tables only: into a table with row-level policies it is refused.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

_MANY_ROWS: Final = 2000
#: How COPY reads that there is no value.
NULL: Final = "\\N"
_ESCAPED: Final = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}


def new_id(number: str) -> str:
    """SQL for a UUIDv7 of the statement's time; `number` is SQL for the row's number (1, 2, …), which keeps ids in order.

    Method: RFC 9562, section 6.2, method 1, with a counter of 12 bits that runs over into the time, and a tail hashed from a secret of
    this call and the number. PostgreSQL before 18 has no UUIDv7, and its gen_random_uuid() takes ten times as long.
    """
    secret = secrets.token_hex(16)
    return (
        f"(lpad(to_hex((extract(epoch FROM statement_timestamp()) * 1000)::bigint + ({number}) / 4096), 12, '0') || '7' || "
        f"lpad(to_hex(mod({number}, 4096)), 3, '0') || '8' || substr(md5('{secret}' || ({number})), 1, 15))::uuid"
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


def prepare_for_sets(cursor: Any, *, rows: int) -> None:
    """Let the planner join sets of this size, for the rest of the transaction.

    Rows that this very transaction has added are in no statistics, so that it would go through them once for each other row; with
    few rows, going through an index for each is right.
    """
    cursor.execute("SET LOCAL jit = off")
    cursor.execute("SET LOCAL work_mem = '64MB'")
    if rows > _MANY_ROWS:
        cursor.execute("SET LOCAL enable_nestloop = off")


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
