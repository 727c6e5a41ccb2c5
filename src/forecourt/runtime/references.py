"""Which rows hang on what, so that what hangs on one thing can be moved to another and back.

When two records turn out to be one person, rows of many contexts follow. Each context says in its `personal.py` which columns name a
customer: `declare` for those that follow, `stay` for those that do not, with the reason. Nothing here knows what a customer is.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, Model, OuterRef, Q, QuerySet, UniqueConstraint

from forecourt.runtime.scope import ScopedModel


@dataclass(frozen=True)
class Reference:
    """A column that names a thing of some kind. `stays` is empty, or why its rows do not follow."""

    model: type[Model]
    column: str
    kind: str
    stays: str = ""

    @property
    def label(self) -> str:
        return f"{self.model._meta.label_lower}.{self.column}"  # noqa: SLF001 - Django's own name for what is public


_declared: dict[str, Reference] = {}


def declare(model: type[ScopedModel], column: str = "customer_id", *, kind: str = "customer") -> None:
    """Rows of this model follow when the thing they name is merged into another."""
    _add(Reference(model, column, kind))


def stay(model: type[Model], column: str = "customer_id", *, kind: str = "customer", because: str) -> None:
    """Rows of this model name the old thing for ever, because …"""
    _add(Reference(model, column, kind, because))


def known() -> dict[str, Reference]:
    """All declared columns by label, such as `workshop.appointment.customer_id`."""
    return dict(_declared)


def move_all(*, kind: str, of: UUID, to: UUID) -> dict[str, list[UUID]]:
    """Let everything that hangs on `of` hang on `to`; returns the ids of the moved rows by label.

    A row that would meet an equal one under a unique key stays where it is.
    """
    moving = [reference for reference in _declared.values() if reference.kind == kind and not reference.stays]
    return {reference.label: ids for reference in moving if (ids := _move(reference, _free(reference, of=of, to=to), to))}


def move_back(*, label: str, ids: Collection[UUID], of: UUID, to: UUID) -> int:
    """Let the rows of these ids that still hang on `of` hang on `to` again; returns how many did."""
    reference = _declared[label]
    rows = _rows(reference).filter(pk__in=ids, **{reference.column: of})
    return rows.update(**{reference.column: to})


def _move(reference: Reference, rows: QuerySet[Any], to: UUID) -> list[UUID]:
    ids = list(rows.values_list("pk", flat=True))
    if ids:
        _rows(reference).filter(pk__in=ids).update(**{reference.column: to})
    return ids


def _free(reference: Reference, *, of: UUID, to: UUID) -> QuerySet[Any]:
    """The rows that can follow without meeting an equal one."""
    rows = _rows(reference).filter(**{reference.column: of})
    for others, condition in _keys_with(reference):
        equal = _rows(reference).filter(**{reference.column: to}, **{name: OuterRef(name) for name in others})
        kept_apart = condition or Q()  # what a condition leaves out meets nothing
        rows = rows.exclude(kept_apart, Exists(equal.filter(kept_apart)))
    return rows


def _keys_with(reference: Reference) -> list[tuple[list[str], Any]]:
    """The unique keys that hold the column: their other columns, and the rows they are for."""
    meta = reference.model._meta  # noqa: SLF001 - Django's own name for what is public
    keys = [key for key in meta.constraints if isinstance(key, UniqueConstraint)]
    found = []
    for key in keys:
        columns = [str(getattr(meta.get_field(name), "attname", name)) for name in key.fields]
        if reference.column in columns:
            found.append(([name for name in columns if name != reference.column], key.condition))
    return found


def _rows(reference: Reference) -> QuerySet[Any]:
    return reference.model._default_manager.all()  # noqa: SLF001 - Django's own name for what is public


def _add(reference: Reference) -> None:
    if reference.label in _declared:
        raise ValueError(f"{reference.label} is declared twice")
    _declared[reference.label] = reference
