"""When the facts of a dealer were worked out, and that somebody wants them anew now.

They follow the day and every import by themselves. Who asks beside that is answered once, however often they press.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from forecourt.engines.audience.events import RefreshAsked
from forecourt.engines.audience.models import Build
from forecourt.kernel.errors import Refusal
from forecourt.runtime import access, clock
from forecourt.runtime.actors import Actor
from forecourt.runtime.events import publish

#: Who asks after so long is heard again: then the worker that was asked is not coming any more.
WAITS_AT_MOST: Final = timedelta(hours=1)


@dataclass(frozen=True)
class State:
    """`worked_out_at`: none before the first time. `asked_at`: somebody asked then, and waits."""

    worked_out_at: datetime | None
    asked_at: datetime | None


def state(*, actor: Actor) -> State:
    """How it stands now."""
    access.require(actor, "audience.see_due")
    built = Build.objects.first()
    if built is None:
        return State(None, None)
    is_waited_for = built.asked_at is not None and built.asked_at > clock.now() - WAITS_AT_MOST
    return State(built.built_at, built.asked_at if is_waited_for else None)


@transaction.atomic
def ask(*, actor: Actor) -> bool:
    """Have all facts worked out anew as soon as a worker is free; False if that waits already. Refusal("nothing_read") before the first import."""
    access.require(actor, "audience.refresh")
    now = clock.now()
    if not Build.objects.exists():
        raise Refusal("nothing_read", _("There is nothing to work out yet: import your repair orders first."))
    if not Build.objects.filter(Q(asked_at=None) | Q(asked_at__lte=now - WAITS_AT_MOST)).update(asked_at=now):
        return False
    publish(RefreshAsked(), by=actor)
    return True
