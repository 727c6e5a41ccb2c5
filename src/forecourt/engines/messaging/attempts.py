"""When a message is tried again: later each time, with jitter, and not for ever."""

import random
from datetime import timedelta
from typing import Final

from forecourt.engines.messaging.models import Message
from forecourt.runtime import clock

MOST: Final = 8
_FIRST_SECONDS: Final = 60
_LONGEST_SECONDS: Final = 4 * 3600


def failed(message: Message, code: str, text: str) -> None:
    """Put the message back to try later; after the last attempt it waits for a person."""
    message.attempts += 1
    message.state = "queued" if message.attempts < MOST else "parked"
    message.reason_code, message.reason = code, text[:300]
    message.due_at, message.lease_until = clock.now() + pause(message.attempts), None
    message.save(update_fields=["attempts", "state", "reason_code", "reason", "due_at", "lease_until"])


def pause(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts."""
    seconds = min(_FIRST_SECONDS * 2 ** (attempts - 1), _LONGEST_SECONDS)
    return timedelta(seconds=seconds * random.uniform(0.8, 1.2))  # noqa: S311 - spreads load, hides nothing
