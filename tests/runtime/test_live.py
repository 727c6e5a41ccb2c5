"""Live updates end to end: a committed fragment, the real live process, and what a browser would read from it."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
from django.db import connection, transaction

from forecourt.runtime import scope
from forecourt.runtime.live import fragments, tokens

ALICES = UUID("01900000-0000-7000-8000-00000000000a")
CHARLIES = UUID("01900000-0000-7000-8000-00000000000c")
ORIGIN = "http://127.0.0.1:8000"

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class LiveProcess:
    port: int
    talks: list[HTTPConnection] = field(default_factory=list)
    answers: list[HTTPResponse] = field(default_factory=list)

    def ask(self, path: str, method: str = "GET", **headers: str) -> HTTPResponse:
        talk = HTTPConnection("127.0.0.1", self.port, timeout=10)
        self.talks.append(talk)
        talk.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        self.answers.append(talk.getresponse())
        return self.answers[-1]

    def hang_up(self) -> None:
        for line in (*self.answers, *self.talks):
            line.close()
        self.answers.clear()
        self.talks.clear()

    def health(self) -> dict[str, Any]:
        try:
            return dict(json.loads(self.ask("/healthz").read()))
        except OSError:
            return {"works": False}

    def follow(self, token: str, **headers: str) -> "Stream":
        response = self.ask(f"/live?token={quote(token)}", **headers)
        assert response.status == 200
        return Stream(response)


class Stream:
    """Reads events one by one, leaving comments out."""

    def __init__(self, response: HTTPResponse) -> None:
        self.response = response

    def event(self) -> dict[str, str]:
        found: dict[str, str] = {}
        while line := self.response.readline().decode().rstrip("\n"):
            name, _, value = line.partition(": ")
            if name in {"id", "event", "data"}:
                found[name] = f"{found[name]}\n{value}" if name in found else value
        return found or self.event() if not self.response.isclosed() else {"event": "closed"}


@pytest.fixture
def live(live_process: LiveProcess) -> Iterator[LiveProcess]:
    yield live_process
    live_process.hang_up()


@pytest.fixture(scope="module")
def live_process(django_db_setup: None, postgres_cluster: Any) -> Iterator[LiveProcess]:
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    variables = os.environ | {
        "DATABASE_URL": postgres_cluster.url("app", connection.settings_dict["NAME"]),
        "FORECOURT_PORT": "8000",
        "PYTHONPATH": "src",
    }
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--port", str(port), "forecourt.config.live:application"]
    process = subprocess.Popen(command, env=variables, stdout=subprocess.DEVNULL)
    served = LiveProcess(port)
    try:
        until = time.monotonic() + 20
        while not served.health()["works"]:
            served.hang_up()
            assert time.monotonic() < until, "the live process does not come up"
            time.sleep(0.1)
        yield served
    finally:
        served.hang_up()
        process.terminate()
        process.wait(10)


def token_of(
    organisation: UUID = ALICES, *, session: str = "alices-session", topics: tuple[str, ...] = ("board",), variant: str = "en"
) -> str:
    return tokens.issue(session, organisation, None, list(topics), variant)


def push(html: str, *, organisation: UUID = ALICES, topic: str = "board", variant: str = "en") -> None:
    with scope.of(organisation):
        fragments.push(topic, {variant: html})


def test_a_page_gets_the_fragment_of_its_own_organisation_topic_and_variant_and_nothing_else(live: LiveProcess) -> None:
    stream = live.follow(token_of())

    push("<p>Charlie's</p>", organisation=CHARLIES)
    push("<p>another topic</p>", topic="cases")
    push("<p>auf Deutsch</p>", variant="de")
    push("<p>first\nsecond</p>")

    event = stream.event()
    assert event["data"] == "<p>first\nsecond</p>"
    assert "event" not in event


def test_a_rollback_tells_nobody(live: LiveProcess) -> None:
    stream = live.follow(token_of(topics=("rolled",)))

    with transaction.atomic():
        push("<p>never happened</p>", topic="rolled")
        transaction.set_rollback(True)
    push("<p>happened</p>", topic="rolled")

    assert stream.event()["data"] == "<p>happened</p>"


def test_what_came_while_the_line_was_down_is_replayed_once_and_in_order(live: LiveProcess) -> None:
    token = token_of(topics=("replay",))
    stream = live.follow(token)
    push("<p>seen</p>", topic="replay")
    seen = stream.event()
    stream.response.close()
    push("<p>missed 1</p>", topic="replay")
    push("<p>missed 2</p>", topic="replay")

    again = live.follow(token, Last_Event_ID=seen["id"])
    push("<p>now</p>", topic="replay")

    assert [again.event()["data"] for _ in range(3)] == ["<p>missed 1</p>", "<p>missed 2</p>", "<p>now</p>"]


def test_what_changed_between_rendering_the_page_and_connecting_is_not_lost(live: LiveProcess) -> None:
    token = token_of(topics=("gap",))
    push("<p>in the gap</p>", topic="gap")
    time.sleep(0.2)

    assert live.follow(token).event()["data"] == "<p>in the gap</p>"


def test_signing_out_drops_the_stream_and_refuses_its_token(live: LiveProcess) -> None:
    token = token_of(session="bobs-session")
    stream = live.follow(token)
    other = live.follow(token_of(session="danas-session", topics=("other",)))

    fragments.sessions_ended("bobs-session")

    assert stream.event()["event"] == "ended"
    assert stream.response.read() == b""
    assert live.ask(f"/live?token={quote(token)}").status == 403
    push("<p>still here</p>", topic="other")
    assert other.event()["data"] == "<p>still here</p>"


def test_changed_rights_end_the_stream_and_void_what_was_asked_before_them(live: LiveProcess) -> None:
    asked_at = time.time()
    token = token_of(session="carls-session", topics=("changed",))
    stream = live.follow(token)
    other = live.follow(token_of(session="danas-session", topics=("changed",)))

    fragments.rights_changed(["carls-session"])

    assert stream.event()["event"] == "ended"
    assert live.ask(f"/live?token={quote(token)}").status == 403
    late = tokens.issue("carls-session", ALICES, None, ["changed"], "en", asked_at=asked_at)
    assert live.ask(f"/live?token={quote(late)}").status == 403
    time.sleep(0.02)
    again = live.follow(token_of(session="carls-session", topics=("changed",)))
    push("<p>for who may see it</p>", topic="changed")
    assert again.event()["data"] == other.event()["data"] == "<p>for who may see it</p>"


def test_a_pass_ends_with_the_rights_that_it_was_given_for(live: LiveProcess) -> None:
    token = tokens.issue("alices-session", ALICES, None, ["board"], "en", seconds=0.4)
    stream = live.follow(token)
    assert stream.response.read().endswith(b"event: renew\ndata: \n\n")
    assert live.ask(f"/live?token={quote(token)}").status == 403


def test_a_forged_or_old_token_is_refused(live: LiveProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    token = token_of()
    forged = token[:-1] + ("A" if token[-1] != "A" else "B")
    monkeypatch.setattr(time, "time", lambda: 1_000_000.0)
    old = token_of()

    assert live.ask(f"/live?token={quote(forged)}").status == 403
    assert live.ask(f"/live?token={quote(old)}").status == 403
    assert live.ask("/live").status == 403


def test_only_our_own_pages_may_follow(live: LiveProcess) -> None:
    token = quote(token_of())

    assert live.ask(f"/live?token={token}", Origin="http://evil.example").status == 403
    ours = live.ask(f"/live?token={token}", Origin=ORIGIN)
    assert (ours.status, ours.headers["Access-Control-Allow-Origin"]) == (200, ORIGIN)
    asked = live.ask("/live", "OPTIONS", Origin=ORIGIN, Access_Control_Request_Headers="hx-request,last-event-id")
    assert (asked.status, asked.headers["Access-Control-Allow-Headers"]) == (204, "hx-request,last-event-id")


def test_it_listens_again_after_the_database_cut_the_line_and_says_what_was_missed(live: LiveProcess, postgres_cluster: Any) -> None:
    import psycopg

    stream = live.follow(token_of(topics=("cut",)))
    with psycopg.connect(postgres_cluster.url("super", "postgres"), autocommit=True) as server:
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'forecourt live'")
    push("<p>while deaf</p>", topic="cut")

    assert stream.event()["data"] == "<p>while deaf</p>"
