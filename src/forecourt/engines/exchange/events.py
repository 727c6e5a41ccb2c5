"""What happens to the programs that we tell and to the doors at which programs hand in files."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_noop

from forecourt.runtime.events import Event, event

_WHAT = {
    "made": gettext_noop("set up"),
    "changed": gettext_noop("changed"),
    "secret": gettext_noop("a new secret"),
    "paused": gettext_noop("paused"),
    "resumed": gettext_noop("going on"),
    "removed": gettext_noop("removed"),
}


@event("exchange.subscription_changed")
@dataclass(frozen=True, kw_only=True)
class SubscriptionChanged(Event):
    """`what` is a code: made, changed, secret, paused, resumed, removed."""

    subscription_id: UUID
    what: str

    sentence = gettext_noop("A program that is told of events: {what}")
    codes = {"what": _WHAT}
    icon = "webhook"
    concerns = ()


@event("exchange.subscription_given_up")
@dataclass(frozen=True, kw_only=True)
class SubscriptionGivenUp(Event):
    """We paused it ourselves: it failed for days, or said that it is gone. Somebody is to be told."""

    subscription_id: UUID
    because: str

    sentence = gettext_noop("A program that is told of events was paused: it does not answer")
    icon = "webhook"
    concerns = ()


@event("exchange.inlet_changed")
@dataclass(frozen=True, kw_only=True)
class InletChanged(Event):
    """`what` is a code: made, secret, paused, resumed, removed."""

    inlet_id: UUID
    what: str

    sentence = gettext_noop("A door for files of a program: {what}")
    codes = {"what": _WHAT}
    icon = "webhook"
    concerns = ()
