"""Ports for the houses that tests start: four in a row, and nobody else's, however many runs and workers there are at once."""

import contextlib
import fcntl
import os
import socket
import tempfile
from pathlib import Path
from typing import IO

_kept: list[IO[str]] = []


def four_free_ports() -> int:
    """The first of four ports in a row that nobody listens on, kept from other runs on this machine for as long as we live."""
    for first in range(8500, 9900, 10):
        ours = Path(tempfile.gettempdir(), f"forecourt-test-ports-{os.getuid()}-{first}").open("a")  # noqa: SIM115 - the lock goes with the process
        try:
            fcntl.flock(ours, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            ours.close()
            continue
        if all(_is_free(first + number) for number in range(4)):
            _kept.append(ours)
            return first
        ours.close()
    raise AssertionError("no four free ports in a row")


def _is_free(port: int) -> bool:
    with contextlib.closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0
