"""One look at a source: what is new there comes in as an import, each file once, and is put away.

A file is taken when it is whole: its sender says so, or nothing changed between two looks. It is known again by its content: the note that it
was taken and the import commit together, and only then it is put away. Killed in between, the next look finds the note and puts it away.
"""

import hashlib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from forecourt.engines.intake import uploads
from forecourt.engines.intake.events import SourceStumbled
from forecourt.engines.intake.fetching import arrivals, plan
from forecourt.engines.intake.fetching.places import Address, Found, Place, Unchanged, Unfit, Unreached, opened
from forecourt.engines.intake.source_models import Source, SourceFile
from forecourt.records.dealership.models import Organisation
from forecourt.runtime import clock, scope, seals
from forecourt.runtime.events import publish
from forecourt.runtime.files import shelf

MOST_AT_ONCE: Final = 50
TOLD_AFTER: Final = 3
"""Looks in vain, one after the other, until somebody is told."""
SETTLED: Final = timedelta(seconds=10)
_SHOWN: Final = 10


def look(source_id: UUID) -> None:
    """Look, take what is new, and say when to look next. In the scope of its dealer, outside transactions."""
    source = Source.objects.filter(pk=source_id, state="active").first()
    if source is None:
        return
    begun = clock.now()
    try:
        with opened(address(source)) as place:
            _pin(source, place)
            grows = _take_all(source, place, begun)
    except Unreached as problem:
        _stumble(source, problem.code)
    else:
        _note(source, problem="", failing_since=None, failures=0)
        _note(source, due_at=plan.next_look(source, clock.now(), grows=grows), looked_at=clock.now())


def try_out(source_id: UUID) -> None:
    """Open the place and name what lies there; nothing is taken. What came of it is kept as `trial`."""
    source = Source.objects.filter(pk=source_id).first()
    if source is None:
        return
    told: dict[str, Any] = {"code": "", "names": [], "count": 0}
    try:
        with opened(address(source)) as place:
            _pin(source, place)
            place.check()
            found = place.files()
            told["names"], told["count"] = [each.name for each in found[:_SHOWN]], len(found)
    except Unreached as problem:
        told["code"] = problem.code
    _note(source, trial=told | {"at": clock.now().isoformat()})


def address(source: Source) -> Address:
    """Where it is, with its secret opened. Raises Unreached."""
    slug = Organisation.objects.values_list("slug", flat=True).get(pk=source.organisation_id)
    try:
        secret = seals.unseal(source.sealed_secret) if source.sealed_secret else ""
    except seals.Unsealable as error:
        raise Unreached("unsealable") from error
    return Address(source.kind, slug, source.place, secret, source.host_key, dict(source.marks.get("taken", {})))


def _pin(source: Source, place: Place) -> None:
    if place.host_key and not source.host_key:
        _note(source, host_key=place.host_key)


def _take_all(source: Source, place: Place, begun: datetime) -> bool:
    """Whether something is still growing or left for the next look."""
    found = sorted(place.files(), key=lambda each: (each.changed, each.name))
    marks = source.marks
    taken = {each.name: marks.get("taken", {}).get(each.name) for each in found}
    new = [each for each in found if not (each.mark and taken[each.name] == each.mark)]
    is_later = begun >= datetime.fromisoformat(marks["seen_at"]) + SETTLED if "seen_at" in marks else False
    seen = marks.get("seen", {}) if is_later else {}
    whole = [each for each in new if each.is_whole or seen.get(each.name) == each.mark]
    remembered = {name: mark for name, mark in taken.items() if mark}
    for each in whole[:MOST_AT_ONCE]:
        if mark := _take(source, place, each):
            remembered[each.name] = mark
    left = [each for each in new if each not in whole[:MOST_AT_ONCE]]
    # Of every kind of place: where a file cannot be put away, those beyond it have their turn all the same.
    told: dict[str, Any] = {"taken": remembered}
    if left:
        # Looked at twice within seconds, the first look counts: a file must rest for a while.
        earlier = marks if not is_later and "seen_at" in marks else {}
        told["seen"] = {each.name: earlier.get("seen", {}).get(each.name, each.mark) for each in left}
        told["seen_at"] = earlier.get("seen_at", begun.isoformat())
    _note(source, marks=told)
    return bool(left)


def _take(source: Source, place: Place, found: Found) -> str:
    """Fetch, keep, put away; the mark of what was taken, or empty if it is to be tried again."""
    with shelf.workbench() as bench:
        kept = Path(bench) / "fetched"
        try:
            with kept.open("wb") as out:
                mark = place.fetch(found, out)
        except Unchanged:
            return found.mark
        except Unfit as unfit:
            if unfit.code == "too_large":
                _refuse(source, found, unfit.code)
                place.put_away(found, refused=arrivals.words_of(source, "too_large", found.name))
                return found.mark
            return ""
        with kept.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        note = _receive(source, found, kept, digest)
    if note.state == "received":
        arrivals.begin(note)
        note.refresh_from_db()
    is_refused = note.state == "refused"
    place.put_away(found, refused=arrivals.words_of(source, note.because, note.name, import_id=note.import_id) if is_refused else "")
    return mark


@transaction.atomic
def _receive(source: Source, found: Found, kept: Path, digest: str) -> SourceFile:
    """The note and the import, both or neither; the note alone if this content was taken before."""
    note, is_new = SourceFile.objects.get_or_create(
        of_source=source, digest=digest,
        defaults={"name": found.name[:200], "size_bytes": kept.stat().st_size, "taken_at": clock.now(), "organisation_id": scope.organisation_id()},
    )  # fmt: skip
    if is_new:
        with kept.open("rb") as stream:
            came = uploads.receive(
                actor=arrivals.actor_of(source), name=found.name, stream=stream, source=source.source, site_id=source.site_id
            )
        note.import_id = came.pk
        note.save(update_fields=["import_id"])
    return note


@transaction.atomic
def _refuse(source: Source, found: Found, code: str) -> None:
    """A file that was never read: told by its name and mark."""
    digest = hashlib.sha256(f"{found.name}\n{found.mark}".encode()).hexdigest()
    note, is_new = SourceFile.objects.get_or_create(
        of_source=source, digest=digest,
        defaults={"name": found.name[:200], "taken_at": clock.now(), "organisation_id": scope.organisation_id()},
    )  # fmt: skip
    if is_new:
        arrivals.refuse_unread(note, code)


@transaction.atomic
def _stumble(source: Source, code: str) -> None:
    """Nothing could be looked at. Another machine than before ends it at once; the third time in a row somebody is told."""
    now = clock.now()
    is_stranger = code == "host_key_changed"
    _note(
        source, problem=code, failures=source.failures + 1, failing_since=source.failing_since or now, looked_at=now,
        **({"state": "paused", "paused_because": "host_key"} if is_stranger else {}),
    )  # fmt: skip
    _note(source, due_at=plan.next_look(source, now))
    if is_stranger or source.failures == TOLD_AFTER:
        publish(SourceStumbled(source_id=source.pk, because=code), by=arrivals.actor_of(source))


def _note(source: Source, **values: Any) -> None:
    """Only these columns: somebody may change the source while it is looked at."""
    for name, value in values.items():
        setattr(source, name, value)
    with transaction.atomic():
        Source.objects.filter(pk=source.pk).update(**values)
