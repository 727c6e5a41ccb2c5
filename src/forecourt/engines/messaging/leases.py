"""How long a worker may hold a message before others may take it over.

By the machine's clock: business time can be moved, and a lease must neither end nor last because of that.
"""

from datetime import UTC, datetime, timedelta

from django.conf import settings


def now() -> datetime:
    return datetime.now(UTC)


def length() -> timedelta:
    """Longer than any one handing over may take (see the deadline of the relay's adapter)."""
    return timedelta(seconds=getattr(settings, "MESSAGING_LEASE_SECONDS", 60))


def until() -> datetime:
    """The end of a lease that begins now."""
    return now() + length()


def is_over(lease_until: datetime | None) -> bool:
    return lease_until is None or lease_until < now()
