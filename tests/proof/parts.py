"""Forecourt's parts as processes of their own, on data and ports of their own, to be shot at and started again.

What the supervisor does for a whole Forecourt is done here part by part, so that a proof decides who dies when.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import rmtree
from typing import TypeVar

import psycopg

from forecourt.config.environment import CHECKOUT
from forecourt.config.postgres import Cluster, ensure_running
from tests.ports import four_free_ports

_FIGURES = "FORECOURT_PROVE_FIGURES"
IN_FULL = os.environ.get("FORECOURT_PROVE") == "1"
SEED = int(os.environ.get("FORECOURT_PROVE_SEED", "20261122"))


def tell(what: str, *, limit: str, measured: str, ok: bool = True) -> None:
    """A line for the table that `make prove` ends with."""
    print(f"{what}: {measured} ({limit})")  # noqa: T201
    if _FIGURES in os.environ:
        with Path(os.environ[_FIGURES]).open("a", encoding="utf-8") as file:
            file.write(json.dumps({"what": what, "limit": limit, "measured": measured, "ok": ok}) + "\n")


def offset_to_a_weekday_noon() -> str:
    """Always ahead of now, to a moment at which marketing may be sent at the site: what a run stamps is never older than its own begin."""
    now = datetime.now(UTC)
    noon = now.replace(hour=11, minute=0, second=0, microsecond=0)
    while noon <= now or noon.isoweekday() > 5:
        noon += timedelta(days=1)
    return f"{int((noon - now).total_seconds()):+d}s"


@dataclass
class Parts:
    """The processes of one proof and the shots at them. `commands` says what each part is started with."""

    data: Path
    port: int
    cluster: Cluster
    settings: str
    commands: dict[str, list[str]] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    clock: str = field(default_factory=offset_to_a_weekday_noon)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    @property
    def trigger(self) -> Path:
        """While this file is there, the part that looks for it dies at the moment it has in mind, once."""
        return self.data / "die-now"

    def environment(self) -> dict[str, str]:
        ours = {name: value for name, value in os.environ.items() if not name.startswith(("FORECOURT_", "DATABASE_", "DJANGO_"))}
        return ours | {
            "FORECOURT_DATA": str(self.data),
            "FORECOURT_PORT": str(self.port),
            "FORECOURT_CLOCK": self.clock,
            "FORECOURT_SECRET_KEY": "not-secret-only-for-tests",
            "DJANGO_SETTINGS_MODULE": self.settings,
            "PYTHONPATH": f"{CHECKOUT / 'src'}:{CHECKOUT}",
            "PROOF_DIE_NOW": str(self.trigger),
            **self.variables,
        }

    def mail_command(self, *more: str) -> list[str]:
        """The mail server that the workers of this environment hand their mails to."""
        return ["-m", "forecourt.adapters.mailserver", "--folder", str(self.data / "mail"), "--port", str(self.port + 2), *more]

    def start(self, name: str) -> None:
        with (self.data / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, *self.commands[name]], env=self.environment(), stdout=log, stderr=log, start_new_session=True
            )

    def run(self, *arguments: str) -> str:
        """Something that ends by itself; gives what it printed."""
        done = subprocess.run(
            [sys.executable, *arguments], env=self.environment(), capture_output=True, text=True, timeout=1200, check=False
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout.strip()

    def keep_up(self) -> None:
        """What the supervisor does: start again what has died."""
        for name, process in list(self.processes.items()):
            if process.poll() is not None:
                self.note(f"{name} died with {process.returncode}")
                self.end(name)
                self.start(name)

    def wait(self, for_what: Callable[[], bool], seconds: float = 240) -> None:
        ends = time.monotonic() + seconds
        while not for_what():
            assert time.monotonic() < ends, "\n".join((*self.log, self.told()))
            self.keep_up()
            time.sleep(0.05)

    def told(self) -> str:
        """The ends of the parts' own logs."""
        return "\n".join((self.data / f"{name}.log").read_text(errors="replace")[-3000:] for name in self.processes)

    def progress(self) -> str:
        """How far the proof is, for its notes."""
        return ""

    def note(self, what: str) -> None:
        self.log.append(f"{time.monotonic() - self.began:5.1f} s: {what} {self.progress()}".rstrip())

    def shoot(self, name: str) -> None:
        """SIGKILL to the part and all processes of its session, as when the machine runs out of memory."""
        self.note(f"{name} shot")
        self.end(name)

    def end(self, name: str) -> None:
        process = self.processes[name]
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)

    def wait_for_the_trigger(self, name: str, what: str) -> None:
        """Until the part has shot itself."""
        process = self.processes[name]
        self.wait(lambda: not self.trigger.exists())
        process.wait(10)
        self.note(what)

    def shoot_database(self) -> None:
        self.note("database shot")
        postmaster = int((self.cluster.place.cluster / "postmaster.pid").read_text().split("\n", 1)[0])
        os.kill(postmaster, signal.SIGKILL)
        if self.cluster.server is not None:
            self.cluster.server.wait(10)
        self.cluster.release()
        self.cluster = ensure_running(self.data)

    def ask(self, question: str, *values: object) -> list[tuple[object, ...]]:
        with psycopg.connect(self.cluster.url("super"), autocommit=True) as line:
            return line.execute(question, values or None).fetchall()  # type: ignore[arg-type]


Kind = TypeVar("Kind", bound=Parts)


@contextmanager
def standing(settings: str = "tests.proof.proof_settings") -> Iterator[Parts]:
    """A database of its own, with all tables and no rows; all of it is removed afterwards."""
    data = Path(tempfile.mkdtemp(prefix="forecourt-proof-"))
    data.chmod(0o755)  # PostgreSQL runs as another user when we are root
    ground = Parts(data, four_free_ports(), ensure_running(data), settings)
    try:
        ground.run("-m", "forecourt.config.command", "migrate", "--quiet")
        yield ground
    finally:
        ground.cluster.release()
        for folder in (ground.cluster.place.home, data):
            rmtree(folder, ignore_errors=True)


@contextmanager
def on(ground: Parts, kind: type[Kind]) -> Iterator[Kind]:
    """The processes of one proof on this ground, ended afterwards; what was shot when is printed."""
    parts = kind(ground.data, ground.port, ground.cluster, ground.settings)
    try:
        yield parts
    finally:
        for name in parts.processes:
            parts.end(name)
        ground.cluster = parts.cluster  # another one if it was shot
        print("\n".join(parts.log))  # noqa: T201
