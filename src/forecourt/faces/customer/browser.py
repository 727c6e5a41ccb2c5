"""What a customer's browser keeps: the secret of its device, and a mark by which a code is bound to who asked for it."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from forecourt.faces.ui.context import THEME_COOKIE
from forecourt.records.accounts import devices, secrets
from forecourt.records.accounts.models import Account, Device

_FAMILIES = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "Mac"), ("Linux", "Linux"),
)  # fmt: skip


def device_of(request: HttpRequest) -> Device | None:
    """The device this browser is signed in as, if it still is."""
    secret = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
    return devices.of(secret) if secret else None


def secret_of(request: HttpRequest) -> str:
    return request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")


def mark_of(request: HttpRequest) -> str:
    """What this browser was given when it asked for a code; empty if it never did."""
    return request.COOKIES.get(settings.ASKER_COOKIE_NAME, "")


def mark(request: HttpRequest) -> str:
    return mark_of(request) or secrets.fresh()


def keep_mark(response: HttpResponseBase, secret: str) -> None:
    _keep(response, settings.ASKER_COOKIE_NAME, secret, days=1)


def sign_in(response: HttpResponseBase, secret: str, account: Account) -> None:
    """From now on this browser is the account's, in its language and appearance."""
    _keep(response, settings.DEVICE_COOKIE_NAME, secret, days=devices.LONGEST.days)
    show_as(response, account)


def show_as(response: HttpResponseBase, account: Account) -> None:
    for name, value in ((settings.LANGUAGE_COOKIE_NAME, account.language), (THEME_COOKIE, account.theme)):
        response.set_cookie(name, value, max_age=365 * 24 * 3600, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)


def sign_out(response: HttpResponseBase) -> None:
    """Nothing of the person stays in the browser: neither the secret nor the appearance nor what was cached."""
    for name in (settings.LANGUAGE_COOKIE_NAME, THEME_COOKIE):
        response.delete_cookie(name)
    response.delete_cookie(settings.DEVICE_COOKIE_NAME, samesite="Lax")
    response.headers["Clear-Site-Data"] = '"cache"'


def name_of(request: HttpRequest) -> str:
    """Such as "Chrome, Android": enough for a person to know a device of theirs again."""
    agent = request.headers.get("User-Agent", "")
    found = [next((name for sign, name in names if sign in agent), "") for names in (_FAMILIES, _SYSTEMS)]
    return ", ".join(part for part in found if part)


def _keep(response: HttpResponseBase, name: str, value: str, *, days: int) -> None:
    options: dict[str, Any] = {"httponly": True, "samesite": "Lax", "secure": settings.SESSION_COOKIE_SECURE}
    response.set_cookie(name, value, max_age=days * 24 * 3600, **options)
