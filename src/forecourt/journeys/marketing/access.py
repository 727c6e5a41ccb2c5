"""Rights over flows and invitations."""

from forecourt.runtime import access

_RUNNING = ("marketing", "manager", "administrator")

access.declare("marketing.see_flows", roles=("adviser", "care", "back-office", "read-only", *_RUNNING))
access.declare("marketing.edit_flow", roles=_RUNNING)
access.declare("marketing.run_flow", roles=_RUNNING)
access.declare("marketing.answer_invitation", roles=("adviser", "care", *_RUNNING), customer=True)
