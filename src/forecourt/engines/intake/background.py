"""The job that runs an import, and those that fetch files. Dying in the middle costs nothing: what was not committed is done again."""

import logging
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from forecourt.engines.intake import running
from forecourt.engines.intake.fetching import arrivals, looking
from forecourt.engines.intake.models import Import, Source, SourceFile
from forecourt.kernel.errors import NotFound, NotPermitted, Refusal
from forecourt.runtime import actors, background, clock, scope
from forecourt.runtime.actors import Actor

_log = logging.getLogger(__name__)


@background.job(queue="bulk", alone_per="organisation")
def perform(*, by: Actor, organisation: str, import_id: str, is_dry_run: bool) -> None:
    """One import of an organisation at a time."""
    try:
        (running.dry_run if is_dry_run else running.run)(actor=by, import_id=UUID(import_id))
    except Refusal as refusal:
        # The import says so itself.
        _log.info("import %s of %s refused: %s", import_id, organisation, refusal.code)
    except (NotFound, NotPermitted):
        _log.warning("import %s of %s may no longer be run", import_id, organisation)
        _failed(import_id)
    except (OperationalError, InterfaceError) as error:
        # The database went away: the job is tried again by itself, and the page says so long that it runs.
        if background.is_last_attempt(error):
            _failed(import_id)
        raise
    except Exception:
        _failed(import_id)
        raise


def _failed(import_id: str) -> None:
    """Unless it is applied: the answer to our commit may have been lost, or another worker was faster."""
    Import.objects.filter(pk=import_id).exclude(state="applied").update(state="failed")


@background.job(queue="fetch", alone_per="source")
def fetch(*, by: Actor, source: str) -> None:
    """One look at a time at each source."""
    looking.look(UUID(source))


@background.job(queue="fetch")
def try_source(*, by: Actor, source: str) -> None:
    """Somebody wants to know whether it can be reached."""
    looking.try_out(UUID(source))


@background.poll(every_seconds=20)
def fetch_due() -> None:
    """Sources whose time has come."""
    with scope.everywhere("what is to be fetched for any dealer is found by one poll"):
        due = list(Source.objects.filter(state="active", due_at__lte=clock.now()).values_list("organisation_id", "pk"))
    for organisation_id, source_id in due:
        with scope.of(organisation_id), transaction.atomic():
            if not ProcrastinateJob.objects.filter(task_name=fetch.name, status="todo", args__source=str(source_id)).exists():
                fetch.defer(by=actors.system(organisation_id, via="source"), source=str(source_id))


@background.poll(every_seconds=10)
def follow_fetched() -> None:
    """Fetched files whose check or import has ended, and those that were left between two steps."""
    with scope.everywhere("what becomes of fetched files of any dealer is followed by one poll"):
        notes = list(SourceFile.objects.filter(state__in=arrivals.OPEN).order_by("taken_at", "pk"))
    for note in notes:
        with background.apart(note.organisation_id, "following the fetched file %s", note.pk):
            arrivals.follow(note)
