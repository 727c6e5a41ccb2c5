"""Who writes meanings and facts of a dealer: one at a time."""

from django.db import connection

from forecourt.runtime import scope


def take() -> None:
    """Wait until nobody else writes them, to the end of the transaction.

    Two at once would wait for each other's rows in a circle. Whatever is written from is to be read after it: what was read while somebody else
    was writing is of before, and would be written over what he found.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7))", [f"audience {scope.organisation_id()}"])
