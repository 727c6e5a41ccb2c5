"""What a worker's job queues commits with what the job wrote, or not at all."""

from dataclasses import dataclass
from uuid import UUID

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.testing import InMemoryConnector

from forecourt.journeys.workshop.events import AppointmentCancelled
from forecourt.runtime.events import publish
from tests.cast import Alpen


@dataclass
class _Undo(Exception):
    reason: str = "as when the job fails"


def _reactions() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'runtime.react'")
        return int(cursor.fetchone()[0])


def _cancelled(alpen: Alpen) -> AppointmentCancelled:
    return AppointmentCancelled(
        appointment_id=UUID(int=1), customer_id=alpen.dana.pk, vehicle_id=alpen.golf.pk, site_id=alpen.bozen.pk, starts_at=None,  # type: ignore[arg-type]
        cause_kind="", cause_id=None, reason="dealer",
    )  # fmt: skip


def test_a_reaction_queued_in_a_worker_is_in_the_transaction_of_its_event(alpen: Alpen) -> None:
    workers_own = InMemoryConnector()
    before = _reactions()
    with app.replace_connector(workers_own), alpen.scope():
        publish(_cancelled(alpen), by=alpen.system)
    assert _reactions() > before
    assert not workers_own.jobs


def test_a_rollback_in_a_worker_leaves_no_reaction(alpen: Alpen) -> None:
    before = _reactions()

    def fail() -> None:
        with transaction.atomic():
            publish(_cancelled(alpen), by=alpen.system)
            raise _Undo

    with app.replace_connector(InMemoryConnector()), alpen.scope(), pytest.raises(_Undo):
        fail()
    assert _reactions() == before
