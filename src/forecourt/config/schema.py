"""Bringing the tables up to date, as the role that owns them.

The application's role may not change tables, so migrations borrow the owner's connection for as long as they run. Whether all of
them are in is something any role may ask.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from forecourt.config.environment import environment
from forecourt.config.postgres import application_url, django_database, owner_url
from forecourt.config.postgres.roles import ensure_supervision_there, prepare_database
from forecourt.runtime.database import walls


def migrate(*, verbosity: int = 1) -> None:
    """Apply all migrations as the owner. On a server of the dealer's the application's role gets its rights first."""
    if not environment().runs_database:
        application = str(django_database(application_url())["USER"])
        prepare_database(owner_url(), owner=None, application=application)
        ensure_supervision_there(owner_url(), application=application)
    with as_owner(owner_url()):
        call_command("migrate", interactive=False, verbosity=verbosity)


def missing_walls() -> list[str]:
    """The tables whose row-level policies are not those that the code has now."""
    return walls.missing()


def missing_migrations() -> list[str]:
    """The migrations that the database still lacks, in order, as `app.name`."""
    executor = MigrationExecutor(connection)
    planned = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in planned]


@contextmanager
def as_owner(url: str) -> Iterator[None]:
    """Let Django's default connection be another role's for a block."""
    connection.close()
    kept = dict(connection.settings_dict)
    connection.settings_dict.update({name: value for name, value in django_database(url).items() if name != "ENGINE"})
    # A pool would hand out the application's connections.
    connection.settings_dict["OPTIONS"] = {**kept["OPTIONS"], **connection.settings_dict["OPTIONS"], "pool": False}
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.clear()
        connection.settings_dict.update(kept)
