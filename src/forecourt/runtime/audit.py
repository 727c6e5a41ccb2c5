"""Writes who saw or changed what, in the transaction of the act; reads the trail for those who may.

Entries are added without waiting for each other and chained a moment later (`runtime.sealing`), so that the trail holds up neither an
import nor a list. What they hold are ids, digests and numbers: a person who is erased leaves a trail that can still be verified.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from forecourt.runtime import clock
from forecourt.runtime.actors import Actor
from forecourt.runtime.models import AuditEntry

READ = "read."
"""How acts that only looked begin: `read.customers`, `read.export`, …"""


def record(*, by: Actor, act: str, object_kind: str, object_id: UUID | None = None, about: Iterable[UUID] = (), **values: Any) -> None:
    """Append one entry; values are ids, digests and numbers, not names. `about`: persons whom it concerns besides the object itself.

    How the actor came in is kept with them: `via`, and `device`, the id of the sign-in.
    """
    how = {"via": by.via, "device": str(by.device) if by.device else ""}
    AuditEntry.objects.create(
        at=clock.now(), actor_kind=by.kind, actor_id=by.id, act=act, object_kind=object_kind, object_id=object_id, about=list(about),
        values=values | {name: each for name, each in how.items() if each},
    )  # fmt: skip


def read(*, by: Actor, what: str, about: Iterable[UUID], asked: str = "", **values: Any) -> None:
    """Append that somebody was shown a list or took an export; `what` names it, `about` the persons in it, `asked` is kept as a digest."""
    persons = list(dict.fromkeys(about))
    if asked:
        values["asked"] = hashlib.sha256(asked.encode()).hexdigest()[:16]
    record(by=by, act=f"{READ}{what}", object_kind="list", about=persons, shown=len(persons), **values)


def entries(
    *, person_id: UUID | None = None, act: str = "", since: datetime | None = None, until: datetime | None = None
) -> QuerySet[AuditEntry]:
    """The trail of the organisation in scope, newest first: about or by a person, of acts that begin so, of a time."""
    found = AuditEntry.objects.order_by("-at", "-pk")
    if person_id:
        found = found.filter(Q(actor_id=person_id) | Q(object_id=person_id) | Q(about__contains=[person_id]))
    if act:
        found = found.filter(act__startswith=act)
    if since:
        found = found.filter(at__gte=since)
    return found.filter(at__lt=until) if until else found
