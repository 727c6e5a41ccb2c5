"""The rules of classification of one dealer: the standard ones to start with, changed by the dealer afterwards.

Owns the rule rows and their version. What a rule means is in `matching`; stored answers are in `classification`.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from forecourt.engines.audience import matching, standard
from forecourt.engines.audience.events import RulesChanged
from forecourt.engines.audience.models import Rule
from forecourt.kernel.errors import Refusal
from forecourt.runtime import access, clock, scope
from forecourt.runtime.actors import Actor, system
from forecourt.runtime.events import publish

_FIELDS = ("work_kind", "codes", "words", "unless_words", "language")


@transaction.atomic
def install(*, actor: Actor | None = None) -> int:
    """Give the organisation in scope the standard rules if it has none; returns how many were added. Repeatable."""
    actor = actor or system(scope.organisation_id(), via="founding")
    access.require(actor, "audience.edit_rules")
    with connection.cursor() as cursor:  # two at once would each find none and install them twice
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7))", [f"audience rules {scope.organisation_id()}"])
    if Rule.objects.exists():
        return 0
    now = clock.now()
    added = Rule.objects.bulk_create([Rule(changed_at=now, **rule) for rule in standard.rules()])
    publish(RulesChanged(rules_version=version()), by=actor)
    return len(added)


@transaction.atomic
def change(
    *,
    actor: Actor,
    rule_id: UUID | None = None,
    work_kind: str | None = None,
    codes: Sequence[str] | None = None,
    words: Sequence[str] | None = None,
    unless_words: Sequence[str] | None = None,
    is_active: bool | None = None,
) -> Rule:
    """Change a rule, or add one where no id is given; None leaves a value. Whoever listens runs the history again."""
    access.require(actor, "audience.edit_rules")
    if rule_id is None:
        if not work_kind:
            raise Refusal("work_kind_missing", _("Say which kind of work the rule is for."))
        rule = Rule(work_kind=work_kind)
    else:
        rule = access.fetch(Rule, rule_id, actor=actor, right="audience.edit_rules", lock=True)
    wanted = {"work_kind": work_kind, "codes": codes, "words": words, "unless_words": unless_words, "is_active": is_active}
    for field, value in wanted.items():
        if value is not None:
            setattr(rule, field, _cleaned(value) if field in {"codes", "words", "unless_words"} else value)
    rule.changed_at = clock.now()
    rule.save()
    publish(RulesChanged(rules_version=version(), work_kind=rule.work_kind), by=actor)
    return rule


def active() -> list[Rule]:
    """The rules in force, in a stable order."""
    return list(Rule.objects.filter(is_active=True).order_by("work_kind", "language", "id"))


def version(rules: Iterable[Rule] | None = None) -> str:
    """16 hexadecimal digits that change when rules would decide otherwise, and only then."""
    told = sorted(
        json.dumps([getattr(rule, field) if field == "work_kind" else sorted(getattr(rule, field)) for field in _FIELDS[:4]])
        for rule in (active() if rules is None else rules)
    )
    return hashlib.blake2b(f"{matching.METHOD}{told}".encode(), digest_size=8).hexdigest()


def matcher(rules: Iterable[Rule]) -> matching.Matcher:
    return matching.Matcher([matching.Words(rule.work_kind, rule.codes, rule.words, rule.unless_words) for rule in rules])


def _cleaned(values: object) -> list[str]:
    assert isinstance(values, list | tuple)
    return list(dict.fromkeys(text for value in values if (text := str(value).strip())))
