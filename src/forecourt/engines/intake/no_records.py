"""Rows that are no records, such as a sum at the end of a list: a person says so once for a source, because they hold back what is gone.

What is remembered is a part of the mapping, so it is a version that one can go back to, and can be unticked where the columns are chosen.
"""

from collections import Counter
from dataclasses import replace
from typing import Final
from uuid import UUID

from django.db import transaction

from forecourt.engines.intake import sources, uploads
from forecourt.engines.intake.mapping import bare, load
from forecourt.engines.intake.models import ERASED, Import, RejectedRow
from forecourt.engines.intake.parts import KEYS, shape
from forecourt.kernel.errors import Refusal
from forecourt.runtime import access
from forecourt.runtime.actors import Actor
from forecourt.runtime.sentences import sentence as _

_LOOKED_AT: Final = 1000
_OFFERED: Final = 5


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
    return [each for each in counted.most_common(_OFFERED) if each[0] not in mapping.no_records]


@transaction.atomic
def remember(*, actor: Actor, import_id: UUID, shapes: list[str]) -> Import:
    """Such rows are none from now on; a dry run begins anew, and what is applied already stays. Raises Refusal "nothing_chosen"."""
    found = access.fetch(Import, import_id, actor=actor, right="intake.run_imports", lock=True)
    chosen = {said for said, _rows in of(found)} & set(shapes)
    if not chosen:
        raise Refusal("nothing_chosen", _("Please choose which rows are no records."))
    mapping = load(found.mapping or {})
    if found.state == "checked":
        uploads.choose_mapping(actor=actor, import_id=found.pk, mapping=replace(mapping, no_records=_with(mapping.no_records, chosen)))
        return uploads.start(actor=actor, import_id=found.pk, dry_run=True)
    saved = sources.of_kind(found.source, mapping)
    now = load(saved.mapping) if saved else mapping
    sources.save_mapping(actor=actor, source=found.source, mapping=replace(now, no_records=_with(now.no_records, chosen)))
    return found


def _with(known: tuple[str, ...], chosen: set[str]) -> tuple[str, ...]:
    return tuple(sorted({*known, *chosen}))
