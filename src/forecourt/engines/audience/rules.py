"""The rules of classification of one dealer: ours, as the product brings them, and on top what the dealer says.

Owns the rows of what a dealer says, and their versions: every change is one, and one can go back to any. What may be said and is in force
then is in `layers`, what a rule means in `matching`; stored answers are in `classification`.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, Protocol
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from forecourt.engines.audience import layers, matching, standard
from forecourt.engines.audience.events import RulesChanged
from forecourt.engines.audience.layers import Own
from forecourt.engines.audience.matching import Words
from forecourt.engines.audience.models import Rule, RuleVersion
from forecourt.kernel.errors import NotFound, Refusal
from forecourt.runtime import access, audit, clock, scope
from forecourt.runtime.actors import Actor, system
from forecourt.runtime.events import publish

_FIELDS = ("work_kind", "codes", "words", "unless_words")
LONGEST_NOTE = 200


class Ruling(Protocol):
    """Whatever says what a rule says."""

    @property
    def work_kind(self) -> str: ...
    @property
    def codes(self) -> Sequence[str]: ...
    @property
    def words(self) -> Sequence[str]: ...
    @property
    def unless_words(self) -> Sequence[str]: ...


# -- in force --


def own(work_kind: str | None = None) -> list[Own]:
    """What the dealer in scope says on top of ours, of one kind of work or of all."""
    rows = Rule.objects.order_by("pk")
    return [_own(row) for row in (rows if work_kind is None else rows.filter(work_kind=work_kind))]


def active() -> list[Words]:
    """The rules in force, in a stable order, ours first."""
    return layers.in_force(own())


def version(rules: Iterable[Ruling] | None = None) -> str:
    """16 hexadecimal digits that change when rules would decide otherwise, and only then."""
    told = sorted(
        json.dumps([getattr(rule, field) if field == "work_kind" else sorted(getattr(rule, field)) for field in _FIELDS])
        for rule in (active() if rules is None else rules)
    )
    return hashlib.blake2b(f"{matching.METHOD}{told}".encode(), digest_size=8).hexdigest()


def matcher(rules: Iterable[Ruling]) -> matching.Matcher:
    """Ready to match; the same rules are made ready once in a process."""
    return _matcher(
        tuple(
            Words(
                rule.work_kind, tuple(rule.codes), tuple(rule.words), tuple(rule.unless_words), getattr(rule, "key", ""),
                getattr(rule, "language", ""),
            )
            for rule in rules
        )
    )  # fmt: skip


@lru_cache(maxsize=6)
def _matcher(rules: tuple[Words, ...]) -> matching.Matcher:
    return matching.Matcher(rules)


# -- changes --


@transaction.atomic
def install(*, actor: Actor | None = None) -> int:
    """Write down that the dealer in scope works by our rules, or that the product brought better ones; returns 1 if so. Repeatable."""
    actor = actor or system(scope.organisation_id(), via="product")
    access.require(actor, "audience.edit_rules")
    _alone()
    latest, edition = _latest(), standard.edition()
    if latest is not None and latest.edition == edition:
        return 0
    before = latest.edition if latest else {}
    renewed = sorted(kind for kind in {*edition, *before} if edition.get(kind) != before.get(kind)) if latest else []
    _write(actor, own(), changes=[{"kind": kind, "standard": "", "what": "product", "more": [], "less": []} for kind in renewed])
    return 1


@transaction.atomic
def save(*, actor: Actor, work_kind: str, told: Sequence[Own], seen: int, note: str = "") -> RuleVersion:
    """Keep what the dealer says of one kind of work, all of it, as a new version; `seen` is the number of the one that it was written on.

    Refusal("changed_meanwhile", "nothing_changed") and those of `layers.cleaned`.
    """
    access.require(actor, "audience.edit_rules")
    _alone()
    touched = RuleVersion.objects.filter(number__gt=seen, changes__contains=[{"kind": work_kind}])
    if touched.exclude(changes__contains=[{"what": "product"}]).exists():
        raise Refusal(
            "changed_meanwhile",
            _("Somebody else has changed these rules meanwhile. Nothing was saved; load the page anew and look what they changed."),
        )
    before = own()
    wanted = layers.cleaned([replace(each, work_kind=work_kind) for each in told])
    return _change(actor, before, [*(each for each in before if each.work_kind != work_kind), *wanted], note=note)


@transaction.atomic
def restore(*, actor: Actor, number: int) -> RuleVersion:
    """Go back to what the dealer said then, as a new version; ours stay as the product brings them today."""
    access.require(actor, "audience.edit_rules")
    _alone()
    wanted = RuleVersion.objects.filter(number=number).first()
    if wanted is None:
        raise NotFound
    return _change(actor, own(), [layers.own(each) for each in wanted.layer], restored=number)


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
    """Change one rule of the dealer's own, or add one where no id is given; None leaves a value. A new version, too."""
    access.require(actor, "audience.edit_rules")
    if rule_id is not None:
        begun = _own(access.fetch(Rule, rule_id, actor=actor, right="audience.edit_rules", lock=True))
    elif work_kind:
        begun = layers.begun(work_kind)
    else:
        raise Refusal("work_kind_missing", _("Say which kind of work the rule is for."))
    lists = {"codes": codes, "words": words, "unless_words": unless_words}
    given: dict[str, Any] = {part: tuple(map(str, each)) for part, each in lists.items() if each is not None}
    if work_kind:
        given["work_kind"] = work_kind
    changed = replace(begun, **given, is_active=begun.is_active if is_active is None else is_active)
    _alone()
    before = own()
    others = [each for each in before if each.id != changed.id]
    alike = layers.cleaned([*(each for each in others if each.work_kind == changed.work_kind), changed])
    _change(actor, before, [*(each for each in others if each.work_kind != changed.work_kind), *alike])
    return Rule.objects.get(pk=changed.id)


def versions(*, actor: Actor) -> QuerySet[RuleVersion]:
    """All of them, the newest first."""
    access.require(actor, "audience.see_rules")
    return RuleVersion.objects.order_by("-number")


def number() -> int:
    """The version in force; 0 before the first."""
    latest = _latest()
    return latest.number if latest else 0


def _latest() -> RuleVersion | None:
    return RuleVersion.objects.order_by("-number").first()


def _alone() -> None:
    """Two changes at once would each take the same number, and one would undo the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7))", [f"audience rules {scope.organisation_id()}"])


def _change(
    actor: Actor, before: Sequence[Own], after: Sequence[Own], *, note: str = "", restored: int | None = None
) -> RuleVersion:  # fmt: skip
    changes = layers.differences(before, after)
    if not changes:
        raise Refusal("nothing_changed", _("These are the rules as they are already. Nothing was saved."))
    if _latest() is None:
        _write(system(actor.organisation_id, via="product"), before, changes=[])
    kept = {each.id: each for each in before}
    wanted = {each.id: each for each in after}
    altered = [each for each in after if kept.get(each.id) != each]
    Rule.objects.filter(pk__in=[*(gone for gone in kept if gone not in wanted), *(each.id for each in altered)]).delete()
    now = clock.now()
    Rule.objects.bulk_create([Rule(**_columns(each), changed_at=now) for each in altered])
    return _write(actor, after, changes=changes, note=note, restored=restored)


def _write(
    actor: Actor, layer: Sequence[Own], *, changes: list[dict[str, Any]], note: str = "", restored: int | None = None
) -> RuleVersion:  # fmt: skip
    kinds = sorted({each["kind"] for each in changes})
    made = RuleVersion.objects.create(
        number=number() + 1, rules_version=version(), made_by=actor.id if actor.kind == "staff" else None, made_at=clock.now(),
        note=note.strip()[:LONGEST_NOTE], changes=changes, layer=[each.plain() for each in layer], edition=standard.edition(), restored=restored,
    )  # fmt: skip
    audit.record(by=actor, act="audience.rules_changed", object_kind="rule_version", object_id=made.pk, number=made.number, kinds=kinds)
    publish(RulesChanged(rules_version=made.rules_version, work_kind=kinds[0] if len(kinds) == 1 else "", number=made.number), by=actor)
    return made


def _own(row: Rule) -> Own:
    parts = {part: tuple(getattr(row, part)) for part in layers.PARTS}
    return Own(row.pk, row.work_kind, row.standard, **parts, is_active=row.is_active)


def _columns(each: Own) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in vars(each).items()}
