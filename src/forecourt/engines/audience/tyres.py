"""Which texts of the kind "tyre storage" say that tyres were handed back, and not that they are there.

The words are in `standard/tyres.toml`. Both ways to the facts ask here: `statements` for some cars, the lake for all.
"""

import tomllib
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.db import connection

from forecourt.engines.audience.building.terms import TYRE_STORAGE
from forecourt.engines.audience.learning import counting
from forecourt.engines.audience.needles import Finder, Needle, searchable, spellings, written
from forecourt.kernel.identifiers import normal_words

_WORDS: Final = Path(__file__).parent / "standard" / "tyres.toml"

_STORED = """
SELECT text_key FROM audience_classification WHERE organisation_id = %(organisation)s AND %(tyre_storage)s = ANY(work_kinds)
"""
_OF_VEHICLES = """
   AND text_key IN (SELECT line.text_key FROM history_visit visit JOIN history_jobline line ON line.visit_id = visit.id
                     WHERE visit.organisation_id = %(organisation)s AND visit.vehicle_id = ANY(%(vehicles)s))
"""


def take_out(text: str) -> bool:
    """Whether the words of a text say that stored tyres leave, and none that some come or stay."""
    out, back_in = _finders()
    told = searchable(normal_words(text))
    return bool(out.find(told)) and not back_in.find(told)


def texts_that_take_out(organisation_id: UUID, *, vehicle_ids: Sequence[UUID] | None = None) -> list[str]:
    """The keys of the dealer's texts that do, in order; only texts of these cars, where they are told."""
    values: dict[str, Any] = {"organisation": organisation_id, "tyre_storage": TYRE_STORAGE, "vehicles": list(vehicle_ids or ())}
    with connection.cursor() as cursor:
        cursor.execute(_STORED + ("" if vehicle_ids is None else _OF_VEHICLES), values)
        keys = [key for (key,) in cursor.fetchall()]
    told = counting.written(keys) if keys else {}
    return sorted(key for key, (_code, text) in told.items() if take_out(text))


@cache
def _finders() -> tuple[Finder, Finder]:
    languages = tomllib.loads(_WORDS.read_text(encoding="utf-8")).values()
    out, back_in = ([word for each in languages for word in each[name]] for name in ("out", "in"))
    return Finder(_needles(out)), Finder(_needles(back_in))


def _needles(words: Iterable[str]) -> list[Needle]:
    return [needle for word in words for spelling in spellings(word) if (needle := written(spelling)) is not None]
