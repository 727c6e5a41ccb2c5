"""Work that happens later, in a worker, exactly as its cause committed it.

A job is deferred inside the business transaction (Procrastinate keeps it in the same database), carries its organisation and
who caused it, and reopens both before it runs. `job` marks a function as one; `poll` runs a function every few seconds for
what has become due by the business clock. Jobs may run twice (a worker can die after its commit), so each must be repeatable.
"""

import functools
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections, connection, transaction
from procrastinate import BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import AlreadyEnqueued, UniqueViolation
from procrastinate.jobs import Job as QueuedJob
from procrastinate.jobs import JobDeferrer, Status
from procrastinate.manager import JobManager
from procrastinate.types import JSONValue, TimeDeltaParams

from forecourt.runtime import scope
from forecourt.runtime.actors import Actor

QUEUES = ("live", "default", "bulk", "fetch")
"""live: what a person is watching; default: reactions; bulk: imports, send runs, recomputation; fetch: looks at other people's servers."""

_log = logging.getLogger(__name__)
_MOST_ATTEMPTS = 8
_LONGEST_WAIT_SECONDS = 600
_SECONDS_UNTIL_THE_DATABASE_IS_BACK = 5
STALLED_SECONDS: int = getattr(settings, "BACKGROUND_STALLED_SECONDS", 30)
"""A worker that was not heard of for so long counts as dead; a living one tells of itself every 10 seconds."""
_PRIORITIES = {"live": 10}  # a worker takes what a person is watching before all else


class _Again(BaseRetryStrategy):
    """Twice as long as before each time, then never. A database that was away is nobody's fault: soon again, however often."""

    def get_retry_decision(self, *, exception: BaseException, job: QueuedJob) -> RetryDecision | None:
        if _database_was_away(exception):
            return RetryDecision(retry_in={"seconds": _SECONDS_UNTIL_THE_DATABASE_IS_BACK})
        if job.attempts >= _MOST_ATTEMPTS:
            return None
        return RetryDecision(retry_in={"seconds": min(2 ** (job.attempts + 1), _LONGEST_WAIT_SECONDS)})


def _database_was_away(exception: BaseException | None) -> bool:
    """Whether the connection broke or the server was shutting down or starting up, anywhere among the causes."""
    while exception is not None:
        if isinstance(exception, psycopg.OperationalError) and (exception.sqlstate or "08").startswith(("08", "57P")):
            return True
        exception = exception.__cause__ or exception.__context__
    return False


_RETRY = _Again()
_is_last: ContextVar[bool] = ContextVar("forecourt_is_last_attempt", default=False)


def is_last_attempt(error: BaseException) -> bool:
    """Whether the job that runs will not be tried again if it ends with this error."""
    return _is_last.get() and not _database_was_away(error)


@contextmanager
def attempt(number: int) -> Iterator[None]:
    """Run a job for the so-many-th time, counted from 0."""
    token = _is_last.set(number >= _MOST_ATTEMPTS)
    try:
        yield
    finally:
        _is_last.reset(token)


def _with_the_cause(deferrer: JobDeferrer) -> JobDeferrer:
    """Queue through Django's connection, so that job and cause commit together.

    In the pages Procrastinate does so by itself. In a worker it has a connection of its own, which would commit the job at once: it
    could start before its cause is to be seen, and would stay when the cause is rolled back.
    """
    deferrer.job_manager = JobManager(DjangoConnector())
    return deferrer


@dataclass(frozen=True)
class Errand:
    """A job that was queued by `defer_once` and is not over."""

    number: int
    is_running: bool  # else it waits for its turn
    values: dict[str, Any]


class Job:
    """A deferred function; call `defer` inside a transaction."""

    def __init__(self, run: Callable[..., None], queue: str, alone_per: str | None) -> None:
        self.run = run
        self.queue = queue
        self.alone_per = alone_per
        self.name = f"{run.__module__.removeprefix('forecourt.')}.{run.__name__}"
        self.task = app.task(name=self.name, queue=queue, retry=_RETRY, pass_context=True)(self._perform)
        functools.update_wrapper(self, run)

    def __call__(self, *args: Any, **kwargs: Any) -> None:
        self.run(*args, **kwargs)

    def defer(self, *, by: Actor, after: timedelta | None = None, **values: Any) -> int:
        """Queue the job for this actor; plain values only. Returns the job's number."""
        wait: TimeDeltaParams | None = {"seconds": round(after.total_seconds())} if after else None
        return self._queue(by, values, schedule_in=wait)

    def defer_once(self, *, by: Actor, **values: Any) -> int | None:
        """Queue it unless one that was queued so, for the same `alone_per`, waits or runs: None then. Whoever asks twice at once waits."""
        once = self._once(values)
        try:
            with transaction.atomic():
                number = self._queue(by, values, queueing_lock=once)
                # Looked at after the insert: what waited before it, and runs by now, is seen.
                if self._running(once, values).exists():
                    transaction.set_rollback(True)
                    return None
        except AlreadyEnqueued:
            return None
        return number

    def under_way(self, **values: Any) -> Errand | None:
        """What `defer_once` queued for this `alone_per`, while it is not over."""
        once = self._once(values)
        waiting = _jobs().filter(status="todo", queueing_lock=once)
        found = self._running(once, values).first() or waiting.first() or self._running(once, values).first()  # it may have begun between
        return Errand(found.pk, found.status == "doing", found.args) if found else None

    def has_failed(self, number: int, **values: Any) -> bool:
        """Whether the job of this number, queued by `defer_once` for this `alone_per`, was given up."""
        return bool(_jobs().filter(pk=number, queueing_lock=self._once(values), status="failed").exists())

    def _running(self, once: str, values: dict[str, Any]) -> Any:
        return _jobs().filter(status="doing", lock=self._lock(values), queueing_lock=once)  # by lock: that has an index

    def _lock(self, values: dict[str, Any]) -> str | None:
        return f"{self.name}:{values[self.alone_per]}" if self.alone_per else None

    def _once(self, values: dict[str, Any]) -> str:
        if self.alone_per is None:
            raise TypeError(f"{self.name} is alone per nothing: it cannot be queued once")
        return f"{self._lock(values)}:once"

    def _queue(self, by: Actor, values: dict[str, Any], **how: Any) -> int:
        configured = self.task.configure(lock=self._lock(values), priority=_PRIORITIES.get(self.queue, 0), **how)
        queued: int = _with_the_cause(configured).defer(caused_by=_packed(by), **values)
        return queued

    def _perform(self, context: JobContext | None = None, /, *, caused_by: dict[str, Any], **values: Any) -> None:
        actor = _unpacked(caused_by)
        with attempt(context.job.attempts if context else 0):
            _in_scope(actor.organisation_id, lambda: self.run(by=actor, **values))


def _jobs() -> Any:
    from procrastinate.contrib.django.models import ProcrastinateJob  # a model: it cannot be loaded before the apps are

    return ProcrastinateJob.objects


def job(*, queue: str = "default", alone_per: str | None = None) -> Callable[[Callable[..., None]], Job]:
    """Mark `def f(*, by: Actor, …)` as a job. `alone_per` names the argument of which only one job runs at a time.

    The job opens the organisation's scope but no transaction: a job that talks to the outside commits in steps.
    """

    def mark(run: Callable[..., None]) -> Job:
        return Job(run, queue, alone_per)

    return mark


def poll(*, every_seconds: int, queue: str = "default") -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Run `def f()` every few seconds, one at a time, outside any scope: it opens the scopes it needs."""
    cron = f"*/{every_seconds // 60 or 1} * * * *" if every_seconds >= 60 else f"* * * * * */{every_seconds}"

    def mark(run: Callable[[], None]) -> Callable[[], None]:
        name = f"{run.__module__.removeprefix('forecourt.')}.{run.__name__}"

        def perform(timestamp: int) -> None:
            _freshly(run)

        task = app.task(name=name, queue=queue, lock=name, queueing_lock=name)(perform)
        app.periodic(cron=cron)(task)
        return run

    return mark


@contextmanager
def apart(organisation_id: UUID, doing: str, *values: object) -> Iterator[None]:
    """One round of a poll over many, in the scope of its dealer: one's fault is no other's. A database that is away ends the whole round."""
    try:
        with scope.of(organisation_id):
            yield
    except (OperationalError, InterfaceError):
        raise
    except Exception:  # noqa: BLE001 - whatever it was, the others wait for their turn
        _log.exception(f"{doing} failed", *values)


@app.task(name="runtime.react", queue="default", retry=_RETRY)
def _react(*, subscriber: str, event_ids: list[str], organisation_id: str) -> None:
    from forecourt.runtime import events

    _in_scope(UUID(organisation_id), lambda: events.react(subscriber, event_ids))


def defer_reaction(*, subscriber: str, queue: str, event_ids: list[str]) -> None:
    """Queue one subscriber's reaction to a batch of events."""
    _with_the_cause(_react.configure(queue=queue, priority=_PRIORITIES.get(queue, 0))).defer(
        subscriber=subscriber, event_ids=list[JSONValue](event_ids), organisation_id=str(scope.organisation_id())
    )


@app.periodic(cron=f"* * * * * */{max(1, STALLED_SECONDS // 2)}")
@app.task(name="runtime.recover", queue="default", queueing_lock="runtime.recover", pass_context=True)
async def _recover(context: JobContext, timestamp: int) -> None:
    """Give jobs of dead workers back. After `kill -9` a job stays `doing` until someone says otherwise."""
    manager = context.app.job_manager
    await manager.prune_stalled_workers(seconds_since_heartbeat=STALLED_SECONDS)
    for stalled in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
        try:
            await manager.retry_job(stalled)
        except UniqueViolation:  # its next round waits already, and only one may wait; the lock that it died with holds that one up
            await manager.finish_job(stalled, Status.ABORTED, delete_job=True)


@app.periodic(cron="*/10 * * * *")
@app.task(name="runtime.forget_finished", queue="default", queueing_lock="runtime.forget_finished", pass_context=True)
async def _forget_finished(context: JobContext, timestamp: int) -> None:
    await context.app.job_manager.delete_old_jobs(nb_hours=24, include_failed=False)


def _in_scope(organisation_id: UUID, run: Callable[[], None]) -> None:
    def inside() -> None:
        with scope.of(organisation_id):
            run()

    _freshly(inside)


def _freshly(run: Callable[[], None]) -> None:
    """Worker threads live long: drop a connection that died with the server, unless a test's transaction holds it."""
    if not connection.in_atomic_block:
        close_old_connections()
    run()


def _packed(actor: Actor) -> dict[str, Any]:
    return {
        "kind": actor.kind,
        "organisation_id": str(actor.organisation_id),
        "id": str(actor.id) if actor.id else None,
        "sites": None if actor.sites is None else sorted(str(site) for site in actor.sites),
        "rights": sorted(actor.rights),
        "role": actor.role,
        "via": actor.via,
        "device": str(actor.device) if actor.device else None,
    }


def _unpacked(packed: dict[str, Any]) -> Actor:
    return Actor(
        kind=packed["kind"],
        organisation_id=UUID(packed["organisation_id"]),
        id=UUID(packed["id"]) if packed["id"] else None,
        sites=None if packed["sites"] is None else frozenset(UUID(site) for site in packed["sites"]),
        rights=frozenset(packed["rights"]),
        role=packed["role"],
        via=packed["via"],
        device=UUID(packed["device"]) if packed.get("device") else None,  # a job of the release before has none
    )
