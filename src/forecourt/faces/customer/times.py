"""Free times as a customer reads them: by day, on the wall clock of the site."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from forecourt.faces.ui import asked
from forecourt.journeys.workshop.slots import Opening
from forecourt.kernel.errors import Refusal
from forecourt.records.dealership.models import Site


@dataclass(frozen=True)
class Choice:
    """A time to choose: its value in the form and its wall clock."""

    value: str
    starts_at: datetime
    is_chosen: bool = False


def choices(openings: Iterable[Opening], site: Site, *, wanted: str = "") -> list[Choice]:
    """`wanted` is what was chosen before, when the rest of the form has to be corrected."""
    zone, known = ZoneInfo(site.zone), chosen(wanted)
    return [Choice(each.starts_at.isoformat(), each.starts_at.astimezone(zone), each.starts_at == known) for each in openings]


def by_day(openings: Iterable[Opening], site: Site, *, wanted: str = "") -> list[tuple[date, list[Choice]]]:
    found = choices(openings, site, wanted=wanted)
    return [(day, list(times)) for day, times in groupby(found, key=lambda choice: choice.starts_at.date())]


def chosen(text: str) -> datetime | None:
    """The instant a form names; None if it names none."""
    return asked.instant(text)


def alternatives(refusal: Refusal) -> list[Opening]:
    """The next best times that a refusal carries."""
    found: Any = refusal.facts.get("alternatives", [])
    return [each for each in found if isinstance(each, Opening)]
