"""Which events programs of others may be told, under which name and with what.

Names and shapes are a promise to the outside, so they are not our events: several of ours may be one of these, and ours may change. A face
declares them (`faces.api.told`); what is told holds ids, times, amounts and codes, never a name, an address or free text.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise

from forecourt.runtime import events
from forecourt.runtime.events import Event
from forecourt.runtime.models import Event as EventRow

TEST: Final = "test.ping"

Data = Callable[[Any], Mapping[str, Any] | None]
"""What of an event is told, in JSON's own types; None: nothing of this one."""


@dataclass(frozen=True)
class Told:
    """One name, what people call it, and from which of our events it comes."""

    name: str
    title: str | Promise
    version: int
    of: Mapping[str, Data]


_told: dict[str, Told] = {}


def declare(name: str, title: str | Promise, of: Mapping[type[Event], Data], *, version: int = 1) -> None:
    """Let `name` be told whenever one of these happens, with what the function makes of it."""
    from forecourt.engines.exchange import outbox

    if name in _told:
        raise ValueError(f"{name} is declared twice")
    _told[name] = Told(name, title, version, {cls.name: data for cls, data in of.items()})
    events.along(*of, write=outbox.write)


def names() -> dict[str, Told]:
    return dict(_told)


def of_event(event_name: str) -> Told | None:
    """What an event of ours is called outside."""
    return next((told for told in _told.values() if event_name in told.of), None)


def body(told: Told, row: EventRow, happened: Event) -> str:
    """The message, as it is signed and sent; empty if nothing of this one is told."""
    data = told.of[row.name](happened)
    return "" if data is None else written(told.name, told.version, row.occurred_at.isoformat(), data, event_id=str(row.pk))


def written(name: str, version: int, at: str, data: Mapping[str, Any], *, event_id: str | None = None) -> str:
    message = {"type": name, "version": version, "timestamp": at, **({"event_id": event_id} if event_id else {}), "data": data}
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))
