"""All that a dealer's tables hold, made comparable with another dealer's: ids become what they stand for, moments of the run become "now".

A row's fingerprint begins with its plain values and takes in the fingerprints of the rows it points to, round by round; so two dealers
are equal only if every row has its twin with the same neighbours.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_ROOMS = ("people_", "vehicles_", "history_", "intake_", "audience_")
# Experience with due dates comes from cars drawn by their ids where there are many, and from cutting each car's past at a moment drawn from its
# id, which differs between two dealers. The due dates that follow from it are compared as they stand. A build's token is drawn as well.
_DRAWN = {
    "audience_dueexperience": frozenset({
        "cases", "uses_distance", "plain_error", "used_error", "plain_near", "used_near", "usual", "expected_error", "expected_near", "early", "late",
    }),
    "audience_build": frozenset({"token"}),
}  # fmt: skip
# A night's look at all that is kept, which may come in between and be cut short.
_LEFT_OUT = frozenset({"people_retentionrun"})
_ROUNDS = 4
_SHOWN = 5

Line = psycopg.Connection[Any]
Texts = dict[str, Counter[str]]


def read(line: Line, organisation_id: UUID | str, *, since: datetime, without: frozenset[str] = frozenset()) -> Texts:
    """How often each row, in words without ids, stands in each table, but for columns `without`. Instants after `since` are those of the run."""
    names = line.execute("SELECT table_name FROM information_schema.columns WHERE column_name = 'organisation_id' ORDER BY 1").fetchall()
    ours = [str(name) for (name,) in names if str(name).startswith(_ROOMS) and name not in _LEFT_OUT]
    tables = {name: _rows(line, name, organisation_id, without) for name in ours}
    known: dict[str, str] = {}
    for _round in range(_ROUNDS):
        known = {str(row["id"]): _digest(_words(row, known, since)) for rows in tables.values() for row in rows if "id" in row}
    return {name: Counter(_words(row, known, since) for row in rows) for name, rows in tables.items()}


def differences(one: Texts, other: Texts) -> dict[str, tuple[list[str], list[str]]]:
    """By table, how many rows only the one and only the other has, and the first of each; empty if they are equal."""
    return {name: (_told(rows - other[name]), _told(other[name] - rows)) for name, rows in one.items() if rows != other[name]}


def _told(rows: Counter[str]) -> list[str]:
    return [f"{rows.total()} rows", *sorted(rows.elements())[:_SHOWN]]


def counts(line: Line, organisation_id: str, tables: Iterable[str]) -> dict[str, int]:
    return {name: len(_rows(line, name, organisation_id)) for name in tables}


def _rows(line: Line, table: str, organisation_id: UUID | str, without: frozenset[str] = frozenset()) -> list[dict[str, Any]]:
    question = sql.SQL("SELECT * FROM {} WHERE organisation_id = %s").format(sql.Identifier(table))
    with line.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(question, [organisation_id]).fetchall()
    left_out = _DRAWN.get(table, frozenset()) | without
    return [{name: value for name, value in row.items() if name not in left_out} for row in found]


def _words(row: dict[str, Any], known: dict[str, str], since: datetime) -> str:
    plain = {name: _plain(value, known, since) for name, value in row.items() if name not in {"id", "organisation_id"}}
    return repr(sorted(plain.items()))


def _plain(value: Any, known: dict[str, str], since: datetime) -> str:
    if isinstance(value, datetime):
        return "now" if value >= since else value.isoformat()
    return _UUID.sub(lambda found: known.get(found[0], "?"), str(value))


def _digest(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()[:12]
