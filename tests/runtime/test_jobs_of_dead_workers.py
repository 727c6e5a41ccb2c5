"""What a worker that died was doing is given back, however it lies in the queue."""

import asyncio
from collections.abc import Iterator

import pytest
from django.db import connection
from procrastinate.contrib.django import app

from forecourt.runtime import background

pytestmark = pytest.mark.django_db(transaction=True)

POLL = "tests.look_around"
JOB = "tests.carry"


@pytest.fixture(autouse=True)
def nothing_stays() -> Iterator[None]:
    yield
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


def lies(task: str, status: str, *, comes_round: bool = False) -> int:
    """A job in the queue that no living worker holds."""
    lock = task if comes_round else None
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, lock, queueing_lock) VALUES ('dead', %s, '{}', %s, %s, %s)"
            " RETURNING id",
            [task, status, lock, lock],
        )
        return int(cursor.fetchone()[0])


def states() -> dict[int, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, status FROM procrastinate_jobs WHERE queue_name = 'dead'")
        return dict(cursor.fetchall())


async def recover() -> None:
    with app.replace_connector(app.connector.get_worker_connector()) as workers:  # type: ignore[attr-defined]  # Django's has it
        async with workers.open_async():
            await background._recover.configure(queue="tests", queueing_lock="tests.recover").defer_async(timestamp=0)
            await workers.run_worker_async(queues=["tests"], wait=False, install_signal_handlers=False)


def test_what_a_dead_worker_was_at_is_given_back() -> None:
    job = lies(JOB, "doing")
    asyncio.run(recover())
    assert states() == {job: "todo"}


def test_what_comes_round_ends_where_its_next_round_waits_and_stops_no_other() -> None:
    """The next round waits for the lock of the one that died; giving that one back would be a second one waiting, which is refused."""
    lies(POLL, "doing", comes_round=True)
    waits = lies(POLL, "todo", comes_round=True)
    job = lies(JOB, "doing")
    asyncio.run(recover())
    assert states() == {waits: "todo", job: "todo"}
