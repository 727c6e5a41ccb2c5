"""What messaging tells the house: how each message ended."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_noop as _

from forecourt.engines.messaging import reasons
from forecourt.runtime.events import Event, event


@dataclass(frozen=True, kw_only=True)
class _Ended(Event):
    concerns = ("customer", "message")
    icon = "mail"
    message_id: UUID
    customer_id: UUID | None
    cause_kind: str
    cause_id: UUID
    step: str
    channel: str
    purpose: str


@event("messaging.message_sent")
@dataclass(frozen=True, kw_only=True)
class MessageSent(_Ended):
    """The relay took it."""

    audience = "customer"
    sentence = _("Message sent")


@event("messaging.message_refused")
@dataclass(frozen=True, kw_only=True)
class MessageRefused(_Ended):
    """Decided in the claim that it must not go."""

    sentence = _("Message not sent: {reason_code}")
    codes = {"reason_code": reasons.WORDS}
    reason_code: str


@event("messaging.message_failed")
@dataclass(frozen=True, kw_only=True)
class MessageFailed(_Ended):
    """The relay will never take it."""

    sentence = _("Message could not be delivered: {reason_code}")
    codes = {"reason_code": reasons.WORDS}
    reason_code: str
