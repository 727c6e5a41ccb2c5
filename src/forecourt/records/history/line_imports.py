# ruff: noqa: S608 - SQL is put together from names of our own tables; values are always parameters
"""The lines of imported orders: which are new, which changed, which cannot be taken.

Called by `history.imports` alone, before and after it has written the orders. Lines of our own visits stay ours: they come from the
job card.
"""

from typing import Any, Final

from forecourt.records.people.imports import Outcome
from forecourt.runtime import scope
from forecourt.runtime.database.bulk import create_temporary, create_temporary_as, in_parts, new_id

STAGED: Final = "imported_job_line"
GATHERED: Final = "gathered_job_line"
VISITS_BY_KEY: Final = "visit_by_key"
REFUSED: Final = "refused_line"
COLUMNS: Final = (
    "line integer", "visit_key uuid", "position integer", "kind text", "code text", "text text", "text_key text",
    "hours numeric(7,2)", "quantity numeric(10,3)", "net_amount numeric(12,2)",
)  # fmt: skip

_CONTENT: Final = ("kind", "code", "text", "text_key", "hours", "quantity", "net_amount")


def prepare(cursor: Any) -> None:
    """The temporary tables to COPY into."""
    create_temporary(cursor, STAGED, COLUMNS)
    create_temporary(cursor, REFUSED, ("line integer", "code text"))


def gather(cursor: Any, *, has_line_numbers: bool) -> None:
    """Each line once, with its visit and position; `change` is "c" where the visit itself is new."""
    content = ", ".join(_CONTENT)
    if has_line_numbers:
        distinct = f"SELECT DISTINCT ON (visit_key, position) * FROM {STAGED} ORDER BY visit_key, position, line"
        position = "given.position"
    else:
        # Without numbers two equal rows are one row that came twice, and the order in the file is the position.
        distinct = f"SELECT min(line) AS line, visit_key, {content} FROM {STAGED} GROUP BY visit_key, {content}"
        position = "row_number() OVER (PARTITION BY visit.id ORDER BY given.line)"
    create_temporary_as(
        cursor,
        GATHERED,
        f"""SELECT given.line, given.visit_key, visit.id AS visit_id, CASE WHEN visit.change = 'c' THEN visit.change END AS change,
                   {position} AS position, {", ".join(f"given.{name}" for name in _CONTENT)}
            FROM ({distinct}) AS given JOIN {VISITS_BY_KEY} AS visit ON visit.key = given.visit_key
            WHERE NOT visit.is_own""",
        is_analyzed=False,
    )
    if has_line_numbers:
        _refuse_numbers_given_twice(cursor, distinct=int(cursor.rowcount))


def apply(cursor: Any, *, number: int) -> Outcome:
    """Add and change lines; visits that were there before are changed by it, and their sums mended."""
    facts = {"organisation": scope.organisation_id(), "import": number}
    # Only lines of visits that were there before are compared one by one.
    cursor.execute(
        f"""UPDATE {GATHERED} AS given SET change = 'c'
            WHERE change IS NULL AND NOT EXISTS (
                SELECT FROM history_jobline AS known
                WHERE known.organisation_id = %(organisation)s AND known.visit_id = given.visit_id AND known.position = given.position)""",
        facts,
    )
    added_to_known = int(cursor.rowcount)
    updated = _change(cursor, facts)
    created = in_parts(
        cursor,
        f"""INSERT INTO history_jobline (id, organisation_id, visit_id, position, {", ".join(_CONTENT)})
            SELECT {new_id("line")}, %(organisation)s, visit_id, position, {", ".join(_CONTENT)} FROM {GATHERED}
            WHERE change = 'c' AND line > %(after)s AND line <= %(upto)s ORDER BY line""",
        facts,
        table=GATHERED,
        where="change = 'c'",
        number="line",
    )
    if added_to_known or updated:
        _sum_up(cursor, facts)
    return Outcome(created, updated)


def _refuse_numbers_given_twice(cursor: Any, *, distinct: int) -> None:
    """The first line with a number counts; a second one that says something else is refused, an equal one is the same line."""
    cursor.execute(f"SELECT count(*) FROM {STAGED}")
    if cursor.fetchone()[0] == distinct:
        return
    given, first = (", ".join(f"{table}.{name}" for name in _CONTENT) for table in ("given", "first"))
    cursor.execute(
        f"""INSERT INTO {REFUSED} (line, code)
            SELECT given.line, 'line_number_twice'
            FROM {STAGED} AS given JOIN {GATHERED} AS first USING (visit_key, position)
            WHERE given.line <> first.line AND ({given}) IS DISTINCT FROM ({first})"""
    )


def _change(cursor: Any, facts: dict[str, Any]) -> int:
    given, known = (", ".join(f"{table}.{name}" for name in _CONTENT) for table in ("given", "known"))
    cursor.execute(
        f"""WITH changed AS (
                UPDATE history_jobline AS known SET ({", ".join(_CONTENT)}) = ROW({given})
                FROM {GATHERED} AS given
                WHERE known.organisation_id = %(organisation)s AND known.visit_id = given.visit_id
                  AND known.position = given.position AND given.change IS NULL AND ({known}) IS DISTINCT FROM ({given})
                RETURNING given.line
            )
            UPDATE {GATHERED} AS marked SET change = 'u' FROM changed WHERE marked.line = changed.line""",
        facts,
    )
    return int(cursor.rowcount)


def _sum_up(cursor: Any, facts: dict[str, Any]) -> None:
    cursor.execute(
        f"""UPDATE history_visit AS known SET net_total = total.net, changed_by = %(import)s
            FROM (
                SELECT line.visit_id, sum(line.net_amount) AS net FROM history_jobline AS line
                WHERE line.organisation_id = %(organisation)s AND line.visit_id IN (
                    SELECT given.visit_id FROM {GATHERED} AS given JOIN {VISITS_BY_KEY} AS visit ON visit.key = given.visit_key
                    WHERE given.change IS NOT NULL AND visit.change IS DISTINCT FROM 'c')
                GROUP BY line.visit_id
            ) AS total
            WHERE known.id = total.visit_id AND known.organisation_id = %(organisation)s AND NOT known.is_own
              AND (known.net_total, known.changed_by) IS DISTINCT FROM (total.net, %(import)s)""",
        facts,
    )
