"""A whole Forecourt for a story: the real processes under the real supervisor, on ports and data of their own."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from tests.ports import four_free_ports

CHECKOUT = Path(__file__).resolve().parents[2]
SECONDS_TO_STAND = 300


@dataclass
class House:
    """Where it stands, and the hands on its clock."""

    data: Path
    port: int
    clock_file: Path
    environment: dict[str, str]
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def set_clock_ahead(self, offset: str) -> None:
        """Let business time be ahead by `+9h`, `+2d` …; every process follows within a moment."""
        self.clock_file.write_text(offset)
        time.sleep(0.5)

    def run(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """The `forecourt` command, in this house."""
        return subprocess.run(command(*arguments), env=self.environment, capture_output=True, text=True, check=check, timeout=300)

    def python(self, code: str) -> str:
        """Run a few lines inside the house's Django, for looking at what no screen shows; gives what they print."""
        prelude = "import django; django.setup()\n"
        told = subprocess.run(
            [sys.executable, "-c", prelude + code], env=self.environment, capture_output=True, text=True, timeout=120, check=False
        )
        assert told.returncode == 0, told.stderr
        return told.stdout.strip()


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "forecourt.config.command", *arguments]


@contextmanager
def stand(*, customers: int, clock: str = "", **environment: str) -> Iterator[House]:
    """Start a house with a small demo and wait until `/healthz` is 200; stop and remove it afterwards."""
    data = Path(tempfile.mkdtemp(prefix="forecourt-story-"))
    data.chmod(0o755)
    port = four_free_ports()
    clock_file = data / "clock"
    clock_file.write_text(clock)
    whole = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("FORECOURT_", "DATABASE_"))},
        "FORECOURT_DATA": str(data),
        "FORECOURT_PORT": str(port),
        "FORECOURT_CLOCK": f"@{clock_file}",
        "FORECOURT_DEMO_CUSTOMERS": str(customers),
        "DJANGO_SETTINGS_MODULE": "forecourt.config.settings",
        "PYTHONPATH": str(CHECKOUT / "src"),
        **environment,
    }
    log = (data / "start.log").open("wb")
    process = subprocess.Popen(command("start", "--demo"), env=whole, stdout=log, stderr=log, start_new_session=True)
    house = House(data, port, clock_file, whole, process)
    try:
        _wait_until_healthy(house)
        yield house
    finally:
        _stop(house)
        log.close()


def _wait_until_healthy(house: House) -> None:
    told: Any = ""
    ends = time.monotonic() + SECONDS_TO_STAND
    while time.monotonic() < ends:
        assert house.process.poll() is None, (house.data / "start.log").read_text(errors="replace")[-4000:]
        try:
            with urlopen(f"{house.url}/healthz", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (URLError, OSError) as error:
            told = error.read().decode() if hasattr(error, "read") else error
        time.sleep(0.3)
    raise AssertionError(
        f"Not healthy after {SECONDS_TO_STAND} s: {told}\n" + (house.data / "start.log").read_text(errors="replace")[-4000:]
    )


def _stop(house: House) -> None:
    if house.process.poll() is None:
        house.process.send_signal(signal.SIGINT)
        try:
            house.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(house.process.pid, signal.SIGKILL)
    if not os.environ.get("FORECOURT_KEEP_STORY"):
        shutil.rmtree(house.data, ignore_errors=True)
