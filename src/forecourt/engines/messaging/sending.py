"""Hands claimed messages to the relay, one after the other over one connection, so that none is lost and none goes twice.

Before each mail leaves, `submitting` is committed; with the relay's answer it becomes `sent`. Both share a commit between one mail
and the next, so that after a crash at most one message per lane is in doubt, and about that one the relay is asked (`unanswered`).
"""

import logging
import time
from collections.abc import Callable
from uuid import UUID

from django.db import transaction

from forecourt.engines.messaging import (
    announcements,
    answers,
    attempts,
    claim,
    envelopes,
    houses,
    leases,
    registry,
    suppression,
    unanswered,
)
from forecourt.engines.messaging.models import Message
from forecourt.engines.messaging.ports import Relay, RelayDown, Unanswered
from forecourt.kernel.errors import Rejected, TryLater
from forecourt.runtime import clock
from forecourt.runtime.actors import Actor

_log = logging.getLogger(__name__)
_BATCH = 50
_LANE_SECONDS = 15

Settle = Callable[[], None]


def run(*, by: Actor) -> None:
    """Send what is due in the organisation in scope, for a while; the next poll goes on where this ends."""
    ends = time.monotonic() + _LANE_SECONDS
    with registry.relay()() as relay, houses.remembered():
        lane = _Lane(relay)
        unanswered.ask(relay)
        while not lane.is_down and time.monotonic() < ends:
            claimed = claim.claim(at_most=_BATCH)
            if not claimed.decided:
                break
            lane.send(claimed.ready)
            announcements.announce(by=by)
    announcements.announce(by=by)


def run_one(message_id: UUID, *, by: Actor) -> None:
    """Send this message now if it is due and free."""
    claimed = claim.claim(at_most=1, only=message_id)
    if claimed.ready:
        with registry.relay()() as relay:
            _Lane(relay).send(claimed.ready)
    announcements.announce(by=by)


class _Lane:
    """One connection and the mails that go over it."""

    def __init__(self, relay: Relay) -> None:
        self.relay = relay
        self.is_down = False
        self._resting: set[str] = set()

    def send(self, messages: list[Message]) -> None:
        settle: Settle = _nothing
        for position, message in enumerate(messages):
            # Decisions grow stale with their lease. The first mail always goes, so that every claim gets somewhere.
            if self.is_down or (position and leases.is_over(message.lease_until)):
                _put_back(messages[position:], wait=self.is_down)
                break
            if _domain(message) in self._resting:
                _put_back([message], wait=True)
                continue
            with transaction.atomic():
                settle()
                settle = _nothing
                begun = _begin(message)
            if begun:
                settle = self._hand_over(message)
        with transaction.atomic():
            settle()

    def _hand_over(self, message: Message) -> Settle:
        """The one network call; what is to be written down about it comes back to share the next commit."""
        try:
            answer = self.relay.submit(envelopes.build(message))
        except RelayDown as fault:
            self.is_down = True
            why = fault.reason
            return lambda: _put_back([message], wait=True, reason=why)
        except TryLater as fault:
            reason = fault.reason
            if answers.asks_for_patience(reason):
                self._resting.add(_domain(message))
            return lambda: attempts.failed(message, "relay_busy", reason)
        except Rejected as fault:
            reason = fault.reason
            return lambda: _reject(message, reason)
        except Unanswered:
            self.is_down = True
            return _nothing  # stays `submitting`; when its lease is over, the relay is asked
        return lambda: _sent(message, f"{answer.code} {answer.text}")


def _begin(message: Message) -> bool:
    """Commit that the mail is leaving now; False if it is no longer ours."""
    ours = Message.objects.filter(pk=message.pk, state="queued", lease_until=message.lease_until)
    lease_until = leases.until()
    if not ours.update(state="submitting", lease_until=lease_until):
        _log.warning("Message %s was taken over before it left", message.id)
        return False
    message.state, message.lease_until = "submitting", lease_until
    return True


def _sent(message: Message, answer: str) -> None:
    Message.objects.filter(pk=message.pk, state="submitting", lease_until=message.lease_until).update(
        state="sent", sent_at=clock.now(), relay_answer=answer[:300], lease_until=None, reason_code="", reason=""
    )


def _reject(message: Message, reason: str) -> None:
    unknown = answers.is_unknown_user(reason)
    if unknown:
        suppression.suppress(address=message.address, reason="unknown_user")
    Message.objects.filter(pk=message.pk).update(
        state="failed", reason_code="unknown_user" if unknown else "relay_rejected", reason=reason[:300], lease_until=None
    )


def _put_back(messages: list[Message], *, wait: bool, reason: str = "") -> None:
    """Not the message's fault, so it costs no attempt."""
    for message in messages:
        due_at = clock.now() + attempts.pause(1) / 4 if wait else message.due_at
        Message.objects.filter(pk=message.pk, lease_until=message.lease_until).update(
            state="queued", lease_until=None, due_at=due_at, reason=reason[:300]
        )


def _domain(message: Message) -> str:
    return message.address.rpartition("@")[2].lower()


def _nothing() -> None:
    """Nothing to write down."""
