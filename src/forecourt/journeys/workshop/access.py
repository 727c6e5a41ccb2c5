"""Rights over appointments, the board and job cards, of both the workshop's halves: booking and the visit."""

from forecourt.runtime import access

_DESK = ("adviser", "manager", "administrator")
_FLOOR = ("technician", *_DESK)
_LOOKING = ("adviser", "technician", "parts", "sales", "care", "back-office", "manager", "administrator", "read-only")

access.declare("workshop.see_board", roles=_LOOKING)
access.declare("workshop.see_job_card", roles=_LOOKING)
access.declare("workshop.book", roles=(*_DESK, "care", "sales"), customer=True)
access.declare("workshop.move_appointment", roles=_DESK, customer=True)
access.declare("workshop.cancel_appointment", roles=_DESK, customer=True)
access.declare("workshop.miss_appointment", roles=_DESK)
access.declare("workshop.check_in", roles=_FLOOR)
access.declare("workshop.accept", roles=_FLOOR)
access.declare("workshop.advance_stage", roles=_FLOOR)
access.declare("workshop.work_on_line", roles=_FLOOR)
access.declare("workshop.add_finding", roles=_FLOOR)
access.declare("workshop.decide_for_customer", roles=_DESK)
access.declare("workshop.decide", roles=(), customer=True)
access.declare("workshop.quality_check", roles=_FLOOR)
access.declare("workshop.invoice", roles=("back-office", *_DESK))
access.declare("workshop.collect", roles=_DESK)
