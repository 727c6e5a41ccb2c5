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
    # Records, not rows, that their source no longer has, and those that it has again.
    gone: int = 0
    back: int = 0

    sentence = gettext_noop("Import {number}: {rows_created} rows new, {rows_updated} changed, {rows_rejected} rejected")
    icon = "file-up"
    concerns = ("import",)


@event("intake.source_changed")
@dataclass(frozen=True, kw_only=True)
class SourceChanged(Event):
    """`what` is a code: made, changed, paused, resumed, trusted, removed."""

    source_id: UUID
    what: str

    sentence = gettext_noop("A place from which files are fetched: {what}")
    codes = {
        "what": {
            "made": gettext_noop("set up"),
            "changed": gettext_noop("changed"),
            "paused": gettext_noop("paused"),
            "resumed": gettext_noop("going on"),
            "trusted": gettext_noop("its new machine trusted"),
            "removed": gettext_noop("removed"),
        }
    }
    icon = "file-down"
    concerns = ()


@event("intake.source_stumbled")
@dataclass(frozen=True, kw_only=True)
class SourceStumbled(Event):
    """It could not be looked at, several times in a row, or another machine answers than before. Somebody is to be told."""

    source_id: UUID
    because: str

    sentence = gettext_noop("A place from which files are fetched cannot be reached")
    icon = "file-down"
    concerns = ()


@event("intake.source_file_waits")
@dataclass(frozen=True, kw_only=True)
class SourceFileWaits(Event):
    """A fetched file was not imported by itself. Somebody is to be told."""

    source_id: UUID
    because: str
    import_id: UUID | None = None  # of a file that could be taken at all

    sentence = gettext_noop("A fetched file waits for somebody to look at it")
    icon = "file-down"
    concerns = ()
