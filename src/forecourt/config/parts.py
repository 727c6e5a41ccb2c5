"""Which parts Forecourt consists of, with what each is started, and in which order."""

import signal
import sys
from dataclasses import dataclass
from typing import Final

from forecourt.config.environment import Environment
from forecourt.config.postgres import Cluster
from forecourt.config.supervisor import Part, launcher

LIVE_NAME: Final = "forecourt live worker"
WORKER_NAME: Final = "forecourt worker"
BULK_NAME: Final = "forecourt bulk worker"
DEMO_WANTED: Final = "demo-wanted"
"""A note in the run folder: the demonstration is still being loaded."""

_GRANIAN: Final = [sys.executable, "-m", "granian", "--no-ws", "--log-level", "warning", "--respawn-failed-workers"]


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much of a machine the parts take: right for two cores, and more of them is another machine's setting."""

    page_processes: int = 2
    page_threads: int = 4
    live_jobs: int = 2
    worker_jobs: int = 4
    bulk_jobs: int = 2
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
    return Part("mail", launcher([*command, "--faults", here.mail_faults]))


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


def live_worker(sizes: Sizes) -> Part:
    """For what somebody is looking at right now, alone, so that nothing else holds its interpreter's lock."""
    return _worker("live worker", "live", sizes.live_jobs, LIVE_NAME, behind=0)


def worker(sizes: Sizes) -> Part:
    return _worker("worker", "default", sizes.worker_jobs, WORKER_NAME, behind=5)


def bulk_worker(sizes: Sizes) -> Part:
    return _worker("bulk", "bulk", sizes.bulk_jobs, BULK_NAME, behind=10)


def _worker(name: str, queue: str, jobs: int, connections: str, *, behind: int) -> Part:
    command = _forecourt("work", "--queues", queue, "--jobs", str(jobs), "--behind", str(behind))
    return Part(name, launcher(command, {"PGAPPNAME": connections}))


def _forecourt(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "forecourt.config.command", *arguments]
