"""For tests of two at once, where one has to wait for the other."""

import time

from django.db import connection

_OURS = "database = (SELECT oid FROM pg_database WHERE datname = current_database())"
_ASKED = f"SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND {_OURS})"


def wait_until_somebody_waits_for_a_turn(seconds: float = 20) -> None:
    """Until an advisory lock is waited for. Raises TimeoutError."""
    other = connection.copy()
    ends = time.monotonic() + seconds
    try:
        with other.cursor() as cursor:
            while time.monotonic() < ends:
                cursor.execute(_ASKED)
                if cursor.fetchone()[0]:
                    return
                time.sleep(0.02)
    finally:
        other.close()
    raise TimeoutError("nobody waits")
