"""Where an embedded cluster lies, its passwords and the locks around it.

As an ordinary user everything lies in `FORECOURT_DATA/postgres`. As root the cluster lies in `/var/lib/forecourt/<hash>`, because
initdb fails under a folder that its user cannot enter; `FORECOURT_DATA/postgres/location` points there.
"""

import fcntl
import hashlib
import os
import secrets
import signal
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from forecourt.config.postgres.problem import PostgresProblem
from forecourt.config.postgres.programs import SHARED_PLACE
from forecourt.kernel import processes

ROLES: Final = {"super": "postgres", "owner": "forecourt_owner", "app": "forecourt_app"}
# A socket's path has 107 bytes; PostgreSQL adds `/.s.PGSQL.5432.lock`.
_LONGEST_SOCKET_FOLDER: Final = 85


@dataclass(frozen=True, slots=True)
class Place:
    """Folders of one cluster: `notes` with passwords and locks (ours), `home` with the cluster (the server's user's)."""

    notes: Path
    home: Path

    @property
    def cluster(self) -> Path:
        return self.home / "cluster"

    @property
    def socket_folder(self) -> Path:
        near = self.home / "socket"
        if len(os.fsencode(near)) <= _LONGEST_SOCKET_FOLDER:
            return near
        return Path("/tmp") / f"forecourt-{os.geteuid()}-{_digest(self.home)}"  # noqa: S108 (ownership is checked before use)

    def password(self, role: str) -> str:
        """Generated at first use, readable only for us; two processes may ask first at once."""
        kept = self.notes / f"{role}.password"
        if not kept.exists():
            attempt = self.notes / f".{role}-{os.getpid()}-{secrets.token_hex(4)}"
            attempt.touch(mode=0o600)
            attempt.write_text(secrets.token_urlsafe(24), encoding="ascii")
            try:
                os.link(attempt, kept)
            except FileExistsError:
                pass
            finally:
                attempt.unlink()
        return kept.read_text(encoding="ascii").strip()


def find(data: Path) -> Place:
    """The place of the cluster for this data folder; made where it is missing."""
    data = data.absolute()
    notes = data / "postgres"
    notes.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        home = _noted_home(notes) or _chosen_home(data, notes)
    except PermissionError as problem:
        raise PostgresProblem(
            f"{data} belongs to another user; start as that user, or set FORECOURT_DATA to a folder of your own."
        ) from problem
    return Place(notes=notes, home=home)


def _noted_home(notes: Path) -> Path | None:
    """Where an earlier run as root put the cluster. Two data folders must not share one: a copied folder points to the first one's."""
    pointer = notes / "location"
    if not pointer.exists():
        return None
    home = Path(pointer.read_text(encoding="utf-8").strip())
    belongs = home / "belongs-to"
    if not belongs.exists():
        raise PostgresProblem(
            f"The database of this data folder was in {home} and is gone; bring it back, or remove {pointer} to begin empty."
        )
    first = Path(belongs.read_text(encoding="utf-8").strip())
    if first != notes and (first / "location").exists():
        raise PostgresProblem(
            f"This data folder is a copy of {first.parent} and points to its database; set FORECOURT_DATA to an empty folder."
        )
    if first != notes:
        belongs.write_text(f"{notes}\n", encoding="utf-8")
    return home


def _chosen_home(data: Path, notes: Path) -> Path:
    if os.geteuid() != 0 or (notes / "cluster").exists():
        return notes
    home = SHARED_PLACE / _digest(data)
    if home.exists():
        # The data folder was removed and is made anew: its old cluster is nobody's, but nothing of it is deleted.
        _end_server_of(home / "cluster" / "postmaster.pid")
        home.rename(home.with_name(f"{home.name}-left-{time.time_ns()}"))
    home.mkdir(mode=0o755, parents=True)
    SHARED_PLACE.chmod(0o755)
    (home / "belongs-to").write_text(f"{notes}\n", encoding="utf-8")
    (notes / "location").write_text(f"{home}\n", encoding="utf-8")
    return home


def _end_server_of(note: Path) -> None:
    try:
        pid = int(note.read_text(encoding="ascii").split("\n", 1)[0])
    except (OSError, ValueError):
        return
    if processes.is_living(pid, "postgres"):
        os.kill(pid, signal.SIGINT)


def make_socket_folder(folder: Path, owner_uid: int) -> None:
    """A folder that only the server's user can enter; refuses one that somebody else laid there."""
    try:
        folder.mkdir(mode=0o700)
        if owner_uid != os.geteuid():
            os.chown(folder, owner_uid, -1)
    except FileExistsError:
        pass
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != owner_uid or status.st_mode & 0o077:
        raise PostgresProblem(f"{folder} does not belong to the user of the database or is open to others; remove it and start again.")


@contextmanager
def alone(place: Place, *, seconds: float = 60) -> Iterator[None]:
    """Only one process at a time initialises, starts or stops the cluster."""
    with (place.notes / "lock").open("a") as lock:
        until = time.monotonic() + seconds
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    raise PostgresProblem(f"Another process has been starting the database in {place.notes} for {seconds:.0f} s.") from None
                time.sleep(0.02)
        yield


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
