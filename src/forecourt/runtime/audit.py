"""Writes who saw or changed what, in the transaction of the act."""

from typing import Any
from uuid import UUID

from forecourt.runtime import clock
from forecourt.runtime.actors import Actor
from forecourt.runtime.models import AuditEntry


def record(*, by: Actor, act: str, object_kind: str, object_id: UUID | None = None, **values: Any) -> None:
    """Append one entry; values are ids, digests and numbers, not names."""
    AuditEntry.objects.create(
        at=clock.now(), actor_kind=by.kind, actor_id=by.id, act=act, object_kind=object_kind, object_id=object_id, values=values
    )
