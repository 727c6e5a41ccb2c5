"""Holds run out by themselves."""

from forecourt.engines.booking import reservations
from forecourt.runtime import background


@background.poll(every_seconds=15)
def release_expired_holds() -> None:
    """Sweep for tidiness; a hold that is over takes nothing even before."""
    reservations.expire()
