"""What a file says is gone from its source, as a whole: marked by each context, counted, and stopped where it is too much to be meant.

A file is partial unless its mapping says that it is the complete list of something; a mark in the file itself counts always.
"""

from collections.abc import Mapping as Dictionary
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from forecourt.engines.intake.mapping import Mapping
from forecourt.engines.intake.models import Import, PreviewExample
from forecourt.kernel.errors import Refusal
from forecourt.records.dealership.models import Site
from forecourt.records.history import departures as orders
from forecourt.records.people import departures as people
from forecourt.records.vehicles import departures as cars
from forecourt.runtime import clock
from forecourt.runtime.departures import FEW, Departures, File

#: Above this share of what the source had, and from `FEW` on, somebody has to say that it is meant.
_MOST_SHARE: Final = 0.2
_BY_SUBJECT: Final[dict[str, Any]] = {"customer": people, "vehicle": cars, "order": orders}
_OF_REFERENCES: Final[dict[str, Any]] = {"customer": people.marked_by, "vehicle": cars.marked_by}


class TooManyGone(Refusal):
    """The file would mark so much that half a file is likelier; nothing of it was applied."""


def settle(cursor: Any, *, found: Import, mapping: Mapping, site_id: UUID | None) -> dict[str, Departures]:
    """Mark and unmark, in the import's transaction and after it has applied its rows. `site_id`: where rows belong that name no site."""
    is_one_of_several = site_id is not None and Site.objects.count() > 1
    file = File(
        source=found.source, import_number=found.number, today=clock.now().date(), complete=frozenset(mapping.complete),
        site_id=site_id if is_one_of_several else None,
    )  # fmt: skip
    return {subject: context.settle(cursor, file) for subject, context in _BY_SUBJECT.items()}


def dump(told: Dictionary[str, Departures]) -> dict[str, Any]:
    """As it is kept with the import; empty where nothing is gone or back, or withheld because rows name nothing."""
    kept: dict[str, Any] = {
        subject: {"gone": each.gone, "had": each.had, "back": each.back} | ({"unread": each.unread} if each.unread else {})
        for subject, each in told.items()
        if each.gone or each.back or each.unread
    }
    return kept | ({"too_many": True} if is_too_much(told) else {})


def is_too_much(told: Dictionary[str, Departures]) -> bool:
    """Whether half a file is likelier than so many deletions."""
    return any(each.gone >= FEW and each.gone > _MOST_SHARE * each.had for each in told.values())


def too_many(told: Dictionary[str, Departures]) -> TooManyGone:
    """What is said of such a file."""
    text = _("So many are missing in the file that half a file is likelier. Nothing was changed; somebody has to say that it is meant.")
    return TooManyGone("too_many_gone", text, gone=dump(told))


def number_of(kept: Dictionary[str, Any], what: str = "gone") -> int:
    """How many are gone, or "back", of all kinds."""
    return sum(each[what] for each in kept.values() if isinstance(each, dict))


def examples(found: Import, read: Any, told: Dictionary[str, Departures], *, at_most: int) -> list[PreviewExample]:
    """A few that this import marks, inside its transaction; `read` gives (thing, title, values) for a subject and ids."""
    return [
        PreviewExample(outcome="gone", subject=subject, title=title, thing_id=thing.pk)
        for subject, each in told.items()
        if each.gone
        for thing, title, _values in read(subject, list(marked(found, subject).values_list("pk", flat=True)[:at_most]))
    ]


def marked(found: Import, subject: str) -> QuerySet[Any]:
    """What bears this import's mark; what came again since has lost it."""
    return orders.marked_by(found.number) if subject == "order" else _OF_REFERENCES[subject](found.source, found.number)
