"""One embedded cluster: made, started, asked, stopped; safe for several processes at once and after any crash.

What counts as alive is `pg_isready`'s answer, never a process id. Whoever uses the cluster holds a shared lock; the last one to let
go stops the server.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final
from urllib.parse import quote

from forecourt.config.postgres import place as places
from forecourt.config.postgres import programs, roles
from forecourt.config.postgres.place import ROLES, Place
from forecourt.config.postgres.problem import PostgresProblem
from forecourt.kernel import processes

__all__ = ["Cluster", "PostgresProblem", "ensure_running", "locate", "running"]

_START_SECONDS: Final = 60
# After a crash the old server's children still hold shared memory for a moment.
_ATTEMPTS: Final = 20
# The lowest common ground of a small first run: pages, workers, live updates and a person with a console.
_SETTINGS: Final = {
    "listen_addresses": "", "max_connections": "150", "timezone": "UTC", "log_timezone": "UTC", "jit": "off",
    # A statement that fails is told to who asked. Here it would be written with the row: names, addresses, session keys.
    "log_min_messages": "log", "log_min_error_statement": "panic", "log_error_verbosity": "terse", "log_parameter_max_length_on_error": "0",
}  # fmt: skip
# What PostgreSQL keeps in memory of its tables is an eighth of the machine's, within these bounds. Its own 128 MB is the least: an import of a million
# lines writes twice as much, and each page that has no room is written out, read back and written out again.
_BUFFERS_MIB: Final = (128, 512)
# For test clusters, whose rows nobody misses after a power cut.
_FORGETFUL: Final = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(slots=True)
class Cluster:
    """A cluster under one data folder. Its URLs hold as soon as it is located, whether or not it runs."""

    place: Place
    _in_use: IO[str] | None = field(default=None, repr=False)
    server: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def url(self, role: str = "app", database: str = "forecourt") -> str:
        """A libpq URL over the Unix socket for `app`, `owner` or `super`."""
        host = quote(str(self.place.socket_folder), safe="")
        return f"postgresql://{ROLES[role]}:{self.place.password(role)}@/{database}?host={host}"

    @property
    def works(self) -> bool:
        user = programs.server_user(self.place.cluster)
        answer = programs.run([self._program("pg_isready"), "-q", "-t", "3", "-h", self.place.socket_folder], user, timeout=10)
        return answer.returncode == 0

    def create_database(self, name: str, *, template: str | None = None) -> None:
        """A database of the owner's with extensions and the application's rights; nothing changes if it is there."""
        roles.create_database(self.url("super", "postgres"), name, template=template)
        roles.prepare_database(self.url("super", name))

    def alone(self) -> AbstractContextManager[None]:
        """Keep other processes from starting or stopping the cluster for a block."""
        return places.alone(self.place)

    def hold(self) -> None:
        """Say that this process uses the cluster, until `release` or its end."""
        if self._in_use is None:
            self._in_use = (self.place.notes / "in-use").open("a")
            fcntl.flock(self._in_use, fcntl.LOCK_SH)

    def release(self) -> None:
        """Let go; the last one stops the server."""
        if self._in_use is None:
            return
        with self.alone():
            try:
                fcntl.flock(self._in_use, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self.stop()
            except BlockingIOError:
                pass
            finally:
                self._in_use.close()
                self._in_use = None
        if self.server is not None and self.server.poll() is None:
            # Others still use it, so it outlives us; subprocess would complain about a child nobody waits for.
            self.server.returncode = 0

    def stop(self) -> None:
        """Stop the server whoever started it; first politely to its clients, after 8 s at once."""
        for mode, seconds in (("fast", 8), ("immediate", 5)):
            if not (self.place.cluster / "postmaster.pid").exists():
                return
            user = programs.server_user(self.place.cluster)
            programs.run([self._program("pg_ctl"), "stop", "-s", "-w", "-t", str(seconds), "-m", mode, "-D", self.place.cluster], user)

    def launch(self, *, output: IO[bytes] | int, dies_with_us: bool, durable: bool = True) -> subprocess.Popen[bytes]:
        """Start the server process without waiting. `dies_with_us` ends it when the calling process is gone, however that went."""
        user = programs.server_user(self.place.cluster)
        places.make_socket_folder(self.place.socket_folder, user.uid if user.uid is not None else os.geteuid())
        for note in (self.place.cluster / "postmaster.pid", self.place.socket_folder / ".s.PGSQL.5432.lock"):
            _remove_stale_pid(note)
        settings = (
            _SETTINGS
            | {"shared_buffers": f"{buffers(_memory())}MB", "unix_socket_directories": str(self.place.socket_folder)}
            | ({} if durable else _FORGETFUL)
        )
        return subprocess.Popen(
            [str(self._program("postgres")), "-D", str(self.place.cluster), *(f"--{name}={value}" for name, value in settings.items())],
            cwd="/",
            env=programs.clean_variables(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            # SIGINT is PostgreSQL's fast shutdown; the supervisor, which alone asks for this, has no threads.
            preexec_fn=processes.dying_with(os.getpid(), signal.SIGINT) if dies_with_us else None,  # noqa: PLW1509
            **user.process_arguments(),
        )

    def initialise(self) -> None:
        """Make the cluster if there is none. Made beside and renamed, so that an interrupted attempt leaves nothing half."""
        if self.place.cluster.exists():
            return
        user = programs.server_user(self.place.cluster)
        attempt, secret = self.place.home / "cluster-new", self.place.home / "password-new"
        shutil.rmtree(attempt, ignore_errors=True)
        attempt.mkdir(mode=0o700)
        user.own(attempt)
        secret.touch(mode=0o600)
        secret.write_text(self.place.password("super"), encoding="ascii")
        user.own(secret)
        try:
            answer = programs.run(
                [
                    self._program("initdb"), "-D", attempt, "--username", ROLES["super"], "--pwfile", secret, "--auth=scram-sha-256",
                    "--encoding=UTF8", *_locale(self._program("initdb")), "--no-instructions",
                ],
                user,
            )  # fmt: skip
        finally:
            secret.unlink()
        if answer.returncode != 0:
            raise PostgresProblem(f"The database could not be made in {attempt}: {answer.stdout.strip()}")
        attempt.rename(self.place.cluster)

    def prepare(self) -> None:
        """Roles and the application's database, as they must be; repeatable."""
        passwords = {role: self.place.password(role) for role in ("owner", "app")}
        roles.ensure_roles(self.url("super", "postgres"), passwords)
        self.create_database("forecourt")

    def _program(self, name: str) -> Path:
        return programs.folder_of_programs(programs.server_user(self.place.cluster)) / name


def _memory() -> int:
    """Of this machine, in MiB."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20


def buffers(memory: int) -> int:
    """How much PostgreSQL keeps of its tables on a machine with so much memory; both in MiB."""
    least, most = _BUFFERS_MIB
    return min(most, max(least, memory // 8))


def _locale(initdb: Path) -> list[str]:
    """Characters by Unicode, order by code point: the same on every machine, since the wheel has no ICU. Built in from 17 on."""
    answer = programs.run([initdb, "--version"], programs.ServerUser(None, None)).stdout
    major = int(answer.split()[2].split(".")[0])
    return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"] if major >= 17 else ["--locale=C.UTF-8"]


def locate(data: Path) -> Cluster:
    """The cluster of a data folder, not started."""
    return Cluster(places.find(data))


def ensure_running(data: Path, *, durable: bool = True) -> Cluster:
    """Initialise or start the cluster where needed and wait until it answers. The caller holds it until `release` or its own end."""
    cluster = locate(data)
    cluster.hold()
    try:
        _make_ready(cluster, durable=durable)
    except BaseException:
        cluster.release()
        raise
    return cluster


def _make_ready(cluster: Cluster, *, durable: bool) -> None:
    with cluster.alone():
        cluster.initialise()
        if not cluster.works:
            with (cluster.place.notes / "server.log").open("ab") as log:
                cluster.server = _start_until_it_answers(cluster, lambda: cluster.launch(output=log, dies_with_us=False, durable=durable))
        cluster.prepare()


def _start_until_it_answers(cluster: Cluster, launch: Callable[[], subprocess.Popen[bytes]]) -> subprocess.Popen[bytes]:
    """Launch until the server answers; what still hangs from a crash is given some seconds to go."""
    until = time.monotonic() + _START_SECONDS
    for attempt in range(_ATTEMPTS):
        process = launch()
        while process.poll() is None and time.monotonic() < until:
            if cluster.works:
                return process
            time.sleep(0.03)
        if time.monotonic() > until:
            process.kill()
            break
        time.sleep(0.1 + 0.05 * attempt)
    raise PostgresProblem(f"The database in {cluster.place.cluster} does not start; its log in {cluster.place.notes.parent} says why.")


@contextmanager
def running(data: Path) -> Iterator[Cluster]:
    """A running cluster for the length of a block."""
    cluster = ensure_running(data)
    try:
        yield cluster
    finally:
        cluster.release()


def _remove_stale_pid(note: Path) -> None:
    """PostgreSQL refuses to start while the noted process lives, and after a reboot that number may be anybody's."""
    try:
        pid = int(note.read_text(encoding="ascii").split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return
    if not processes.is_living(pid, "postgres"):
        note.unlink(missing_ok=True)
