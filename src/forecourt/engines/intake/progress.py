"""How far an import is and when it will be ready, for the page and the terminal, told at most twice a second.

It is written on a connection of its own in autocommit: the import's transaction is invisible until its end. If the row cannot be had
at once (somebody holds it), telling stops; it must never hold an import up.
"""

import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final, Self

from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from forecourt.engines.intake.models import Import
from forecourt.runtime import clock

SECONDS: Final = 0.5
#: In the order in which an import goes through them.
STEPS: Final = ("reading", "customers", "cars", "orders", "ending")
# What taking in one of them costs beside reading one row: where it is new, and where it is known. Medians of `python -m bench.imports`.
_COSTS: Final[Mapping[str, Mapping[str, tuple[float, float]]]] = {
    "customers": {"customers": (9.0, 1.3)},
    "cars": {"cars": (6.0, 1.8)},
    "orders": {"orders": (1.9, 0.5), "lines": (0.9, 0.3)},
}

Told = Callable[[str, int, int, float], None]
"""Is told the step, how many rows are read, of about how many, and how many seconds it will take yet."""


class Progress:
    """Of one import. `is_known`: files of its source came in before, so that most of it will be known."""

    def __init__(self, found: Import, *, total: int, is_known: bool, told: Told | None = None) -> None:
        self._found = found
        self._total = total
        self._is_known = is_known
        self._told = told
        self._began = self._next = 0.0
        self._rows = 0
        self._staged: Mapping[str, int] = {}
        self._connection: BaseDatabaseWrapper | None = None
        self._is_off = False

    def __enter__(self) -> Self:
        """It begins, after it has waited for its turn."""
        self._began = time.monotonic()
        self._next = self._began + SECONDS
        return self

    def __exit__(self, *_error: object) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def at(self, rows: int, staged: Mapping[str, int]) -> None:
        """So many rows are read, and so many customers, cars, orders and lines were in them."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + SECONDS
        self._rows, self._staged = rows, staged
        self._total = max(self._total, rows)
        self._tell("reading", done=rows)

    def has_read(self, rows: int, staged: Mapping[str, int]) -> None:
        """All rows are read."""
        self._rows, self._staged, self._total = rows, staged, rows

    def step(self, name: str) -> None:
        """A later step begins."""
        before = STEPS[: STEPS.index(name)]
        self._tell(name, done=self._rows + sum(map(self._cost, before)))

    def _cost(self, step: str) -> float:
        """Of what is read so far, in rows read."""
        return sum(costs[self._is_known] * self._staged.get(thing, 0) for thing, costs in _COSTS.get(step, {}).items())

    def _tell(self, step: str, *, done: float) -> None:
        per_row = sum(map(self._cost, STEPS)) / max(self._rows, 1)
        left = self._total * (1 + per_row) - done
        seconds = time.monotonic() - self._began
        seconds_left = seconds * left / max(done, 1)
        if self._told:
            self._told(step, self._rows, self._total, seconds_left)
        if not self._is_off:
            self._write(step, clock.now() - timedelta(seconds=seconds), clock.now() + timedelta(seconds=seconds_left))

    def _write(self, step: str, begun_at: datetime, ready_at: datetime) -> None:
        try:
            with self._opened().cursor() as cursor:
                cursor.execute(
                    """UPDATE intake_import SET rows_done = %s, rows_total = %s, step = %s, begun_at = %s, ready_at = %s
                       WHERE id = %s AND organisation_id = %s""",
                    [self._rows, self._total, step, begun_at, ready_at, self._found.pk, self._found.organisation_id],
                )
        except Error:
            self._is_off = True

    def _opened(self) -> BaseDatabaseWrapper:
        if self._connection is None:
            self._connection = connections.create_connection(DEFAULT_DB_ALIAS)
            with self._connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '100ms'")
        return self._connection
