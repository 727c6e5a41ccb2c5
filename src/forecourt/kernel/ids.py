"""Identifiers of rows: UUID version 7, made here because older PostgreSQL cannot make them.

Method: RFC 9562, section 5.7, with the 74 random bits used as a counter within one
millisecond (section 6.2, method 2), so that ids of one process sort in the order made.
The time inside an id is the machine's and carries no business meaning.
"""

from __future__ import annotations

import os
import threading
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_RANDOM_BITS = 74
_VERSION = 0x7 << 76
_VARIANT = 0b10 << 62


class _Sequence:
    """The last id made by this process."""

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        self._lock = threading.Lock()
        self._millisecond = self._tail = 0

    def next(self) -> UUID:
        now = time.time_ns() // 1_000_000
        with self._lock:
            if now > self._millisecond:
                self._millisecond, self._tail = now, _start_of_tail()
            else:
                self._tail += 1 + _random_bits(32)
                if self._tail >> _RANDOM_BITS:
                    self._millisecond, self._tail = self._millisecond + 1, _start_of_tail()
            return _assembled(self._millisecond, self._tail)


def uuid7() -> UUID:
    """A new UUIDv7, greater than every one this process made before; safe across threads."""
    return _sequence.next()


def uuid7_at(at: datetime) -> UUID:
    """A UUIDv7 for a given instant, for history taken over from elsewhere.

    Not monotonic within one millisecond. Raises ValueError for a time without a zone or
    before 1970.
    """
    if at.tzinfo is None:
        raise ValueError("a time without a zone is no instant")
    milliseconds = (at - _EPOCH) // timedelta(milliseconds=1)
    if milliseconds < 0:
        raise ValueError("a UUIDv7 cannot lie before 1970")
    return _assembled(milliseconds, _random_bits(_RANDOM_BITS))


def _assembled(milliseconds: int, tail: int) -> UUID:
    high, low = tail >> 62, tail & ((1 << 62) - 1)
    return UUID(int=milliseconds << 80 | _VERSION | high << 64 | _VARIANT | low)


def _random_bits(bits: int) -> int:
    return int.from_bytes(os.urandom((bits + 7) // 8), "big") & ((1 << bits) - 1)


def _start_of_tail() -> int:
    # The top bit stays free, so that the tail practically never overflows.
    return _random_bits(_RANDOM_BITS - 1)


_sequence = _Sequence()
# A forked worker would otherwise go on counting from the same value as its parent.
os.register_at_fork(after_in_child=_sequence.restart)
