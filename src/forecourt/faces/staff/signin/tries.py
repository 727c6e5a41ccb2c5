"""How often one may try to sign in. Counted per source, so that no stranger can lock anybody out.

A browser that the account has used before has a budget of its own; all others are counted by account and address, by address, and (far
higher, against many addresses at once) by account. Nothing here depends on whether there is such an account.
"""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from forecourt.faces.staff.signin import devices
from forecourt.faces.ui import nearness
from forecourt.runtime import limits

_FIVE_MINUTES: Final = 300
_HOUR: Final = 3600


def take(request: HttpRequest, email: str, *, what: str) -> None:
    """One try at a password or a code; raises limits.TooMany."""
    email = email.strip().lower()
    device = devices.known(request, email)
    if device:
        limits.spend(f"{what}:device", device, email, most=10, seconds=_FIVE_MINUTES)
        return
    address = nearness.address(request)
    limits.spend(f"{what}:address", address, most=60, seconds=_FIVE_MINUTES)
    limits.spend(f"{what}:account", email, address, most=5, seconds=_FIVE_MINUTES)
    limits.spend(f"{what}:strangers", email, most=200, seconds=_HOUR)


def take_from_address(request: HttpRequest, *, what: str) -> None:
    """One try that names no account yet, such as a passkey; raises limits.TooMany."""
    limits.spend(f"{what}:address", nearness.address(request), most=60, seconds=_FIVE_MINUTES)


def forgive(request: HttpRequest, email: str, *, what: str) -> None:
    """It was the person: what they mistyped before is forgotten."""
    email = email.strip().lower()
    limits.forgive(f"{what}:account", email, nearness.address(request))
    limits.forgive(f"{what}:device", devices.known(request, email), email)


def too_many(request: HttpRequest, problem: limits.TooMany) -> HttpResponse:
    """429, in words, with the time to wait."""
    response = render(request, "staff/signin/too_many.html", {"minutes": -(-problem.seconds // 60)}, status=429)
    response["Retry-After"] = str(problem.seconds)
    return response
