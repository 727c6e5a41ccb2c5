"""Whether a lake pays for a dealer. Apart from all else here, so that small dealers' workers never load its engines."""

from typing import Any, Final
from uuid import UUID

#: From so many job lines on it does; below, PostgreSQL is done before the lake's engine has begun.
LINES: Final = 200_000


def pays(cursor: Any, organisation_id: UUID) -> bool:
    cursor.execute("SELECT count(*) FROM (SELECT FROM history_jobline WHERE organisation_id = %s LIMIT %s) line", [organisation_id, LINES])
    return bool(cursor.fetchone()[0] >= LINES)
