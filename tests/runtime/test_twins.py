"""A second process hands back its results in order, is a help and never a condition, and does not outlive its parent."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from forecourt.kernel import processes
from forecourt.runtime import twins
from forecourt.runtime.twins import twin

_SLEEPS = 20


def test_results_come_in_their_order_from_another_process_even_if_they_are_large() -> None:
    with twin(lambda: iter([os.getpid(), "x" * 3_000_000, None, "last"])) as helper:
        assert helper.fetch() not in (None, os.getpid())
        assert [len(helper.fetch() or ""), helper.fetch(), helper.fetch(), helper.fetch(), helper.fetch()] == [
            3_000_000,
            None,
            "last",
            None,
            None,
        ]


def test_one_that_fails_or_falls_silent_gives_nothing_more_and_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(twins, "_SILENT_SECONDS", 0.1)

    def fail() -> Iterator[int]:
        yield os.getpid()
        raise MemoryError

    def fall_silent() -> Iterator[int]:
        yield os.getpid()
        time.sleep(_SLEEPS)

    began = time.monotonic()
    for work in (fail, fall_silent):
        with twin(work) as helper:
            pid = helper.fetch()
            assert pid
            assert helper.fetch() is None
            assert not processes.started(pid)
    assert time.monotonic() - began < _SLEEPS / 2  # nobody waited until it woke


def test_it_is_gone_when_its_parent_needs_it_no_more() -> None:
    with pytest.raises(KeyError), twin(lambda: iter([os.getpid(), *range(100_000)])) as helper:
        pid = helper.fetch()
        raise KeyError
    assert pid
    assert not processes.started(pid)


_PARENT = """
import os, time
from forecourt.runtime.twins import twin
def work():
    yield os.getpid()
    time.sleep(60)
with twin(work) as helper:
    print(helper.fetch(), flush=True)
    time.sleep(60)
"""


def test_it_dies_with_a_parent_that_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", _PARENT], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        pid = int(parent.stdout.readline())
        assert processes.started(pid)
        parent.send_signal(signal.SIGKILL)
    ends = time.monotonic() + 5
    while processes.started(pid):
        assert time.monotonic() < ends
        time.sleep(0.01)
