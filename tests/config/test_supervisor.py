"""The supervisor with real processes: what dies comes back, what is stopped goes, and nothing outlives it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from forecourt.kernel import processes

_SCRIPT = Path(__file__).with_name("supervised.py")


@pytest.fixture
def supervised(tmp_path: Path) -> Iterator[Callable[[], "subprocess.Popen[str]"]]:
    started: list[subprocess.Popen[str]] = []

    def start() -> "subprocess.Popen[str]":
        # As a shell starts what runs in the background, and so this very test when it does.
        command = ["/bin/sh", "-c", 'trap "" INT; exec "$@"', "sh", sys.executable, str(_SCRIPT), str(tmp_path)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": "src"})
        started.append(process)
        return process

    yield start
    for process in started:
        process.terminate()
        process.communicate(timeout=15)


def parts(folder: Path) -> dict[str, Any]:
    try:
        return dict(json.loads((folder / "run" / "parts.json").read_text(encoding="utf-8")))
    except FileNotFoundError:
        return {}


def wait_for(condition: Callable[[], Any], what: str) -> Any:
    until = time.monotonic() + 15
    while time.monotonic() < until:
        if found := condition():
            return found
        time.sleep(0.02)
    raise AssertionError(f"waited in vain for {what}")


def all_there(folder: Path) -> dict[str, Any]:
    def look() -> dict[str, Any]:
        found = parts(folder)
        logs = [folder / "logs" / f"{name}.log" for name in ("first", "second")]
        ready = all(path.exists() and "is there" in path.read_text(encoding="utf-8") for path in logs)
        return found if ready and found.get("second", {}).get("pid") and found["once"]["state"] == "done" else {}

    return dict(wait_for(look, "the parts"))


def test_a_killed_part_is_started_again_and_the_others_are_left_alone(supervised: Callable[[], Any], tmp_path: Path) -> None:
    supervised()
    before = all_there(tmp_path)

    os.kill(before["first"]["pid"], signal.SIGKILL)

    after = wait_for(lambda: (now := parts(tmp_path))["first"]["pid"] not in {0, before["first"]["pid"]} and now, "the new one")
    assert after["second"]["pid"] == before["second"]["pid"]
    assert (tmp_path / "logs" / "once.log").read_text(encoding="utf-8") == "did it\n"


def test_asked_to_stop_it_stops_every_part_politely(supervised: Callable[[], Any], tmp_path: Path) -> None:
    process = supervised()
    before = all_there(tmp_path)

    process.send_signal(signal.SIGINT)

    out, _ = process.communicate(timeout=10)
    assert process.returncode == 0
    assert out.count("goes") == 2
    assert [processes.started(before[name]["pid"]) for name in ("first", "second")] == ["", ""]


def test_nothing_outlives_a_supervisor_that_is_killed_and_the_next_one_starts(supervised: Callable[[], Any], tmp_path: Path) -> None:
    process = supervised()
    before = all_there(tmp_path)

    process.kill()

    wait_for(lambda: not any(processes.started(before[name]["pid"]) for name in ("first", "second")), "the end of the parts")
    supervised()
    after = wait_for(
        lambda: (now := parts(tmp_path))["supervisor"]["pid"] != process.pid and now.get("second", {}).get("pid") and now, "the next"
    )
    assert after["second"]["pid"] != before["second"]["pid"]


def test_a_second_one_on_the_same_folder_says_so_and_leaves(supervised: Callable[[], Any], tmp_path: Path) -> None:
    first = supervised()
    all_there(tmp_path)

    second = supervised()

    out, _ = second.communicate(timeout=10)
    assert (out, second.returncode) == (f"Forecourt already runs on {tmp_path} (process {first.pid}).\n", 1)
    assert first.poll() is None


def test_output_carries_the_name_of_its_part(supervised: Callable[[], Any], tmp_path: Path) -> None:
    process = supervised()
    all_there(tmp_path)
    process.send_signal(signal.SIGTERM)

    out, _ = process.communicate(timeout=10)

    assert "once     | did it\n" in out
    assert "first    | is there\n" in out
