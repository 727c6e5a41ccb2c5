"""Browsers that an account has been signed in with before: a signed cookie, so that their owner is not counted with strangers."""

import hashlib
from typing import Final

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from forecourt.kernel.ids import uuid7

_SALT: Final = "forecourt.device"
_A_YEAR: Final = 365 * 24 * 3600
_MOST: Final = 5  # people who share one browser


def cookie_name() -> str:
    return f"{settings.SESSION_COOKIE_NAME}_device"


def known(request: HttpRequest, email: str) -> str:
    """The browser's own name if this account has used it before; empty for a stranger's."""
    device, marks = _read(request)
    return device if device and _mark(device, email) in marks else ""


def remember(request: HttpRequest, response: HttpResponse, email: str) -> None:
    """From now on this browser counts as one of the account's own."""
    device, marks = _read(request)
    device = device or uuid7().hex
    marks = [_mark(device, email), *(mark for mark in marks if mark != _mark(device, email))][:_MOST]
    value = signing.dumps([device, marks], salt=_SALT)
    response.set_cookie(cookie_name(), value, max_age=_A_YEAR, httponly=True, samesite="Lax", secure=bool(settings.SESSION_COOKIE_SECURE))


def _read(request: HttpRequest) -> tuple[str, list[str]]:
    try:
        device, marks = signing.loads(request.COOKIES.get(cookie_name(), ""), salt=_SALT, max_age=_A_YEAR)
    except (signing.BadSignature, ValueError, TypeError):
        return "", []
    return str(device), list(marks)


def _mark(device: str, email: str) -> str:
    return hashlib.sha256(f"{device}:{email.strip().lower()}".encode()).hexdigest()[:16]
