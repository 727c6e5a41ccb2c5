"""Parts killed with SIGKILL at the worst moment: in the middle of an import and in the middle of a booking.

Real processes, as the supervisor starts them, on a database of their own. `FORECOURT_PROVE=1` runs it in full length: an import of 2,000,001 lines
(or of FORECOURT_PROVE_LINES), killed at 30 random moments, others with FORECOURT_PROVE_SEED.
"""

import ast
import contextlib
import http.client
import json
import os
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from procrastinate.contrib.django import app

from forecourt.adapters.mailserver.mailbox import Mailbox
from tests.proof import rows
from tests.proof.parts import IN_FULL, SEED, Parts, on, tell

IMPORT = "engines.intake.background.perform"
LINES = int(os.environ.get("FORECOURT_PROVE_LINES", "2000001")) if IN_FULL else 5_001
WHO = (*[("worker",)] * 22, *[("database",)] * 6, *[("worker", "database")] * 2)
CHANCE = random.Random(SEED)
# Who is shot, and where in the length of an import that nobody kills.
SHOTS = [(shot, CHANCE.random()) for shot in CHANCE.sample(WHO, len(WHO))] if IN_FULL else [(WHO[-1], 0.5)]
RECORDS = ("people_customer", "vehicles_vehicle", "history_visit", "history_jobline", "intake_rejectedrow")


class Imports(Parts):
    """An import that is left to the worker."""

    organisation_id: str
    import_id: str

    def wait(self, for_what: Callable[[], bool], seconds: float = 240 + LINES / 2_000) -> None:
        super().wait(for_what, seconds)

    def progress(self) -> str:
        try:
            return str(self.ask("SELECT state, rows_done FROM intake_import WHERE id = %s", self.import_id))
        except psycopg.OperationalError:
            return ""

    def state(self) -> str:
        try:
            [(state,)] = self.ask("SELECT state FROM intake_import WHERE id = %s", self.import_id)
        except psycopg.OperationalError:
            return ""
        return str(state)

    def is_being_done(self, attempt: int) -> bool:
        """Whether a worker is at it for the so-many-th time."""
        job = "SELECT status = 'doing' AND attempts >= %s FROM procrastinate_jobs WHERE task_name = %s AND args->>'import_id' = %s"
        try:
            return self.ask(job, attempt, IMPORT, self.import_id) == [(True,)]
        except psycopg.OperationalError:
            return False

    @contextmanager
    def short_of_the_end(self, seconds: float) -> Iterator[None]:
        """Sleep. Once this attempt has read all lines its last step is held back, for a machine that is faster than it was before."""
        ends, has_begun = time.monotonic() + seconds, False
        with contextlib.closing(psycopg.connect(self.cluster.url("super"))) as line:
            while time.monotonic() < ends:
                [(done,)] = self.ask("SELECT rows_done FROM intake_import WHERE id = %s", self.import_id)
                if has_begun and done == LINES:
                    line.execute("SELECT FROM intake_import WHERE id = %s FOR UPDATE", [self.import_id])
                    time.sleep(max(0.0, ends - time.monotonic()))
                    break
                has_begun = has_begun or done != LINES
                time.sleep(0.05)
            yield

    def is_quiet(self) -> bool:
        """Nothing waits and nothing is being done but what comes round every few seconds."""
        waiting = (
            "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing') AND (task_name = %s OR task_name = 'runtime.react')"
        )
        return self.ask(waiting, IMPORT) == [(0,)]

    def records(self) -> dict[str, int]:
        with psycopg.connect(self.cluster.url("super")) as line:
            return rows.counts(line, self.organisation_id, RECORDS)


@pytest.fixture
def imports(ground: Parts) -> Iterator[Imports]:
    with on(ground, Imports) as parts:
        parts.commands = {"worker": ["-m", "tests.proof.import_house", "work"]}
        yield parts


@pytest.mark.timeout(4 * 3600 if IN_FULL else 300)
def test_an_import_whose_worker_and_database_are_killed_again_and_again_ends_as_if_nothing_had_been(imports: Imports) -> None:
    began = datetime.now(UTC) - timedelta(minutes=1)
    file = imports.data / "orders.csv"
    told = imports.run("-m", "tests.proof.import_house", "seed", str(file), str(LINES))
    reference, reference_import, seconds, imports.organisation_id, imports.import_id = told.split()
    imports.start("worker")

    for attempt, (shot, moment) in enumerate(SHOTS):
        imports.wait(lambda attempt=attempt: imports.is_being_done(attempt))  # type: ignore[misc]
        with imports.short_of_the_end(moment * float(seconds)):
            for part in shot:
                imports.shoot_database() if part == "database" else imports.shoot(part)
        assert imports.records() == dict.fromkeys(RECORDS, 0), "half of it was applied"
        assert imports.state() == "running"
    imports.trigger.touch()
    imports.wait_for_the_trigger("worker", "worker between commit and the job's end")
    assert imports.state() == "applied"
    imports.wait(imports.is_quiet)
    imports.note("over")

    counted = "SELECT state, rows_done, rows_total, rows_read, rows_created, rows_updated, rows_unchanged, rows_rejected FROM intake_import"
    expected = ("applied", LINES, LINES, LINES, LINES - 1, 0, 0, 1)
    assert imports.ask(f"{counted} WHERE id = %s", reference_import) == [expected]
    assert imports.ask(f"{counted} WHERE id = %s", imports.import_id) == [expected]
    with psycopg.connect(imports.cluster.url("super")) as line:
        one, other = (rows.read(line, organisation, since=began) for organisation in (reference, imports.organisation_id))
    assert one["history_jobline"].total() == LINES - 1
    assert rows.differences(one, other) == {}
    told_once = "SELECT count(*), count(DISTINCT organisation_id), count(DISTINCT values - 'import_id') FROM runtime_event WHERE name = %s"
    assert imports.ask(told_once, "intake.import_applied") == [(2, 2, 1)]
    # What comes round every few seconds fails with the database and simply comes round again.
    failed = {name for (name,) in imports.ask("SELECT task_name FROM procrastinate_jobs WHERE status = 'failed'")}
    assert failed <= {name for name, _ in app.periodic_registry.periodic_tasks}
    tell(
        f"import of {LINES:,} lines, worker or database killed {len(SHOTS) + 1} times (seed {SEED})",
        limit="every row as if nothing had been", measured=f"{sum(each.total() for each in one.values()):,} rows of {len(one)} tables equal",
    )  # fmt: skip


# How they come, and whether the pages die between commit and answer (else in the middle of the transaction).
BOOKINGS = [("page", False), ("api", False), ("page", True), ("api", True)] * 6 if IN_FULL else [("page", False), ("api", True)]
WORKERS = "2" if IN_FULL else "1"


class Bookings(Parts):
    """Pages, worker and mail server, and the clients of one dealer."""

    organisation_id: str

    def post(self, booking: dict[str, Any]) -> tuple[int, int, dict[str, Any]]:
        """As a client that tries again until somebody answers: how often, the last answer's status and, of a program, what it says."""
        for attempt in range(1, 300):
            line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
            try:
                line.request("POST", booking["path"], body=booking["body"], headers=booking["headers"])
                answer = line.getresponse()
                said = answer.read()
            except (OSError, http.client.HTTPException):
                time.sleep(0.2)
                continue
            finally:
                line.close()
            return attempt, answer.status, json.loads(said) if booking["face"] == "api" else {}
        raise AssertionError("nobody ever answered")

    def wait_until_served(self) -> None:
        self.wait(self._is_served, seconds=60)

    def _is_served(self) -> bool:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            line.request("GET", "/api/v1/openapi.json")
            return line.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            line.close()

    def shoot_in_the_middle(self, begin: Callable[[], "Future[Any]"]) -> "Future[Any]":
        """Let the booking wait for a lock that we hold, and kill the pages while it waits."""
        with psycopg.connect(self.cluster.url("super")) as line:
            line.execute("SELECT FROM booking_resource WHERE organisation_id = %s FOR UPDATE", [self.organisation_id])
            client = begin()
            yet = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%booking_resource%')"
            self.wait(lambda: client.done() or self.ask(yet) == [(True,)])
            assert not client.done(), client.result()
            self.shoot("pages")
        self.keep_up()
        return client

    def told_and_sent(self) -> bool:
        """Every reaction has run, every message has its end, and every end is told."""
        waiting = "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing') AND task_name = 'runtime.react'"
        untold = "SELECT count(*) FROM messaging_message WHERE NOT is_announced"
        return self.ask(waiting) == [(0,)] and self.ask(untold) == [(0,)]


@pytest.fixture(scope="module")
def bookings(ground: Parts) -> Iterator[Bookings]:
    with on(ground, Bookings) as parts:
        granian = ["-m", "granian", "--no-ws", "--log-level", "warning", "--respawn-failed-workers", "--interface", "wsgi"]
        parts.commands = {
            "pages": [
                *granian,
                "--port",
                str(parts.port),
                "--workers",
                "2",
                "--blocking-threads",
                "2",
                "tests.proof.web_pages:application",
            ],
            "worker": ["-m", "forecourt.config.command", "work", "--jobs", "2"],
            "mail": parts.mail_command(),
        }
        yield parts


@pytest.mark.timeout(1200 if IN_FULL else 300)
def test_a_booking_whose_pages_are_killed_in_the_middle_or_before_the_answer_is_made_once_and_confirmed_once(bookings: Bookings) -> None:
    wanted = json.loads(bookings.run("-m", "tests.proof.web_house", *(face for face, _is_committed in BOOKINGS)))
    bookings.organisation_id = wanted["organisation_id"]
    for name in bookings.commands:
        bookings.start(name)
    bookings.wait_until_served()

    answers = []
    with ThreadPoolExecutor(1) as crowd:
        for booking, (face, is_committed) in zip(wanted["bookings"], BOOKINGS, strict=True):

            def begin(booking: dict[str, Any] = booking) -> "Future[Any]":
                return crowd.submit(bookings.post, booking)

            if is_committed:
                bookings.trigger.touch()
                client = begin()
            else:
                client = bookings.shoot_in_the_middle(begin)
            bookings.wait(client.done, seconds=60)
            attempts, status, said = client.result()
            where = "before the answer" if is_committed else "in the middle"
            bookings.note(f"{face}, killed {where}: {attempts} attempts, {status}")
            assert attempts > 1
            answers.append((status, said.get("code", "")))
    api = {False: (201, ""), True: (409, "already_booked")}
    assert answers == [(302, "") if face == "page" else api[is_committed] for face, is_committed in BOOKINGS]
    bookings.wait(bookings.told_and_sent, seconds=60)

    ours = ("organisation_id = %s", bookings.organisation_id)
    assert bookings.ask(f"SELECT customer_id FROM workshop_appointment WHERE {ours[0]} GROUP BY 1 HAVING count(*) <> 1", ours[1]) == []
    assert bookings.ask(f"SELECT count(*) FROM workshop_appointment WHERE state = 'confirmed' AND {ours[0]}", ours[1]) == [(len(BOOKINGS),)]
    assert bookings.ask("SELECT holder_id FROM booking_reservation EXCEPT SELECT id FROM workshop_appointment") == []
    happened = f"SELECT count(*) FROM runtime_event WHERE name = 'workshop.appointment_booked' AND {ours[0]}"
    assert bookings.ask(happened, ours[1]) == [(len(BOOKINGS),)]
    delivered = Counter(recipient for each in Mailbox(bookings.data / "mail").envelopes() for recipient in each.recipients)
    assert {to: count for to, count in delivered.items() if to.startswith("b-")} == {f"b-{n}@example.org": 1 for n in range(len(BOOKINGS))}
    tell(
        f"{len(BOOKINGS)} bookings by page and API, pages killed in each", limit="one appointment, one mail each",
        measured=f"{len(BOOKINGS)} of each",
    )  # fmt: skip


CLIENTS, ROUNDS = (200, 20) if IN_FULL else (30, 1)


@pytest.mark.timeout(2400 if IN_FULL else 120)
def test_of_a_crowd_on_one_slot_exactly_one_gets_it(bookings: Bookings) -> None:
    if "pages" not in bookings.processes:
        bookings.start("pages")
    bookings.wait_until_served()
    told = bookings.run(
        "-m", "bench.race", "--clients", str(CLIENTS), "--rounds", str(ROUNDS), "--url", f"http://127.0.0.1:{bookings.port}"
    )
    for face, won in (("api", 201), ("page", 302)):
        [answers] = re.findall(rf"by {face}: (\{{.*\}})", told)
        assert ast.literal_eval(answers) == {won: ROUNDS, 409: ROUNDS * (CLIENTS - 1)}
        tell(f"{CLIENTS} clients at once on one slot, {ROUNDS} rounds, by {face}", limit="one winner each, no 5xx", measured=answers)
