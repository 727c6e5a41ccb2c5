"""Text messages to the owner of an account. They stand in the outbox of `account_letters` and keep as little there as its mails.

A gateway takes no id of ours that it would refuse a second time. So before a text goes again, whose first answer never came, the gateway is
asked whether it has that very text already; a code is in no other one.
"""

from collections.abc import Callable, Sequence
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.utils import translation

from forecourt.engines.messaging import registry, short_texts
from forecourt.engines.messaging.models import PersonalLetter
from forecourt.engines.messaging.ports import Text
from forecourt.kernel.errors import Rejected
from forecourt.runtime import clock

CHANNEL: Final = "sms"
_STATES: Final = {"delivered": "delivered", "undelivered": "undelivered", "failed": "undelivered"}

Wording = Callable[[PersonalLetter, str], Sequence[str]]
Told = Callable[[UUID], str]
_wordings: dict[str, Wording] = {}
_told: list[Told] = []


def wording(template: str) -> Callable[[Wording], Wording]:
    """Register who words a template, from the fullest to the shortest wording; it is given the name of the house.

    Asked when the text leaves, in its language. None at all: there is nobody it may be said to any more, and it does not leave.
    """

    def register(word: Wording) -> Wording:
        _wordings[template] = word
        return word

    return register


def tell_at(address: Told) -> None:
    """Register the page where a gateway tells what became of a text, by the letter's id; empty if it cannot reach us."""
    _told[:] = [address]


def hand_over(letter: PersonalLetter, *, house: str) -> None:
    """Give it to the gateway unless it is there. Raises what the gateway's `submit` does, and Rejected if it is for nobody."""
    with translation.override(letter.language):
        said = _wordings[letter.template](letter, house)
    if not said:
        raise Rejected("it is for nobody")
    gateway = registry.texts()
    text = Text(number=letter.address, body=short_texts.fitted(said), told_at=_told[0](letter.pk) if _told else "")
    if letter.attempts > 1 and gateway.took(text):
        return
    gateway.submit(text)


def with_code(said: str, code: str) -> str:
    """The text with its last line by which phones fill a code in on our pages and on no others.

    Source: https://wicg.github.io/sms-one-time-codes/ (origin-bound one-time code messages).
    """
    return f"{said}\n\n@{urlsplit(settings.PUBLIC_URL).hostname} #{code}"


def told(*, letter_id: UUID, status: str, code: str) -> None:
    """What the gateway says became of a text; said again or too late, nothing happens. The caller has checked who says it."""
    state = _STATES.get(status)
    waiting = PersonalLetter.objects.filter(pk=letter_id, channel=CHANNEL, state__in=("queued", "sent"))
    if state:
        waiting.update(state=state, reason=code[:20] if code.isdigit() else "", sent_at=clock.now())
