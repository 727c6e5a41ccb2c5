"""Segments that name one person: a rule compares with any words, and somebody may write a plate or a name into one, or into its title.

When that person is erased, these words go and the rule stays. A word that is also a make, a model or a place of others (a firm called
Porsche) gives nobody away and is left.
"""

import json
import re
from typing import Any, Final

from django.db.models import F, Q, QuerySet

from forecourt.engines.audience.models import Segment, VehicleFacts
from forecourt.runtime.personal_data import Subject

_BLANK: Final = "…"


def segments_of(subject: Subject) -> Q:
    """Those in whose title, description or rule a word stands that gives the person away."""
    found = Q(pk__in=())
    for word in _telling(subject):
        found |= Q(name__icontains=word) | Q(description__icontains=word) | Q(rule__icontains=word)
    return found


def unname(subject: Subject, rows: QuerySet[Any]) -> int:
    """The words go; who has the segment open just now is told that it changed."""
    words = _telling(subject)
    if not words:
        return 0
    pattern = re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))), re.IGNORECASE)
    found = list(rows)
    for each in found:
        Segment.objects.filter(pk=each.pk).update(
            name=pattern.sub(_BLANK, each.name), description=pattern.sub(_BLANK, each.description),
            rule=_without(each.rule, pattern), version=F("version") + 1,
        )  # fmt: skip
    return len(found)


def _telling(subject: Subject) -> set[str]:
    """Of the person's words those that stand in a segment at all, and that are nothing else as well."""
    segments = Segment.objects.values_list("name", "description", "rule")
    said = "\n".join(f"{name}\n{description}\n{json.dumps(rule, ensure_ascii=False)}" for name, description, rule in segments).casefold()
    others = VehicleFacts.objects.exclude(customer_id__in=subject.customer_ids)
    return {
        word
        for word in subject.words
        if word.casefold() in said and not others.filter(Q(make__iexact=word) | Q(model__iexact=word) | Q(city__iexact=word)).exists()
    }


def _without(rule: Any, pattern: re.Pattern[str]) -> Any:
    """Values alone hold words of the dealer; fields and comparisons are ours."""
    if isinstance(rule, list):
        return [_without(each, pattern) for each in rule]
    if not isinstance(rule, dict):
        return rule
    return {key: _blanked(each, pattern) if key == "value" else _without(each, pattern) for key, each in rule.items()}


def _blanked(value: Any, pattern: re.Pattern[str]) -> Any:
    if isinstance(value, list):
        return [_blanked(each, pattern) for each in value]
    return pattern.sub(_BLANK, value) if isinstance(value, str) else value
