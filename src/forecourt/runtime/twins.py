"""A second process for work in memory: this one, forked, on another core, handing back one result after the other.

A twin is a help and never a condition: where there is none, where it fails or falls silent, its caller does the work itself, and meets
whatever was wrong. It dies with its parent, even by kill -9, and touches neither database nor log.
"""

import fcntl
import gc
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, Pipe
from typing import Final, Generic, NoReturn, TypeVar

from forecourt.kernel import processes

#: A fork takes over the locks that other threads held, but not the threads: whatever waits for one of them waits for ever.
_SILENT_SECONDS: Final = 30.0
# What may lie ready: a twin that waits until its result is fetched does nothing meanwhile.
_READY_BYTES: Final = 1 << 20
_ENDS: Final = (signal.SIGTERM, signal.SIGINT)

Result = TypeVar("Result")


class Twin(Generic[Result]):
    """What the other process hands back, in its order."""

    def __init__(self, results: Connection, pid: int) -> None:
        self._results: Connection | None = results
        self._pid = pid

    def fetch(self) -> Result | None:
        """The next result; None where the twin has none, and ever after it is gone."""
        if self._results is None:
            return None
        with suppress(EOFError, OSError):
            if self._results.poll(_SILENT_SECONDS):
                result: Result | None = self._results.recv()
                return result
        self.end()
        return None

    def end(self) -> None:
        """At once, whatever it is doing."""
        if self._results is not None:
            self._results.close()
            self._results = None
            with suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitpid(self._pid, 0)


def is_of_use() -> bool:
    """Whether there is a core for it. Linux only: elsewhere a fork of a process with threads is not safe, and does not die with its parent."""
    return sys.platform.startswith("linux") and len(os.sched_getaffinity(0)) > 1


@contextmanager
def twin(work: Callable[[], Iterator[Result | None]]) -> Iterator[Twin[Result]]:
    """A twin that goes through `work` for as long as the block takes."""
    ours, theirs = Pipe(duplex=False)
    if hasattr(fcntl, "F_SETPIPE_SZ"):
        with suppress(OSError):
            fcntl.fcntl(theirs.fileno(), fcntl.F_SETPIPE_SZ, _READY_BYTES)
    parent = os.getpid()
    pid = os.fork()
    if not pid:
        _live(work, theirs, parent)
    theirs.close()
    helper: Twin[Result] = Twin(ours, pid)
    try:
        yield helper
    finally:
        helper.end()


def _live(work: Callable[[], Iterator[object]], results: Connection, parent: int) -> NoReturn:
    """Nothing of the parent is wound up here: its connections and files are its own."""
    try:
        signal.set_wakeup_fd(-1)
        for each in _ENDS:
            signal.signal(each, signal.SIG_DFL)
        if arrange := processes.dying_with(parent, signal.SIGKILL):
            arrange()
        gc.disable()  # it would touch, and so copy, all that the parent holds
        for result in work():
            results.send(result)
    finally:
        os._exit(0)  # also after an error, which the parent will meet itself
