"""Whose rows a piece of work may see.

A request or job has one scope: an organisation. Models of a dealer inherit `ScopedModel`; asking their manager anything
outside a scope raises `ScopeMissing`, inside one it answers only with that organisation's rows, and saving a row of another
raises `ForeignRow`. The organisation is also told to PostgreSQL with `SET LOCAL`, for the policies of row-level security
(`runtime.database.walls`). Supervision (the poll of what is due, whose token this is) says so with `everywhere(reason)`; it only
reads, and only models that say in `seen_everywhere` why they may be read so.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from django.db import connection, models
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.pq import TransactionStatus

from forecourt.kernel.ids import uuid7
from forecourt.runtime.database import EVERYWHERE_ROLE, SCOPE_SETTING


class ScopeMissing(Exception):
    """A scoped table was asked outside any scope: a programming error, never a user's."""


class ForeignRow(Exception):
    """A row of another organisation was about to be written: a programming error, never a user's."""


_EVERYWHERE = "everywhere"
_current: ContextVar[UUID | str | None] = ContextVar("forecourt_scope", default=None)


def organisation_id() -> UUID:
    """The organisation in scope; raises ScopeMissing if there is none."""
    current = _current.get()
    if not isinstance(current, UUID):
        raise ScopeMissing("No organisation is in scope here; open one with scope.of(organisation_id).")
    return current


def is_open() -> bool:
    return _current.get() is not None


@contextmanager
def of(organisation_id: UUID) -> Iterator[None]:
    """Work for one organisation."""
    token = _current.set(organisation_id)
    tell_database()
    try:
        yield
    finally:
        _current.reset(token)
        tell_database()


@contextmanager
def everywhere(reason: str) -> Iterator[None]:
    """Look across organisations at what is `seen_everywhere`; the reason is for the reader. To write, open each organisation's scope."""
    assert reason
    token = _current.set(_EVERYWHERE)
    tell_database()
    try:
        yield
    finally:
        _current.reset(token)
        tell_database()


def tell_database() -> None:
    """Name the scope to PostgreSQL for the rest of the transaction; outside one, the next transaction's begin does it."""
    if connection.in_atomic_block and not connection.needs_rollback and not _has_failed():
        _name_scope(connection)


def _has_failed() -> bool:
    """Whether a statement failed: PostgreSQL then takes no other, and the error that did it must not be hidden by ours."""
    inner = connection.connection
    return inner is None or inner.closed or inner.info.transaction_status == TransactionStatus.INERROR


def begin(wrapper: BaseDatabaseWrapper) -> None:
    """Called by the database backend at the start of each transaction."""
    if is_open():
        _name_scope(wrapper)


def naming() -> tuple[str, list[str]]:
    """The statement that names the scope to PostgreSQL until the transaction ends, with its values."""
    current = _current.get()
    organisation = str(current) if isinstance(current, UUID) else ""
    role = EVERYWHERE_ROLE if current == _EVERYWHERE else "none"
    return "SELECT set_config(%s, %s, true), set_config('role', %s, true)", [SCOPE_SETTING, organisation, role]


def _name_scope(wrapper: BaseDatabaseWrapper) -> None:
    with wrapper.cursor() as cursor:
        cursor.execute(*naming())


M = TypeVar("M", bound="ScopedModel")


class ScopedQuerySet(models.QuerySet[M]):
    """Refuses to write what belongs elsewhere."""

    def bulk_create(self, objs: Iterable[M], *args: Any, **kwargs: Any) -> list[M]:
        rows = list(objs)
        for row in rows:
            row.claim_organisation()
        return super().bulk_create(rows, *args, **kwargs)

    def bulk_update(self, objs: Iterable[M], *args: Any, **kwargs: Any) -> int:
        rows = list(objs)
        for row in rows:
            row.claim_organisation()
        return super().bulk_update(rows, *args, **kwargs)

    def update(self, **kwargs: Any) -> int:
        if {"organisation_id", "organisation"} & kwargs.keys():
            raise ForeignRow("A row never moves to another organisation.")
        return super().update(**kwargs)


class ScopedManager(models.Manager[M]):
    """The only door to a dealer's rows."""

    def get_queryset(self) -> ScopedQuerySet[M]:
        rows: ScopedQuerySet[M] = ScopedQuerySet(self.model, using=self._db)
        current = _current.get()
        if current is None:
            raise ScopeMissing(f"{self.model.__name__} was asked without a scope; open one with scope.of(organisation_id).")
        if current != _EVERYWHERE:
            return rows.filter(organisation_id=current)
        if not self.model.seen_everywhere:
            raise ScopeMissing(f"{self.model.__name__} is not looked at across organisations; open one with scope.of(organisation_id).")
        return rows


class ScopedModel(models.Model):
    """A row that belongs to one organisation."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation_id = models.UUIDField(editable=False)

    objects = ScopedManager()

    seen_everywhere: ClassVar[str] = ""
    """Why supervision may read this table across organisations; empty: it may not."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.claim_organisation()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        self.claim_organisation()
        return super().delete(*args, **kwargs)

    def claim_organisation(self) -> None:
        """Give a new row the organisation in scope; raises ForeignRow if it already has another."""
        current = _current.get()
        given: UUID | None = self.organisation_id  # a new row has none yet, whatever the field's type says
        if not isinstance(current, UUID):
            raise ScopeMissing(f"{type(self).__name__} was saved outside the scope of an organisation.")
        if given is None:
            self.organisation_id = current
        elif given != current:
            raise ForeignRow(f"{type(self).__name__} {self.pk} belongs to another organisation.")
