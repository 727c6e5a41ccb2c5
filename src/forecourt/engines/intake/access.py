"""Rights over files that come in."""

from forecourt.runtime import access

_SEEING = ("adviser", "parts", "sales", "marketing", "care", "back-office", "manager", "administrator", "read-only")

access.declare("intake.see_imports", roles=_SEEING)
access.declare("intake.run_imports", roles=("back-office", "marketing", "manager", "administrator"))
access.declare("intake.manage_sources", roles=("administrator",))
