"""Rows that are no records, such as a sum at the end of a list: a person says so once for a source, because they hold back what is gone.

What is remembered is a part of the mapping, so it is a version that one can go back to, and can be unticked where the columns are chosen.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import reduce
from operator import and_, or_
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from forecourt.engines.intake import sources, uploads
from forecourt.engines.intake.mapping import Mapping, bare, load
from forecourt.engines.intake.models import ERASED, Import, RejectedRow, SourceMapping
from forecourt.engines.intake.parts import KEYS, shape
from forecourt.kernel.errors import Refusal
from forecourt.runtime import access
from forecourt.runtime.actors import Actor
from forecourt.runtime.sentences import sentence as _

_LOOKED_AT: Final = 1000
_OFFERED: Final = 5
#: Further ones stay among the rows to correct.
_MOST_TOLD: Final = 5000


def of(found: Import) -> list[tuple[str, int]]:
    """What the first cells of the rows say that hold something back in this import, and how many say so; most first."""
    mapping = load(found.mapping or {})
    held = [subject for subject, told in found.gone.items() if isinstance(told, dict) and told.get("unread")]
    columns = {bare(mapping.columns[name]) for subject in held for name in KEYS[subject] if name in mapping.columns}
    if not columns:
        return []
    wrong = RejectedRow.objects.filter(of_import=found, is_remark=False).exclude(reason_code__in=("missing", ERASED))
    rows = wrong.order_by("line").values_list("line", "column", "cells")[:_LOOKED_AT]
    said = {line: shape(cells) for line, column, cells in rows if bare(column) in columns}
    counted = Counter(filter(None, said.values()))
    answered = _answered(found)
    return [each for each in counted.most_common(_OFFERED) if each[0] not in answered]


def lines(found: Import) -> dict[str, list[int]]:
    """What a person said are no records, and the lines of this file that begin so and were left out; empty where none were."""
    answered = _answered(found)
    if not answered or not found.rows_rejected:
        return {}
    likely = reduce(or_, (_may_begin(says) for says in answered))
    wrong = RejectedRow.objects.filter(likely, of_import=found, is_remark=False).exclude(reason_code=ERASED).order_by("line", "id")
    told: dict[str, list[int]] = {}
    for line, cells in wrong.values_list("line", "cells")[:_MOST_TOLD]:
        if (says := shape(cells)) in answered and line not in (known := told.setdefault(says, []))[-1:]:
            known.append(line)
    return dict(sorted(told.items()))


def to_correct(found: Import) -> int:
    """How many rows were left out with something wrong, but for those that a person said are no records."""
    return int(found.rows_rejected) - sum(map(len, lines(found).values()))


@transaction.atomic
def remember(*, actor: Actor, import_id: UUID, shapes: list[str]) -> Import:
    """Such rows are none from now on; a dry run begins anew, and what is applied already stays. Raises Refusal "nothing_chosen"."""
    found = access.fetch(Import, import_id, actor=actor, right="intake.run_imports", lock=True)
    chosen = {said for said, _rows in of(found)} & set(shapes)
    if not chosen:
        raise Refusal("nothing_chosen", _("Please choose which rows are no records."))
    return _say(found, actor=actor, answer=lambda known: known | chosen)


@transaction.atomic
def take_back(*, actor: Actor, import_id: UUID, shapes: list[str]) -> Import:
    """Such rows are records again, with something wrong, as `remember` says it."""
    found = access.fetch(Import, import_id, actor=actor, right="intake.run_imports", lock=True)
    if not _answered(found) & set(shapes):
        return found
    return _say(found, actor=actor, answer=lambda known: known - set(shapes))


def _say(found: Import, *, actor: Actor, answer: Callable[[set[str]], set[str]]) -> Import:
    mapping = load(found.mapping or {})
    if found.state == "checked":
        uploads.choose_mapping(actor=actor, import_id=found.pk, mapping=_changed(mapping, answer))
        return uploads.start(actor=actor, import_id=found.pk, dry_run=True)
    saved = sources.of_kind(found.source, mapping)
    now = load(saved.mapping) if saved else mapping
    sources.save_mapping(actor=actor, source=found.source, mapping=_changed(now, answer))
    return found


def _changed(mapping: Mapping, answer: Callable[[set[str]], set[str]]) -> Mapping:
    return replace(mapping, no_records=tuple(sorted(answer({*mapping.no_records}))))


def _answered(found: Import) -> set[str]:
    """What holds for this file: once it is applied, the answers of its source as they stand today."""
    own = found.mapping or {}
    if found.state != "applied":
        return {*own.get("no_records", ())}
    saved = list(SourceMapping.objects.filter(source=found.source).values_list("mapping", flat=True))
    if not any(each.get("no_records") for each in (own, *saved)):
        return set()
    mapping = load(own)
    return {*next((each for each in map(load, saved) if each.kind == mapping.kind), mapping).no_records}


def _may_begin(says: str) -> Q:
    """What a row holds that begins so, as far as the database can tell it: letters beside a-z it may fold otherwise, and "ss" may be "ß"."""
    plain = [word for word in says.split() if word.isascii() and "ss" not in word]
    return reduce(and_, (Q(cells__icontains=word) for word in plain), Q())
