"""Parts of a daily build, each a process of its own; `work` is the worker, the real one.

`seed LINES` is a dealer with so much history whose facts are of yesterday; `new-day ORGANISATION LINES` makes them of yesterday again and lets
so many lines come; `anew ORGANISATION` throws away what is derived and works all of it out in one go; `die ORGANISATION DAY` builds for a day and dies.
"""

import argparse
import os
import signal
import sys
import time
from datetime import date, timedelta
from uuid import UUID

import django


def seed(lines: int) -> str:
    """Tells the dealer and how many seconds its whole build took."""
    from django.db import connection

    from bench import build, ground
    from forecourt.engines.audience import facts, rules
    from forecourt.runtime import clock, scope

    site, _actor = ground.site("proof")
    with scope.of(site.organisation_id):
        rules.install()
        build.fill(site, lines)
        began = time.monotonic()
        facts.refresh(today=clock.now().date() - timedelta(days=1))
        seconds = time.monotonic() - began
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")  # what founding a dealer leads to has no part in this
    _begin_the_day()
    return f"{site.organisation_id} {seconds:.2f}"


def let_a_new_day_come(organisation_id: UUID, lines: int) -> None:
    from django.db import connection, transaction

    from bench import build
    from forecourt.engines.audience.models import Build
    from forecourt.runtime import clock, scope

    with scope.of(organisation_id), transaction.atomic():
        Build.objects.update(built_for=clock.now().date() - timedelta(days=1))
        build.new_day(connection, organisation_id, lines)
    _begin_the_day()


def _begin_the_day() -> None:
    """Now, and not at the next of the times at which it is looked."""
    from procrastinate.contrib.django import app

    app.tasks["engines.audience.background.begin_the_day"].defer(timestamp=0)


def work_out_anew(organisation_id: UUID) -> None:
    from django.db import transaction

    from forecourt.engines.audience import facts
    from forecourt.engines.audience.models import Build, DueWork, VehicleFacts, WorkDone
    from forecourt.runtime import scope

    with scope.of(organisation_id), transaction.atomic():
        for model in (Build, VehicleFacts, WorkDone, DueWork):
            model.objects.all().delete()
        facts.discard_lake()
        facts.refresh()


def build_and_die(organisation_id: UUID, today: date) -> None:
    """At the worst moment: all files are written, and nothing is committed."""
    from forecourt.engines.audience import facts
    from forecourt.engines.audience.lake import place
    from forecourt.runtime import scope

    write = place.write

    def die_then(organisation_id: UUID, manifest: place.Manifest) -> None:
        write(organisation_id, manifest)
        os.kill(os.getpid(), signal.SIGKILL)

    place.write = die_then
    with scope.of(organisation_id):
        facts.refresh(today=today)


def work() -> None:
    from forecourt.config.commands import work as command

    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    command.run(parser.parse_args(["--jobs", "3"]))


if __name__ == "__main__":
    django.setup()
    from forecourt.engines.audience.lake import worth

    worth.LINES = 0  # type: ignore[misc] # also where few lines are tried
    match sys.argv[1:]:
        case ["seed", lines]:
            sys.stdout.write(seed(int(lines)))
        case ["new-day", organisation_id, lines]:
            let_a_new_day_come(UUID(organisation_id), int(lines))
        case ["anew", organisation_id]:
            work_out_anew(UUID(organisation_id))
        case ["die", organisation_id, today]:
            build_and_die(UUID(organisation_id), date.fromisoformat(today))
        case ["work"]:
            work()
