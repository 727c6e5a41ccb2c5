"""One LISTEN connection per process, and one that reads each announced row once. Comes back by itself after the server was gone."""

import asyncio
import logging
import time
from typing import Any

import psycopg

from forecourt.runtime.database import EVERYWHERE_ROLE
from forecourt.runtime.live.hub import CHANGED, CHANNEL, ENDED, Fragment, Hub
from forecourt.runtime.live.tokens import SECONDS

log = logging.getLogger(__name__)

_COLUMNS = "id, organisation_id, topic, variants, extract(epoch FROM created_at)::float8"
_KEPT_SECONDS = SECONDS + 60


class Listener:
    """Feeds a hub from PostgreSQL."""

    def __init__(self, hub: Hub, database_url: str) -> None:
        self.hub = hub
        self.is_listening = False
        self._has_listened = False
        self._url = database_url
        self._reader: psycopg.AsyncConnection[Any] | None = None
        self._reading = asyncio.Lock()

    async def run(self) -> None:
        """Listen until cancelled."""
        wait = 0.1
        while True:
            try:
                async with await self._connect() as listening, await self._connect() as reader:
                    self._reader = reader
                    await listening.execute(f"LISTEN {CHANNEL}")
                    await self._catch_up()
                    self.is_listening, self._has_listened, wait = True, True, 0.1
                    await self._follow(listening)
            except psycopg.Error as problem:
                log.warning("Live updates wait for the database: %s", str(problem).strip().split("\n")[0])
            finally:
                self.is_listening, self._reader = False, None
            await asyncio.sleep(wait)
            wait = min(wait * 2, 2.0)

    async def fragments(self, ids: list[int]) -> list[Fragment]:
        """Rows by number, in the order asked; those already deleted are left out."""
        return [fragment for fragment, _ in await self._rows("id = ANY(%s)", [ids], order="array_position(%s, id)", ordered_by=[ids])]

    async def clean(self) -> None:
        """Delete what is too old to be asked for."""
        self.hub.forget(time.time() - _KEPT_SECONDS)
        if self._reader is not None:
            async with self._reading:
                await self._reader.execute("DELETE FROM runtime_livefragment WHERE created_at < now() - interval '1 hour'")

    async def _connect(self) -> psycopg.AsyncConnection[Any]:
        """It serves all dealers, so it works as supervision does; each fragment says whose it is, and the hub compares."""
        connection = await psycopg.AsyncConnection.connect(self._url, autocommit=True, connect_timeout=5, application_name="forecourt live")
        await connection.execute(f"SET ROLE {EVERYWHERE_ROLE}")
        return connection

    async def _follow(self, listening: psycopg.AsyncConnection[Any]) -> None:
        while True:
            # Returns as soon as one is there, with all that came with it.
            announced = [int(notify.payload) async for notify in listening.notifies(stop_after=1)]
            for fragment in await self.fragments(announced):
                self._take(fragment)

    async def _catch_up(self) -> None:
        """What was committed while nobody listened: remembered at the start, spread after an interruption."""
        for fragment, at in await self._rows("created_at > now() - %s * interval '1 second'", [_KEPT_SECONDS], order="id"):
            if self.hub.knows(fragment.id):
                continue
            if not self._has_listened and not fragment.topic.startswith((ENDED, CHANGED)):
                self.hub.remember(fragment.id, (fragment.organisation_id, fragment.topic), at)
            else:
                self._take(fragment)

    def _take(self, fragment: Fragment) -> None:
        if fragment.organisation_id is not None:
            self.hub.spread(fragment)
        elif fragment.topic.startswith(ENDED):
            self.hub.remember(fragment.id, (None, ENDED), time.time())
            self.hub.end_session(fragment.topic.removeprefix(ENDED))
        elif fragment.topic == CHANGED:
            self.hub.remember(fragment.id, (None, CHANGED), time.time())
            for session_mark in fragment.variants:
                self.hub.ask_again(session_mark)

    async def _rows(
        self, condition: str, values: list[Any], *, order: str, ordered_by: list[Any] | None = None
    ) -> list[tuple[Fragment, float]]:
        if self._reader is None:
            return []
        query = f"SELECT {_COLUMNS} FROM runtime_livefragment WHERE {condition} ORDER BY {order}"  # noqa: S608 (parts are constants)
        async with self._reading:
            cursor = await self._reader.execute(query, [*values, *(ordered_by or [])])
            rows = await cursor.fetchall()
        return [(Fragment(id=row[0], organisation_id=row[1], topic=row[2], variants=row[3]), row[4]) for row in rows]
