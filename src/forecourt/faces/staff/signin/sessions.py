"""What a session knows about its sign-in: how it happened, whether that was more than a password, when it was last confirmed.

A session that a dealer's identity provider opened is that dealer's alone: it reaches no other dealer where the same person works, and
nothing that belongs to the person, such as passkeys and other devices.
"""

import time
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from allauth.account.authentication import get_authentication_records
from django.contrib.auth import login
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.http import HttpRequest

from forecourt.faces.ui import choices, nearness
from forecourt.records.accounts import profile, signins
from forecourt.records.accounts.models import Account

HOW: Final = "signed_in_how"
STRONG: Final = "signed_in_strongly"
CONFIRMED_AT: Final = "signed_in_confirmed_at"
SEEN_AT: Final = "signed_in_seen_at"
ONLY_AT: Final = "signed_in_only_at"
DEVICE: Final = "signed_in_device"
SUPPORT: Final = "support_visit"
CONFIRMED_FOR: Final = timedelta(minutes=10)
BACKEND: Final = "allauth.account.auth_backends.AuthenticationBackend"
_STRONG_WAYS: Final = frozenset({"passkey", "second_factor", "identity"})


def listen() -> None:
    """Called once when all apps are ready."""
    user_logged_in.connect(_begun, dispatch_uid="forecourt.signins.begun")
    user_logged_out.connect(_ended, dispatch_uid="forecourt.signins.ended")
    choices.register(keep_choice)


def sign_in(request: HttpRequest, account: Account, *, how: str, only_at: UUID | None = None) -> None:
    """Sign somebody in by a way that allauth does not know. A session that was there before is left behind whole."""
    request.session.flush()
    request.sign_in_how = how  # type: ignore[attr-defined]
    login(request, account, backend=BACKEND)
    if only_at is not None:
        request.session[ONLY_AT] = str(only_at)


def is_strong(request: HttpRequest) -> bool:
    return bool(request.session.get(STRONG))


def made_strong(request: HttpRequest) -> None:
    """The person has just set a second factor up, in this session."""
    request.session[STRONG] = True


def only_at(request: HttpRequest) -> str:
    """The organisation whose provider opened this session; empty for a session of the person's own."""
    return str(request.session.get(ONLY_AT, ""))


def keep_choice(request: HttpRequest, *, language: str = "", theme: str = "") -> None:
    """What was chosen in the menu of a page, for the account that is signed in, if any: its mails and its next device follow."""
    if isinstance(request.user, Account):
        profile.choose(account=request.user, language=language, theme=theme)


def device(request: HttpRequest) -> UUID | None:
    """The row of this sign-in, for the audit trail."""
    kept = request.session.get(DEVICE)
    return UUID(kept) if kept else None


def confirm(request: HttpRequest) -> None:
    request.session[CONFIRMED_AT] = time.time()


def is_confirmed(request: HttpRequest) -> bool:
    """Whether the person has shown within ten minutes that it is still them."""
    return time.time() - float(request.session.get(CONFIRMED_AT, 0)) < CONFIRMED_FOR.total_seconds()


def note_use(request: HttpRequest) -> None:
    """Keep the device list true, at most every five minutes."""
    now = time.time()
    if now - float(request.session.get(SEEN_AT, 0)) > signins.SEEN_EVERY.total_seconds():
        request.session[SEEN_AT] = now
        signins.seen(request.session.session_key or "")


def _begun(sender: Any, request: HttpRequest, user: Account, **_rest: Any) -> None:
    how = getattr(request, "sign_in_how", "") or _how(request, user)
    request.session[HOW] = how
    request.session[STRONG] = how in _STRONG_WAYS
    request.session[SEEN_AT] = time.time()
    request.session.pop(ONLY_AT, None)
    request.session.pop(SUPPORT, None)
    confirm(request)
    if not request.session.session_key:
        request.session.create()
    signin = signins.begin(
        account=user,
        session_key=request.session.session_key or "",
        how=how,
        address=nearness.address(request),
        program=request.headers.get("User-Agent", ""),
    )
    request.session[DEVICE] = str(signin.pk)


def _ended(sender: Any, request: HttpRequest, user: Account | None, **_rest: Any) -> None:
    if user is not None and request.session.session_key:
        signins.end_session(request.session.session_key)


def _how(request: HttpRequest, account: Account) -> str:
    records = get_authentication_records(request, account)
    if any(record.get("passwordless") for record in records):
        return "passkey"
    return "second_factor" if any(record.get("method") == "mfa" for record in records) else "password"
