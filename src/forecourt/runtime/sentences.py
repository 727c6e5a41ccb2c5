"""Sentences that are kept, and said again in the language of whoever reads them.

A job, a watched folder or a program says why something cannot be done, and a person reads it later in another language. A `Sentence`
therefore knows the English text that it was translated from and what fills it, and a `SentenceField` keeps both. Texts that were not made
by `sentence` stay as they were written.
"""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any, Final, Self

from django.db import models
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_noop, override

from forecourt.runtime.documents import formats

_FILLED: Final = '{"text":'
_QUOTED: Final = gettext_noop("“%(name)s”")


class Sentence(str):
    """A text in the language that was active when it was made, with its English `source` and the `facts` in it."""

    __slots__ = ("facts", "source")

    source: str
    facts: Mapping[str, Any]

    @classmethod
    def of(cls, source: str, facts: Mapping[str, Any] | None = None) -> Self:
        """Said in the active language. Facts are texts, whole numbers, days, lazy texts, and sentences."""
        said = gettext(source) if source else ""
        made = cls(said % {name: _told(fact) for name, fact in facts.items()} if facts else said)
        made.source, made.facts = source, facts or {}
        return made

    def __mod__(self, facts: Any) -> "Sentence":
        return Sentence.of(self.source, facts)


def sentence(source: str) -> Sentence:
    """For `from … import sentence as _` where a text may be kept; `_("%(name)s …") % {…}` fills it."""
    return Sentence.of(source)


def joined(separator: str, parts: list[Any]) -> Sentence:
    """Several facts in one, such as the names of columns that are missing."""
    facts = {str(number): part for number, part in enumerate(parts)}
    return Sentence.of(separator.join(f"%({name})s" for name in facts), facts)


def quoted(names: list[str]) -> Sentence:
    """Names, such as those of columns, in the quotation marks of whoever reads them."""
    return joined(", ", [Sentence.of(_QUOTED, {"name": name}) for name in names])


def kept(text: str) -> str:
    """As it is written into a `SentenceField`."""
    if not isinstance(text, Sentence):
        return text
    return json.dumps(_dumped(text), ensure_ascii=False) if text.facts else text.source


class SentenceField(models.TextField):  # type: ignore[type-arg]  # django-stubs' parameters do not exist while it runs
    """A text that is a `Sentence` whenever it is loaded, in the language that is active then."""

    def from_db_value(self, value: str | None, _expression: Any, _connection: Any) -> Sentence | None:
        """Said anew."""
        if value is None:
            return None
        return _loaded(json.loads(value)) if value.startswith(_FILLED) else Sentence.of(value)

    def get_prep_value(self, value: Any) -> Any:
        """Its English text, with what fills it."""
        return kept(value) if isinstance(value, str) else super().get_prep_value(value)


def _told(fact: Any) -> str:
    if isinstance(fact, date):
        return formats.short_day(fact)
    return number_format(fact, force_grouping=True) if isinstance(fact, int) else str(fact)


def _dumped(fact: Any) -> Any:
    if isinstance(fact, Sentence):
        return {"text": fact.source, "facts": {name: _dumped(each) for name, each in fact.facts.items()}}
    if isinstance(fact, Promise):
        with override(None):
            return {"text": str(fact), "facts": {}}
    return {"day": fact.isoformat()} if isinstance(fact, date) else fact


def _loaded(fact: Any) -> Any:
    if not isinstance(fact, dict):
        return fact
    return (
        date.fromisoformat(fact["day"])
        if "day" in fact
        else Sentence.of(fact["text"], {n: _loaded(each) for n, each in fact["facts"].items()})
    )
