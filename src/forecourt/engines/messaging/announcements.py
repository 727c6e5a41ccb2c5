"""Publishes how messages ended.

The end itself is committed at once, mail by mail; its event follows in batches, exactly once, because the row remembers whether it was
announced. Whoever dies in between leaves that to the next lane.
"""

from typing import Any

from django.db import transaction

from forecourt.engines.messaging.events import MessageFailed, MessageRefused, MessageSent
from forecourt.engines.messaging.models import Message
from forecourt.runtime.actors import Actor
from forecourt.runtime.events import Event, publish_batch

ENDS = ("sent", "refused", "failed")
_AT_MOST = 500


def announce(*, by: Actor) -> None:
    """Publish every end that is not yet announced, of the organisation in scope."""
    while _announce_some(by) == _AT_MOST:
        pass


@transaction.atomic
def _announce_some(by: Actor) -> int:
    waiting = Message.objects.select_for_update(skip_locked=True).filter(is_announced=False, state__in=ENDS)
    messages = list(waiting.defer("html", "text").order_by("id")[:_AT_MOST])
    if messages:
        publish_batch([_event(message) for message in messages], by=by)
        Message.objects.filter(pk__in=[message.pk for message in messages]).update(is_announced=True)
    return len(messages)


def _event(message: Message) -> Event:
    common: dict[str, Any] = {
        "message_id": message.id,
        "customer_id": message.customer_id,
        "cause_kind": message.cause_kind,
        "cause_id": message.cause_id,
        "step": message.step,
        "channel": message.channel,
        "purpose": message.purpose,
    }
    if message.state == "sent":
        return MessageSent(**common)
    ended = MessageRefused if message.state == "refused" else MessageFailed
    return ended(**common, reason_code=message.reason_code)
