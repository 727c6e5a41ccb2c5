"""How far an import is, for the page and the terminal, told at most twice a second.

It is written on a connection of its own in autocommit: the import's transaction is invisible until its end. If the row cannot be had
at once (somebody holds it), telling stops; it must never hold an import up.
"""

import time
from collections.abc import Callable
from typing import Final

from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from forecourt.engines.intake.models import Import

SECONDS: Final = 0.5


class Progress:
    """Of one import."""

    def __init__(self, found: Import, *, total: int, told: Callable[[int, int | None], None] | None = None) -> None:
        self._found = found
        self._total = total
        self._told = told
        self._next = time.monotonic() + SECONDS
        self._connection: BaseDatabaseWrapper | None = None
        self._is_off = False

    def at(self, rows: int, *, is_end: bool = False) -> None:
        """So many rows are read."""
        if time.monotonic() < self._next and not is_end:
            return
        self._next = time.monotonic() + SECONDS
        total = rows if is_end else max(self._total, rows)
        if self._told:
            self._told(rows, total)
        if not self._is_off:
            self._write(rows, total)

    def _write(self, rows: int, total: int) -> None:
        try:
            with self._opened().cursor() as cursor:
                cursor.execute(
                    "UPDATE intake_import SET rows_done = %s, rows_total = %s WHERE id = %s AND organisation_id = %s",
                    [rows, total, self._found.pk, self._found.organisation_id],
                )
        except Error:
            self._is_off = True

    def _opened(self) -> BaseDatabaseWrapper:
        if self._connection is None:
            self._connection = connections.create_connection(DEFAULT_DB_ALIAS)
            with self._connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '100ms'")
        return self._connection

    def close(self) -> None:
        """Let the connection go."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
