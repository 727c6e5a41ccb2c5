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
