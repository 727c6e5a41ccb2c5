"""When a job that failed is tried again: later each time and in the end never, but a database that was away costs nothing."""

from datetime import UTC, datetime

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from procrastinate.jobs import Job

from forecourt.runtime import background

pytestmark = pytest.mark.django_db(transaction=True)
OFTEN = 40


def seconds_until_again(error: BaseException, attempts: int) -> int | None:
    job = Job(id=1, queue="default", lock=None, queueing_lock=None, task_name="test", attempts=attempts)
    decision = background._RETRY.get_retry_decision(exception=error, job=job)
    return round((decision.retry_at - datetime.now(UTC)).total_seconds()) if decision and decision.retry_at else None


def error_of(statement: str) -> BaseException:
    """What Django raises."""
    with pytest.raises(DatabaseError) as raised, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()
    return raised.value


def test_a_job_that_fails_waits_longer_each_time_and_is_given_up_in_the_end() -> None:
    assert [seconds_until_again(ValueError(), attempts) for attempts in (0, 1, 7, 8)] == [2, 4, 256, None]


def test_a_broken_connection_is_tried_again_soon_however_often_it_was() -> None:
    error = error_of("SELECT pg_terminate_backend(pg_backend_pid())")
    assert isinstance(error.__cause__, psycopg.OperationalError)
    assert [seconds_until_again(error, attempts) for attempts in (0, OFTEN)] == [5, 5]


def test_a_server_that_cannot_be_reached_is_tried_again_soon() -> None:
    with pytest.raises(psycopg.OperationalError) as refused:
        psycopg.connect("host=127.0.0.1 port=1 connect_timeout=1")
    assert seconds_until_again(refused.value, OFTEN) == 5


def test_what_came_of_a_broken_connection_counts_as_one() -> None:
    try:
        try:
            raise error_of("SELECT pg_terminate_backend(pg_backend_pid())")
        except DatabaseError:
            raise ValueError("on the way out") from None
    except ValueError as error:
        assert seconds_until_again(error, OFTEN) == 5


def test_a_statement_that_took_too_long_is_the_jobs_own_fault() -> None:
    error = error_of("SET LOCAL statement_timeout = '20ms'; SELECT pg_sleep(1)")
    assert [seconds_until_again(error, attempts) for attempts in (0, OFTEN)] == [2, None]


def test_the_last_attempt_is_not_the_last_while_the_database_is_away() -> None:
    away = error_of("SELECT pg_terminate_backend(pg_backend_pid())")
    with background.attempt(8):
        assert background.is_last_attempt(ValueError())
        assert not background.is_last_attempt(away)
