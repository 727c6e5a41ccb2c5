# ruff: noqa: S608 - SQL is put together from names of our own tables; values are always parameters
"""Customers out of a dealer's file, taken in as a set: found, added, changed, and what they allow.

`engines.intake` fills the temporary table `STAGED`, one row per distinct reading of a customer; `key` joins what belongs
together. `apply` leaves `CUSTOMERS_BY_KEY` (key, id, change: "c" created, "u" updated) for the contexts above. A blank cell never
takes a known value away.
"""

from dataclasses import dataclass
from typing import Any, Final

from forecourt.records.people.customers import PARTS
from forecourt.records.people.models import CustomerCorrection
from forecourt.runtime import clock, corrections, scope
from forecourt.runtime.database.bulk import create_temporary, create_temporary_as, new_id

STAGED: Final = "imported_customer"
CUSTOMERS_BY_KEY: Final = "customer_by_key"
COLUMNS: Final = (
    "key uuid", "line integer", "reference text", "number text", "kind text", "salutation text", "first_name text",
    "last_name text", "company text", "sort_key text", "match_name text", "language text", "email text", "phone text",
    "mobile text", "street text", "postcode text", "city text", "country text", "tier text", "looks_for text", "allow_service_mail boolean",
    "allow_marketing boolean",
)  # fmt: skip

# A name is one thing: its parts change together, so that nobody ends up with half of two names.
_NAME: Final = ("kind", "first_name", "last_name", "company", "sort_key", "match_name")
_DETAILS: Final = ("salutation", "language", "email", "phone", "mobile", "street", "postcode", "city", "country", "tier", "looks_for")
_CONSENTS: Final = (("allow_service_mail", "service_reminder"), ("allow_marketing", "offers"))


@dataclass(frozen=True)
class Outcome:
    """How many things were made and changed."""

    created: int
    updated: int


def prepare(cursor: Any) -> None:
    """The temporary table to COPY into."""
    create_temporary(cursor, STAGED, COLUMNS)


def shared_numbers(cursor: Any, *, at_most: int) -> list[tuple[int, str, str, str]]:
    """Of numbers that stand beside several names in the file: the last line, the number, the first and the last name of the alphabet."""
    cursor.execute(
        f"""SELECT max(line), max(number), min(match_name), max(match_name) FROM {STAGED} WHERE number IS NOT NULL AND match_name <> ''
            GROUP BY key HAVING min(match_name) <> max(match_name) ORDER BY 1 LIMIT {at_most}"""
    )
    return [(int(line), number, one, other) for line, number, one, other in cursor.fetchall()]


def apply(cursor: Any, *, source: str, number: int) -> Outcome:
    """Bring the staged customers into the records of the organisation in scope; runs inside the import's transaction."""
    facts = {"organisation": scope.organisation_id(), "source": source, "import": number, "now": clock.now()}
    create_temporary_as(
        cursor,
        CUSTOMERS_BY_KEY,
        f"""SELECT DISTINCT ON (key) *, NULL::uuid AS id, NULL::"char" AS change, row_number() OVER () AS place
            FROM {STAGED} ORDER BY key, line DESC""",
    )
    _find_by_reference(cursor, facts)
    _find_by_evidence(cursor, facts)
    _leave_alone_what_was_put_right(cursor, facts)
    updated = _change_known(cursor, facts)
    created = _add_unknown(cursor, facts)
    _refer(cursor, facts)
    for column, purpose in _CONSENTS:
        _enter_consents(cursor, facts, column, purpose)
    cursor.execute(f"CREATE INDEX ON {CUSTOMERS_BY_KEY} (key)")
    return Outcome(created, updated)


def _find_by_reference(cursor: Any, facts: dict[str, Any]) -> None:
    cursor.execute(
        f"""UPDATE {CUSTOMERS_BY_KEY} AS given SET id = known.customer_id
            FROM people_customerreference AS known
            WHERE known.organisation_id = %(organisation)s AND known.source = %(source)s AND known.number = given.reference""",
        facts,
    )


def _find_by_evidence(cursor: Any, facts: dict[str, Any]) -> None:
    """The same name with the same address, e-mail or mobile is the same person, unless the source itself tells them apart."""
    cursor.execute(
        f"""UPDATE {CUSTOMERS_BY_KEY} AS given SET id = found.id
            FROM (
                SELECT DISTINCT ON (missing.key) missing.key, known.id
                FROM {CUSTOMERS_BY_KEY} AS missing
                JOIN people_customer AS known
                  ON known.organisation_id = %(organisation)s AND known.match_name = missing.match_name
                 AND (known.email = missing.email OR known.mobile = missing.mobile
                      OR (known.postcode = missing.postcode AND lower(known.street) = lower(missing.street)))
                WHERE missing.id IS NULL AND missing.match_name <> '' AND known.kind <> 'internal' AND known.merged_into_id IS NULL
                  AND NOT EXISTS (
                      SELECT FROM people_customerreference AS other
                      WHERE other.customer_id = known.id AND other.organisation_id = %(organisation)s AND other.source = %(source)s)
                ORDER BY missing.key, known.created_at
            ) AS found
            WHERE given.key = found.key""",
        facts,
    )


def _leave_alone_what_was_put_right(cursor: Any, facts: dict[str, Any]) -> None:
    """A blank cell takes nothing away, so what was corrected is blanked; a name is blank without the form in which it is compared."""
    blanks = {part: ", ".join(f"{name} = NULL" for name in names) for part, names in PARTS.items()}
    blanks["name"] = "match_name = '', salutation = NULL"
    corrections.leave_alone(
        cursor, CustomerCorrection, PARTS, of="customer_id", known="people_customer", given=CUSTOMERS_BY_KEY, facts=facts, blanks=blanks
    )


def _change_known(cursor: Any, facts: dict[str, Any]) -> int:
    kept_names = [f"CASE WHEN given.match_name <> '' THEN given.{name} ELSE known.{name} END" for name in _NAME]
    kept_details = [f"COALESCE(given.{name}, known.{name})" for name in _DETAILS]
    columns = (*_NAME, *_DETAILS)
    cursor.execute(
        f"""WITH given AS (
                SELECT DISTINCT ON (id) * FROM {CUSTOMERS_BY_KEY} AS row WHERE id IS NOT NULL
                   AND NOT EXISTS (  -- what was chosen when two records were merged holds against the number that lost
                       SELECT FROM people_customerreference AS known
                       WHERE known.organisation_id = %(organisation)s AND known.source = %(source)s AND known.number = row.reference
                         AND known.is_secondary)
                ORDER BY id, line DESC
            ), changed AS (
                UPDATE people_customer AS known SET ({", ".join(columns)}, changed_by) = ROW({", ".join((*kept_names, *kept_details))}, %(import)s)
                FROM given
                WHERE known.id = given.id AND known.organisation_id = %(organisation)s AND known.kind <> 'internal'
                  AND ({", ".join(f"known.{name}" for name in columns)})
                      IS DISTINCT FROM ({", ".join((*kept_names, *kept_details))})
                RETURNING known.id
            ), told AS (
                UPDATE {CUSTOMERS_BY_KEY} AS marked SET change = 'u' FROM changed WHERE marked.id = changed.id RETURNING marked.id
            )
            SELECT count(*) FROM changed""",
        facts,
    )
    return int(cursor.fetchone()[0])


def _add_unknown(cursor: Any, facts: dict[str, Any]) -> int:
    """A customer whose number is taken by another gets one with a tail, the same in every run."""
    columns = ("kind", *_NAME[1:], *_DETAILS)
    cursor.execute(
        f"""UPDATE {CUSTOMERS_BY_KEY} AS given
            SET id = {new_id("place")}, change = 'c',
                number = CASE WHEN EXISTS (
                    SELECT FROM people_customer AS other
                    WHERE other.organisation_id = %(organisation)s AND other.number = given.number)
                  THEN left(given.number, 33) || '-' || substr(md5(%(source)s || given.reference), 1, 6) ELSE given.number END
            WHERE id IS NULL AND match_name <> ''""",
        facts,
    )
    cursor.execute(
        f"""INSERT INTO people_customer (id, organisation_id, number, created_at, brought_by, {", ".join(columns)})
            SELECT id, %(organisation)s, number, %(now)s, %(import)s, {", ".join(f"COALESCE({name}, '')" for name in columns)}
            FROM {CUSTOMERS_BY_KEY} WHERE change = 'c'""",
        facts,
    )
    return int(cursor.rowcount)


def _refer(cursor: Any, facts: dict[str, Any]) -> None:
    cursor.execute(
        f"""INSERT INTO people_customerreference (id, organisation_id, source, number, customer_id)
            SELECT {new_id("place")}, %(organisation)s, %(source)s, reference, id
            FROM {CUSTOMERS_BY_KEY} WHERE id IS NOT NULL
            ON CONFLICT (organisation_id, source, number) DO NOTHING""",
        facts,
    )


def _enter_consents(cursor: Any, facts: dict[str, Any], column: str, purpose: str) -> None:
    """A line in the ledger where the source says something else than last time.

    A source cannot give back what the person took away elsewhere: after a withdrawal by link or at the counter, its "yes" is not entered.
    """
    cursor.execute(
        f"""INSERT INTO people_consententry
                (id, organisation_id, customer_id, purpose, channel, act, wording, wording_version, language, source, evidence, entered_at,
                 form)
            SELECT {new_id("row_number() OVER ()")}, %(organisation)s, given.id, %(purpose)s, 'email', given.act, 'import', 1, '',
                   %(ledger_source)s, jsonb_build_object('line', given.line), %(now)s, 'import'
            FROM (
                SELECT DISTINCT ON (id) id, line, CASE WHEN {column} THEN 'give' ELSE 'withdraw' END AS act
                FROM {CUSTOMERS_BY_KEY} WHERE id IS NOT NULL AND {column} IS NOT NULL ORDER BY id, line DESC
            ) AS given
            LEFT JOIN LATERAL (
                SELECT act FROM people_consententry AS entry
                WHERE entry.organisation_id = %(organisation)s AND entry.customer_id = given.id AND entry.purpose = %(purpose)s
                  AND entry.channel = 'email' AND entry.controller = 'dealer' AND entry.act <> 'confirm' AND entry.source = %(ledger_source)s
                ORDER BY entry.entered_at DESC, entry.id DESC LIMIT 1
            ) AS said_before ON true
            LEFT JOIN LATERAL (
                SELECT act FROM people_consententry AS entry
                WHERE entry.organisation_id = %(organisation)s AND entry.customer_id = given.id AND entry.purpose = %(purpose)s
                  AND entry.channel = 'email' AND entry.controller = 'dealer' AND entry.act <> 'confirm' AND entry.source <> %(ledger_source)s
                ORDER BY entry.entered_at DESC, entry.id DESC LIMIT 1
            ) AS said_elsewhere ON true
            WHERE said_before.act IS DISTINCT FROM given.act
              AND NOT (given.act = 'give' AND said_elsewhere.act IS NOT NULL AND said_elsewhere.act <> 'give')""",
        {**facts, "purpose": purpose, "ledger_source": f"import:{facts['source']}"[:40]},
    )
