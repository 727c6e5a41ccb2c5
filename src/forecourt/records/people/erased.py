"""The list of who was erased, outside the database: `FORECOURT_DATA/erasures/erased.jsonl`, one line a person, added to and never changed.

It holds ids alone. It is not part of a backup that is put back: whatever a backup brings back, the newest list is right.
"""

import json
import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings


@dataclass(frozen=True)
class Line:
    """One person, under all ids they had."""

    organisation_id: UUID
    customer_ids: tuple[UUID, ...]
    erasure_id: UUID
    at: datetime


def path() -> Path:
    return Path(settings.DATA) / "erasures" / "erased.jsonl"


def note(*, organisation_id: UUID, customer_ids: Collection[UUID], erasure_id: UUID, at: datetime) -> None:
    """Append a person; returns when the disk has it. Called before the commit: a line too many is erased again, a missing one comes back."""
    place = path()
    place.parent.mkdir(parents=True, exist_ok=True)
    line = {
        "organisation": str(organisation_id), "customers": [str(each) for each in customer_ids], "erasure": str(erasure_id),
        "at": at.isoformat(),
    }  # fmt: skip
    handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, (json.dumps(line) + "\n").encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def read() -> Iterator[Line]:
    """Every line, the oldest first. A last line that a power cut left half-written is passed over."""
    if not path().exists():
        return
    for text in path().read_text(encoding="utf-8").splitlines():
        try:
            line = json.loads(text)
        except ValueError:
            continue
        yield Line(
            UUID(line["organisation"]),
            tuple(UUID(each) for each in line["customers"]),
            UUID(line["erasure"]),
            datetime.fromisoformat(line["at"]),
        )
