"""Rights over questions after a visit."""

from forecourt.runtime import access

access.declare("care.see_answers", roles=("adviser", "care", "marketing", "manager", "administrator", "read-only"))
access.declare("care.answer", roles=(), customer=True)
