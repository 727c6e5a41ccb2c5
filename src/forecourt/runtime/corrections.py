# ruff: noqa: S608 - SQL is put together from names of our own tables; values are always parameters
"""Values that people put right, and what a source says meanwhile: a correction outlives the next file.

A context has a table of its own (`Correction` is its shape) and names the parts of a record that are corrected together: an address is one
thing. What people change is held by `hold`; a file that comes in leaves it alone (`leave_alone`) and what it said is kept beside it, to be
shown and, if somebody wants, to be taken after all. Once the source says the same there is nothing left to hold.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from django.db import models

from forecourt.runtime import clock
from forecourt.runtime.actors import Actor
from forecourt.runtime.scope import ScopedModel

Parts = Mapping[str, tuple[str, ...]]
"""Part → the attributes that go together."""

#: Whose changes are corrections; a program that writes is a source itself.
_PEOPLE: Final = frozenset({"staff", "customer"})


class Correction(ScopedModel):
    """One part of one record that was put right. The record itself holds what is right; `said` is what the source says."""

    part = models.CharField(max_length=20)
    said = models.JSONField(default=dict)  # attribute → value as text; empty where the source never said anything
    source = models.CharField(max_length=40, blank=True)
    said_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    made_by_kind = models.CharField(max_length=10)
    made_by_id = models.UUIDField(null=True)

    class Meta:
        abstract = True


def hold(model: Any, parts: Parts, *, of: str, thing: Any, before: Mapping[str, Any], actor: Actor, source: str = "") -> None:
    """Hold what a person just changed; `of` is the column that names the thing, `before` the values of the changed attributes.

    `source` is who said what stood there, where the thing knows.
    """
    if actor.kind not in _PEOPLE:
        return
    changed = {name for name, value in before.items() if getattr(thing, name) != value}
    for part, names in parts.items():
        if not changed & set(names):
            continue
        found = model.objects.filter(part=part, **{of: thing.pk}).first()
        said = {name: _as_text(before.get(name, getattr(thing, name))) for name in names}
        correction = found or model(part=part, said={name: text for name, text in said.items() if text}, source=source, **{of: thing.pk})
        if found and found.said and all(_as_text(getattr(thing, name)) == found.said.get(name, "") for name in names):
            model.objects.filter(pk=correction.pk).delete()  # back to what the source says
            continue
        correction.made_at, correction.made_by_kind, correction.made_by_id = clock.now(), actor.kind, actor.id
        correction.save()


def leave_alone(
    cursor: Any, model: Any, parts: Parts, *, of: str, known: str, given: str, facts: Mapping[str, Any], blanks: Mapping[str, str]
) -> None:  # fmt: skip
    """Take what was corrected out of the staged rows `given` (id, line, change, attributes), before they change the rows of `known`.

    `blanks`: part → SQL that makes its staged columns say nothing. Costs one look where nothing was corrected.
    """
    table = model._meta.db_table  # noqa: SLF001 - Django's own name for what is public
    cursor.execute(f"SELECT EXISTS (SELECT FROM {table} WHERE organisation_id = %(organisation)s)", facts)
    if not cursor.fetchone()[0]:
        return
    for part, names in parts.items():
        _keep_what_is_said(cursor, table, part, names, of=of, given=given, facts=facts)
        same = " AND ".join(f"COALESCE(correction.said ->> '{name}', '') = COALESCE(known.{name}::text, '')" for name in names)
        cursor.execute(
            f"""DELETE FROM {table} AS correction USING {known} AS known
                WHERE correction.organisation_id = %(organisation)s AND correction.part = %(part)s AND known.id = correction.{of}
                  AND correction.said_at = %(now)s AND {same}""",
            {**facts, "part": part},
        )
        cursor.execute(
            f"""UPDATE {given} AS row SET {blanks[part]} FROM {table} AS correction
                WHERE correction.organisation_id = %(organisation)s AND correction.part = %(part)s AND correction.{of} = row.id""",
            {**facts, "part": part},
        )


def _keep_what_is_said(
    cursor: Any, table: str, part: str, names: Iterable[str], *, of: str, given: str, facts: Mapping[str, Any]
) -> None:  # fmt: skip
    pairs = ", ".join(f"'{name}', NULLIF(row.{name}::text, '')" for name in names)
    cursor.execute(
        f"""UPDATE {table} AS correction SET said = row.said, source = %(source)s, said_at = %(now)s
            FROM (SELECT DISTINCT ON (id) id, jsonb_strip_nulls(jsonb_build_object({pairs})) AS said
                  FROM {given} AS row WHERE id IS NOT NULL AND change IS NULL ORDER BY id, line DESC) AS row
            WHERE correction.organisation_id = %(organisation)s AND correction.part = %(part)s AND correction.{of} = row.id
              AND row.said <> '{{}}'::jsonb""",
        {**facts, "part": part},
    )


def release(correction: Correction, thing: Any) -> dict[str, Any]:
    """Hold it no longer; returns what the source says of it, for the thing's own action to write."""
    type(correction)._default_manager.filter(pk=correction.pk).delete()  # noqa: SLF001 - Django's own name for what is public
    said = {name: text for name, text in correction.said.items() if _as_text(getattr(thing, name, None)) != text}
    return {name: thing._meta.get_field(name).to_python(text) for name, text in said.items()}  # noqa: SLF001 - as above


def _as_text(value: object) -> str:
    return "" if value is None else str(value)


def ids_of(rows: Iterable[Correction]) -> set[UUID]:
    """Who made them, to be named on a page."""
    return {each.made_by_id for each in rows if each.made_by_id}
