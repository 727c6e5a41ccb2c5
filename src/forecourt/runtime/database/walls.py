"""The second wall: a row-level policy on every table of a dealer's rows, put up after each migration.

A new `ScopedModel` gets its policy by being one; nobody writes it into a migration. Owns the SQL of the policies and the rights of the
role that supervision takes on. The first wall is `runtime.scope`; docs/decisions/0005-row-level-security.md says what each stops.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.apps import apps
from django.db import connection, transaction

from forecourt.runtime.database import EVERYWHERE_ROLE, SCOPE_SETTING

# One function, so that every policy reads the scope alike. Asked inside a subselect, it is worked out once per statement, not per row.
_FUNCTION: Final = f"""
CREATE OR REPLACE FUNCTION forecourt_scope() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(current_setting('{SCOPE_SETTING}', true), '')::uuid $$
"""
_OWN: Final = "organisation_id = (SELECT forecourt_scope())"


@dataclass(frozen=True)
class Wall:
    """What stands around one table. `everywhere` is what supervision may do with rows of all organisations."""

    table: str
    own: str = _OWN
    everywhere: tuple[str, ...] = ()

    def policies(self) -> Iterator[tuple[str, str]]:
        """Name and SQL; the name carries a digest of the SQL, so that a changed policy is seen as missing."""
        yield self._named("own", f"FOR ALL TO PUBLIC USING ({self.own}) WITH CHECK ({self.own})")
        for command in self.everywhere:
            yield self._named(f"everywhere_{command.lower()}", f"FOR {command} TO {EVERYWHERE_ROLE} USING (true)")

    def _named(self, name: str, body: str) -> tuple[str, str]:
        full = f"{name}_{hashlib.sha256(f'{_FUNCTION}{body}'.encode()).hexdigest()[:8]}"
        return full, f"CREATE POLICY {full} ON {self.table} {body}"


# Read and cleaned by the live process, which serves all dealers; a row without an organisation ends a session and shows nothing.
_LIVE: Final = Wall("runtime_livefragment", own=f"organisation_id IS NULL OR {_OWN}", everywhere=("SELECT", "DELETE"))


def walls() -> list[Wall]:
    """Of every scoped model that Django knows."""
    from forecourt.runtime.scope import ScopedModel

    scoped = [model for model in apps.get_models() if issubclass(model, ScopedModel)]
    return [
        _LIVE,
        *(Wall(model._meta.db_table, everywhere=("SELECT",) if model.seen_everywhere else ()) for model in scoped),  # noqa: SLF001
    ]


def missing() -> list[str]:
    """The tables that are there without the wall they should have; any role may ask."""
    standing = _standing()
    return [wall.table for wall in walls() if standing.get(wall.table, _wanted(wall)) != _wanted(wall)]


@transaction.atomic
def put_up(**_: Any) -> None:
    """Put up what is missing, as the owner of the tables; repeatable. Runs by itself after `migrate`."""
    lacking = set(missing())
    if not lacking:
        return  # Django also sends `post_migrate` after emptying tables, which other roles may do
    with connection.cursor() as cursor:
        cursor.execute(_FUNCTION)
        for wall in walls():
            if wall.table in lacking:
                for statement in _statements(wall, _standing()[wall.table]):
                    cursor.execute(statement)


def fingerprint() -> str:
    """Changes with every policy."""
    return hashlib.sha256(repr([(wall.table, list(wall.policies())) for wall in walls()]).encode()).hexdigest()[:8]


def _wanted(wall: Wall) -> frozenset[str]:
    return frozenset({"enabled", "forced", *(name for name, _ in wall.policies())})


def _standing() -> dict[str, frozenset[str]]:
    """What the database has around each of its tables."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, relrowsecurity, relforcerowsecurity, "
            "ARRAY(SELECT polname::text FROM pg_policy WHERE polrelid = pg_class.oid) "
            "FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
        )
        rows = cursor.fetchall()
    marks = {name: {"enabled": enabled, "forced": forced} for name, enabled, forced, _ in rows}
    return {name: frozenset({*(mark for mark, is_set in marks[name].items() if is_set), *names}) for name, _, _, names in rows}


def _statements(wall: Wall, standing: frozenset[str]) -> Iterator[str]:
    wanted = dict(wall.policies())
    yield f"ALTER TABLE {wall.table} ENABLE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {wall.table} FORCE ROW LEVEL SECURITY"
    for name in sorted(standing - wanted.keys() - {"enabled", "forced"}):
        yield f"DROP POLICY {name} ON {wall.table}"
    for name in wanted.keys() - standing:
        yield wanted[name]
    yield f"REVOKE ALL ON {wall.table} FROM {EVERYWHERE_ROLE}"
    if wall.everywhere:
        yield f"GRANT {', '.join(wall.everywhere)} ON {wall.table} TO {EVERYWHERE_ROLE}"
