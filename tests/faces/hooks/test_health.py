"""`/healthz` beside a real mail server, a real (if tiny) live process and connections that look like workers."""

import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test import Client

from forecourt.adapters.mailserver import server
from forecourt.adapters.smsgateway import server as gateway

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:Session.login_data is deprecated:DeprecationWarning"),
]


class LiveAnswer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"works": true, "clients": 3}')

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def all_parts(settings: Any, tmp_path: Path, postgres_cluster: Any) -> Iterator[ExitStack]:
    """Everything that works; a test closes what it wants broken."""
    settings.RUN_FOLDER = tmp_path
    with ExitStack() as stack:
        live = stack.enter_context(ThreadingHTTPServer(("127.0.0.1", 0), LiveAnswer))
        threading.Thread(target=live.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        stack.callback(live.shutdown)
        settings.LIVE_HEALTH_URL = f"http://127.0.0.1:{live.server_address[1]}/healthz"
        settings.SMTP_URL = f"smtp://127.0.0.1:{stack.enter_context(server.running(tmp_path / 'mail'))}"
        settings.TEXTS_PLACE = ("127.0.0.1", stack.enter_context(gateway.running(tmp_path / "texts", token="token")))
        url = postgres_cluster.url("app", connection.settings_dict["NAME"])
        for name in (settings.LIVE_WORKER_NAME, settings.WORKER_NAME, settings.BULK_WORKER_NAME, settings.FETCH_WORKER_NAME):
            stack.enter_context(psycopg.connect(url, application_name=name))
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")
        yield stack


def ask(client: Client) -> tuple[int, dict[str, dict[str, Any]]]:
    answer = client.get("/healthz")
    return answer.status_code, json.loads(answer.content)["parts"]


def broken(parts: dict[str, dict[str, Any]]) -> dict[str, str]:
    return {name: part["says"] for name, part in parts.items() if not part["works"]}


def test_it_is_200_when_every_part_works(all_parts: ExitStack, client: Client) -> None:
    status, parts = ask(client)

    assert (status, broken(parts)) == (200, {})
    assert list(parts) == [
        "database", "migrations", "live worker", "worker", "bulk worker", "fetch worker", "pages", "live updates", "mail", "texts", "demonstration",
    ]  # fmt: skip
    assert parts["live updates"]["says"] == "3 pages follow live."


def test_each_part_that_is_away_is_named_with_what_it_means(all_parts: ExitStack, client: Client) -> None:
    all_parts.close()

    assert ask(client)[0] == 503
    assert broken(ask(client)[1]) == {
        "live worker": "No worker renders changes; pages show their last state.",
        "worker": "No worker takes jobs; they wait.",
        "bulk worker": "No worker takes imports and mail runs; they wait.",
        "fetch worker": "No worker looks at sources; their files stay there.",
        "live updates": "The live updates do not answer; pages show their last state.",
        "mail": "The mail server does not answer; mail waits in the outbox.",
        "texts": "The gateway for text messages does not answer; codes go by mail meanwhile.",
    }


def test_a_worker_that_hangs_does_not_count(all_parts: ExitStack, client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'")

    assert list(broken(ask(client)[1])) == ["live worker", "worker", "bulk worker", "fetch worker"]


def test_it_waits_for_the_demonstration_that_was_asked_for(all_parts: ExitStack, client: Client, tmp_path: Path) -> None:
    (tmp_path / "demo-wanted").touch()
    status, parts = ask(client)
    assert (status, broken(parts)) == (503, {"demonstration": "The demonstration is still being loaded."})

    (tmp_path / "demo-wanted").unlink()
    assert ask(client)[0] == 200


def test_it_answers_while_the_database_is_away(all_parts: ExitStack, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "HOST", "/nowhere")
    try:
        status, parts = ask(client)
    finally:
        monkeypatch.undo()
        connection.close()

    assert status == 503
    assert broken(parts)["database"] == "The database does not answer."
    assert broken(parts)["worker"] == "Not known while the database is away."
    assert parts["mail"]["works"]
