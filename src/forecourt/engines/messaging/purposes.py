"""What a message is for, and what follows from that.

Contract mail and safety recalls go at any hour. All else is treated as advertising, surveys too (German Federal Court, VI ZR 225/17):
it keeps quiet hours and the weekly cap, and carries a way out.
"""

from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

MARKETING: Final = frozenset({"service_reminder", "survey", "offers"})
QUIET_FROM: Final = time(20)
QUIET_UNTIL: Final = time(8)
MOST_PER_WEEK: Final = 2
_SUNDAY: Final = 6


def is_marketing(purpose: str) -> bool:
    return purpose in MARKETING


def after_quiet(at: datetime, zone: str) -> datetime:
    """The first moment from `at` on that is neither night (20 to 8) nor Sunday at the place; `at` itself if it is not."""
    local = at.astimezone(ZoneInfo(zone))
    day = local.date()
    if local.weekday() != _SUNDAY and QUIET_UNTIL <= local.time() < QUIET_FROM:
        return at
    if local.time() >= QUIET_FROM:
        day += timedelta(days=1)
    if day.weekday() == _SUNDAY:
        day += timedelta(days=1)
    # Eight o'clock exists on every day of every zone we know, so the wall clock needs no repair here.
    return datetime.combine(day, QUIET_UNTIL, ZoneInfo(zone)).astimezone(at.tzinfo)
