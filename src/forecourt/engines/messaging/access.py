"""Rights of messaging."""

from forecourt.runtime.access import declare

declare("messaging.see", roles=("adviser", "marketing", "care", "back-office", "manager", "read-only"))
declare("messaging.release", roles=("marketing", "care", "manager"))
