"""A mail run that is killed again and again: exactly one raw delivery for every recipient at the server.

Real worker, real SMTP server, real PostgreSQL, each a process of its own, each shot with SIGKILL: the worker at random moments, while
the server has stored a mail but not yet answered, and between the server's `250` and our commit; the mail server and the database once
each. `FORECOURT_PROVE=1` runs it in full length, with 10 deaths of the worker and 500 recipients.
"""

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from shutil import rmtree

import psycopg
import pytest

from forecourt.adapters.mailserver.mailbox import Mailbox
from forecourt.config.environment import CHECKOUT
from forecourt.config.postgres import Cluster, ensure_running
from tests.proof.mail_house import OBJECTING

IN_FULL = os.environ.get("FORECOURT_PROVE") == "1"
DEATHS, RECIPIENTS = (10, 500) if IN_FULL else (3, 60)
# Long enough that most random shots hit while a mail is stored and not yet answered.
SLOW_SECONDS = 0.03 if IN_FULL else 0.1


def offset_to_a_weekday_noon() -> str:
    """Ahead of now, to a moment at which marketing may be sent at the site."""
    now = time.gmtime()
    days = {5: 2, 6: 1}.get(now.tm_wday, 0)
    seconds = (11 - now.tm_hour) * 3600 - now.tm_min * 60 + days * 86400
    return f"{seconds:+d}s"


@dataclass
class Run:
    """The processes of one mail run and the shots at them."""

    data: Path
    port: int
    cluster: Cluster
    clock: str = field(default_factory=offset_to_a_weekday_noon)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    @property
    def mailbox(self) -> Mailbox:
        return Mailbox(self.data / "mail")

    @property
    def trigger(self) -> Path:
        return self.data / "die-after-250"

    def environment(self) -> dict[str, str]:
        ours = {name: value for name, value in os.environ.items() if not name.startswith(("FORECOURT_", "DATABASE_", "DJANGO_"))}
        return ours | {
            "FORECOURT_DATA": str(self.data),
            "FORECOURT_PORT": str(self.port),
            "FORECOURT_CLOCK": self.clock,
            "FORECOURT_SECRET_KEY": "not-secret-only-for-tests",
            "DJANGO_SETTINGS_MODULE": "tests.proof.mail_settings",
            "PYTHONPATH": f"{CHECKOUT / 'src'}:{CHECKOUT}",
            "PROOF_DIE_AFTER_250": str(self.trigger),
        }

    def start(self, name: str) -> None:
        commands = {
            "worker": ["-m", "tests.proof.mail_house", "work"],
            "mail": [
                "-m", "forecourt.adapters.mailserver", "--folder", str(self.data / "mail"), "--port", str(self.port + 2),
                "--faults", f"slow-after-storing={SLOW_SECONDS}",
            ],
        }  # fmt: skip
        with (self.data / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen([sys.executable, *commands[name]], env=self.environment(), stdout=log, stderr=log)

    def run(self, *arguments: str) -> None:
        done = subprocess.run(
            [sys.executable, *arguments], env=self.environment(), capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stderr[-3000:]

    def keep_up(self) -> None:
        """What the supervisor does: start again what has died."""
        for name, process in list(self.processes.items()):
            if process.poll() is not None:
                self.note(f"{name} died with {process.returncode}")
                self.start(name)

    def wait(self, for_what: Callable[[], bool], seconds: float = 240) -> None:
        ends = time.monotonic() + seconds
        while not for_what():
            assert time.monotonic() < ends, (self.log, self.told())
            self.keep_up()
            time.sleep(0.05)

    def delivered(self) -> int:
        return len(self.mailbox.envelopes())

    def wait_until_delivered(self, count: int) -> None:
        self.wait(lambda: self.delivered() >= count)

    def note(self, what: str) -> None:
        self.log.append(f"{time.monotonic() - self.began:5.1f} s: {what} at {self.delivered()} deliveries")

    def shoot(self, name: str) -> None:
        self.note(f"{name} shot")
        self.processes[name].kill()
        self.processes[name].wait(10)

    def shoot_database(self) -> None:
        self.note("database shot")
        postmaster = int((self.cluster.place.cluster / "postmaster.pid").read_text().split("\n", 1)[0])
        os.kill(postmaster, signal.SIGKILL)
        if self.cluster.server is not None:
            self.cluster.server.wait(10)
        self.cluster.release()
        self.cluster = ensure_running(self.data)

    def ask(self, question: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.cluster.url("super"), autocommit=True) as line:
            return line.execute(question).fetchall()  # type: ignore[arg-type]

    def states(self) -> dict[str, int]:
        return dict(self.ask("SELECT state, count(*)::int FROM messaging_message GROUP BY state"))  # type: ignore[arg-type]

    def is_over(self) -> bool:
        """Everything has its end, and every end is told."""
        try:
            return self.ask("SELECT count(*) FROM messaging_message WHERE NOT is_announced") == [(0,)]
        except psycopg.OperationalError:
            return False

    def told(self) -> str:
        return "\n".join(path.read_text(errors="replace")[-3000:] for path in self.data.glob("*.log"))


@pytest.fixture
def mail_run() -> Iterator[Run]:
    data = Path(tempfile.mkdtemp(prefix="forecourt-proof-"))
    data.chmod(0o755)
    run = Run(data, _free_ports(), ensure_running(data))
    try:
        run.run("-m", "forecourt.config.command", "migrate", "--quiet")
        run.run("-m", "tests.proof.mail_house", "seed", str(RECIPIENTS))
        yield run
    finally:
        for process in run.processes.values():
            process.kill()
            process.wait(10)
        run.cluster.release()
        print("\n".join(run.log))  # noqa: T201
        for folder in (run.cluster.place.home, data):
            rmtree(folder, ignore_errors=True)


@pytest.mark.timeout(2400 if IN_FULL else 400)
def test_every_recipient_gets_exactly_one_mail_however_often_the_run_is_killed(mail_run: Run) -> None:
    chance = random.Random(20260301)
    wanted = RECIPIENTS - OBJECTING
    # Moments spread over the run; the mail server and the database die between two deaths of the worker.
    marks = sorted(chance.sample(range(2, int(wanted * 0.9)), DEATHS + 2))
    shots = ["worker"] * DEATHS
    shots[1::2] = ["worker between 250 and commit"] * len(shots[1::2])
    shots.insert(1, "mail")
    shots.insert(3, "database")
    mail_run.start("mail")
    mail_run.start("worker")

    for mark, shot in zip(marks, shots, strict=True):
        mail_run.wait_until_delivered(mark)
        if shot == "worker between 250 and commit":
            mail_run.trigger.touch()
            mail_run.wait(lambda: not mail_run.trigger.exists())
            mail_run.processes["worker"].wait(10)
            mail_run.note(shot)
        elif shot == "database":
            mail_run.shoot_database()
        else:
            time.sleep(chance.uniform(0, 2 * SLOW_SECONDS))
            mail_run.shoot(shot)
    mail_run.wait(mail_run.is_over, seconds=240)
    mail_run.note("over")

    delivered = Counter(recipient for delivery in mail_run.mailbox.envelopes() for recipient in delivery.recipients)
    assert {recipient: count for recipient, count in delivered.items() if count != 1} == {}, mail_run.log
    assert len(delivered) == wanted
    assert mail_run.states() == {"sent": wanted, "refused": OBJECTING}
    assert sum(mail_run.states().values()) == RECIPIENTS
    told = dict(mail_run.ask("SELECT name, count(DISTINCT values->>'message_id')::int FROM runtime_event GROUP BY name"))
    assert (told["messaging.message_sent"], told["messaging.message_refused"]) == (wanted, OBJECTING)
    assert mail_run.ask("SELECT count(*)::int FROM runtime_event WHERE name LIKE 'messaging.%'") == [(RECIPIENTS,)]


def _free_ports() -> int:
    for first in range(9200, 9900, 10):
        with contextlib.ExitStack() as stack:
            probes = [stack.enter_context(socket.socket()) for _ in range(4)]
            if all(probe.connect_ex(("127.0.0.1", first + number)) for number, probe in enumerate(probes)):
                return first
    raise AssertionError("no four free ports in a row")
