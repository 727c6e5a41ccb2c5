"""What every test stands on: its own data folder, its own PostgreSQL, the application's role, and a browser where one is there.

The environment is set before Django reads its settings, which is why no DJANGO_SETTINGS_MODULE stands in pyproject.toml.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
import pytest

_CHECKOUT = Path(__file__).resolve().parents[1]
_GIVEN = os.environ.get("FORECOURT_DATA")
os.environ["FORECOURT_DATA"] = str(Path(_GIVEN) / "test" if _GIVEN else _CHECKOUT / ".data-test")
os.environ["FORECOURT_SECRET_KEY"] = "not-secret-only-for-tests"
os.environ["DJANGO_SETTINGS_MODULE"] = "forecourt.config.settings"
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
os.environ.setdefault("FORECOURT_PORT", str(8400 + 10 * _WORKER))
for _name in (
    "DATABASE_URL",
    "DATABASE_ADMIN_URL",
    "FORECOURT_CLOCK",
    "FORECOURT_SMTP_URL",
    "FORECOURT_LIVE_URL",
    "FORECOURT_MAIL_FAULTS",
    "FORECOURT_SMS_URL",
):
    os.environ.pop(_name, None)
django.setup()

pytest_plugins = [
    "tests.receiver",  # a program of somebody else's
    "tests.sftp_server",  # a dealer's server with files
    "tests.cast",  # the people and places that all tests share
    "tests.architecture.telling",
]

_BROWSERS = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/usr/bin/google-chrome-stable")
_BROWSER_FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[Any]:
    """The tests' own PostgreSQL; stopped when the last run that uses it ends."""
    from forecourt.config.environment import environment
    from forecourt.config.postgres import ensure_running

    cluster = ensure_running(environment().data, durable=False)
    yield cluster
    cluster.release()


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any, postgres_cluster: Any) -> Iterator[None]:
    """Point Django's connection at a fresh copy of the migrated template, as the application's role."""
    from django.db import connections

    from tests import databases

    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with django_db_blocker.unblock():
        with (postgres_cluster.place.notes / "template.lock").open("a") as building:
            fcntl.flock(building, fcntl.LOCK_EX)
            template = databases.template(postgres_cluster)
            name, lock = databases.fresh_copy(postgres_cluster, template, worker)
        connection = connections["default"]
        connection.close()
        connection.settings_dict["NAME"] = name
    yield
    with django_db_blocker.unblock():
        connections.close_all()
    lock.close()


def chromium() -> str | None:
    """A Chromium of the system, or the one that FORECOURT_CHROMIUM names."""
    candidates = (os.environ.get("FORECOURT_CHROMIUM", ""), *_BROWSERS, shutil.which("chromium") or "")
    return next((path for path in candidates if path and os.access(path, os.X_OK)), None)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start the system's Chromium; Playwright's own download is not used."""
    path = chromium()
    if path is None:
        pytest.skip("no Chromium on this machine; make test says how to get one")
    # Playwright's synchronous interface runs an event loop in the thread that also asks the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    return {**browser_type_launch_args, "executable_path": path, "args": _BROWSER_FLAGS}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with a browser come last: once Playwright's event loop runs in this thread, Django's test client refuses to work in it.

    They stay files, since two processes share the run file by file.
    """
    with_a_browser = {item.path for item in items if "browser" in getattr(item, "fixturenames", ())}
    items.sort(key=lambda item: item.path in with_a_browser)
