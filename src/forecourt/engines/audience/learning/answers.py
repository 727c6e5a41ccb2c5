"""What is stored of a text beside what rules say: a person's decision before them, what was learned where they say nothing.

An entry of `decided_by` has "by": "code" or "word" with the rule's `value`, "model" with its `certainty`, "person" with the member of staff
as `value` and the day as `on`, or "denied" with the rule's word that stands in the text without meaning it. An entry without kind says
what decided that the text is of none.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings

from forecourt.engines.audience.learning import bounds
from forecourt.engines.audience.models import Classification, DecidedText, Learner
from forecourt.runtime import scope

FIELDS = ("rules_version", "work_kinds", "decided_by", "told_by", "certainty", "suggested", "language")
"""What of a stored answer is written anew; the counts are not."""
OPEN = ("", "model")
"""Who told what people are asked about."""

Told = Mapping[str, tuple[str, str]]
"""Code and text by key."""


def folder() -> Path:
    return Path(settings.DATA) / "learned"


def learner() -> Learner:
    """The dealer's, or the defaults, not saved yet."""
    return Learner.objects.first() or Learner()


def learned() -> Any:
    """What may be used of what was learned: a `learned.Learned`, or None if nothing was or the dealer does not want it."""
    known = learner()
    if not (known.is_on and known.version):
        return None
    from forecourt.engines.audience.learning import shelf  # numpy, which pages do without

    return shelf.take(folder(), scope.organisation_id(), known.version)


def complete(rows: Sequence[Classification], told: Told, denied: Callable[[str], str]) -> None:
    """Rows as rules matched them, with how certain that is, get what people and the learner say; nothing is saved."""
    decisions = standing(row.text_key for row in rows)
    knowing = learned()
    for row in rows:
        if decision := decisions.get(row.text_key):
            _by_person(row, decision)
        elif row.work_kinds:
            row.told_by, row.suggested, row.language = "rules", None, ""
        elif word := denied(told[row.text_key][1]):
            _say(row, "denied", (), [{"work_kind": "", "by": "denied", "value": word}], None)
        else:
            by_learning(row, told[row.text_key], knowing)


def by_learning(row: Classification, told: tuple[str, str], knowing: Any) -> None:
    """What was learned says of a text that rules leave open."""
    guess = knowing.guess(*told) if knowing else None
    if guess is None or guess.certainty < bounds.LEAST_CERTAINTY:
        _say(row, "", (), [], None)
        row.language = guess.language if guess else ""
        return
    if knowing.is_sure(guess):
        entries = [{"work_kind": kind, "by": "model", "value": "", "certainty": round(guess.certainty, 3)} for kind in guess.kinds or ("",)]
        _say(row, "model", guess.kinds, entries, guess.certainty)
    else:
        _say(row, "", (), [], guess.certainty)
    row.suggested, row.language = list(guess.kinds), guess.language


def standing(text_keys: Iterable[str]) -> dict[str, DecidedText]:
    """What people said of these texts and did not take back."""
    keys = list(text_keys)
    return {each.text_key: each for each in DecidedText.objects.filter(text_key__in=keys, taken_back_at=None)} if keys else {}


def _by_person(row: Classification, decision: DecidedText) -> None:
    by, day = str(decision.decided_by_id or ""), decision.decided_at.date().isoformat()
    entries = [{"work_kind": kind, "by": "person", "value": by, "on": day} for kind in decision.work_kinds or [""]]
    _say(row, "person", decision.work_kinds, entries, 1.0)


def _say(row: Classification, told_by: str, kinds: Iterable[str], entries: list[dict[str, Any]], certainty: float | None) -> None:
    row.told_by, row.work_kinds, row.decided_by, row.certainty = told_by, list(kinds), entries, certainty
    row.suggested, row.language = None, ""
