"""Facts about processes of the operating system: whether one still lives, whether it is the one we noted, dying with a parent; and how this one tidies up."""

import ctypes
import gc
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_MANY_THINGS: Final = 100_000


@contextmanager
def collecting_seldom() -> Iterator[None]:
    """For work that makes many small things, all of which go by themselves.

    Python looks for rings among what was made after every 700 things more; of work on rows that is a quarter, and finds none.
    """
    before = gc.get_threshold()
    gc.set_threshold(max(before[0], _MANY_THINGS), *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def dying_with(parent: int, by: signal.Signals) -> Callable[[], None] | None:
    """For `preexec_fn`: the kernel sends the new process a signal when `parent` is gone, even by kill -9. Linux only.

    Must run after a change of user, which clears the arrangement; subprocess does it in that order.
    """
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None)

    def arrange() -> None:
        library.prctl(1, by)
        if os.getppid() != parent:  # it went before we could arrange
            os.kill(os.getpid(), by)

    return arrange


def started(pid: int) -> str:
    """When a living process began, in the kernel's ticks; empty if there is none. With the pid it names a process for good."""
    fields = _status(pid)
    return fields[19] if fields and fields[0] not in {"Z", "X"} else ""


def is_living(pid: int, name: str) -> bool:
    """Whether a process with this pid and this program's name runs and is no zombie."""
    try:
        running = Path(f"/proc/{pid}/comm").read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return not Path("/proc/self").exists() and _exists(pid)
    return running == name and bool(started(pid))


def _status(pid: int) -> list[str]:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    # The program's name stands in brackets and may hold anything, also brackets.
    return text.rpartition(")")[2].split()


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
