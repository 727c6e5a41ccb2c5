"""Turning through the trail by the line one has come to, not by counting: as fast on the last page as on the first, and to its very end.

A page's address names the line that it goes on from, so lines that come in meanwhile move nothing.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from forecourt.faces.ui import asked
from forecourt.runtime.models import AuditEntry

SIZE: Final = 50
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True)
class Page:
    """Lines in the order asked for; `onward` and `back` are the places before and behind them, empty where there is nothing more."""

    rows: list[AuditEntry]
    onward: str = ""
    back: str = ""


def page(entries: QuerySet[AuditEntry], *, oldest_first: bool, onward: str = "", back: str = "") -> Page:
    """The first lines, those behind the place `onward`, or those before the place `back`. A place that cannot be read counts as none."""
    order = ("at", "pk") if oldest_first else ("-at", "-pk")
    if place := _read(back):
        found = list(_beyond(entries, place, later=not oldest_first).order_by(*_turned(order))[: SIZE + 1])
        rows = found[:SIZE][::-1]
        return (
            Page(rows, _place(rows[-1]), _place(rows[0]) if len(found) > SIZE else "") if rows else page(entries, oldest_first=oldest_first)
        )
    place = _read(onward)
    found = list((_beyond(entries, place, later=oldest_first) if place else entries).order_by(*order)[: SIZE + 1])
    rows = found[:SIZE]
    return Page(rows, _place(rows[-1]) if len(found) > SIZE else "", _place(rows[0]) if place and rows else "")


def _beyond(entries: QuerySet[AuditEntry], place: tuple[datetime, UUID], *, later: bool) -> QuerySet[AuditEntry]:
    at, pk = place
    if later:
        return entries.filter(Q(at__gt=at) | Q(pk__gt=pk), at__gte=at)
    return entries.filter(Q(at__lt=at) | Q(pk__lt=pk), at__lte=at)


def _turned(order: tuple[str, ...]) -> list[str]:
    return [name.removeprefix("-") if name.startswith("-") else f"-{name}" for name in order]


def _place(entry: AuditEntry) -> str:
    return f"{(entry.at - _EPOCH) // _MICROSECOND}.{entry.pk.hex}"


def _read(place: str) -> tuple[datetime, UUID] | None:
    at, _dot, pk = place.partition(".")
    found = asked.identifier(pk)
    try:
        return (_EPOCH + int(at) * _MICROSECOND, found) if found and at.isascii() else None
    except (ValueError, OverflowError):
        return None
