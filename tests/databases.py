"""The test database: a copy of a migrated template, so that only a change of migrations costs time.

The cluster is the tests' own (FORECOURT_DATA/test, or `.data-test` in the checkout), separate from the one of `make run`. Tests work as
the application's role; in the test database alone it may also TRUNCATE, which Django needs to clean up after transactional tests.
"""

import fcntl
from pathlib import Path
from typing import IO

import psycopg
from psycopg import sql

from forecourt.config import applied
from forecourt.config.postgres import Cluster
from forecourt.config.schema import as_owner
from forecourt.runtime.database import walls


def template(cluster: Cluster) -> str:
    """The name of a database with all migrations and policies in; made if no earlier run left it."""
    from django.core.management import call_command

    name = f"test_template_{applied.digest()}_{walls.fingerprint()}"
    with psycopg.connect(cluster.url("super", "postgres"), autocommit=True) as server:
        known = [row[0] for row in server.execute("SELECT datname FROM pg_database WHERE datname LIKE 'test\\_template\\_%'")]
        if name in known:
            return name
        for stale in known:
            _drop(server, stale)
        building = f"{name}_building"
        cluster.create_database(building)
        with psycopg.connect(cluster.url("super", building), autocommit=True) as inside:
            inside.execute("ALTER DEFAULT PRIVILEGES FOR ROLE forecourt_owner IN SCHEMA public GRANT TRUNCATE ON TABLES TO forecourt_app")
        with as_owner(cluster.url("owner", building)):
            call_command("migrate", interactive=False, verbosity=0)
        server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(building), sql.Identifier(name)))
    return name


def fresh_copy(cluster: Cluster, of: str, worker: str) -> tuple[str, IO[str]]:
    """A new database copied from the template, under a name that no other run is using; the lock keeps the name ours."""
    name, lock = _free_name(cluster.place.notes, worker)
    with psycopg.connect(cluster.url("super", "postgres"), autocommit=True) as server:
        _drop(server, name)
        server.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER forecourt_owner STRATEGY FILE_COPY").format(
                sql.Identifier(name), sql.Identifier(of)
            )
        )
    return name, lock


def _free_name(folder: Path, worker: str) -> tuple[str, IO[str]]:
    for number in range(1, 20):
        name = f"test_forecourt_{worker}" if number == 1 else f"test_forecourt_{worker}_{number}"
        lock = (folder / f"{name}.lock").open("a")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
        else:
            return name, lock
    raise RuntimeError("Twenty test runs at once on one data folder; set FORECOURT_DATA to another one.")


def _drop(server: psycopg.Connection[tuple[object, ...]], name: str) -> None:
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
