"""`python -m forecourt.adapters.mailserver --folder FOLDER --port PORT`: the local mail server as a process of its own."""

import argparse
import asyncio
import logging
import signal
from contextlib import suppress
from pathlib import Path

from forecourt.adapters.mailserver import faults
from forecourt.adapters.mailserver.server import serve_forever


async def _serve(options: argparse.Namespace) -> None:
    task = asyncio.ensure_future(serve_forever(options.folder, host=options.host, port=options.port, faults=faults.read(options.faults)))
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    with suppress(asyncio.CancelledError):
        await task


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--faults", default="", help="for tests; see the module faults")
    parser.add_argument("--debug", action="store_true")
    options = parser.parse_args()
    logging.basicConfig(level=logging.DEBUG if options.debug else logging.INFO, format="%(message)s")
    logging.getLogger("mail.log").setLevel(logging.DEBUG if options.debug else logging.ERROR)
    asyncio.run(_serve(options))


main()
