"""What a customer chooses about several purposes at once, and taking such a change back.

Only what differs from what the page showed is written, so that an old page left open agrees to nothing on its own.
"""

from collections.abc import Callable, Collection, Iterable
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction

from forecourt.kernel.errors import NotFound
from forecourt.kernel.ids import uuid7
from forecourt.records.people.consent import gate, terms
from forecourt.records.people.consent.ledger import enter
from forecourt.records.people.models import ConsentEntry
from forecourt.runtime.actors import Actor


class Choice(NamedTuple):
    """One box on the page."""

    controller: str
    purpose: str
    channel: str


Words = Callable[[Choice], str]


@transaction.atomic
def choose(
    *, actor: Actor, customer_id: UUID, shown: Collection[Choice], wanted: Collection[Choice], words: Words, language: str
) -> UUID | None:
    """Enter what differs between the boxes as shown and as wanted; `words` is the text beside a box. The change's id, None if nothing changed."""
    on, off = sorted(set(wanted) - set(shown)), sorted(set(shown) - set(wanted))
    change = uuid7()
    for choice in on:
        _say(actor, customer_id, choice, "give", words, language, change=str(change))
    for choice in off:
        verdict = gate.state(customer_id=customer_id, controller=choice.controller).get((choice.purpose, choice.channel))
        act: terms.Act = "withdraw" if verdict and verdict.reason_code == "consented" else "object"
        _say(actor, customer_id, choice, act, words, language, change=str(change), was_allowed=bool(verdict and verdict.allowed))
    return change if on or off else None


@transaction.atomic
def stop_all(*, actor: Actor, customer_id: UUID, controllers: Iterable[str], words: str, language: str) -> UUID:
    """Object to everything that needs a consent, towards all of them."""
    change = uuid7()
    for controller in controllers:
        for (purpose, channel), verdict in gate.state(customer_id=customer_id, controller=controller).items():
            if purpose not in terms.NEED_NOTHING and verdict.reason_code != "objected":
                enter(
                    actor=actor, customer_id=customer_id, purpose=purpose, channel=channel, act="object", controller=controller,
                    wording="preferences.stop_all", text=words, language=language,
                    evidence={"change": str(change), "was_allowed": verdict.allowed},
                )  # fmt: skip
    return change


@transaction.atomic
def undo(*, actor: Actor, customer_id: UUID, change: UUID, words: Words, language: str) -> UUID:
    """Take a change back, as far as nothing newer was said; what was on before is agreed to anew, in the words beside its box."""
    back = uuid7()
    for entry in undoable(customer_id=customer_id, change=change):
        choice = Choice(entry.controller, entry.purpose, entry.channel)
        act: terms.Act = "withdraw" if entry.act == "give" else "give"
        _say(actor, customer_id, choice, act, words, language, change=str(back), undoes=str(change), was_allowed=entry.act == "give")
    return back


def of_change(*, customer_id: UUID, change: UUID) -> list[ConsentEntry]:
    """The lines of one change; NotFound if this customer made no such change."""
    found = list(ConsentEntry.objects.filter(customer_id=customer_id, evidence__change=str(change)).order_by("id"))
    if not found:
        raise NotFound
    return found


def undoable(*, customer_id: UUID, change: UUID) -> list[ConsentEntry]:
    """Those of its lines that changed something and are still the newest word on their matter."""
    newest: dict[tuple[str, str, str], UUID] = {}
    for entry in ConsentEntry.objects.filter(customer_id=customer_id).order_by("entered_at", "id"):
        newest[entry.controller, entry.purpose, entry.channel] = entry.pk
    return [
        entry
        for entry in of_change(customer_id=customer_id, change=change)
        if newest[entry.controller, entry.purpose, entry.channel] == entry.pk and (entry.act == "give" or entry.evidence.get("was_allowed"))
    ]


def _say(actor: Actor, customer_id: UUID, choice: Choice, act: terms.Act, words: Words, language: str, **evidence: Any) -> None:
    enter(
        actor=actor, customer_id=customer_id, purpose=choice.purpose, channel=choice.channel, controller=choice.controller, act=act,
        wording=f"preferences.{choice.purpose}.{choice.channel}", text=words(choice), language=language, evidence=evidence,
    )  # fmt: skip
