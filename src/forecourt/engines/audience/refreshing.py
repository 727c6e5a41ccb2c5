"""What is due, worked out anew because somebody asks for it: for the whole dealer, in the worker, one run at a time.

`facts` works it out, once a day by itself; this owns the asking and how far it is.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from forecourt.engines.audience import background
from forecourt.engines.audience.events import RefreshAsked
from forecourt.kernel.errors import Refusal
from forecourt.runtime import access, clock
from forecourt.runtime.actors import Actor
from forecourt.runtime.events import publish


@dataclass(frozen=True)
class Run:
    """A run that somebody asked for and that is not over."""

    number: int
    asked_at: datetime
    is_running: bool  # else it waits for its turn


@transaction.atomic
def ask(*, actor: Actor) -> None:
    """Have the dealer's facts and due dates worked out anew; refused while an earlier asking waits or runs."""
    access.require(actor, "audience.refresh")
    dealer = str(actor.organisation_id)
    if background.refresh.defer_once(by=actor, organisation_id=dealer, asked_at=clock.now().isoformat()) is None:
        raise Refusal("already_under_way", _("It is already being worked out."))
    publish(RefreshAsked(), by=actor)


def under_way(*, actor: Actor) -> Run | None:
    """The run that the actor's dealer waits for."""
    access.require(actor, "audience.see_due")
    found = background.refresh.under_way(organisation_id=str(actor.organisation_id))
    return Run(found.number, datetime.fromisoformat(found.values["asked_at"]), found.is_running) if found else None


def has_failed(*, actor: Actor, number: int) -> bool:
    """Whether a run of the actor's dealer was given up; the dates of before stand then."""
    access.require(actor, "audience.see_due")
    return background.refresh.has_failed(number, organisation_id=str(actor.organisation_id))
