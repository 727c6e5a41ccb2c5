"""`forecourt start`: everything that Forecourt consists of, under one supervisor, until Ctrl-C."""

import argparse
import resource
import socket
import sys
import time
from contextlib import ExitStack

from forecourt.config import applied, parts
from forecourt.config.environment import Environment, environment
from forecourt.config.postgres import Cluster, PostgresProblem, locate, refuse_privileged_role
from forecourt.config.supervisor import AlreadyRunning, Part, Supervisor

NEEDS = "nothing"
HELP = "run everything until Ctrl-C"

_PORT_SECONDS = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--demo", action="store_true", help="load the demonstration if the database is empty")


def run(options: argparse.Namespace) -> int:
    here = environment()
    supervisor = Supervisor(run_folder=here.run_folder, logs_folder=here.logs_folder)
    try:
        supervisor.begin()
        _wait_for_ports(here)
    except (AlreadyRunning, PortTaken) as problem:
        print(problem, file=sys.stderr)
        return 1
    _allow_many_connections()
    with ExitStack() as stack:
        try:
            _start(supervisor, here, stack, with_demo=options.demo)
            supervisor.run()
        except PostgresProblem as problem:
            print(problem, file=sys.stderr)
            return 2
        finally:
            supervisor.stop()
    supervisor.say("Forecourt has stopped.")
    return 0


def _start(supervisor: Supervisor, here: Environment, stack: ExitStack, *, with_demo: bool) -> None:
    began = time.monotonic()
    if here.runs_database:
        _start_database(supervisor, locate(here.data), stack)
    else:
        refuse_privileged_role(here.database_url)
    if supervisor.is_stopping or not (applied.migrations_are_in(here) or _migrate(supervisor)):
        return
    if here.erasures.exists() and not _runs_once(supervisor, parts.erase_again()):
        return
    wanted = here.run_folder / parts.DEMO_WANTED
    if with_demo and not applied.demonstration_is_in(here):
        wanted.touch()
    sizes = parts.Sizes()
    if here.runs_mail_server:
        supervisor.add(parts.mail(here))
    supervisor.add(parts.pages(here, sizes))
    supervisor.add(parts.live(here, sizes))
    supervisor.add(parts.workers(sizes))
    if wanted.exists():
        supervisor.add(parts.demo())
    if supervisor.run_until(lambda: _answers(here.reached_at, here.port), seconds=60):
        more = " The demonstration is still being loaded: about a minute more." if wanted.exists() else ""
        supervisor.say(
            f"\nForecourt is at {here.origin} (its pages answer after {time.monotonic() - began:.1f} s; Ctrl-C stops it).{more}\n"
        )
    elif not supervisor.is_stopping:
        supervisor.say(f"\nForecourt will be at {here.origin}; its pages take longer than usual. The logs folder says why.\n")


def _start_database(supervisor: Supervisor, cluster: Cluster, stack: ExitStack) -> None:
    with cluster.alone():
        cluster.hold()
        stack.callback(cluster.release)
        cluster.initialise()
        supervisor.add(parts.postgres(cluster))
        if not supervisor.run_until(lambda: cluster.works, seconds=60) and not supervisor.is_stopping:
            raise PostgresProblem(f"The database does not start; {supervisor.parts[0].name}.log in the logs folder says why.")
        if not supervisor.is_stopping:
            cluster.prepare()


def _migrate(supervisor: Supervisor) -> bool:
    return _runs_once(supervisor, parts.migrate())


def _runs_once(supervisor: Supervisor, part: Part) -> bool:
    """Whether a part that comes before all others did its work; False when we are stopping."""
    supervisor.add(part)
    if supervisor.run_until(lambda: part.state == "done" or part.restarts >= 3, seconds=600) and part.state == "done":
        return True
    if not supervisor.is_stopping:
        raise PostgresProblem("The database could not be brought up to date; the lines above say why.")
    return False


class PortTaken(RuntimeError):
    """Another program listens where we should."""


def _wait_for_ports(here: Environment) -> None:
    """A part that was killed with its supervisor may need a moment to let go; anybody else's port is refused."""
    ports = [here.port, here.live_port] + ([here.smtp_port] if here.runs_mail_server else [])
    ports += [here.texts_port] if here.runs_texts_gateway else []
    until = time.monotonic() + _PORT_SECONDS
    while taken := [port for port in ports if not _is_free(here, port)]:
        if time.monotonic() > until:
            raise PortTaken(f"Port {taken[0]} is used by another program. Stop it, or set FORECOURT_PORT to the first of four free ports.")
        time.sleep(0.2)


def _is_free(here: Environment, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in here.host else socket.AF_INET) as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((here.host, port))
        except OSError:
            return False
    return not _answers(here.reached_at, port)


def _answers(host: str, port: int) -> bool:
    try:
        socket.create_connection((host.strip("[]"), port), timeout=0.5).close()
    except OSError:
        return False
    return True


def _allow_many_connections() -> None:
    """Each follower of live updates is an open file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65_536 if hard == resource.RLIM_INFINITY else min(hard, 65_536)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
