"""One question to each part, each answered with yes or no and a sentence. Shows no names, addresses or versions: anybody may ask."""

import json
import smtplib
import socket
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

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


_for_good: dict[str, Answer] = {}
"""Migrations that are in stay in for as long as this process's code does."""


def database() -> Answer:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        connection.close()
        return Answer(works=False, says="The database does not answer.")
    return Answer(works=True, says="The database answers.")


def migrations() -> Answer:
    if "migrations" not in _for_good:
        executor = MigrationExecutor(connection)
        missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        if missing:
            return Answer(works=False, says=f"{missing} migrations are missing: run forecourt migrate.")
        _for_good["migrations"] = Answer(works=True, says="All migrations are in.")
    return _for_good["migrations"]


def pages() -> Answer:
    return Answer(works=True, says="This page is one of them.")


def live() -> Answer:
    address = urlsplit(settings.LIVE_HEALTH_URL)
    try:
        with closing(HTTPConnection(address.netloc, timeout=_SECONDS)) as line:
            line.request("GET", address.path)
            clients = json.load(line.getresponse())["clients"]
    except (OSError, HTTPException, ValueError, KeyError):
        return Answer(works=False, says="The live updates do not answer; pages show their last state.")
    return Answer(works=True, says=f"{clients} pages follow live.")


def live_worker() -> Answer:
    return _worker(settings.LIVE_WORKER_NAME, "Changes are rendered at once.", "No worker renders changes; pages show their last state.")


def worker() -> Answer:
    return _worker(settings.WORKER_NAME, "Jobs are taken at once.", "No worker takes jobs; they wait.")


def bulk_worker() -> Answer:
    return _worker(
        settings.BULK_WORKER_NAME, "Imports and mail runs are taken at once.", "No worker takes imports and mail runs; they wait."
    )


def fetch_worker() -> Answer:
    return _worker(
        settings.FETCH_WORKER_NAME, "Sources are looked at when they are due.", "No worker looks at sources; their files stay there."
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


def texts() -> Answer:
    if not settings.HAS_TEXTS:
        return Answer(works=True, says="No text messages are sent; codes go by mail.")
    try:
        socket.create_connection(settings.TEXTS_PLACE, timeout=_SECONDS).close()
    except OSError:
        return Answer(works=False, says="The gateway for text messages does not answer; codes go by mail meanwhile.")
    return Answer(works=True, says="The gateway for text messages answers.")


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


_NEED_DATABASE: dict[str, Callable[[], Answer]] = {
    "migrations": migrations,
    "live worker": live_worker,
    "worker": worker,
    "bulk worker": bulk_worker,
    "fetch worker": fetch_worker,
}
_OTHERS: dict[str, Callable[[], Answer]] = {
    "pages": pages,
    "live updates": live,
    "mail": mail,
    "texts": texts,
    "demonstration": demonstration,
}


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
