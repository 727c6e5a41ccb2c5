"""One question to each part, each answered with yes or no and a sentence. Shows no names, addresses or versions: anybody may ask."""

import json
import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

_SECONDS = 2
_HEARTBEAT_SECONDS = 40


@dataclass(frozen=True, slots=True)
class Answer:
    """What a part says of itself."""

    works: bool
    says: str


_migrations_are_in = False
"""Once in, they stay in for as long as this process's code does."""


def database() -> Answer:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        connection.close()
        return Answer(works=False, says="The database does not answer.")
    return Answer(works=True, says="The database answers.")


def migrations() -> Answer:
    global _migrations_are_in  # noqa: PLW0603 (a fact about this process)
    if not _migrations_are_in:
        executor = MigrationExecutor(connection)
        missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        if missing:
            return Answer(works=False, says=f"{missing} migrations are missing: run forecourt migrate.")
        _migrations_are_in = True
    return Answer(works=True, says="All migrations are in.")


def pages() -> Answer:
    return Answer(works=True, says="This page is one of them.")


def live() -> Answer:
    try:
        with urlopen(settings.LIVE_HEALTH_URL, timeout=_SECONDS) as response:  # noqa: S310 (our own address)
            clients = json.load(response)["clients"]
    except (URLError, OSError, ValueError):
        return Answer(works=False, says="The live updates do not answer; pages show their last state.")
    return Answer(works=True, says=f"{clients} pages follow live.")


def worker() -> Answer:
    return _worker(settings.WORKER_NAME, "Jobs are taken at once.", "No worker takes jobs; they wait.")


def bulk_worker() -> Answer:
    return _worker(
        settings.BULK_WORKER_NAME, "Imports and mail runs are taken at once.", "No worker takes imports and mail runs; they wait."
    )


def mail() -> Answer:
    relay = urlsplit(settings.SMTP_URL)
    connect = smtplib.SMTP_SSL if relay.scheme == "smtps" else smtplib.SMTP
    try:
        with connect(relay.hostname or "", relay.port or 25, timeout=_SECONDS) as talk:
            talk.noop()
    except (OSError, smtplib.SMTPException):
        return Answer(works=False, says="The mail server does not answer; mail waits in the outbox.")
    return Answer(works=True, says="The mail server answers.")


def demonstration() -> Answer:
    if (settings.RUN_FOLDER / "demo-wanted").exists():
        return Answer(works=False, says="The demonstration is still being loaded.")
    return Answer(works=True, says="Nothing is being loaded.")


def _worker(name: str, well: str, ill: str) -> Answer:
    """A worker holds a connection under its name and writes a heartbeat; one that hangs does only the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE application_name = %s AND datname = current_database()", [name])
        connected = cursor.fetchone()[0]
        cursor.execute(
            "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - %s * interval '1 second'", [_HEARTBEAT_SECONDS]
        )
        beating = cursor.fetchone()[0]
    return Answer(works=True, says=well) if connected and beating else Answer(works=False, says=ill)


_NEED_DATABASE: dict[str, Callable[[], Answer]] = {"migrations": migrations, "worker": worker, "bulk worker": bulk_worker}
_OTHERS: dict[str, Callable[[], Answer]] = {"pages": pages, "live updates": live, "mail": mail, "demonstration": demonstration}


def ask_all() -> dict[str, Answer]:
    """Every part's answer, in the order in which one would look."""
    answers = {"database": database()}
    for name, ask in _NEED_DATABASE.items():
        answers[name] = _ask(ask) if answers["database"].works else Answer(works=False, says="Not known while the database is away.")
    return answers | {name: ask() for name, ask in _OTHERS.items()}


def _ask(ask: Callable[[], Answer]) -> Answer:
    try:
        return ask()
    except DatabaseError as problem:
        return Answer(works=False, says=f"The database refused the question ({type(problem).__name__}).")
