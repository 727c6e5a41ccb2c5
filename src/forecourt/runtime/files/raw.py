"""Keeping a file exactly as it came, such as an export that will be read as a table. It is never shown to a browser."""

import re
from pathlib import Path
from typing import IO, Final

from django.db import transaction
from django.utils.translation import gettext as _

from forecourt.kernel.errors import Refusal
from forecourt.runtime import clock, scope
from forecourt.runtime.actors import Actor
from forecourt.runtime.files import shelf
from forecourt.runtime.models import StoredFile

MEDIA_TYPE: Final = "application/octet-stream"
_BLOCK_BYTES: Final = 1 << 20


@transaction.atomic
def keep_raw(*, actor: Actor, name: str, stream: IO[bytes], at_most_bytes: int) -> StoredFile:
    """Write the stream down block by block and shelve it. Raises Refusal "too_large"; then nothing is kept."""
    with shelf.workbench() as bench:
        raw = Path(bench) / "raw"
        _write(stream, raw, name, at_most_bytes)
        digest, size = shelf.put(raw)
    return StoredFile.objects.create(
        organisation_id=scope.organisation_id(),
        sha256=digest,
        name=tidy(name),
        media_type=MEDIA_TYPE,
        size_bytes=size,
        stored_at=clock.now(),
        stored_by_kind=actor.kind,
        stored_by_id=actor.id,
    )


def tidy(name: str) -> str:
    """The sender's name without folders and control characters."""
    base = re.split(r"[\\/]", name)[-1]
    return re.sub(r"[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069\"<>|:*?]", "", base).strip(" .")[-200:] or "file"


def _write(stream: IO[bytes], target: Path, name: str, at_most_bytes: int) -> None:
    written = 0
    with target.open("wb") as out:
        while block := stream.read(_BLOCK_BYTES):
            written += len(block)
            if written > at_most_bytes:
                raise Refusal(
                    "too_large",
                    _("The file “%(name)s” is larger than %(limit)s MB. Please export a shorter period.")
                    % {"name": tidy(name), "limit": at_most_bytes >> 20},
                    allowed_bytes=at_most_bytes,
                )
            out.write(block)
