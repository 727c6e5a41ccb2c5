"""Roles and rights in PostgreSQL: an owner for the migrations, and the application's role that can neither own nor bypass.

The application's role gets its rights on everything the owner will ever make by default privileges, so no migration forgets them.
"""

from collections.abc import Iterable
from typing import Any, Final

import psycopg
from psycopg import sql

from forecourt.config.postgres.place import ROLES
from forecourt.config.postgres.problem import PostgresProblem
from forecourt.runtime.database import EVERYWHERE_ROLE

_INHERITANCE_PER_GRANT: Final = 160_000
EXTENSIONS = ("btree_gist", "pg_trgm", "unaccent", "citext")


def ensure_roles(super_url: str, passwords: dict[str, str]) -> None:
    """Make `forecourt_owner` and `forecourt_app` where they are missing; their passwords become the kept ones."""
    with psycopg.connect(super_url, autocommit=True) as connection:
        known = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
        for role, password in passwords.items():
            name = sql.Identifier(ROLES[role])
            if ROLES[role] in known:
                continue
            connection.execute(
                sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD {}").format(
                    name, password
                )
            )
        ensure_supervision(connection, members=[ROLES[role] for role in passwords])


def ensure_supervision(connection: psycopg.Connection[Any], *, members: Iterable[str]) -> None:
    """The role of `scope.everywhere`, which these may take on but do not have of themselves."""
    role = sql.Identifier(EVERYWHERE_ROLE)
    if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [EVERYWHERE_ROLE]).fetchone():
        connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN NOSUPERUSER NOBYPASSRLS").format(role))
    for name in members:
        member = sql.Identifier(name)
        if connection.execute("SELECT pg_has_role(%s, %s, 'MEMBER')", [name, EVERYWHERE_ROLE]).fetchone() == (True,):
            continue
        if connection.info.server_version >= _INHERITANCE_PER_GRANT:
            connection.execute(sql.SQL("GRANT {} TO {} WITH INHERIT FALSE, SET TRUE").format(role, member))
        else:
            connection.execute(sql.SQL("ALTER ROLE {} NOINHERIT").format(member))
            connection.execute(sql.SQL("GRANT {} TO {}").format(role, member))


def create_database(super_url: str, name: str, *, template: str | None = None) -> None:
    """A database owned by the owner; a copy of `template` where one is named. Nothing changes if it exists."""
    with psycopg.connect(super_url, autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return
        copied = sql.SQL(" TEMPLATE {}").format(sql.Identifier(template)) if template else sql.SQL("")
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}{}").format(sql.Identifier(name), sql.Identifier(ROLES["owner"]), copied))


def prepare_database(admin_url: str, *, owner: str | None = ROLES["owner"], application: str = ROLES["app"]) -> None:
    """Extensions, and the application's rights on all that `owner` (None: whoever connects) makes from now on; repeatable."""
    maker = sql.SQL("FOR ROLE {} ").format(sql.Identifier(owner)) if owner else sql.SQL("")
    rights = {"TABLES": "SELECT, INSERT, UPDATE, DELETE", "SEQUENCES": "USAGE, SELECT", "FUNCTIONS": "EXECUTE", "TYPES": "USAGE"}
    with psycopg.connect(admin_url, autocommit=True, options="-c client_min_messages=warning") as connection:
        for extension in EXTENSIONS:
            connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))
        connection.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(sql.Identifier(application)))
        for kind, right in rights.items():
            connection.execute(
                sql.SQL("ALTER DEFAULT PRIVILEGES {}IN SCHEMA public GRANT {} ON {} TO {}").format(
                    maker, sql.SQL(right), sql.SQL(kind), sql.Identifier(application)
                )
            )


def ensure_supervision_there(owner_url: str, *, application: str) -> None:
    """The same on a server of the dealer's, where the owner may not be allowed to: then PostgresProblem says what to run as who may."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        owner = connection.info.user
        try:
            ensure_supervision(connection, members=[application, owner])
        except psycopg.errors.InsufficientPrivilege as problem:
            raise PostgresProblem(
                f"The role {EVERYWHERE_ROLE} is missing and {owner!r} may not make it. As an administrator of the server run:\n"
                f"  CREATE ROLE {EVERYWHERE_ROLE} NOLOGIN;\n"
                f"  GRANT {EVERYWHERE_ROLE} TO {application}, {owner} WITH INHERIT FALSE, SET TRUE;\n"
                "(before PostgreSQL 16: ALTER ROLE … NOINHERIT for both, and the GRANT without WITH)"
            ) from problem


def refuse_privileged_role(url: str) -> None:
    """Raise PostgresProblem when the application would work as a superuser or past row-level security."""
    with psycopg.connect(url, connect_timeout=10) as connection:
        row = connection.execute("SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user").fetchone()
    if row is None:
        raise PostgresProblem("The role of DATABASE_URL is not among pg_roles; use a role of its own.")
    name, is_superuser, bypasses = row
    if is_superuser or bypasses:
        why = "is a superuser" if is_superuser else "has BYPASSRLS"
        raise PostgresProblem(
            f"The application must not work as {name!r}, which {why}: the separation of dealers would not hold. "
            "Name an ordinary role in DATABASE_URL and keep the other one for DATABASE_ADMIN_URL."
        )
