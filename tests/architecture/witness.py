"""Watches the requests of the table tests: a refused one has changed, sent and queued nothing; how many cells were tried is counted."""

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

REFUSED = {401, 403, 404, 405}
CELLS: Counter[str] = Counter()
"""Tried requests by what became of them, over the whole run."""
_WRITES = re.compile(r"^\s*(INSERT INTO|UPDATE|DELETE FROM)\s|procrastinate_defer|pg_notify", re.IGNORECASE)
_OF_THE_VISIT = {"django_session", "runtime_budget"}  # that somebody came, not what they wanted


def seen(ask: Callable[[], int]) -> int:
    """The status, with whatever the request wrote taken back. AssertionError if it was refused and something stayed written."""
    stayed: dict[str, Any] | None = None
    connection.queries_log.clear()  # Django keeps 9,000 statements for a test, and a table of all routes has more
    with CaptureQueriesContext(connection) as captured, transaction.atomic():
        status = ask()
        wrote = [each["sql"] for each in captured.captured_queries if _WRITES.search(each["sql"]) and not _visited(each["sql"])]
        if status in REFUSED and wrote:
            stayed = _contents()
        transaction.set_rollback(True)
    CELLS["refused" if status in REFUSED else "let in"] += 1
    if stayed is not None:
        before = _contents()
        changed = sorted(table for table in stayed if stayed[table] != before[table])
        assert not changed, f"answered {status}, and yet changed {changed}: {wrote}"
    return status


def _visited(sql: str) -> bool:
    return any(f'"{table}"' in sql or f" {table} " in sql for table in _OF_THE_VISIT)


def _contents() -> dict[str, Any]:
    """Of each table, in each dealer's scope, how many rows and a sum over what they say."""
    found: dict[str, Any] = {}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1")
        tables = [name for (name,) in cursor.fetchall() if name not in _OF_THE_VISIT]
        cursor.execute("SELECT id FROM dealership_organisation ORDER BY id")
        for (organisation_id,) in cursor.fetchall():
            cursor.execute("SELECT set_config('forecourt.organisation', %s, true)", [str(organisation_id)])
            for table in tables:
                cursor.execute(f"SELECT count(*), sum(hashtext(t::text)) FROM {table} t")
                found[f"{table} of {organisation_id}"] = cursor.fetchone()
        transaction.set_rollback(True)
    return found
