"""Which kinds of work each distinct job-line text is, worked out once per text and version of the rules.

Owns the stored answers. A change of rules only matches the distinct texts again; lines are never touched.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import connection

from forecourt.engines.audience import certainty, lines
from forecourt.engines.audience import rules as rule_book
from forecourt.engines.audience.learning import answers, counting
from forecourt.engines.audience.matching import Decision, Matcher, Reading
from forecourt.engines.audience.models import Classification
from forecourt.kernel.identifiers import text_key
from forecourt.runtime import scope

_BATCH = 2000

# One line of each text that has no answer, or one under other rules; not one whose words an erasure took.
_UNANSWERED = """
SELECT text_key, told[1], told[2]
  FROM (SELECT line.text_key, coalesce(min(ARRAY[line.code, line.text]) FILTER (WHERE line.text <> ''), min(ARRAY[line.code, line.text])) AS told
          FROM history_jobline line
         WHERE line.organisation_id = %(organisation)s {some}
         GROUP BY line.text_key) AS distinct_text
 WHERE text_key NOT IN (
       SELECT known.text_key FROM audience_classification known
        WHERE known.organisation_id = %(organisation)s AND known.rules_version = %(version)s)
"""
# Of texts that are named and of those whose answers are by other rules, the ones without an answer.
_STILL_OPEN = """
SELECT text_key FROM (SELECT unnest(%(keys)s::text[]) AS text_key
                      UNION SELECT text_key FROM audience_classification WHERE organisation_id = %(organisation)s AND rules_version <> %(version)s) key
 WHERE text_key NOT IN (
       SELECT known.text_key FROM audience_classification known
        WHERE known.organisation_id = %(organisation)s AND known.rules_version = %(version)s)
"""
_OF_TEXTS = "AND line.text_key = ANY(%(keys)s::text[])"
_OF_VEHICLES = """
   AND line.visit_id IN (SELECT id FROM history_visit WHERE organisation_id = %(organisation)s AND vehicle_id = ANY(%(vehicles)s))
"""


@dataclass(frozen=True)
class Meaning:
    """What a line is, with the code or word that decided each kind."""

    work_kinds: tuple[str, ...]
    decided_by: tuple[Decision, ...]


def refresh(*, vehicle_ids: Sequence[UUID] | None = None, text_keys: Sequence[str] | None = None) -> int:
    """Match every text that has no answer under today's rules; returns how many texts that were.

    `text_keys` is for who knows that all texts but these had answers under some rules: then only few lines are looked at.
    """
    rules = rule_book.active()
    version = rule_book.version(rules)
    count = 0
    for batch in _batches(_unanswered(version, vehicle_ids, text_keys)):
        _answer(_worded(batch, version), version, rule_book.matcher(rules))
        if vehicle_ids is not None:
            counting.count([key for key, _code, _text in batch])
        count += len(batch)
    return count


def _worded(batch: Sequence[tuple[str, str, str]], version: str) -> list[tuple[str, str, str]]:
    """The batch in the words of anybody's lines. A text whose words went with the persons who were erased keeps the answer it had."""
    told = counting.written([key for key, _code, _text in batch])
    emptied = [key for key, code, text in batch if not text and text_key(code, "") != key and not told.get(key, ("", ""))[1]]
    Classification.objects.filter(text_key__in=emptied).update(rules_version=version)
    gone = set(emptied)
    return [(key, *told.get(key, (code, text))) for key, code, text in batch if key not in gone]


def refresh_texts(text_keys: Sequence[str]) -> None:
    """Answer these texts anew, after people decided what they are or took it back."""
    rules = rule_book.active()
    told = [(key, code, text) for key, (code, text) in counting.written(text_keys).items()]
    _answer(told, rule_book.version(rules), rule_book.matcher(rules))


def _answer(told: Sequence[tuple[str, str, str]], version: str, matcher: Matcher) -> None:
    rows = [_row(key, version, matcher.read(code, text)) for key, code, text in told]
    answers.complete(rows, {key: (code, text) for key, code, text in told}, matcher.denied)
    Classification.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["organisation_id", "text_key"], update_fields=answers.FIELDS
    )


def classify(asked: Iterable[tuple[str, str]]) -> list[Meaning]:
    """What (code, text) lines mean under today's rules, without storing it; for previews."""
    matcher = rule_book.matcher(rule_book.active())
    return [_meaning(matcher.match(code, text)) for code, text in asked]


def answers_to(asked: Sequence[tuple[str, str]]) -> list[lines.Answer]:
    """What the dealer's history would say of (code, text) lines, without storing it: people's decisions, rules and what was learned."""
    matcher = rule_book.matcher(rule_book.active())
    told = {text_key(code, text): (code, text) for code, text in asked}
    read = {(code, text): matcher.read(code, text) for code, text in asked}
    rows = {(code, text): _row(text_key(code, text), "", reading) for (code, text), reading in read.items()}
    answers.complete(list(rows.values()), told, matcher.denied)
    return [_as_answer(rows[line], read[line]) for line in asked]


def _as_answer(row: Classification, reading: Reading) -> lines.Answer:
    decided = tuple(Decision(each["work_kind"], each["by"], each["value"]) for each in row.decided_by)
    told = row.certainty if row.told_by and row.certainty is not None else certainty.of(reading)
    return lines.Answer(tuple(row.work_kinds), decided, told)


def of_line(*, code: str, text: str) -> Meaning:
    """The stored meaning of a line; empty if it was not classified yet."""
    known = Classification.objects.filter(text_key=text_key(code, text)).first()
    if known is None:
        return Meaning((), ())
    decided = [Decision(each["work_kind"], each["by"], each["value"], each.get("rule", "")) for each in known.decided_by]
    return Meaning(tuple(known.work_kinds), tuple(decided))


def _meaning(decisions: Sequence[Decision]) -> Meaning:
    return Meaning(tuple(decision.work_kind for decision in decisions), tuple(decisions))


def _row(key: str, version: str, reading: Reading) -> Classification:
    return Classification(
        text_key=key,
        rules_version=version,
        work_kinds=[decision.work_kind for decision in reading.decisions],
        decided_by=[{"work_kind": each.work_kind, "by": each.by, "value": each.value, "rule": each.rule} for each in reading.decisions],
        certainty=certainty.of(reading),
    )


def _unanswered(version: str, vehicle_ids: Sequence[UUID] | None, text_keys: Sequence[str] | None) -> list[tuple[str, str, str]]:
    values: dict[str, Any] = {"version": version, "organisation": scope.organisation_id(), "vehicles": list(vehicle_ids or ())}
    some = "" if vehicle_ids is None else _OF_VEHICLES
    with connection.cursor() as cursor:
        if text_keys is not None:
            cursor.execute(_STILL_OPEN, values | {"keys": list(text_keys)})
            values["keys"], some = [key for (key,) in cursor.fetchall()], some + _OF_TEXTS
            if not values["keys"]:
                return []
        cursor.execute(_UNANSWERED.format(some=some), values)
        return list(cursor.fetchall())


def _batches(rows: list[tuple[str, str, str]]) -> Iterator[list[tuple[str, str, str]]]:
    remaining = iter(rows)
    while batch := list(islice(remaining, _BATCH)):
        yield batch
