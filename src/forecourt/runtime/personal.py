"""What of the plumbing could hold something of a person."""

from forecourt.runtime import personal_data, scrubbing
from forecourt.runtime.models import AuditEntry, AuditSeal, Budget, Event, EventSubject, LiveFragment, Reaction, StoredFile


def declare() -> None:
    """Called once, when the runtime is ready."""
    personal_data.impersonal(
        AuditEntry,
        AuditSeal,
        Event,
        EventSubject,
        because="ids and codes only; without the person's record they say that something happened, not to whom",
    )
    personal_data.impersonal(Reaction, because="ids of events")
    personal_data.impersonal(StoredFile, because="whoever stores a file names its column, and the file goes with the row")
    personal_data.impersonal(LiveFragment, because="a place of its own: they live ten minutes")
    personal_data.impersonal(Budget, because="digests")
    scrubbing.register()
