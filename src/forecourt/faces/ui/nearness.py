"""Whether a request comes from this machine itself. Some pages are for whoever tries Forecourt out here, and for nobody else."""

from ipaddress import ip_address
from typing import Final

from django.conf import settings
from django.http import HttpRequest

_CARRIED_ON: Final = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP")


def is_here(request: HttpRequest) -> bool:
    """True only where Forecourt listens for this machine alone and no proxy brought the request from elsewhere."""
    address = ip_address(request.META.get("REMOTE_ADDR") or "0.0.0.0")  # noqa: S104 - nobody's address, not one to listen on
    return bool(settings.IS_LOCAL) and address.is_loopback and not any(name in request.headers for name in _CARRIED_ON)


def address(request: HttpRequest) -> str:
    """Where a request comes from, for counting tries and for the list of devices.

    Behind a proxy of ours (FORECOURT_URL begins with https) it is what that proxy added last to X-Forwarded-For; anything before it, and
    the whole header where there is no such proxy, is what the asker wrote there and counts for nothing.
    """
    own = str(request.META.get("REMOTE_ADDR") or "")
    if not settings.IS_BEHIND_PROXY:
        return own
    last = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    try:
        return str(ip_address(last))
    except ValueError:
        return own
