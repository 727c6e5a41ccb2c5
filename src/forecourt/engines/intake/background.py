"""The job that runs an import. Dying in the middle costs nothing: its transaction is rolled back and it runs again."""

import logging
from uuid import UUID

from django.db import InterfaceError, OperationalError

from forecourt.engines.intake import running
from forecourt.engines.intake.models import Import
from forecourt.kernel.errors import NotFound, NotPermitted, Refusal
from forecourt.runtime import background
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
