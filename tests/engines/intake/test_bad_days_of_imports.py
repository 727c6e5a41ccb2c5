"""The database dies in the middle of an import: nothing has happened, and going again brings everything once."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from django.db import Error, OperationalError, connection

from forecourt.demo import cast as demo
from forecourt.demo import export as demo_export
from forecourt.engines.intake import background, progress, running, uploads
from forecourt.engines.intake.models import Import, RejectedRow
from forecourt.records.history.models import JobLine, Visit
from forecourt.records.people.models import Customer
from forecourt.runtime import scope
from forecourt.runtime.background import attempt as background_attempt
from forecourt.runtime.models import Event
from tests.cast import Alpen, autohaus_alpen
from tests.engines.intake.files import LINES, counts, export, sent
from tests.turns import wait_until_somebody_waits_for_a_turn

MANY = [LINES[0].replace("A-1", f"P-{number}") for number in range(3000)]


@pytest.mark.django_db(transaction=True)
def test_an_import_whose_connection_is_killed_leaves_nothing_and_can_go_again(monkeypatch: pytest.MonkeyPatch) -> None:
    alpen = autohaus_alpen()
    monkeypatch.setattr(progress, "SECONDS", 0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]

    def kill(_step: str, rows: int, _total: int, _seconds_left: float) -> None:
        if rows < 2048:
            return
        other = connection.copy()
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [backend])
        other.close()
        time.sleep(0.2)

    actor = alpen.system
    with scope.of(alpen.id):
        found = sent(actor, export(*MANY))
        with pytest.raises(Error):
            running.run(actor=actor, import_id=found.pk, told=kill)
        connection.close()
        assert (Visit.objects.count(), Customer.objects.filter(number="1001").count(), JobLine.objects.count()) == (0, 0, 0)
        assert Import.objects.get().state == "running"
        background.perform(by=actor, organisation=str(alpen.id), import_id=str(found.pk), is_dry_run=False)
        done = Import.objects.get()
        assert (done.state, counts(done)) == ("applied", {"read": 3000, "created": 3000, "updated": 0, "unchanged": 0, "rejected": 0})
        assert (Visit.objects.count(), Event.objects.filter(name="intake.import_applied").count()) == (3000, 1)


def test_a_job_that_runs_again_after_its_commit_does_nothing(alpen: Alpen) -> None:
    with alpen.scope():
        found = sent(alpen.system, export())
        for _again in range(2):
            background.perform(by=alpen.system, organisation=str(alpen.id), import_id=str(found.pk), is_dry_run=False)
        assert Event.objects.filter(name="intake.import_applied").count() == 1
        assert Import.objects.get().rows_created == 3


def test_a_refused_file_ends_the_job_and_says_why(alpen: Alpen) -> None:
    with alpen.scope():
        found = sent(alpen.system, b"\x89PNG\r\n\x1a\n", name="photo.csv")
        background.perform(by=alpen.system, organisation=str(alpen.id), import_id=str(found.pk), is_dry_run=False)
        refused = Import.objects.get()
        assert (refused.state, refused.refusal_code) == ("refused", "picture")
        assert refused.refusal_text == "“photo.csv” is a picture, not a table. Please export the list as CSV or XLSX."


def test_starting_an_import_defers_one_job_however_often_it_is_pressed(alpen: Alpen) -> None:
    with alpen.scope():
        found = sent(alpen.system, export())
        for _again in range(3):
            assert uploads.start(actor=alpen.system, import_id=found.pk).state == "running"
        with connection.cursor() as cursor:
            cursor.execute("SELECT args->>'import_id' FROM procrastinate_jobs WHERE task_name LIKE '%%intake.background.perform'")
            assert cursor.fetchall() == [(str(found.pk),)]


def test_a_long_file_with_every_row_wrong_is_listed_in_full(alpen: Alpen) -> None:
    with alpen.scope():
        found = sent(alpen.system, export(*[line.replace("31.12.2024", "never") for line in MANY]))
        done = running.run(actor=alpen.system, import_id=found.pk)
        assert counts(done) == {"read": 3000, "created": 0, "updated": 0, "unchanged": 0, "rejected": 3000}
        assert list(RejectedRow.objects.values_list("line", flat=True)[2998:]) == [3000, 3001]


def test_the_demo_export_goes_in_without_a_rejected_row_and_twice_is_unchanged(
    alpen: Alpen, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("demo") / "demo.csv"
    group = demo_export.Group("alpen", (("bozen", "BOZ"), ("meran", "MER")), "IT", demo.ALPEN.file.languages, 60, "cp1252", 118.0)
    lines = demo_export.write(path, group, today=date(2026, 3, 2))
    with alpen.scope():
        results = []
        for _again in range(2):
            found = uploads.receive_path(actor=alpen.system, path=path, source="demo")
            results.append(counts(running.run(actor=alpen.system, import_id=found.pk)))
        assert results == [
            {"read": lines, "created": lines, "updated": 0, "unchanged": 0, "rejected": 0},
            {"read": lines, "created": 0, "updated": 0, "unchanged": lines, "rejected": 0},
        ]


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_one_import_apply_it_once() -> None:
    """Nothing was heard of the first one for a while, so its job went to another; but it lives."""
    alpen = autohaus_alpen()
    second: list[threading.Thread] = []

    def run_beside() -> None:
        with alpen.scope():
            running.run(actor=alpen.system, import_id=found.pk)
        connection.close()

    def come_between(_step: str, _rows: int, _total: int, _seconds_left: float) -> None:
        if second:
            return
        second.append(threading.Thread(target=run_beside))
        second[0].start()
        wait_until_somebody_waits_for_a_turn()

    with alpen.scope():
        found = sent(alpen.system, export())
        running.run(actor=alpen.system, import_id=found.pk, told=come_between)
        second[0].join(20)
        done = Import.objects.get()
        assert (done.state, done.rows_created, done.rows_unchanged) == ("applied", 3, 0)
        assert Event.objects.filter(name="intake.import_applied").count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_import_that_the_database_fails_runs_on_until_the_last_attempt() -> None:
    alpen = autohaus_alpen()
    with alpen.scope():
        found = sent(alpen.system, export())
        values = {"by": alpen.system, "organisation": str(alpen.id), "import_id": str(found.pk), "is_dry_run": False}
        with _import_lock_held(alpen):
            for number, state in ((0, "running"), (7, "running"), (8, "failed")):
                with background_attempt(number), pytest.raises(OperationalError):
                    background.perform(**values)
                assert Import.objects.get().state == state
        background.perform(**values)
        assert Import.objects.get().state == "applied"


@contextmanager
def _import_lock_held(alpen: Alpen) -> Iterator[None]:
    """Somebody else's, for longer than our connection waits for any lock."""
    other = connection.copy()
    with other.cursor() as holder, connection.cursor() as ours:
        holder.execute("SELECT pg_advisory_lock(hashtext(%s))", [f"intake:{alpen.id}"])
        ours.execute("SET lock_timeout = '50ms'")
        yield
        ours.execute("RESET lock_timeout")
    other.close()
