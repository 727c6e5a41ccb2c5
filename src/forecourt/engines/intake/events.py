"""What happened to files that came in."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_noop

from forecourt.runtime.events import Event, event


@event("intake.import_applied")
@dataclass(frozen=True, kw_only=True)
class ImportApplied(Event):
    """All right rows of a file are in the records; one event however many rows."""

    import_id: UUID
    number: int
    rows_read: int
    rows_created: int
    rows_updated: int
    rows_unchanged: int
    rows_rejected: int
    rows_erased: int = 0

    sentence = gettext_noop("Import {number}: {rows_created} rows new, {rows_updated} changed, {rows_rejected} rejected")
    icon = "file-up"
    concerns = ("import",)
