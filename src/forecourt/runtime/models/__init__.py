"""Tables that every context relies on and none owns."""

from forecourt.runtime.models.audit import AuditCheck, AuditEntry, AuditSeal
from forecourt.runtime.models.events import Event, EventSubject, Reaction
from forecourt.runtime.models.files import StoredFile
from forecourt.runtime.models.limits import Budget
from forecourt.runtime.models.live import LiveFragment

__all__ = ["AuditCheck", "AuditEntry", "AuditSeal", "Budget", "Event", "EventSubject", "LiveFragment", "Reaction", "StoredFile"]
