"""Reads numbers, instants and ids from what a browser sent. What cannot be meant is None; the page decides what that says."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

_LONGEST_NUMBER: Final = 9  # digits; every one of them fits into a column
_FIRST, _LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def number(text: str) -> int | None:
    """A whole number that is not negative, in plain digits."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER else None


def instant(text: str) -> datetime | None:
    """An ISO 8601 time with its zone, within what a calendar can reckon."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo and _FIRST <= found < _LAST else None


def identifier(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
