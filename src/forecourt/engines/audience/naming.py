"""Segments that name one person: a rule compares with any words, and somebody may write a plate or a name into one, or into its title.

When that person is erased, these words go and the rule stays. A word that is also a make, a model or a place of others (a firm called
Porsche) gives nobody away and is left. So is a word inside another: whoever is called Winter takes no winter tyres along. A rule
that compares with one common word among others stays too, and loses it only where it compares with nothing else.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from django.db.models import F, Q, QuerySet

from forecourt.engines.audience.models import Segment, VehicleFacts
from forecourt.runtime.personal_data import Subject

_BLANK: Final = "…"
# Chinese and Japanese are written without spaces: their signs bound a word, and are bounded by nothing.
_LETTER: Final = r"[^\W\u3040-\u9fff]"


def segments_of(subject: Subject) -> Q:
    """Those in whose title, description or rule a word stands that gives the person away."""
    pattern = _pattern(_telling(subject))
    return Q(pk__in=[each.pk for each in Segment.objects.all() if pattern.search(_said(each))])


def unname(subject: Subject, rows: QuerySet[Any]) -> int:
    """The words go; who has the segment open just now is told that it changed."""
    words = _telling(subject)
    if not words:
        return 0
    anywhere, alone = _pattern(words), _pattern({word for word in words if not word.isalpha()})
    changed = 0
    for each in Segment.objects.select_for_update().filter(pk__in=rows.values("pk")).order_by("pk"):
        was = (each.name, each.description, each.rule)
        now = (anywhere.sub(_BLANK, each.name), anywhere.sub(_BLANK, each.description), _without(each.rule, anywhere, alone))
        if now != was:
            name, description, rule = now
            Segment.objects.filter(pk=each.pk).update(name=name, description=description, rule=rule, version=F("version") + 1)
            changed += 1
    return changed


def _pattern(words: set[str]) -> re.Pattern[str]:
    """These as whole words, also as a genitive; nothing where there are none."""
    longest_first = "|".join(map(re.escape, sorted(words, key=len, reverse=True))) or "(?!)"
    return re.compile(rf"(?<!{_LETTER})(?:{longest_first})(?:['’]?s)?(?!{_LETTER})", re.IGNORECASE)


def _telling(subject: Subject) -> set[str]:
    """Of the person's words those that stand in a segment at all, and that are nothing else as well."""
    said = "\n".join(map(_said, Segment.objects.all())).casefold()
    others = VehicleFacts.objects.exclude(customer_id__in=subject.customer_ids)
    return {
        word
        for word in subject.words
        if word.casefold() in said and not others.filter(Q(make__iexact=word) | Q(model__iexact=word) | Q(city__iexact=word)).exists()
    }


def _said(segment: Segment) -> str:
    """All that somebody wrote, as they wrote it: as JSON a name in quotation marks would look otherwise."""
    return "\n".join((segment.name, segment.description, *_values(segment.rule)))


def _values(rule: Any) -> Iterator[str]:
    if isinstance(rule, str):
        yield rule
    elif isinstance(rule, dict | list):
        for each in rule.values() if isinstance(rule, dict) else rule:
            yield from _values(each)


def _without(rule: Any, anywhere: re.Pattern[str], alone: re.Pattern[str]) -> Any:
    """Values alone hold words of the dealer; fields and comparisons are ours."""
    if isinstance(rule, list):
        return [_without(each, anywhere, alone) for each in rule]
    if not isinstance(rule, dict):
        return rule
    return {key: _blanked(each, anywhere, alone) if key == "value" else _without(each, anywhere, alone) for key, each in rule.items()}


def _blanked(value: Any, anywhere: re.Pattern[str], alone: re.Pattern[str]) -> Any:
    """`alone`: what nobody writes but of this person, such as a full name or a plate, goes also from among other words."""
    if isinstance(value, list):
        return [_blanked(each, anywhere, alone) for each in value]
    if not isinstance(value, str):
        return value
    return _BLANK if anywhere.fullmatch(value.strip()) else alone.sub(_BLANK, value)
