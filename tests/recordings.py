"""The cast, built once through the product's own actions and written down; every further test gets the same rows under new ids.

Building a dealer costs some 280 statements, and most tests begin with one. Ids keep their order in time and change their random half, so
that nothing that a process remembers of one test's dealer fits the next one's.
"""

import copy
import json
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import connection, models

from forecourt.runtime import clock, scope

_IDS: Final = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b")
_MADE_BY_TRIGGERS: Final = frozenset({"people_nameword", "procrastinate_events"})
_TABLES: Final = """
SELECT relname, array_agg(attname::text ORDER BY attnum) FILTER (WHERE attgenerated = ''), bool_or(attname = 'organisation_id')
  FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
 WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition GROUP BY relname ORDER BY relname
"""


@dataclass(frozen=True)
class Recording:
    """A dealer as it was built: its objects, and its rows as JSON by table and columns."""

    dealer: Any
    rows: tuple[tuple[str, tuple[str, ...], str], ...]


# By what builds them, and the second of business time where a test sets it before.
_made: dict[tuple[Callable[[], Any], int], Recording] = {}


def again(build: Callable[[], Any]) -> Any:
    """A dealer as `build` makes it; built anew only the first time at each business time."""
    now = clock.now()
    made_for = (build, int(now.timestamp()) if settings.CLOCK else 0)
    if made_for not in _made:
        before = _unscoped_rows()
        # Another test's clock, set to the same second, may stand a fraction earlier.
        with clock.at(now - timedelta(seconds=1)) if settings.CLOCK else nullcontext():
            dealer = build()
        _made[made_for] = Recording(copy.deepcopy(dealer), tuple(_rows(dealer, before)))
        return dealer
    return _play(_made[made_for])


def _rows(dealer: Any, before: dict[str, set[str]]) -> Iterator[tuple[str, tuple[str, ...], str]]:
    with scope.of(dealer.organisation.pk), connection.cursor() as cursor:
        for table, columns, is_scoped in _tables(cursor):
            named = ", ".join(f'"{column}"' for column in columns)
            # A few tables show a dealer the rows of others, too.
            ours = "WHERE organisation_id = %(dealer)s" if is_scoped else ""
            cursor.execute(
                f"SELECT count(*), json_agg(t)::text FROM (SELECT {named} FROM {table} {ours}) AS t", {"dealer": dealer.organisation.pk}
            )
            count, rows = cursor.fetchone()
            if count and not is_scoped:
                rows = json.dumps([row for row in json.loads(rows) if str(row["id"]) not in before[table]])
            if count and rows != "[]":
                yield table, columns, rows


def _unscoped_rows() -> dict[str, set[str]]:
    found = {}
    with connection.cursor() as cursor:
        for table, columns, is_scoped in _tables(cursor):
            if not is_scoped and "id" in columns:
                cursor.execute(f"SELECT id::text FROM {table}")
                found[table] = {row[0] for row in cursor.fetchall()}
    return found


def _tables(cursor: Any) -> list[tuple[str, tuple[str, ...], bool]]:
    cursor.execute(_TABLES)
    return [
        (table, tuple(columns), is_scoped)
        for table, columns, is_scoped in cursor.fetchall()
        if table not in _MADE_BY_TRIGGERS and "id" in columns
    ]


def _play(recording: Recording) -> Any:
    mask = secrets.randbits(62)

    def anew(old: UUID) -> UUID:
        return UUID(int=old.int ^ mask)

    statements, values = [], []
    for table, all_columns, rows in recording.rows:
        # Jobs are numbered by a sequence, which begins anew where tables are emptied.
        columns = [each for each in all_columns if (table, each) != ("procrastinate_jobs", "id")]
        named = ", ".join(f'"{column}"' for column in columns)
        statements.append(f"INSERT INTO {table} ({named}) SELECT {named} FROM json_populate_recordset(NULL::{table}, %s)")
        values.append(_IDS.sub(lambda found: str(anew(UUID(found[0]))), rows))
    dealer = _with_ids(copy.deepcopy(recording.dealer), anew)
    with scope.of(dealer.organisation.pk), connection.cursor() as cursor:
        cursor.execute("; ".join(statements), values)
    return dealer


def _with_ids(dealer: Any, anew: Callable[[UUID], UUID]) -> Any:
    """The objects of a copied dealer, and what they hold on to, with other ids."""
    waiting: list[Any] = [
        dealer.organisation,
        *(each for found in vars(dealer).values() if isinstance(found, dict) for each in found.values()),
    ]
    seen: set[int] = set()
    while waiting:
        model = waiting.pop()
        if not isinstance(model, models.Model) or id(model) in seen:
            continue
        seen.add(id(model))
        for name, value in vars(model).items():
            if isinstance(value, UUID):
                setattr(model, name, anew(value))
            elif isinstance(value, list | tuple) and any(isinstance(each, UUID) for each in value):
                setattr(model, name, type(value)(anew(each) if isinstance(each, UUID) else each for each in value))
        waiting.extend(model._state.fields_cache.values())
    return dealer
