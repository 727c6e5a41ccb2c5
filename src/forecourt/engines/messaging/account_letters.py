"""Mails and texts to the owner of an account about the account itself: codes to sign in with, a changed address.

They are no dealer's, ask for no consent and no quiet hours, and carry secrets; so they have an outbox of their own in which nothing of
what they say is kept. Faces register their words, as journeys do for the dealer's letters.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils import translation

from forecourt.engines.messaging import account_texts, envelopes, registry
from forecourt.engines.messaging.letters import Block
from forecourt.engines.messaging.letters.writing import House, render
from forecourt.engines.messaging.models import PersonalLetter
from forecourt.engines.messaging.ports import Envelope, RelayDown, Unanswered
from forecourt.engines.messaging.registry import Content
from forecourt.kernel.errors import Rejected, TryLater
from forecourt.kernel.ids import uuid7
from forecourt.records.dealership import organisations
from forecourt.runtime import actors, clock

_log = logging.getLogger(__name__)
_AGAIN_AFTER: Final = timedelta(seconds=20)
_KEPT: Final = timedelta(days=1)
_NOBODY: Final = UUID(int=0)  # no dealer's scope: a job that sends such a letter sees no dealer's row

Composer = Callable[[PersonalLetter], tuple[str, list[Block]]]
_composers: dict[str, Composer] = {}


def composer(template: str) -> Callable[[Composer], Composer]:
    """Register who words a template: subject and blocks, in the letter's language."""

    def register(compose: Composer) -> Composer:
        _composers[template] = compose
        return compose

    return register


def queue(
    *, address: str, template: str, language: str, facts: Mapping[str, Any], useful_for: timedelta, channel: str = "email"
) -> PersonalLetter:
    """Write a letter into the outbox, inside the transaction of its cause; it leaves as soon as that is committed."""
    if not connection.in_atomic_block:
        raise RuntimeError("A letter is queued only inside the transaction of its cause.")
    from forecourt.engines.messaging import background  # it sends with what stands here

    now = clock.now()
    letter = PersonalLetter.objects.create(
        id=uuid7(), channel=channel, address=address, template=template, language=language, facts=dict(facts), queued_at=now, due_at=now,
        useless_at=now + useful_for,
    )  # fmt: skip
    background.send_personal.defer(by=actors.system(_NOBODY), letter_id=str(letter.pk))
    return letter


def due() -> list[UUID]:
    """Letters that wait although their time has come: a job was lost, or the relay was busy."""
    waiting = PersonalLetter.objects.filter(state="queued", due_at__lte=clock.now() - timedelta(seconds=5))
    return list(waiting.order_by("due_at").values_list("pk", flat=True)[:200])


def send(letter_id: UUID) -> None:
    """Send one letter if it still waits. It may go twice when a process dies between the relay's answer and our note: its code is the same."""
    with transaction.atomic():
        letter = PersonalLetter.objects.select_for_update(skip_locked=True).filter(pk=letter_id, state="queued").first()
        if letter is None:
            return
        if clock.now() >= letter.useless_at:
            _end(letter, "failed", "too late")
            return
        letter.attempts += 1
        letter.due_at = clock.now() + _AGAIN_AFTER * letter.attempts
        letter.save(update_fields=["attempts", "due_at"])
    try:
        _hand_over(letter)
    except Rejected as fault:
        _end(letter, "failed", fault.reason)
    except (RelayDown, TryLater, Unanswered) as fault:
        _log.warning("A personal letter waits: %s", type(fault).__name__)
    else:
        _end(letter, "sent")


def _hand_over(letter: PersonalLetter) -> None:
    if letter.channel == account_texts.CHANNEL:
        account_texts.hand_over(letter, house=house().name)
        return
    with registry.relay()() as relay:
        relay.submit(_envelope(letter))


def forget_old() -> int:
    """Drop letters a day after they were of use; how many."""
    return PersonalLetter.objects.filter(useless_at__lt=clock.now() - _KEPT).delete()[0]


def house() -> House:
    """Who such a mail comes from: the dealer if there is but one here, else the house as a whole."""
    only = organisations.only_one()
    return House(name=only.name, colour=only.brand_colour) if only else House(name="Forecourt", colour="#0f5fd7")


def _envelope(letter: PersonalLetter) -> Envelope:
    sender = house()
    with translation.override(letter.language):
        subject, blocks = _composers[letter.template](letter)
        content: Content = render(subject=subject, blocks=blocks, house=sender, language=letter.language)
    return envelopes.personal(letter, content, name=sender.name, email=_address())


def _address() -> str:
    host = urlsplit(settings.PUBLIC_URL).hostname or ""
    return f"no-reply@{host}" if any(letter.isalpha() for letter in host.rpartition(".")[2]) and "." in host else "no-reply@mail.invalid"


def _end(letter: PersonalLetter, state: str, reason: str = "") -> None:
    PersonalLetter.objects.filter(pk=letter.pk, state="queued").update(state=state, reason=reason[:300], sent_at=clock.now())
