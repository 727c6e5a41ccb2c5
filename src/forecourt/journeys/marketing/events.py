"""What happens to flows and to the invitations they cause."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import gettext_noop

from forecourt.runtime.events import Event, event


@dataclass(frozen=True, kw_only=True)
class _AboutFlow(Event):
    flow_id: UUID

    concerns = ("flow",)
    icon = "send"


@event("marketing.flow_changed")
@dataclass(frozen=True, kw_only=True)
class FlowChanged(_AboutFlow):
    fields: list[str]

    sentence = gettext_noop("The flow was changed")


@event("marketing.flow_started")
@dataclass(frozen=True, kw_only=True)
class FlowStarted(_AboutFlow):
    sentence = gettext_noop("The flow was switched on")
    icon = "play"


@event("marketing.flow_stopped")
@dataclass(frozen=True, kw_only=True)
class FlowStopped(_AboutFlow):
    sentence = gettext_noop("The flow was switched off")
    icon = "pause"


@event("marketing.flow_run")
@dataclass(frozen=True, kw_only=True)
class FlowRun(_AboutFlow):
    """One run; `waiting` could be written to, but the workshop has no time for them yet."""

    invited: int
    waiting: int

    sentence = gettext_noop("The flow ran: {invited} invited, {waiting} wait for free time in the workshop")


@dataclass(frozen=True, kw_only=True)
class _AboutInvitation(Event):
    invitation_id: UUID
    flow_id: UUID
    customer_id: UUID
    vehicle_id: UUID
    site_id: UUID

    audience = "customer"
    concerns = ("customer", "vehicle", "invitation", "flow")
    icon = "mail"


@event("marketing.customer_invited")
@dataclass(frozen=True, kw_only=True)
class CustomerInvited(_AboutInvitation):
    due_on: date

    sentence = gettext_noop("An invitation for the work due on {due_on} was prepared")
    audience = "staff"


@event("marketing.invitation_opened")
@dataclass(frozen=True, kw_only=True)
class InvitationOpened(_AboutInvitation):
    """A person followed the link for the first time."""

    sentence = gettext_noop("Opened the invitation")
    audience = "staff"
    icon = "mouse-pointer-click"


@event("marketing.invitation_declined")
@dataclass(frozen=True, kw_only=True)
class InvitationDeclined(_AboutInvitation):
    reason: str

    sentence = gettext_noop("Declined the invitation: {reason}")
    codes = {
        "reason": {
            "not_my_car": gettext_noop("not my car any more"),
            "not_now": gettext_noop("not now"),
            "done_elsewhere": gettext_noop("done elsewhere"),
            "other": gettext_noop("another reason"),
        }
    }
    icon = "mail-x"
