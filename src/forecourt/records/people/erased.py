"""The list of who was erased, outside the database: `FORECOURT_DATA/erasures/erased.jsonl`, one line a person, added to and never changed.

It holds ids and keyed digests (`digests`). Another kind of line says which digests no longer count, because somebody came back. It is not
part of a backup that is put back: whatever a backup brings back, the newest list is right.
"""

import json
import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings


@dataclass(frozen=True)
class Line:
    """One person, under all ids they had, with the digests by which they are known again."""

    organisation_id: UUID
    customer_ids: tuple[UUID, ...]
    erasure_id: UUID
    at: datetime
    digests: tuple[str, ...] = ()


def path() -> Path:
    return Path(settings.DATA) / "erasures" / "erased.jsonl"


def note(*, organisation_id: UUID, customer_ids: Collection[UUID], erasure_id: UUID, at: datetime, digests: Collection[str] = ()) -> None:
    """Append a person; returns when the disk has it. Called before the commit: a line too many is erased again, a missing one comes back."""
    _append({
        "organisation": str(organisation_id), "customers": [str(each) for each in customer_ids], "erasure": str(erasure_id),
        "at": at.isoformat(), "digests": list(digests),
    })  # fmt: skip


def note_return(*, organisation_id: UUID, digests: Collection[str], reason: str, at: datetime) -> None:
    """Append that these digests keep nobody out any more, until a later erasure notes them again."""
    _append({"organisation": str(organisation_id), "returned": list(digests), "reason": reason, "at": at.isoformat()})


def read() -> Iterator[Line]:
    """Every person, the oldest first. A last line that a power cut left half-written is passed over."""
    return (_line(told) for told in _told() if "customers" in told)


def standing(organisation_id: UUID) -> dict[str, Line]:
    """The digests that keep somebody out at this dealer, each with the latest erasure that noted it."""
    found: dict[str, Line] = {}
    for told in _told():
        if told["organisation"] != str(organisation_id):
            continue
        if "customers" in told:
            line = _line(told)
            found.update(dict.fromkeys(line.digests, line))
        for digest in told.get("returned", ()):
            found.pop(digest, None)
    return found


def _line(told: dict[str, Any]) -> Line:
    return Line(
        UUID(told["organisation"]),
        tuple(UUID(each) for each in told["customers"]),
        UUID(told["erasure"]),
        datetime.fromisoformat(told["at"]),
        tuple(told.get("digests", ())),
    )


def _told() -> Iterator[dict[str, Any]]:
    if not path().exists():
        return
    for text in path().read_text(encoding="utf-8").splitlines():
        try:
            yield json.loads(text)
        except ValueError:
            continue


def _append(told: dict[str, Any]) -> None:
    place = path()
    place.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, (json.dumps(told) + "\n").encode())
        os.fsync(handle)
    finally:
        os.close(handle)
