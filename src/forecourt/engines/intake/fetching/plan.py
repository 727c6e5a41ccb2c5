"""When a source is looked at next: every so many minutes or daily at an hour of the dealer's, sooner after a failure or while a file grows."""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from forecourt.engines.intake.source_models import Source
from forecourt.records.dealership.models import Site

SHORTEST_MINUTES: Final = 5
LONGEST_MINUTES: Final = 7 * 24 * 60
GROWS: Final = timedelta(minutes=1)
_AFTER_FAILURES: Final = tuple(timedelta(minutes=each) for each in (5, 10, 20, 40, 60))


def next_look(source: Source, now: datetime, *, grows: bool = False) -> datetime:
    """After a look at `now`."""
    due = _by_plan(source, now)
    if grows:
        return min(due, now + GROWS)
    if source.failures:
        return min(due, now + _AFTER_FAILURES[min(source.failures, len(_AFTER_FAILURES)) - 1])
    return due


def _by_plan(source: Source, now: datetime) -> datetime:
    if source.daily_at is None:
        return now + timedelta(minutes=source.every_minutes or 60)
    zone = ZoneInfo(_zone(source))
    local = now.astimezone(zone)
    for days in (0, 1):
        at = datetime.combine(local.date() + timedelta(days=days), source.daily_at, zone).astimezone(now.tzinfo)
        if at > now:
            return at
    return now + timedelta(days=1)


def _zone(source: Source) -> str:
    sites = Site.objects.filter(pk=source.site_id) if source.site_id else Site.objects.order_by("pk")
    return sites.values_list("zone", flat=True).first() or "UTC"
