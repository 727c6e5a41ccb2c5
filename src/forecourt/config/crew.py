"""Several workers out of one process. It imports the product once, forks one worker for each post, and forks again whatever dies.

Loading everything takes seconds of a core, and three workers that each did so made a start wait for them; forked ones also share the
memory of what was loaded. Nothing may be open before the fork: no connection, no thread.
"""

import gc
import os
import signal
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Final, NoReturn

from forecourt.kernel import processes

_ENDS: Final = (signal.SIGTERM, signal.SIGINT)
_SHORT_LIFE_SECONDS: Final = 5.0
_PAUSE_SECONDS: Final = 1.0
_STOP_SECONDS: Final = 5


@dataclass(frozen=True, slots=True)
class Post:
    """What one worker does: the queue it takes from, how many jobs at once, and how far it lets pages go first (`nice`)."""

    queue: str
    jobs: int
    behind: int

    @classmethod
    def read(cls, text: str) -> "Post":
        """From `queue:jobs:behind`. Raises ValueError for anything else."""
        queue, jobs, behind = text.split(":")
        return cls(queue, int(jobs), int(behind))

    def __str__(self) -> str:
        return f"{self.queue}:{self.jobs}:{self.behind}"

    @property
    def connections(self) -> str:
        """The name that this worker's connections carry in PostgreSQL."""
        return f"forecourt {self.queue} worker"


@dataclass(slots=True)
class Crew:
    """Workers of one process. `work` is what each does, until it is told to stop."""

    posts: Sequence[Post]
    work: Callable[[Post], None]
    _is_stopping: bool = False
    _at_work: dict[int, tuple[Post, float]] = field(default_factory=dict)

    def run(self) -> None:
        """Until we are told to stop and the last worker has gone."""
        gc.collect()
        gc.freeze()  # or the first collection of each worker would copy what they share
        for end in _ENDS:
            signal.signal(end, self._stop)
        signal.signal(signal.SIGALRM, self._kill)
        for post in self.posts:
            self._fork(post)
        while self._at_work:
            pid, status = os.wait()
            post, began = self._at_work.pop(pid)
            if self._is_stopping:
                continue
            print(f"The worker for {post.queue} ended ({os.waitstatus_to_exitcode(status)}) and is made anew.", flush=True)  # noqa: T201
            if time.monotonic() - began < _SHORT_LIFE_SECONDS:
                time.sleep(_PAUSE_SECONDS)
            self._fork(post)

    def _fork(self, post: Post) -> None:
        us = os.getpid()
        with _signals_wait():
            if self._is_stopping:
                return
            if pid := os.fork():
                self._at_work[pid] = post, time.monotonic()
                return
            for end in _ENDS:
                signal.signal(end, signal.SIG_DFL)
        self._become(post, us)

    def _become(self, post: Post, crew: int) -> NoReturn:
        """The worker, in its own process from here on; it never comes back."""
        code = 1
        try:
            if arrange := processes.dying_with(crew, signal.SIGTERM):
                arrange()
            os.environ["PGAPPNAME"] = post.connections
            os.nice(post.behind)
            self.work(post)
            code = 0
        except BaseException:  # noqa: BLE001 (whatever it was: a fork never runs on in what its parent was doing)
            traceback.print_exc()
        finally:
            os._exit(code)

    def _stop(self, number: int, _frame: FrameType | None) -> None:
        """A terminal's Ctrl-C reaches the workers by itself; a polite end is passed on. Who waits for a database that has gone is killed."""
        self._is_stopping = True
        signal.alarm(_STOP_SECONDS)
        if number == signal.SIGTERM:
            for pid in self._at_work:
                os.kill(pid, signal.SIGTERM)

    def _kill(self, _number: int, _frame: FrameType | None) -> None:
        for pid in self._at_work:
            os.kill(pid, signal.SIGKILL)


@contextmanager
def _signals_wait() -> Iterator[None]:
    """A worker that has been forked but not yet noted would miss the end."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
