"""Parts of an import, each a process of its own: `seed FILE LINES` is the desk, `work` is the worker; `dealer` is a new one, `queue` leaves files to
the workers.

The worker is the real one. It can be made to die between the import's commit and the job's end: when the file named by PROOF_DIE_NOW
exists, it kills itself there, once.
"""

import argparse
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any
from uuid import UUID

import django

WRONG = "K-1;Erika;Muster;;;;;;N;WVWZZZ1KZ99999999;BZ 1;VW;Golf;;BOZ;A-wrong;31.02.2025;;1;1;L;;Diagnose;1;1;10,00"


def seed(path: Path, lines: int) -> str:
    """Write a file of so many lines, the last of them wrong, and import it for one dealer in one go; leave it to the worker for another.

    Tells the first one's organisation and import, the seconds that it took, and organisation and import of the second.
    """
    from bench import imports
    from forecourt.engines.intake import running, uploads
    from forecourt.runtime import scope

    imports.write(path, lines - 1)
    with path.open("a", encoding="cp1252", newline="") as file:
        file.write(WRONG + "\r\n")
    actor, alone = _received(path)
    began = time.monotonic()
    with scope.of(actor.organisation_id):
        running.run(actor=actor, import_id=alone.pk)
    seconds = time.monotonic() - began
    other, queued = _received(path)
    with scope.of(other.organisation_id):
        uploads.start(actor=other, import_id=queued.pk)
    return f"{actor.organisation_id} {alone.pk} {seconds:.2f} {other.organisation_id} {queued.pk}"


def work() -> None:
    from forecourt.config.commands import work as command
    from forecourt.engines.intake import running

    trigger = Path(os.environ["PROOF_DIE_NOW"])
    run = running.run

    def may_die(**values: Any) -> Any:
        done = run(**values)
        if trigger.exists():
            trigger.unlink()
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    running.run = may_die
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    command.run(parser.parse_args(["--jobs", "3"]))


def dealer() -> str:
    from bench import ground
    from forecourt.records.dealership.models import Organisation

    site, _actor = ground.site("race")
    return f"{site.organisation_id} {Organisation.objects.get(pk=site.organisation_id).slug}"


def queue(organisation_id: UUID, paths: list[str]) -> None:
    from forecourt.engines.intake import uploads
    from forecourt.runtime import scope
    from forecourt.runtime.actors import system

    actor = system(organisation_id, via="proof")
    with scope.of(organisation_id):
        for came in [uploads.receive_path(actor=actor, path=Path(path), source="dms") for path in paths]:
            uploads.start(actor=actor, import_id=came.pk)


def _received(path: Path) -> tuple[Any, Any]:
    from bench import ground
    from forecourt.engines.intake import uploads
    from forecourt.runtime import scope

    site, actor = ground.site("proof")
    with scope.of(site.organisation_id):
        return actor, uploads.receive_path(actor=actor, path=path, source="proof")


if __name__ == "__main__":
    django.setup()
    match sys.argv[1:]:
        case ["seed", path, lines]:
            sys.stdout.write(seed(Path(path), int(lines)))
        case ["dealer"]:
            sys.stdout.write(dealer())
        case ["queue", organisation_id, *paths]:
            queue(UUID(organisation_id), paths)
        case ["work"]:
            work()
