"""The job that runs an import. Dying in the middle costs nothing: its transaction is rolled back and it runs again."""

import logging
from uuid import UUID

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
        Import.objects.filter(pk=import_id).update(state="failed")
    except Exception:
        Import.objects.filter(pk=import_id).update(state="failed")
        raise
