"""Makes, changes, doubles and puts away segments; who may see which. Owns the `Segment` rows."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from forecourt.engines.audience import register
from forecourt.engines.audience.events import SegmentArchived, SegmentChanged, SegmentMade, SegmentRestored
from forecourt.engines.audience.models import Segment
from forecourt.kernel import conditions
from forecourt.kernel.conditions import All, Condition, Not
from forecourt.kernel.conditions import Any as AnyOf
from forecourt.kernel.errors import NotFound, Refusal
from forecourt.runtime import access, clock
from forecourt.runtime.actors import Actor
from forecourt.runtime.events import publish

MOST_CRITERIA = 60

Uses = Callable[[UUID], list[str]]
_uses: list[Uses] = []


def declare_use(uses: Uses) -> None:
    """Upper floors say which of theirs rest on a segment, by name; it is then neither put away nor hidden under them."""
    if uses not in _uses:
        _uses.append(uses)


def used_by(segment_id: UUID) -> list[str]:
    """What rests on a segment, by name."""
    return [name for uses in _uses for name in uses(segment_id)]


@transaction.atomic
def create(
    *, actor: Actor, name: str, rule: object, description: str = "", is_shared: bool = True, ready_made: str = ""
) -> Segment:  # fmt: skip
    """Keep a rule under a name. Refusal("name_missing", "rule_wrong", "rule_empty", "rule_too_long")."""
    access.require(actor, "audience.edit_segments")
    now = clock.now()
    segment = Segment(ready_made=ready_made, made_by=_person(actor), made_at=now, changed_by=_person(actor), changed_at=now)
    _fill(segment, name=name, description=description, rule=rule, is_shared=is_shared)
    segment.save(force_insert=True)
    publish(SegmentMade(segment_id=segment.pk), by=actor)
    return segment


@transaction.atomic
def change(
    *, actor: Actor, segment_id: UUID, version: int, name: str, rule: object, description: str = "", is_shared: bool = True
) -> Segment:  # fmt: skip
    """Write all of it anew. Refusals as in `create`, Refusal("changed_meanwhile") if it is no longer the version that was seen, and
    Refusal("in_use") for hiding what a flow uses.
    """
    segment = _fetched(actor, segment_id, right="audience.edit_segments", lock=True)
    if segment.version != version:
        raise Refusal(
            "changed_meanwhile", _("Somebody else has changed this segment meanwhile. Nothing was saved."), version=segment.version
        )
    columns = ("name", "description", "rule", "is_shared")
    before = {column: getattr(segment, column) for column in columns}
    if segment.is_shared and not is_shared:
        _refuse_if_used(segment, _("It stays with all colleagues as long as this uses it: %(uses)s. Nothing was saved."))
    _fill(segment, name=name, description=description, rule=rule, is_shared=is_shared)
    changed = sorted(column for column in columns if getattr(segment, column) != before[column])
    if changed:
        segment.version += 1
        segment.changed_by, segment.changed_at = _person(actor), clock.now()
        segment.save()
        publish(SegmentChanged(segment_id=segment.pk, segment_version=segment.version, fields=changed), by=actor)
    return segment


@transaction.atomic
def duplicate(*, actor: Actor, segment_id: UUID) -> Segment:
    """Another one with the same rule, only for who made it until they share it."""
    segment = _fetched(actor, segment_id, right="audience.edit_segments")
    name = (_("%(name)s (copy)") % {"name": segment.name})[:120]
    return create(actor=actor, name=name, description=segment.description, rule=segment.rule, is_shared=False)


@transaction.atomic
def archive(*, actor: Actor, segment_id: UUID) -> Segment:
    """Put it away: no list offers it any more. Put away already: nothing changes. Refusal("in_use") while a flow writes to it."""
    segment = _fetched(actor, segment_id, right="audience.edit_segments", lock=True)
    if segment.archived_at is None:
        _refuse_if_used(segment, _("This uses the segment: %(uses)s. Choose another one there first; nothing was put away."))
        segment.archived_at = clock.now()
        segment.save(update_fields=["archived_at"])
        publish(SegmentArchived(segment_id=segment.pk), by=actor)
    return segment


@transaction.atomic
def restore(*, actor: Actor, segment_id: UUID) -> Segment:
    """Take it back into use. In use already: nothing changes."""
    segment = _fetched(actor, segment_id, right="audience.edit_segments", lock=True)
    if segment.archived_at is not None:
        segment.archived_at = None
        segment.save(update_fields=["archived_at"])
        publish(SegmentRestored(segment_id=segment.pk), by=actor)
    return segment


def seen(*, actor: Actor, text: str = "", is_archived: bool = False) -> QuerySet[Segment]:
    """Those that the actor may see, by name: shared ones and their own; `text` is a part of the name or description."""
    access.require(actor, "audience.see_segments")
    rows = Segment.objects.filter(archived_at__isnull=not is_archived).order_by("name", "pk")
    if actor.kind != "system":
        rows = rows.filter(Q(is_shared=True) | Q(made_by=actor.id))
    return rows.filter(Q(name__icontains=text) | Q(description__icontains=text)) if text else rows


def find(*, actor: Actor, segment_id: UUID) -> Segment:
    """One of them; NotFound for what is somebody else's own."""
    return _fetched(actor, segment_id, right="audience.see_segments")


def checked(rule: object) -> Condition:
    """A rule that may be kept, from its JSON; refusals as in `create`."""
    try:
        condition = conditions.parse(rule, register.kinds())
    except ValueError as wrong:
        raise Refusal("rule_wrong", _("This rule cannot be understood: %(what)s") % {"what": wrong}) from wrong
    if _has_empty_group(condition):
        raise Refusal("rule_empty", _("A group without criteria would find everybody. Add a criterion or take the group away."))
    if sum(1 for _leaf in conditions.comparisons(condition)) > MOST_CRITERIA:
        raise Refusal("rule_too_long", _("More than %(most)s criteria are too many for one segment.") % {"most": MOST_CRITERIA})
    return condition


def _has_empty_group(condition: Condition) -> bool:
    match condition:
        case All(parts) | AnyOf(parts):
            return not parts or any(map(_has_empty_group, parts))
        case Not(part):
            return _has_empty_group(part)
    return False


def _fetched(actor: Actor, segment_id: UUID, *, right: str, lock: bool = False) -> Segment:
    segment = access.fetch(Segment, segment_id, actor=actor, right=right, lock=lock)
    if not segment.may_be_seen_by(actor.kind, actor.id):
        raise NotFound
    return segment


def _fill(segment: Segment, *, name: str, description: str, rule: object, is_shared: bool) -> None:
    segment.name, segment.description, segment.is_shared = name.strip(), description.strip(), is_shared
    if not segment.name:
        raise Refusal("name_missing", _("Please give the segment a name."))
    segment.rule = conditions.dump(checked(rule))


def _refuse_if_used(segment: Segment, text: str) -> None:
    uses = used_by(segment.pk)
    if uses:
        raise Refusal("in_use", text % {"uses": ", ".join(uses)}, uses=uses)


def _person(actor: Actor) -> Any:
    return actor.id if actor.kind == "staff" else None
