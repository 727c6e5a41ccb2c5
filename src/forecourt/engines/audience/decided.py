"""How much of the dealer's history each kind of work, rule and word decides, and whether the history is being read again just now."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from forecourt.engines.audience import rules
from forecourt.runtime import access, scope
from forecourt.runtime.actors import Actor

_OF_KINDS = """
SELECT kind, sum(counted.lines)
  FROM (SELECT text_key, count(*) AS lines FROM history_jobline WHERE organisation_id = %(organisation)s GROUP BY text_key) counted
  JOIN audience_classification known ON known.organisation_id = %(organisation)s AND known.text_key = counted.text_key
 CROSS JOIN unnest(CASE WHEN known.work_kinds = '{}' THEN ARRAY[''] ELSE known.work_kinds END) AS kind
 GROUP BY kind
"""
_OF_RULES = """
SELECT coalesce(said ->> 'rule', ''), said ->> 'by', said ->> 'value', count(*)
  FROM audience_classification known
 CROSS JOIN jsonb_array_elements(known.decided_by) AS said
  JOIN history_jobline line ON line.organisation_id = known.organisation_id AND line.text_key = known.text_key
 WHERE known.organisation_id = %(organisation)s AND %(kind)s = ANY(known.work_kinds) AND said ->> 'work_kind' = %(kind)s
 GROUP BY 1, 2, 3
"""
# A text whose last line is gone keeps its answer of then, and nobody waits for another.
_STALE = """
SELECT EXISTS (SELECT FROM audience_classification known
                WHERE known.organisation_id = %(organisation)s AND known.rules_version <> %(version)s
                  AND EXISTS (SELECT FROM history_jobline line
                               WHERE line.organisation_id = known.organisation_id AND line.text_key = known.text_key))
"""


@dataclass
class Shares:
    """Lines of one kind of work, by the rule that decided them and by its word or code; a line counts once."""

    rules: Counter[str] = field(default_factory=Counter)
    words: Counter[tuple[str, str]] = field(default_factory=Counter)


def by_kind(*, actor: Actor) -> dict[str, int]:
    """Lines of the history by kind of work; under "" those that are of none."""
    access.require(actor, "audience.see_rules")
    return {kind: int(lines) for kind, lines in _asked(_OF_KINDS)}


def by_rule(*, actor: Actor, work_kind: str) -> Shares:
    """Lines of one kind of work by what decided them."""
    access.require(actor, "audience.see_rules")
    shares = Shares()
    for rule, _by, value, lines in _asked(_OF_RULES, kind=work_kind):
        shares.rules[rule] += lines
        shares.words[rule, value] += lines
    return shares


def is_being_read(*, actor: Actor) -> bool:
    """Whether lines wait to be read by the rules in force."""
    access.require(actor, "audience.see_rules")
    return bool(_asked(_STALE, version=rules.version())[0][0])


def _asked(query: str, **values: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, {"organisation": scope.organisation_id(), **values})
        return list(cursor.fetchall())
