"""`forecourt work`: take jobs from some queues until told to stop. `forecourt start` runs one worker per queue; more may run on other machines."""

import argparse
import asyncio
import os
import threading
from typing import TYPE_CHECKING

from forecourt.config.crew import Crew, Post

if TYPE_CHECKING:
    from procrastinate import App

NEEDS = "django"
HELP = "take jobs from the queues"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--queues", default="live,default,bulk", help="separated by commas (all)")
    parser.add_argument("--jobs", type=int, default=4, help="how many at once (4)")
    parser.add_argument("--behind", type=int, default=0, metavar="N", help="let pages go first when the machine is busy: nice N (0)")
    parser.add_argument(
        "--crew", type=Post.read, nargs="+", metavar="QUEUE:JOBS:BEHIND", default=[], help="a process of its own for each of these instead"
    )


def run(options: argparse.Namespace) -> int:
    from django.urls import reverse

    if options.crew:
        reverse("staff_home")  # reactions draw links: imports every page, once for all
        Crew(options.crew, lambda post: _take([post.queue], post.jobs)).run()
        return 0
    os.nice(options.behind)
    # The first job should not wait until every page has been imported for its links.
    threading.Thread(target=reverse, args=("staff_home",), daemon=True).start()
    _take(options.queues.split(","), options.jobs)
    return 0


def _take(queues: list[str], jobs: int) -> None:
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.django_connector import DjangoConnector

    assert isinstance(app.connector, DjangoConnector)
    with app.replace_connector(app.connector.get_worker_connector()) as working:
        asyncio.run(_work(working, queues, jobs))


async def _work(app: "App", queues: list[str], jobs: int) -> None:
    async with app.open_async():
        # A job that does not end in four seconds is given up and done again later; jobs are made to bear that.
        await app.run_worker_async(queues=queues, name=",".join(queues), concurrency=jobs, shutdown_graceful_timeout=4)
