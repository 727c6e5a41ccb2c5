"""People decide what a text of job lines is; that wins over rules and what was learned, survives both, and can be taken back.

Owns `DecidedText` and the dealer's switch. What follows for the cars is worked out afterwards, in the worker.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from forecourt.engines.audience.events import DecisionTakenBack, LearnerSwitched, LinesDecided
from forecourt.engines.audience.models import Classification, DecidedText, Learner
from forecourt.kernel.errors import NotFound, Refusal
from forecourt.kernel.ids import uuid7
from forecourt.records.catalogue.models import WorkKind
from forecourt.runtime import access, clock
from forecourt.runtime.actors import Actor
from forecourt.runtime.events import publish

MOST_AT_ONCE = 500


@transaction.atomic
def decide(*, actor: Actor, kinds: Mapping[str, Sequence[str]]) -> UUID:
    """Say what texts are: kinds by text key, none at all for "none of these". Returns the batch, by which all is taken back at once.

    Texts that somebody decided already are left as they are; Refusal("decided_meanwhile") if no other is there.
    """
    access.require(actor, "audience.decide_lines")
    _refuse_unknown(kinds)
    batch_id, now = uuid7(), clock.now()
    rows = [
        DecidedText(text_key=key, work_kinds=sorted(set(said)), batch_id=batch_id, decided_by_id=actor.id, decided_at=now)
        for key, said in kinds.items()
    ]
    DecidedText.objects.bulk_create(rows, ignore_conflicts=True)  # the constraint says who was first
    texts = DecidedText.objects.filter(batch_id=batch_id).count()
    if not texts:
        raise Refusal("decided_meanwhile", _("Somebody has decided this line meanwhile. Nothing was changed."))
    publish(LinesDecided(batch_id=batch_id, texts=texts), by=actor)
    return batch_id


@transaction.atomic
def take_back(*, actor: Actor, batch_id: UUID) -> int:
    """A decision no longer stands, and rules say again what the texts are; returns of how many. Refusal("taken_back_already")."""
    access.require(actor, "audience.decide_lines")
    rows = DecidedText.objects.select_for_update().filter(batch_id=batch_id)
    if not rows:
        raise NotFound
    texts = DecidedText.objects.filter(batch_id=batch_id, taken_back_at=None).update(taken_back_at=clock.now(), taken_back_by_id=actor.id)
    if not texts:
        raise Refusal("taken_back_already", _("This decision was taken back already."))
    publish(DecisionTakenBack(batch_id=batch_id, texts=texts), by=actor)
    return texts


@transaction.atomic
def switch(*, actor: Actor, is_on: bool) -> Learner:
    """Whether lines are recognised by comparison with the dealer's own; people's decisions stand either way."""
    access.require(actor, "audience.edit_rules")
    chosen = Learner.objects.select_for_update().first() or Learner()
    chosen.is_on = is_on
    chosen.save()
    publish(LearnerSwitched(is_on=is_on), by=actor)
    return chosen


def last_of(actor: Actor) -> DecidedText | None:
    """What this person decided last and did not take back."""
    return DecidedText.objects.filter(decided_by_id=actor.id, taken_back_at=None).order_by("-decided_at", "-pk").first()


def texts_of(batch_id: UUID) -> list[str]:
    return list(DecidedText.objects.filter(batch_id=batch_id).values_list("text_key", flat=True))


def _refuse_unknown(kinds: Mapping[str, Sequence[str]]) -> None:
    if not kinds:
        raise Refusal("nothing_to_decide", _("Nothing is left to decide here."))
    if len(kinds) > MOST_AT_ONCE:
        raise Refusal("too_many", _("That is too much at once. Nothing was decided."))
    wanted = {kind for said in kinds.values() for kind in said}
    if wanted - set(WorkKind.objects.filter(code__in=wanted).values_list("code", flat=True)):
        raise Refusal("unknown_kind", _("This kind of work does not exist any more. Choose another one."))
    if Classification.objects.filter(text_key__in=kinds).count() != len(kinds):
        raise NotFound
