"""`python -m forecourt.adapters.mailserver --folder FOLDER --port PORT`: the local mail server as a process of its own.

With `--texts-port` the local gateway for text messages listens in the same process; its token comes in the variable TEXTS_TOKEN.
"""

import argparse
import asyncio
import logging
import os
import signal
from contextlib import ExitStack, suppress
from pathlib import Path

from forecourt.adapters.mailserver import faults
from forecourt.adapters.mailserver.server import serve_forever
from forecourt.adapters.smsgateway import faults as faults_of_texts
from forecourt.adapters.smsgateway import server as gateway


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
    parser.add_argument("--texts-folder", type=Path)
    parser.add_argument("--texts-port", type=int, default=0, help="0: no text messages are taken")
    parser.add_argument("--texts-faults", default="", help="for tests; see smsgateway.faults")
    options = parser.parse_args()
    logging.basicConfig(level=logging.DEBUG if options.debug else logging.INFO, format="%(message)s")
    logging.getLogger("mail.log").setLevel(logging.DEBUG if options.debug else logging.ERROR)
    with ExitStack() as stack:
        if options.texts_port:
            wrong = faults_of_texts.read(options.texts_faults)
            token = os.environ.get("TEXTS_TOKEN", "")
            stack.enter_context(
                gateway.running(options.texts_folder, token=token, host=options.host, port=options.texts_port, faults=wrong)
            )  # fmt: skip
        asyncio.run(_serve(options))


main()
