"""An act, its event and its jobs are one; a reaction happens once."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from forecourt.kernel.ids import uuid7
from forecourt.runtime import background, events, scope
from forecourt.runtime.actors import system
from forecourt.runtime.events import Event, event, publish, publish_batch, subscriber
from forecourt.runtime.models import Event as EventRow
from forecourt.runtime.models import EventSubject, Reaction

_seen: list["Tried"] = []


@event("tests.tried")
@dataclass(frozen=True, kw_only=True)
class Tried(Event):
    customer_id: UUID | None = None
    number: int = 0
    amount: Decimal = Decimal(0)
    on: date | None = None
    at: datetime | None = None
    cars: tuple[UUID, ...] = ()

    concerns = ("customer",)


@event("tests.tried_loudly")
@dataclass(frozen=True, kw_only=True)
class TriedLoudly(Event):
    number: int = 0

    concerns = ()


@subscriber(Tried)
def remember(happened: Tried) -> None:
    _seen.append(happened)


@subscriber(TriedLoudly)
def fail(happened: TriedLoudly) -> None:
    """Leaves an effect and then fails, so that the effect must be gone."""
    publish(Tried(number=happened.number), by=system(scope.organisation_id()))
    raise ZeroDivisionError


@pytest.fixture
def organisation(db: None) -> Iterator[UUID]:
    _seen.clear()
    organisation_id = uuid7()
    with scope.of(organisation_id):
        yield organisation_id


@pytest.fixture(autouse=True)
def no_jobs_of_earlier_tests(request: pytest.FixtureRequest) -> None:
    """Procrastinate's tables are not emptied with ours after tests that commit."""
    transactional = any(mark.kwargs.get("transaction") for mark in request.node.iter_markers("django_db"))
    request.getfixturevalue("transactional_db" if transactional else "db")
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE" if transactional else "DELETE FROM procrastinate_jobs")


def jobs() -> list[dict[str, object]]:
    return list(ProcrastinateJob.objects.filter(task_name="runtime.react").order_by("id").values_list("args", flat=True))


@pytest.mark.django_db(transaction=True)
def test_publishing_outside_a_transaction_is_refused_and_writes_nothing() -> None:
    with scope.of(uuid7()):
        with pytest.raises(RuntimeError, match="only inside a transaction"):
            publish(Tried(), by=system(scope.organisation_id()))
        assert EventRow.objects.count() == 0
    assert jobs() == []


@pytest.mark.django_db(transaction=True)
def test_a_rollback_leaves_neither_row_nor_subject_nor_job() -> None:
    with scope.of(uuid7()):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            publish(Tried(customer_id=uuid7()), by=system(scope.organisation_id()))
            assert (EventRow.objects.count(), EventSubject.objects.count(), len(jobs())) == (1, 1, 1)
            raise ZeroDivisionError
        assert (EventRow.objects.count(), EventSubject.objects.count(), len(jobs())) == (0, 0, 0)


def test_an_event_is_stored_with_who_when_what_and_whom_it_concerns(organisation: UUID, settings: object) -> None:
    customer = uuid7()
    long_ago = datetime(2021, 5, 4, 12, tzinfo=UTC)
    stored = EventRow.objects.get(pk=publish(Tried(customer_id=customer, number=3), by=system(organisation, via="test"), at=long_ago))
    assert (stored.name, stored.version, stored.organisation_id, stored.occurred_at) == ("tests.tried", 1, organisation, long_ago)
    assert (stored.actor_kind, stored.actor_id, stored.actor_via) == ("system", None, "test")
    assert stored.recorded_at > long_ago
    assert [(each.kind, each.subject_id, each.occurred_at) for each in stored.subjects.all()] == [("customer", customer, long_ago)]


def test_a_subject_that_is_absent_is_left_out(organisation: UUID) -> None:
    publish(Tried(), by=system(organisation))
    assert EventSubject.objects.count() == 0


def test_a_reaction_gets_the_values_back_in_their_types(organisation: UUID) -> None:
    cars = (uuid7(), uuid7())
    sent = Tried(
        customer_id=uuid7(),
        number=3,
        amount=Decimal("12.50"),
        on=date(2028, 2, 29),
        at=datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
        cars=cars,
    )
    event_id = publish(sent, by=system(organisation))
    events.react(events_name(remember), [str(event_id)])
    assert [dataclasses.asdict(each) for each in _seen] == [dataclasses.asdict(sent)]
    assert _seen[0].event_id == event_id


def test_a_reaction_happens_once_even_when_its_job_runs_twice(organisation: UUID) -> None:
    event_id = publish(Tried(number=1), by=system(organisation))
    for _ in range(2):
        background._react(**jobs()[0])  # the job as a worker calls it
    assert [each.number for each in _seen] == [1]
    assert [(each.event_id, each.subscriber) for each in Reaction.objects.all()] == [(event_id, events_name(remember))]


def test_a_reaction_that_fails_leaves_no_effect_and_no_mark_and_may_run_again(organisation: UUID) -> None:
    event_id = publish(TriedLoudly(number=7), by=system(organisation))
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            events.react(events_name(fail), [str(event_id)])
    assert EventRow.objects.filter(name="tests.tried").count() == 0
    assert Reaction.objects.count() == 0


def test_a_batch_is_one_job_per_subscriber(organisation: UUID) -> None:
    ids = publish_batch([Tried(number=number) for number in range(50)], by=system(organisation))
    (job,) = jobs()
    assert job == {
        "subscriber": events_name(remember),
        "event_ids": [str(event_id) for event_id in ids],
        "organisation_id": str(organisation),
    }
    background._react(**job)
    assert [each.number for each in _seen] == list(range(50))


def test_a_reaction_sees_only_its_organisations_events(organisation: UUID) -> None:
    event_id = publish(Tried(number=1), by=system(organisation))
    with scope.of(uuid7()):
        events.react(events_name(remember), [str(event_id)])
    assert _seen == []


def test_an_event_of_a_name_nobody_knows_any_more_is_passed_over(organisation: UUID) -> None:
    row = EventRow.objects.create(name="tests.forgotten", occurred_at=datetime.now(UTC), recorded_at=datetime.now(UTC), actor_kind="system")
    events.react(events_name(remember), [str(row.pk)])
    assert _seen == []


@pytest.mark.parametrize("change", ["UPDATE runtime_event SET name = 'x'", "DELETE FROM runtime_eventsubject"])
def test_what_happened_cannot_be_changed(organisation: UUID, change: str) -> None:
    publish(Tried(customer_id=uuid7()), by=system(organisation))
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        connection.cursor().execute(change)


def test_a_name_is_registered_once() -> None:
    with pytest.raises(ValueError, match="registered twice"):
        event("tests.tried")(Tried)


def test_a_job_acts_as_who_caused_it_in_their_organisation(organisation: UUID) -> None:
    ran: list[tuple[str, UUID]] = []

    @background.job(queue="bulk", alone_per="thing")
    def look(*, by: object, thing: str) -> None:
        ran.append((thing, scope.organisation_id()))

    look.defer(by=system(organisation, via="test"), thing="a")
    job = ProcrastinateJob.objects.get(task_name=look.name)
    assert (job.queue_name, job.lock) == ("bulk", f"{look.name}:a")
    with scope.everywhere("a worker stands in no organisation before its job says so"):
        look._perform(**job.args)
    assert ran == [("a", organisation)]


def events_name(react: object) -> str:
    return f"{react.__module__.removeprefix('forecourt.')}.{react.__name__}"  # type: ignore[attr-defined]
