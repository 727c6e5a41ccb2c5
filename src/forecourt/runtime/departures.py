# ruff: noqa: S608 - SQL is put together from names of our own tables; values are always parameters
"""What a source no longer has: told by a mark in its file, or by a complete file that leaves it out. Nothing is erased by it.

A context keeps the mark (`Departure` is its shape) with the number by which the source knows the record, and on the record itself since when
no source has it any more. `of_references` does both as sets, for the records of which several sources may know; what comes again loses its
mark. docs/decisions/0012-gone-from-the-source.md says why.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import models

from forecourt.runtime.database.bulk import create_temporary

#: What rows name that were not taken in as usual: marked as deleted (`is_flagged`), or with something wrong in them.
NAMED: Final = "named_row"
NAMED_COLUMNS: Final = (
    "line integer", "is_flagged boolean", "subject text", "number text", "vin text", "plate_key text", "site_id uuid",
)  # fmt: skip
_CHANGED: Final = "changed_departure"
_KEPT: Final = "gone_on = %(today)s, gone_import = %(import)s"
_BACK: Final = "gone_on = NULL, gone_import = NULL, gone_how = ''"
#: Fewer are marked without being asked about, so how many there were need not be counted.
FEW: Final = 50


class Departure(models.Model):
    """That a source no longer has it, since when, and by which import; `gone_how` is missing or flagged."""

    gone_on = models.DateField(null=True)
    gone_import = models.PositiveIntegerField(null=True)
    gone_how = models.CharField(max_length=8, default="", db_default="", blank=True)

    class Meta:
        abstract = True


@dataclass(frozen=True)
class File:
    """What the contexts have to know of the file that comes in."""

    source: str
    import_number: int
    today: date
    # Of a complete file: what it does not name is gone.
    complete: frozenset[str] = frozenset()
    # Whose list it is, where there are several sites; None: the whole source's, but for what a site's own list named last.
    site_id: UUID | None = None

    def facts(self, organisation_id: Any) -> dict[str, Any]:
        """For the statements."""
        return {
            "organisation": organisation_id, "source": self.source, "import": self.import_number, "today": self.today, "site": self.site_id,
        }  # fmt: skip


@dataclass(frozen=True)
class Departures:
    """Of one kind of thing: how many are gone now, of how many that the source had, how many are back, and how many rows name none."""

    gone: int = 0
    had: int = 0
    back: int = 0
    # Rows of a complete file that cannot be told apart from what is missing in it; then nothing is marked as missing.
    unread: int = 0


@dataclass(frozen=True)
class References:
    """The tables of one kind of thing, for the statements."""

    subject: str
    references: str  # number by source, with the marks
    of: str  # its column that names the thing
    things: str
    present: str  # what this file brought: (id, …), of this transaction
    meant: str  # SQL: the rows of `NAMED` about such things, with `is_flagged`
    named: str  # SQL: which `ref` a `row` of these means
    brought: str  # SQL: which `ref` a `given` of `present` is


def prepare(cursor: Any) -> None:
    """The temporary table to COPY into."""
    create_temporary(cursor, NAMED, NAMED_COLUMNS)


def of_references(cursor: Any, kind: References, file: File, facts: Mapping[str, Any]) -> Departures:
    """Mark what is gone and take the mark from what is back; inside the import's transaction, after the file was applied."""
    create_temporary(cursor, _CHANGED, ("id uuid", "is_gone boolean"))
    _return(cursor, kind, facts)
    _mark_flagged(cursor, kind, facts)
    unread = 0
    if kind.subject in file.complete:
        _note_site(cursor, kind, facts)
        unread = nameless(cursor, kind.subject)
        if not unread:
            _mark_missing(cursor, kind, facts)
    _settle_changed(cursor, kind, facts)
    return replace(_counted(cursor, kind, facts), unread=unread)


def nameless(cursor: Any, subject: str) -> int:
    """How many rows are about such a thing and cannot be read where they say which; any of what is missing may be theirs."""
    cursor.execute(
        f"SELECT count(DISTINCT line) FROM {NAMED} WHERE subject = %s AND number IS NULL AND vin IS NULL AND plate_key IS NULL", [subject]
    )
    return int(cursor.fetchone()[0])


def settle(cursor: Any, *, references: str, of: str, things: str, ids: str, facts: Mapping[str, Any]) -> None:
    """Since when no source has them: the things whose ids this query gives. What no source knows, none can have lost."""
    cursor.execute(
        f"""UPDATE {things} AS thing SET gone_on = told.gone_on
            FROM (
                SELECT asked.id, CASE WHEN bool_and(ref.gone_on IS NOT NULL) THEN max(ref.gone_on) END AS gone_on
                FROM (SELECT DISTINCT id FROM ({ids}) AS every (id)) AS asked
                LEFT JOIN {references} AS ref ON ref.{of} = asked.id AND ref.organisation_id = %(organisation)s GROUP BY asked.id
            ) AS told
            WHERE thing.id = told.id AND thing.organisation_id = %(organisation)s AND thing.gone_on IS DISTINCT FROM told.gone_on""",
        facts,
    )


def _return(cursor: Any, kind: References, facts: Mapping[str, Any]) -> None:
    cursor.execute(
        f"""WITH back AS (
                UPDATE {kind.references} AS ref SET {_BACK} FROM {kind.present} AS given
                WHERE ref.organisation_id = %(organisation)s AND ref.source = %(source)s AND ref.gone_on IS NOT NULL AND {kind.brought}
                RETURNING ref.{kind.of} AS id
            ), otherwise AS (  -- gone from another source, and here it is
                SELECT given.id FROM {kind.present} AS given JOIN {kind.things} AS thing ON thing.id = given.id
                WHERE thing.organisation_id = %(organisation)s AND thing.gone_on IS NOT NULL
            )
            INSERT INTO {_CHANGED} (id, is_gone) SELECT id, false FROM back UNION SELECT id, false FROM otherwise""",
        facts,
    )


def _note_site(cursor: Any, kind: References, facts: Mapping[str, Any]) -> None:
    """The next list of this site, or of none, is compared with this one."""
    otherwise = "IS DISTINCT FROM %(site)s" if facts["site"] else "IS NOT NULL"
    cursor.execute(
        f"""UPDATE {kind.references} AS ref SET listed_at_id = %(site)s::uuid FROM {kind.present} AS given
            WHERE ref.organisation_id = %(organisation)s AND ref.source = %(source)s AND {kind.brought}
              AND ref.listed_at_id {otherwise}""",
        facts,
    )


def _mark_flagged(cursor: Any, kind: References, facts: Mapping[str, Any]) -> None:
    """What the same file also names without a mark is there."""
    cursor.execute(
        f"""WITH gone AS (
                UPDATE {kind.references} AS ref SET {_KEPT}, gone_how = 'flagged' FROM {kind.meant} AS row
                WHERE row.is_flagged AND {kind.named}
                  AND ref.organisation_id = %(organisation)s AND ref.source = %(source)s AND ref.gone_on IS NULL
                  AND NOT EXISTS (SELECT FROM {kind.present} AS given WHERE {kind.brought})
                RETURNING ref.{kind.of} AS id
            )
            INSERT INTO {_CHANGED} (id, is_gone) SELECT DISTINCT id, true FROM gone""",
        facts,
    )


def _mark_missing(cursor: Any, kind: References, facts: Mapping[str, Any]) -> None:
    """A row that could not be taken names its thing all the same."""
    cursor.execute(
        f"""WITH spared AS MATERIALIZED (
                SELECT ref.{kind.of} AS id FROM {kind.meant} AS row JOIN {kind.references} AS ref ON {kind.named}
                WHERE ref.organisation_id = %(organisation)s AND ref.source = %(source)s
            ), gone AS (
                UPDATE {kind.references} AS ref SET {_KEPT}, gone_how = 'missing'
                WHERE ref.organisation_id = %(organisation)s AND ref.source = %(source)s AND ref.gone_on IS NULL
                  AND {_of_site(facts)} AND NOT EXISTS (SELECT FROM {kind.present} AS given WHERE given.id = ref.{kind.of})
                  AND NOT EXISTS (SELECT FROM spared WHERE spared.id = ref.{kind.of})
                RETURNING ref.{kind.of} AS id
            )
            INSERT INTO {_CHANGED} (id, is_gone) SELECT DISTINCT id, true FROM gone""",
        facts,
    )


def _of_site(facts: Mapping[str, Any]) -> str:
    return "listed_at_id = %(site)s" if facts["site"] else "listed_at_id IS NULL"


def _settle_changed(cursor: Any, kind: References, facts: Mapping[str, Any]) -> None:
    cursor.execute(f"SELECT EXISTS (SELECT FROM {_CHANGED})")
    if cursor.fetchone()[0]:
        cursor.execute(f"ANALYZE {_CHANGED}")
        settle(
            cursor, references=kind.references, of=kind.of, things=kind.things, ids=f"SELECT id FROM {_CHANGED}", facts=facts
        )  # fmt: skip


def _counted(cursor: Any, kind: References, facts: Mapping[str, Any]) -> Departures:
    cursor.execute(
        f"SELECT count(DISTINCT id) FILTER (WHERE is_gone), count(DISTINCT id) FILTER (WHERE NOT is_gone) FROM {_CHANGED}"
    )  # fmt: skip
    gone, back = cursor.fetchone()
    if gone < FEW:
        return Departures(gone=gone, back=back)
    cursor.execute(
        f"""SELECT count(DISTINCT {kind.of}) FROM {kind.references}
            WHERE organisation_id = %(organisation)s AND source = %(source)s AND gone_on IS NULL AND {_of_site(facts)}""",
        facts,
    )
    return Departures(gone=gone, had=gone + int(cursor.fetchone()[0]), back=back)
