"""Rights over what job lines mean, what is due, and segments."""

from forecourt.runtime import access

access.declare("audience.see_due", roles=("adviser", "marketing", "care", "back-office", "manager", "administrator", "read-only"))
access.declare("audience.see_rules", roles=("adviser", "marketing", "back-office", "manager", "administrator", "read-only"))
access.declare("audience.edit_rules", roles=("marketing", "manager", "administrator"))
access.declare("audience.decide_lines", roles=("marketing", "back-office", "manager", "administrator"))
access.declare("audience.refresh", roles=("marketing", "manager", "administrator"))
access.declare("audience.see_segments", roles=("adviser", "marketing", "care", "back-office", "manager", "administrator", "read-only"))
access.declare("audience.edit_segments", roles=("marketing", "manager", "administrator"))
access.declare("audience.export_segments", roles=(), powerful=True)
