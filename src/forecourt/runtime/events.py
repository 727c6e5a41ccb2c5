"""What happened, written once, and who reacts.

Events are frozen dataclasses in the past tense, registered with `@event`. `publish` works only inside a transaction: it writes
the event row with its subjects and defers one job per subscriber, so a commit gives row, effect and job, and a rollback gives
nothing. A reaction runs once: its mark and its effect share a transaction.
"""

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, ClassVar, TypeVar, get_args, get_origin, get_type_hints
from uuid import UUID

from django.db import connection, transaction

from forecourt.kernel.ids import uuid7
from forecourt.runtime import clock, scope
from forecourt.runtime.actors import Actor
from forecourt.runtime.models import Event as EventRow
from forecourt.runtime.models import EventSubject, Reaction

Subjects = list[tuple[str, UUID | None]]

_unheard: ContextVar[frozenset[str]] = ContextVar("forecourt_unheard", default=frozenset())


@dataclass(frozen=True, kw_only=True)
class Event:
    """Base of all events: ids and values only, never a name, an address or free text.

    `audience` says who may read it on a timeline ("customer": the customer too); `sentence` is the gettext key of its wording,
    with `{field}` placeholders for its values; `codes` gives the words of a field whose values are codes; fields named `<kind>_id`
    listed in `concerns` become the event's subjects.
    """

    name: ClassVar[str]
    version: ClassVar[int] = 1
    audience: ClassVar[str] = "staff"
    sentence: ClassVar[str] = ""
    codes: ClassVar[Mapping[str, Mapping[str, str]]] = {}
    icon: ClassVar[str] = "circle"
    concerns: ClassVar[tuple[str, ...]] = ("customer", "vehicle")
    event_id: ClassVar[UUID | None] = None  # of the stored row, set on the copy that a reaction receives

    def subjects(self) -> Subjects:
        return [(kind, getattr(self, f"{kind}_id", None)) for kind in self.concerns]


React = TypeVar("React", bound=Callable[..., None])
EventClass = TypeVar("EventClass", bound=type[Event])

_events: dict[str, type[Event]] = {}
_subscribers: dict[str, "Subscriber"] = {}
_listeners: dict[str, list["Subscriber"]] = {}
_along: dict[str, list["Along"]] = {}


Along = Callable[[list[tuple[EventRow, Event]]], None]
"""Writes something of its own for events, in their transaction."""


@dataclass(frozen=True)
class Subscriber:
    """A reaction: the function, what it listens to and the queue it runs on."""

    name: str
    listens_to: tuple[type[Event], ...]
    queue: str
    react: Callable[[Any], None]


def event(name: str) -> Callable[[EventClass], EventClass]:
    """Register an event class under its stored name, such as `workshop.appointment_moved`."""

    def register(cls: EventClass) -> EventClass:
        if name in _events:
            raise ValueError(f"event {name} is registered twice")
        cls.name = name
        _events[name] = cls
        return cls

    return register


def subscriber(*listens_to: type[Event], queue: str = "default") -> Callable[[React], React]:
    """Register a reaction. It runs as a job, in the event's organisation, in one transaction with its mark."""

    def register(react: React) -> React:
        name = f"{react.__module__.removeprefix('forecourt.')}.{react.__name__}"
        entry = Subscriber(name, listens_to, queue, react)
        _subscribers[name] = entry
        for cls in listens_to:
            _listeners.setdefault(cls.name, []).append(entry)
        return react

    return register


def along(*classes: type[Event], write: Along) -> None:
    """Call `write` with such events inside the transaction that publishes them: for rows that must stand or fall with the event.

    It costs the act its time, so it may do little: an outbox row, never a message. What may come a moment later is a `subscriber`.
    """
    for cls in classes:
        writers = _along.setdefault(cls.name, [])
        if write not in writers:
            writers.append(write)


def registered() -> dict[str, type[Event]]:
    return dict(_events)


def subscribers() -> dict[str, Subscriber]:
    return dict(_subscribers)


@contextmanager
def unheard(*queues: str) -> Iterator[None]:
    """Write events without reactions on these queues: how the demo lays down a past day that nobody is watching."""
    token = _unheard.set(frozenset(queues))
    try:
        yield
    finally:
        _unheard.reset(token)


def publish(happened: Event, *, by: Actor, at: datetime | None = None) -> UUID:
    """Write what happened and let every subscriber know. Returns the event's id. Raises RuntimeError outside a transaction."""
    return publish_batch([happened], by=by, at=at)[0]


def publish_batch(happened: Iterable[Event], *, by: Actor, at: datetime | None = None) -> list[UUID]:
    """Write many events with one statement and defer one job per subscriber for the whole batch."""
    if not connection.in_atomic_block:
        raise RuntimeError("publish works only inside a transaction, so that the act and its event are one.")
    recorded_at = clock.now()
    told = list(happened)
    rows = [_row(each, by, at or recorded_at, recorded_at) for each in told]
    EventRow.objects.bulk_create([row for row, _ in rows], batch_size=1000)
    EventSubject.objects.bulk_create([subject for _, subjects in rows for subject in subjects], batch_size=1000)
    _write_along([(row, each) for (row, _), each in zip(rows, told, strict=True)])
    _defer([row for row, _ in rows])
    return [row.id for row, _ in rows]


def load(row: EventRow) -> Event | None:
    """The event of a stored row; None if its class is no longer known."""
    cls = _events.get(row.name)
    if cls is None:
        return None
    declared = _declared(cls)  # type: ignore[arg-type]  # mypy takes the hash of the class for that of its instances
    return cls(**{name: _restored(declared[name], value) for name, value in row.values.items() if name in declared})


def react(subscriber_name: str, event_ids: list[str]) -> None:
    """Run one subscriber over its events; those it has dealt with are passed over. Called by the job of `runtime.background`."""
    entry = _subscribers[subscriber_name]
    for row in EventRow.objects.filter(pk__in=event_ids).order_by("pk"):
        with transaction.atomic():
            loaded = load(row)
            if _mark(row.pk, subscriber_name) and loaded is not None:
                object.__setattr__(loaded, "event_id", row.pk)
                entry.react(loaded)


def _mark(event_id: UUID, subscriber_name: str) -> bool:
    """Whether this is the first time; a second worker waits here for the first one's commit."""
    table = connection.ops.quote_name(Reaction._meta.db_table)  # noqa: SLF001 - Django's own name for what is public
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (event_id, subscriber, reacted_at) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",  # noqa: S608 - our own table's name
            [event_id, subscriber_name, clock.now()],
        )
        return bool(cursor.rowcount)


def _row(happened: Event, by: Actor, occurred_at: datetime, recorded_at: datetime) -> tuple[EventRow, list[EventSubject]]:
    organisation_id = scope.organisation_id()
    row = EventRow(
        id=uuid7(),
        organisation_id=organisation_id,
        name=happened.name,
        version=happened.version,
        occurred_at=occurred_at,
        recorded_at=recorded_at,
        actor_kind=by.kind,
        actor_id=by.id,
        actor_via=by.via,
        values={field.name: _stored(getattr(happened, field.name)) for field in dataclasses.fields(happened)},
    )
    subjects = [
        EventSubject(organisation_id=organisation_id, event=row, kind=kind, subject_id=subject_id, occurred_at=occurred_at)
        for kind, subject_id in happened.subjects()
        if subject_id is not None
    ]
    return row, subjects


def _write_along(told: list[tuple[EventRow, Event]]) -> None:
    by_writer: dict[Along, list[tuple[EventRow, Event]]] = {}
    for row, happened in told:
        for write in _along.get(row.name, ()):
            by_writer.setdefault(write, []).append((row, happened))
    for write, theirs in by_writer.items():
        write(theirs)


def _defer(rows: list[EventRow]) -> None:
    from forecourt.runtime import background

    by_subscriber: dict[str, list[str]] = {}
    for row in rows:
        for entry in _listeners.get(row.name, ()):
            if entry.queue in _unheard.get():
                continue
            by_subscriber.setdefault(entry.name, []).append(str(row.pk))
    for name, ids in by_subscriber.items():
        background.defer_reaction(subscriber=name, queue=_subscribers[name].queue, event_ids=ids)


def _stored(value: Any) -> Any:
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_stored(each) for each in value]
    return value


@lru_cache
def _declared(cls: type[Event]) -> dict[str, frozenset[Any]]:
    """The types that each field may hold, those inside a union or a tuple included."""
    hints = get_type_hints(cls)
    return {field.name: _types_in(hints[field.name]) for field in dataclasses.fields(cls)}


def _types_in(hint: Any) -> frozenset[Any]:
    inner = frozenset(each for argument in get_args(hint) for each in _types_in(argument))
    return inner | {get_origin(hint) or hint}


def _restored(types: frozenset[Any], value: Any) -> Any:
    """Values come back as their field's type: UUID, datetime, date and Decimal are kept as text in JSON."""
    if isinstance(value, list):
        inner = [_restored(types, each) for each in value]
        return tuple(inner) if tuple in types else inner
    if isinstance(value, str) and str not in types:
        return next((read(value) for type_, read in _READ.items() if type_ in types), value)
    return value


_READ: dict[type, Callable[[str], Any]] = {
    UUID: UUID,
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
    Decimal: Decimal,
}
