"""The texts that people agreed to, each version as it stood. A text that reads differently is a new version; none is ever changed."""

from collections.abc import Iterable

from django.db.models import Max

from forecourt.records.people.models import ConsentEntry, Wording
from forecourt.runtime import clock


def keep(key: str, *, language: str, text: str) -> int:
    """The version of this text in this language; kept if it is new."""
    same = Wording.objects.filter(key=key, language=language)
    known = same.filter(text=text).order_by("-version").first()
    if known is not None:
        return known.version
    newest: int = same.aggregate(version=Max("version"))["version"] or 0
    wording = Wording(key=key, language=language, version=newest + 1, text=text, shown_since=clock.now())
    Wording.objects.bulk_create([wording], ignore_conflicts=True)
    # Somebody else may have kept a version at this very moment: then the one that says our words counts.
    return same.filter(text=text).aggregate(version=Max("version"))["version"] or keep(key, language=language, text=text)


def of(entries: Iterable[ConsentEntry]) -> dict[tuple[str, str, int], str]:
    """The texts of these lines by (key, language, version), in one query."""
    keys = {entry.wording for entry in entries}
    rows = Wording.objects.filter(key__in=keys).values_list("key", "language", "version", "text")
    return {(key, language, version): text for key, language, version, text in rows}
