"""How often something may be tried, counted in PostgreSQL for all processes together.

A limit is a bucket that leaks: `most` tries fit in, and they drain away evenly over `seconds`. `spend` takes one try and raises
`TooMany` with the seconds to wait. Who limits decides what the source is; a limit whose source is the victim alone would let a
stranger lock people out, so a source always names who tries.
"""

import hashlib
from math import ceil

from django.conf import settings
from django.db import connection

from forecourt.runtime.models import Budget

_SPEND = """
    INSERT INTO {table} AS budget (key, spent, at) VALUES (%(key)s, 1, clock_timestamp())
    ON CONFLICT (key) DO UPDATE SET
        spent = greatest(0, budget.spent - extract(epoch FROM clock_timestamp() - budget.at) * %(rate)s) + 1, at = clock_timestamp()
    WHERE greatest(0, budget.spent - extract(epoch FROM clock_timestamp() - budget.at) * %(rate)s) + 1 <= %(most)s
    RETURNING spent
"""
_LEFT = """
    SELECT ceil((greatest(0, spent - extract(epoch FROM clock_timestamp() - at) * %(rate)s) + 1 - %(most)s) / %(rate)s)
    FROM {table} WHERE key = %(key)s
"""


class TooMany(Exception):
    """Too often; a face answers 429 and says when to come again."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"again in {seconds} s")
        self.seconds = seconds


def spend(limit: str, *source: object, most: int, seconds: int) -> None:
    """Take one try of this source; raises TooMany. Two tries at once are counted one after the other, until the first has committed."""
    values: dict[str, str | float] = {"key": _key(limit, source), "most": most, "rate": most / seconds}
    with connection.cursor() as cursor:
        cursor.execute(_SPEND.format(table=Budget._meta.db_table), values)  # noqa: SLF001 - Django's own name for what is public
        if cursor.fetchone() is None:
            cursor.execute(_LEFT.format(table=Budget._meta.db_table), values)  # noqa: SLF001
            row = cursor.fetchone()
            raise TooMany(max(1, ceil(row[0])) if row else 1)


def forgive(limit: str, *source: object) -> None:
    """Give back what was spent: the right password was among the tries."""
    Budget.objects.filter(pk=_key(limit, source)).delete()


def _key(limit: str, source: tuple[object, ...]) -> str:
    text = "\0".join([settings.SECRET_KEY, limit, *(str(part) for part in source)])
    return hashlib.sha256(text.encode()).hexdigest()
