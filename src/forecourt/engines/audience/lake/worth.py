"""Whether a lake pays for a dealer. Apart from all else here, so that small dealers' workers never load its engines."""

from typing import Any, Final
from uuid import UUID

from forecourt.engines.audience.building.terms import MOST_KINDS

#: From so many job lines on it does; below, PostgreSQL is done before the lake's engine has begun.
LINES: Final = 200_000

_KINDS: Final = """
SELECT count(*) FROM (SELECT code FROM catalogue_workkind WHERE organisation_id = %s
                      UNION SELECT unnest(work_kinds) FROM audience_classification WHERE organisation_id = %s) kind
"""


def pays(cursor: Any, organisation_id: UUID) -> bool:
    """Whether so many lines have come, and a mask has a bit for each kind of work."""
    cursor.execute("SELECT count(*) FROM (SELECT FROM history_jobline WHERE organisation_id = %s LIMIT %s) line", [organisation_id, LINES])
    if cursor.fetchone()[0] < LINES:
        return False
    cursor.execute(_KINDS, [organisation_id, organisation_id])
    return bool(cursor.fetchone()[0] <= MOST_KINDS)
