"""Business time.

Every rule that asks "what time is it" asks here. The answer is the machine's time plus an offset named by the setting
`CLOCK` (`FORECOURT_CLOCK`), so that evenings, nights and years can be lived through with real processes. It is for demo and
tests only. Values: `+6h`, `-3d`, `+90m`, `+10s`, or `@FILE`: a file that holds such a value and is read again when it changes.
"""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_SHAPE = re.compile(r"([+-]?)(\d+)([smhd])")
_LOOK_AGAIN_SECONDS = 0.2

_file_offset = timedelta(0)
_looked_at = float("-inf")
_told: ContextVar[datetime | None] = ContextVar("forecourt_told_instant", default=None)


def now() -> datetime:
    """The business instant, aware, in UTC."""
    return _told.get() or datetime.now(UTC) + offset()


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Do something as of another instant: how the demo lives through the day that led to now. For demo and tests only."""
    token = _told.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _told.reset(token)


def today(zone: str) -> date:
    """The business day at a place; `zone` is an IANA name."""
    return now().astimezone(ZoneInfo(zone)).date()


def offset() -> timedelta:
    """How far business time is ahead of the machine's (negative: behind)."""
    value: str = settings.CLOCK
    if not value:
        return timedelta(0)
    return _from_file(value[1:]) if value.startswith("@") else parse(value)


def parse(value: str) -> timedelta:
    """Read an offset such as `+6h` or `+1d12h`; raises ValueError on anything else."""
    parts = _SHAPE.findall(value.strip())
    if not parts or "".join("".join(part) for part in parts) != value.strip():
        raise ValueError(f"FORECOURT_CLOCK must look like +6h, -3d or @FILE, not {value!r}")
    sign = -1 if parts[0][0] == "-" else 1
    return sum((sign * timedelta(**{_UNITS[unit]: int(number)}) for _, number, unit in parts), timedelta(0))


def _from_file(path: str) -> timedelta:
    global _file_offset, _looked_at  # noqa: PLW0603 - read again when it changes, else not
    if time.monotonic() - _looked_at > _LOOK_AGAIN_SECONDS:
        _looked_at = time.monotonic()
        text = Path(path).read_text(encoding="utf-8").strip() if Path(path).exists() else ""
        _file_offset = parse(text) if text else timedelta(0)
    return _file_offset
