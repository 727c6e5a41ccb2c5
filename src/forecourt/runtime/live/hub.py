"""Who follows what, and what was said in the last ten minutes. Plain objects of one event loop; no sockets, no database.

Thousands of clients wait here, so a client is a few slots, and what is sent to many is one bytes object.
"""

import asyncio
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from forecourt.runtime.live.tokens import SECONDS, Pass

CHANNEL = "forecourt_live"
ENDED = "ended:"
"""Begins the topic by which a session's end is told; such a row belongs to no organisation."""
CHANGED = "changed:"
"""The topic of a row, of no organisation either, that names sessions whose rights changed: each has to ask for a new pass."""
LONGEST_QUEUE = 64
"""A client that falls this far behind is dropped; it comes back with its Last-Event-ID and is served from the table."""

_SESSION_ENDED = b"event: ended\ndata: \n\n"

Key = tuple[UUID | None, str]
_Name = TypeVar("_Name")


@dataclass(frozen=True, slots=True)
class Fragment:
    """A row of the table."""

    id: int
    organisation_id: UUID | None
    topic: str
    variants: dict[str, str]

    def message(self, variant: str) -> bytes | None:
        """The event as browsers read it; None where this variant may not see it. Unnamed, so htmx swaps its HTML in."""
        html = self.variants.get(variant)
        if html is None:
            return None
        lines = "".join(f"data: {line}\n" for line in html.splitlines() or [""])
        return f"id: {self.id}\n{lines}\n".encode()


class Client:
    """One open connection."""

    __slots__ = ("_wake", "farewell", "held", "is_over", "queue")

    def __init__(self, held: Pass) -> None:
        self.held = held
        self.queue: deque[bytes] = deque()
        self.is_over = False
        self.farewell = b""
        self._wake: asyncio.Future[None] | None = None

    def follows(self) -> Iterator[Key]:
        return ((self.held.organisation_id, topic) for topic in self.held.topics)

    def give(self, message: bytes) -> None:
        if len(self.queue) >= LONGEST_QUEUE:
            self.is_over = True
        else:
            self.queue.append(message)
        self._awake()

    def end(self, farewell: bytes = b"") -> None:
        self.is_over, self.farewell = True, farewell
        self._awake()

    async def is_idle_for(self, seconds: float) -> bool:
        """Wait until there is something to do, or so many seconds; whether nothing came."""
        if not self.queue and not self.is_over:
            loop = asyncio.get_running_loop()
            self._wake = loop.create_future()
            timer = loop.call_later(max(seconds, 0), self._awake)
            try:
                await self._wake
            finally:
                timer.cancel()
                self._wake = None
        return not self.queue and not self.is_over

    def _awake(self) -> None:
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)


class Hub:
    """All clients of this process and the order in which fragments arrived."""

    def __init__(self) -> None:
        self._clients: dict[Key, set[Client]] = {}
        self._sessions: dict[str, set[Client]] = {}
        self._ended: dict[str, float] = {}
        self._changed: dict[str, float] = {}
        # Numbers are given before commits, so a lower number may arrive later; a client's place is therefore told by arrival.
        self._arrivals: dict[int, int] = {}
        self._past: dict[Key, deque[tuple[int, float]]] = {}
        self._count = 0

    @property
    def clients(self) -> int:
        return sum(len(clients) for clients in self._sessions.values())

    def knows(self, fragment_id: int) -> bool:
        return fragment_id in self._arrivals

    def is_void(self, held: Pass) -> bool:
        """Whether the session of a pass has ended, or its rights changed since they were asked."""
        return held.session_mark in self._ended or held.issued_at <= self._changed.get(held.session_mark, 0)

    def join(self, client: Client) -> None:
        for key in client.follows():
            self._clients.setdefault(key, set()).add(client)
        self._sessions.setdefault(client.held.session_mark, set()).add(client)

    def leave(self, client: Client) -> None:
        for key in client.follows():
            _drop(self._clients, key, client)
        _drop(self._sessions, client.held.session_mark, client)

    def remember(self, fragment_id: int, key: Key, at: float) -> None:
        self._count += 1
        self._arrivals[fragment_id] = self._count
        self._past.setdefault(key, deque()).append((fragment_id, at))

    def spread(self, fragment: Fragment) -> None:
        """Give a fragment to everyone who follows its topic, rendered for the eye of each."""
        key = (fragment.organisation_id, fragment.topic)
        self.remember(fragment.id, key, time.time())
        messages: dict[str, bytes | None] = {}
        for client in tuple(self._clients.get(key, ())):
            variant = client.held.variant
            if variant not in messages:
                messages[variant] = fragment.message(variant)
            message = messages[variant]
            if message is not None:
                client.give(message)

    def end_session(self, session_mark: str) -> None:
        self._ended[session_mark] = time.time()
        self._drop_all(session_mark)

    def ask_again(self, session_mark: str) -> None:
        """What was given to this session until now is worth nothing; its pages load again, as what their person may see today."""
        self._changed[session_mark] = time.time()
        self._drop_all(session_mark)

    def _drop_all(self, session_mark: str) -> None:
        for client in tuple(self._sessions.get(session_mark, ())):
            client.end(_SESSION_ENDED)

    def missed(self, client: Client, last_id: int | None) -> list[int]:
        """Numbers of the fragments a client has not had, in order of arrival: since its last one, or since its page was made."""
        place = self._arrivals.get(last_id) if last_id is not None else None
        found = []
        for key in client.follows():
            for number, at in self._past.get(key, ()):
                arrival = self._arrivals.get(number, 0)
                if (arrival > place) if place is not None else (at >= client.held.issued_at - 1):
                    found.append((arrival, number))
        return [number for _, number in sorted(found)]

    def forget(self, before: float) -> None:
        """Let go of what no token can ask for any more."""
        for key in list(self._past):
            past = self._past[key]
            while past and past[0][1] < before:
                self._arrivals.pop(past.popleft()[0], None)
            if not past:
                del self._past[key]
        for marks in (self._ended, self._changed):
            for mark in [mark for mark, at in marks.items() if at < time.time() - SECONDS]:
                del marks[mark]


def _drop(register: dict[_Name, set[Client]], name: _Name, client: Client) -> None:
    together = register.get(name)
    if together is not None:
        together.discard(client)
        if not together:
            del register[name]
