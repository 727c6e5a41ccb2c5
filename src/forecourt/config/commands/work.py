"""`forecourt work`: take jobs from some queues until told to stop. `forecourt start` runs three of these; more may run on other machines."""

import argparse
import asyncio
import os
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from procrastinate import App

NEEDS = "django"
HELP = "take jobs from the queues"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--queues", default="live,default,bulk", help="separated by commas (all)")
    parser.add_argument("--jobs", type=int, default=4, help="how many at once (4)")
    parser.add_argument("--behind", type=int, default=0, metavar="N", help="let pages go first when the machine is busy: nice N (0)")


def run(options: argparse.Namespace) -> int:
    os.nice(options.behind)

    from django.urls import reverse
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.django_connector import DjangoConnector

    # Reactions draw links: the first live fragment should not wait until every page has been imported for them.
    threading.Thread(target=reverse, args=("staff_home",), daemon=True).start()
    assert isinstance(app.connector, DjangoConnector)
    with app.replace_connector(app.connector.get_worker_connector()) as working:
        asyncio.run(_work(working, options.queues.split(","), options.jobs))
    return 0


async def _work(app: "App", queues: list[str], jobs: int) -> None:
    async with app.open_async():
        # A job that does not end in four seconds is given up and done again later; jobs are made to bear that.
        await app.run_worker_async(queues=queues, name=",".join(queues), concurrency=jobs, shutdown_graceful_timeout=4)
