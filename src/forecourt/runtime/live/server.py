"""The live process: an ASGI application that streams fragments to browsers as server-sent events.

Knows neither Django's ORM nor the pages: it gets the database, the secret and the pages' origins handed in by `config.live`.
"""

import asyncio
import contextlib
import json
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

import psycopg

from forecourt.runtime.live import tokens
from forecourt.runtime.live.hub import Client, Hub
from forecourt.runtime.live.listener import Listener

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_COMMENT_SECONDS = 25
_RENEW_SECONDS = 45
_CLEAN_SECONDS = 60
_RENEW = b"event: renew\ndata: \n\n"


class Live:
    """The application; one per process."""

    def __init__(self, *, database_url: str, secret: str, origins: frozenset[str]) -> None:
        self._secret = secret
        self._origins = origins
        self._database_url = database_url
        self._hub = Hub()
        self._listener: Listener | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def __call__(self, request: Message, receive: Receive, send: Send) -> None:
        if request["type"] == "lifespan":
            await self._live_and_die(receive, send)
        elif request["type"] == "http":
            await self._answer(request, receive, send)

    async def _live_and_die(self, receive: Receive, send: Send) -> None:
        await receive()
        self._begin()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await send({"type": "lifespan.shutdown.complete"})

    def _begin(self) -> Listener:
        listener = Listener(self._hub, self._database_url)
        self._listener = listener
        self._tasks = [asyncio.create_task(listener.run()), asyncio.create_task(_clean_up(listener))]
        return listener

    async def _answer(self, request: Message, receive: Receive, send: Send) -> None:
        headers = {name: value.decode("latin-1") for name, value in request["headers"]}
        origin = headers.get(b"origin", "")
        if origin and origin not in self._origins:
            await _say(send, 403, "This page may not follow live updates.")
        elif request["method"] == "OPTIONS":
            await _allow(send, origin, headers.get(b"access-control-request-headers", ""))
        elif request["method"] != "GET":
            await _say(send, 405, "Only GET.")
        elif request["path"] == "/healthz":
            await self._tell_health(send)
        elif request["path"] == "/live":
            await self._stream(request, headers, receive, send)
        else:
            await _say(send, 404, "There is only /live.")

    async def _tell_health(self, send: Send) -> None:
        works = self._listener is not None and self._listener.is_listening
        health = {"works": works, "clients": self._hub.clients}
        await _say(send, 200 if works else 503, json.dumps(health), kind="application/json")

    async def _stream(self, request: Message, headers: dict[bytes, str], receive: Receive, send: Send) -> None:
        query = parse_qs(request["query_string"].decode("latin-1"))
        held = tokens.check(query.get("token", [""])[0], secret=self._secret)
        if held is None or self._hub.is_void(held):
            await _say(send, 403, "The token has run out; load the page again.", origin=headers.get(b"origin", ""))
            return
        last = headers.get(b"last-event-id") or query.get("after", [""])[0]
        client = Client(held)
        self._hub.join(client)
        gone = asyncio.create_task(_until_gone(receive, client))
        try:
            await send(_start(200, b"text/event-stream", headers.get(b"origin", "")))
            await self._replay(client, int(last) if last.isdecimal() else None)
            await _serve(client, send)
        finally:
            self._hub.leave(client)
            gone.cancel()

    async def _replay(self, client: Client, last_id: int | None) -> None:
        """Put what was missed before what has come in since joining."""
        missed = self._hub.missed(client, last_id)
        if not missed or self._listener is None:
            return
        since = list(client.queue)
        try:
            fragments = await self._listener.fragments(missed)
        except psycopg.Error:
            client.end()
            return
        messages = [message for fragment in fragments if (message := fragment.message(client.held.variant)) is not None]
        client.queue.extendleft(reversed([message for message in messages if message not in since]))


async def _serve(client: Client, send: Send) -> None:
    """Everything in the client's queue, a comment when there is nothing, until its end or the token's."""
    await send({"type": "http.response.body", "body": b"retry: 2000\n: welcome\n\n", "more_body": True})
    asked_to_renew = False
    while not client.is_over:
        left = client.held.ends_at - time.time()
        if left <= 0:
            break
        if left <= _RENEW_SECONDS and not asked_to_renew:
            asked_to_renew = True
            client.queue.append(_RENEW)
        body = b"".join(client.queue)
        client.queue.clear()
        if body:
            await send({"type": "http.response.body", "body": body, "more_body": True})
        pause = min(_COMMENT_SECONDS, left if asked_to_renew else left - _RENEW_SECONDS)
        if await client.is_idle_for(pause):
            client.queue.append(b":\n\n")
    with contextlib.suppress(Exception):
        await send({"type": "http.response.body", "body": client.farewell, "more_body": False})


async def _until_gone(receive: Receive, client: Client) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    client.end()


async def _clean_up(listener: Listener) -> None:
    while True:
        await asyncio.sleep(_CLEAN_SECONDS)
        with contextlib.suppress(psycopg.Error):
            await listener.clean()


def _start(status: int, kind: bytes, origin: str) -> Message:
    headers = [(b"content-type", kind), (b"cache-control", b"no-store"), (b"x-accel-buffering", b"no"), (b"vary", b"Origin")]
    if origin:
        headers.append((b"access-control-allow-origin", origin.encode("latin-1")))
        headers.append((b"access-control-allow-credentials", b"true"))
    return {"type": "http.response.start", "status": status, "headers": headers}


async def _say(send: Send, status: int, text: str, *, kind: str = "text/plain; charset=utf-8", origin: str = "") -> None:
    await send(_start(status, kind.encode(), origin))
    await send({"type": "http.response.body", "body": text.encode(), "more_body": False})


async def _allow(send: Send, origin: str, asked: str) -> None:
    """htmx sends headers of its own, so browsers ask first."""
    start = _start(204, b"text/plain", origin)
    start["headers"] += [
        (b"access-control-allow-methods", b"GET"),
        (b"access-control-allow-headers", asked.encode("latin-1")),
        (b"access-control-max-age", b"600"),
    ]
    await send(start)
    await send({"type": "http.response.body", "body": b"", "more_body": False})
