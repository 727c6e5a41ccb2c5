# ruff: noqa: S608 - SQL is put together from names of our own tables; values are always parameters
"""Repair orders that their source cancelled: marked in its file, or left out of a complete one. They stay to be read and count no more.

A complete file speaks of its own sites and, at each, of the days between its first and its last order: an export of one year says nothing of others.
Our own visits are never marked.
"""

from typing import Any, Final

from django.db.models import QuerySet

from forecourt.records.history.imports import STAGED
from forecourt.records.history.line_imports import VISITS_BY_KEY
from forecourt.records.history.models import Visit
from forecourt.runtime import scope
from forecourt.runtime.departures import FEW, NAMED, Departures, File, nameless

#: The sites and days of which a file speaks.
_COVERED: Final = f"""(
    SELECT site_id, min(opened_on) AS first_on, max(opened_on) AS last_on FROM {STAGED} WHERE opened_on IS NOT NULL GROUP BY site_id)"""


def settle(cursor: Any, file: File) -> Departures:
    """After `imports.apply`, in the same transaction."""
    facts = file.facts(scope.organisation_id())
    cursor.execute(
        f"""UPDATE history_visit AS known SET gone_on = NULL, gone_import = NULL, gone_how = '' FROM {VISITS_BY_KEY} AS given
            WHERE known.id = given.id AND known.organisation_id = %(organisation)s AND known.gone_on IS NOT NULL""",
        facts,
    )
    back = int(cursor.rowcount)
    gone = _mark_flagged(cursor, facts)
    is_listed = "order" in file.complete
    unread = nameless(cursor, "order") if is_listed else 0
    if is_listed and not unread:
        gone += _mark_missing(cursor, facts)
    return Departures(gone=gone, had=_had(cursor, facts, gone, is_listed=is_listed) if gone >= FEW else 0, back=back, unread=unread)


def _mark_flagged(cursor: Any, facts: dict[str, Any]) -> int:
    cursor.execute(
        f"""UPDATE history_visit AS known SET gone_on = %(today)s, gone_import = %(import)s, gone_how = 'flagged' FROM {NAMED} AS row
            WHERE row.is_flagged AND row.subject = 'order' AND known.organisation_id = %(organisation)s
              AND known.site_id = row.site_id AND known.number = row.number AND NOT known.is_own AND known.gone_on IS NULL
              AND NOT EXISTS (SELECT FROM {STAGED} AS given WHERE given.site_id = known.site_id AND given.number = known.number)""",
        facts,
    )
    return int(cursor.rowcount)


def _mark_missing(cursor: Any, facts: dict[str, Any]) -> int:
    """An order that could not be taken is named all the same; where its site could not be read, so is that number at every site."""
    cursor.execute(
        f"""UPDATE history_visit AS known SET gone_on = %(today)s, gone_import = %(import)s, gone_how = 'missing'
            FROM {_COVERED} AS covered
            WHERE known.organisation_id = %(organisation)s AND known.source = %(source)s AND NOT known.is_own AND known.gone_on IS NULL
              AND known.site_id = covered.site_id AND known.opened_on BETWEEN covered.first_on AND covered.last_on
              AND NOT EXISTS (SELECT FROM {STAGED} AS given WHERE given.site_id = known.site_id AND given.number = known.number)
              AND NOT EXISTS (
                  SELECT FROM {NAMED} AS row
                  WHERE row.subject = 'order' AND row.number = known.number AND (row.site_id = known.site_id OR row.site_id IS NULL))""",
        facts,
    )
    return int(cursor.rowcount)


def _had(cursor: Any, facts: dict[str, Any], gone: int, *, is_listed: bool) -> int:
    of_it = f"JOIN {_COVERED} AS covered ON covered.site_id = known.site_id AND opened_on BETWEEN first_on AND last_on" if is_listed else ""
    cursor.execute(
        f"""SELECT count(*) FROM history_visit AS known {of_it}
            WHERE organisation_id = %(organisation)s AND source = %(source)s AND NOT is_own AND gone_on IS NULL""",
        facts,
    )
    return gone + int(cursor.fetchone()[0])


def marked_by(import_number: int) -> QuerySet[Visit]:
    """Those that this import marked and no later one brought again, by number."""
    marked = Visit.objects.filter(gone_on__isnull=False, gone_import=import_number)
    return marked.select_related("customer", "vehicle").order_by("number", "pk")
