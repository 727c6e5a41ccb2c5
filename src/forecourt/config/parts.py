"""Which parts Forecourt consists of, with what each is started, and in which order."""

import signal
import sys
from dataclasses import dataclass
from typing import Final

from forecourt.config.crew import Post
from forecourt.config.environment import Environment
from forecourt.config.postgres import Cluster
from forecourt.config.supervisor import Part, launcher

LIVE_WORKER: Final = Post("live", jobs=2, behind=0)
"""For what somebody is looking at right now, alone, so that nothing else holds its interpreter's lock."""
WORKER: Final = Post("default", jobs=4, behind=5)
BULK_WORKER: Final = Post("bulk", jobs=2, behind=10)
"""Imports and mail runs."""
FETCH_WORKER: Final = Post("fetch", jobs=4, behind=10)
"""Looks at other people's servers, which may answer slowly; they wait for each other alone."""
DEMO_WANTED: Final = "demo-wanted"
"""A note in the run folder: the demonstration is still being loaded."""

_GRANIAN: Final = [sys.executable, "-m", "granian", "--no-ws", "--log-level", "warning", "--respawn-failed-workers"]


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much of a machine the parts take: right for two cores, and more of them is another machine's setting."""

    page_processes: int = 2
    page_threads: int = 4
    workers: tuple[Post, ...] = (LIVE_WORKER, WORKER, BULK_WORKER, FETCH_WORKER)
    live_clients: int = 20_000


def postgres(cluster: Cluster) -> Part:
    """The embedded server, which dies with the supervisor; one that already runs for somebody else is used as it is."""
    return Part(
        "postgres",
        lambda output: cluster.launch(output=output, dies_with_us=True),
        works=lambda: cluster.works,
        stop_signal=signal.SIGINT,  # PostgreSQL's fast shutdown: does not wait for clients
        is_chatty=True,
    )


def migrate() -> Part:
    return Part("migrate", launcher(_forecourt("migrate", "--quiet")), once=True)


def erase_again() -> Part:
    """Before anybody can look: whom a restored backup brought back."""
    return Part("erasures", launcher(_forecourt("erase-again", "--quiet")), once=True)


def demo() -> Part:
    return Part("demo", launcher(_forecourt("demo", "--if-empty")), once=True)


def mail(here: Environment) -> Part:
    command = [sys.executable, "-m", "forecourt.adapters.mailserver", "--folder", str(here.mail_folder), "--port", str(here.smtp_port)]
    command += ["--faults", here.mail_faults]
    if not here.runs_texts_gateway:
        return Part("mail", launcher(command))
    texts = ["--texts-folder", str(here.texts_folder), "--texts-port", str(here.texts_port), "--texts-faults", here.texts_faults]
    return Part("mail", launcher([*command, *texts], {"TEXTS_TOKEN": here.texts_token}))


def pages(here: Environment, sizes: Sizes) -> Part:
    command = [
        *_GRANIAN, "--interface", "wsgi", "--host", here.host, "--port", str(here.port), "--workers", str(sizes.page_processes),
        "--blocking-threads", str(sizes.page_threads), "--workers-kill-timeout", "4s", "forecourt.config.wsgi:application",
    ]  # fmt: skip
    return Part("pages", launcher(command, {"PGAPPNAME": "forecourt pages"}))


def live(here: Environment, sizes: Sizes) -> Part:
    command = [
        *_GRANIAN, "--interface", "asgi", "--host", here.host, "--port", str(here.live_port), "--loop", "asyncio",
        "--backlog", "4096", "--backpressure", str(sizes.live_clients), "--workers-kill-timeout", "1s", "forecourt.config.live:application",
    ]  # fmt: skip
    return Part("live", launcher(command))


def workers(sizes: Sizes) -> Part:
    return Part("workers", launcher(_forecourt("work", "--crew", *map(str, sizes.workers))))


def _forecourt(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "forecourt.config.command", *arguments]
