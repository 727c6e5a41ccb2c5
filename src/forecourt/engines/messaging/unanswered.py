"""Mails about which nobody knows whether they went: their worker died, or the relay's last word was lost.

The relay is asked where it can be asked. Where it cannot, a message that a contract needs goes once more under the same Message-ID,
and marketing waits, listed, for a person: better one advert too few than one too many.
"""

from django.db import transaction

from forecourt.engines.messaging import leases, purposes
from forecourt.engines.messaging.models import Message
from forecourt.engines.messaging.ports import Relay
from forecourt.kernel.errors import TryLater
from forecourt.runtime import clock

_AT_MOST = 200


def ask(relay: Relay) -> None:
    """Clear up every message of the organisation in scope whose lease ran out while it was leaving."""
    for message in _taken_over():
        try:
            took = relay.took(message.message_id)
        except TryLater:
            return  # our own lease on them runs out, and they are asked about again
        _clear_up(message, took=took)


@transaction.atomic
def _taken_over() -> list[Message]:
    left_behind = Message.objects.select_for_update(skip_locked=True).filter(state="submitting", lease_until__lt=leases.now())
    messages = list(left_behind[:_AT_MOST])
    lease_until = leases.until()
    Message.objects.filter(pk__in=[message.pk for message in messages]).update(lease_until=lease_until)
    for message in messages:
        message.lease_until = lease_until
    return messages


def _clear_up(message: Message, *, took: bool | None) -> None:
    ours = Message.objects.filter(pk=message.pk, state="submitting", lease_until=message.lease_until)
    if took:
        ours.update(state="sent", sent_at=clock.now(), relay_answer="taken, as the relay said when asked", lease_until=None)
    elif took is False:
        # Through the claim again: meanwhile the customer may have booked or objected.
        ours.update(state="queued", due_at=clock.now(), lease_until=None)
    elif purposes.is_marketing(message.purpose) or message.is_repeated:
        ours.update(state="parked", reason_code="relay_unknown", lease_until=None)
    else:
        ours.update(state="queued", due_at=clock.now(), lease_until=None, is_repeated=True)
