"""Workers forked from one process: each is made anew when it dies, all go together, none outlives the process that made it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from forecourt.config.crew import Post
from forecourt.kernel import processes
from tests.config.test_supervisor import wait_for

_SCRIPT = Path(__file__).with_name("crewed.py")


@contextmanager
def started(folder: Path, *posts: str) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, str(_SCRIPT), str(folder), *posts]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": "src"}) as process:
        yield process
        process.terminate()


@pytest.fixture
def crew(tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    with started(tmp_path, "live:2:0", "bulk:2:3") as process:
        yield process


def at_work(folder: Path, *, besides: int = 0) -> dict[str, int]:
    def look() -> dict[str, int]:
        found = {path.name: int(path.read_text().split()[0]) for path in folder.iterdir() if path.suffix != ".new"}
        return found if len(found) == 2 and besides not in found.values() else {}

    return dict(wait_for(look, "both workers"))


@pytest.mark.usefixtures("crew")
def test_each_worker_has_its_own_name_at_the_database_and_its_own_place_behind_the_pages(tmp_path: Path) -> None:
    at_work(tmp_path)

    said = {path.name: path.read_text().split(maxsplit=1)[1] for path in tmp_path.iterdir()}

    ours = os.nice(0)
    assert said == {"live": f"forecourt live worker {ours}", "bulk": f"forecourt bulk worker {ours + 3}"}


@pytest.mark.usefixtures("crew")
def test_a_worker_that_dies_is_made_anew_and_the_other_works_on(tmp_path: Path) -> None:
    before = at_work(tmp_path)

    os.kill(before["bulk"], signal.SIGKILL)

    after = at_work(tmp_path, besides=before["bulk"])
    assert after["live"] == before["live"]
    assert processes.started(after["bulk"])


def test_told_to_end_all_go(crew: "subprocess.Popen[str]", tmp_path: Path) -> None:
    before = at_work(tmp_path)

    crew.terminate()

    assert crew.wait(timeout=10) == 0
    assert [processes.started(pid) for pid in before.values()] == ["", ""]


def test_one_that_does_not_listen_is_killed_after_a_while(tmp_path: Path) -> None:
    with started(tmp_path, "live:2:0", "deaf:2:0") as crew:
        before = at_work(tmp_path)

        crew.terminate()

        assert crew.wait(timeout=15) == 0
        assert [processes.started(pid) for pid in before.values()] == ["", ""]


def test_no_worker_outlives_a_crew_that_is_killed(crew: "subprocess.Popen[str]", tmp_path: Path) -> None:
    before = at_work(tmp_path)

    crew.kill()

    wait_for(lambda: not any(processes.started(pid) for pid in before.values()), "the end of the workers")


def test_a_post_that_is_not_three_words_is_refused() -> None:
    assert str(Post.read("bulk:2:10")) == "bulk:2:10"
    with pytest.raises(ValueError, match="unpack"):
        Post.read("bulk")
