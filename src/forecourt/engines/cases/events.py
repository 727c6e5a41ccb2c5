"""What happens to a promise with a deadline."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_noop

from forecourt.runtime.events import Event, event


@dataclass(frozen=True, kw_only=True)
class _AboutCase(Event):
    case_id: UUID
    number: int
    site_id: UUID
    customer_id: UUID | None
    vehicle_id: UUID | None

    concerns = ("customer", "vehicle", "case")


@event("cases.opened")
@dataclass(frozen=True, kw_only=True)
class CaseOpened(_AboutCase):
    kind: str
    solve_due_at: datetime

    sentence = gettext_noop("Case {number} was opened, to be solved by {solve_due_at}")
    icon = "life-buoy"


@event("cases.assigned")
@dataclass(frozen=True, kw_only=True)
class CaseAssigned(_AboutCase):
    owner_id: UUID

    sentence = gettext_noop("Case {number} was given to somebody else")
    icon = "user-check"


@event("cases.contacted")
@dataclass(frozen=True, kw_only=True)
class CaseContacted(_AboutCase):
    in_time: bool

    sentence = gettext_noop("Case {number}: the customer was reached")
    icon = "phone"


@event("cases.solved")
@dataclass(frozen=True, kw_only=True)
class CaseSolved(_AboutCase):
    in_time: bool

    sentence = gettext_noop("Case {number} was solved")
    icon = "circle-check"


@event("cases.confirmed")
@dataclass(frozen=True, kw_only=True)
class CaseConfirmed(_AboutCase):
    sentence = gettext_noop("Case {number}: the customer confirmed that it is solved")
    icon = "badge-check"


@event("cases.reopened")
@dataclass(frozen=True, kw_only=True)
class CaseReopened(_AboutCase):
    solve_due_at: datetime

    sentence = gettext_noop("Case {number} was opened again")
    icon = "rotate-ccw"


@event("cases.overdue")
@dataclass(frozen=True, kw_only=True)
class CaseOverdue(_AboutCase):
    promise: str  # contact | solution

    sentence = gettext_noop("Case {number} is late")
    icon = "clock-alert"
