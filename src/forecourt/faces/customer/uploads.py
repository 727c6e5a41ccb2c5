"""Photos and videos that come with a form: all are stored, or the reason is told and nothing else is lost."""

from collections.abc import Sequence
from typing import Any

from forecourt.runtime import files
from forecourt.runtime.actors import Actor
from forecourt.runtime.models import StoredFile


def stored(sent: Sequence[Any], *, actor: Actor) -> list[StoredFile]:
    """The stored files, in order. Raises Refusal for the first that cannot be taken."""
    return [files.store(actor=actor, name=each.name or "upload", stream=each, kinds=("image", "video")) for each in sent]
