"""Rights over cases."""

from forecourt.runtime import access

_WORKING = ("adviser", "care", "manager", "administrator")

access.declare("cases.see_cases", roles=(*_WORKING, "sales", "back-office", "read-only"))
access.declare("cases.work_on_case", roles=_WORKING)
access.declare("cases.open_case", roles=_WORKING)
