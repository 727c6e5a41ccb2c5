"""The SMTP side: takes mail, stores it durably, then says `250`. Adds one verb, `XTOOK <message-id>`, to ask whether it took a mail.

`XTOOK` answers `250 yes N` (stored N times) or `250 no`, and is announced in EHLO, so a sender that lost the line after DATA can ask
before it sends again.
"""

import asyncio
import itertools
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session, syntax

from forecourt.adapters.mailserver.faults import Faults
from forecourt.adapters.mailserver.store import Store, bare

SIZE_LIMIT = 25 << 20
log = logging.getLogger(__name__)


class Protocol(SMTP):
    """SMTP with our verb."""

    @syntax("XTOOK <message-id>")
    async def smtp_XTOOK(self, arg: str) -> None:  # noqa: N802 (aiosmtpd finds verbs by name)
        taken = self.event_handler.store.deliveries(bare(arg)) if arg else 0
        await self.push(f"250 yes {taken}" if taken else "250 no")


class Handler:
    """Decides about recipients and stores; one for all connections."""

    def __init__(self, store: Store, faults: Faults) -> None:
        self.store = store
        self._faults = faults
        self._sequence = itertools.count(store.next_sequence())
        self._count = itertools.count(1)

    async def handle_EHLO(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [*responses[:-1], "250-PIPELINING", "250-XTOOK", responses[-1]]

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        refusal = self._faults.reply_to(address)
        if refusal is None:
            envelope.rcpt_tos.append(address)
            return "250 2.1.5 Welcome"
        if refusal.startswith("421"):
            await server.push(refusal)
            _hang_up(server)
        return refusal

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 (aiosmtpd's name)
        assert isinstance(envelope.content, bytes)
        await asyncio.sleep(self._faults.slow_before_storing)
        sequence = next(self._sequence)
        await asyncio.to_thread(
            self.store.keep, sequence, sender=envelope.mail_from or "", recipients=envelope.rcpt_tos, content=envelope.content
        )
        await asyncio.sleep(self._faults.slow_after_storing)
        if self._faults.drops(next(self._count)):
            _hang_up(server)
        return f"250 2.0.0 Taken as {sequence}"


async def serve(folder: Path, *, host: str, port: int, faults: Faults) -> asyncio.Server:
    """Listen. Bound to this machine by its callers: it takes mail from anybody who reaches it."""
    handler = Handler(Store(folder), faults)

    def connection() -> Protocol:
        return Protocol(handler, data_size_limit=SIZE_LIMIT, enable_SMTPUTF8=True, hostname="forecourt", ident="Forecourt local mail")

    return await asyncio.get_running_loop().create_server(connection, host, port)


async def serve_forever(folder: Path, *, host: str, port: int, faults: Faults) -> None:
    server = await serve(folder, host=host, port=port, faults=faults)
    log.info("Mail for everybody is kept in %s", folder)
    async with server:
        await server.serve_forever()


@contextmanager
def running(folder: Path, faults: Faults | None = None) -> Iterator[int]:
    """A server in a thread of this process for the length of a block; gives its port."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(serve(folder, host="127.0.0.1", port=0, faults=faults or Faults()), loop).result(10)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        asyncio.run_coroutine_threadsafe(_close(server), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _close(server: asyncio.Server) -> None:
    server.close()
    await server.wait_closed()
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.get_running_loop().shutdown_default_executor()


def _hang_up(server: SMTP) -> None:
    if isinstance(server.transport, asyncio.Transport):
        server.transport.abort()
