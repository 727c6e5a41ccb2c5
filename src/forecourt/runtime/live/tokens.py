"""Signed permission to follow some topics for ten minutes: the page carries it, the live process checks it without asking a database."""

import hashlib
import math
import time
from dataclasses import dataclass
from uuid import UUID

from django.core import signing

SECONDS = 600
_SALT = "forecourt.live"


@dataclass(frozen=True, slots=True)
class Pass:
    """What a checked token allows."""

    session_mark: str
    organisation_id: UUID
    site_id: UUID | None
    topics: tuple[str, ...]
    variant: str
    issued_at: float
    """Seconds since 1970 by the machine's clock: how long a token holds is no business time. Its holder's rights were asked then or later."""
    ends_at: float


def issue(
    session_key: str,
    organisation_id: UUID,
    site_id: UUID | None,
    topics: list[str],
    variant: str,
    *,
    asked_at: float | None = None,
    seconds: float = SECONDS,
) -> str:
    """A token for the page that is being rendered. `variant` names the rendering this page gets, such as `de:adviser`.

    `asked_at` is when the rights were asked by which it is given; a change of them since makes it worth nothing. `seconds`: how long those
    rights last at most.
    """
    site = str(site_id) if site_id else ""
    issued_at = math.floor((asked_at or time.time()) * 100) / 100  # never later than it was: a change in between would be overlooked
    claims = [session_mark(session_key), str(organisation_id), site, topics, variant, issued_at, round(min(seconds, SECONDS), 2)]
    return signing.Signer(salt=_SALT).sign_object(claims, compress=True)


def check(token: str, *, secret: str) -> Pass | None:
    """The pass in a token; None if it was tampered with or is over. Needs no Django settings."""
    try:
        claims = signing.Signer(key=secret, salt=_SALT, fallback_keys=[]).unsign_object(token)
    except signing.BadSignature:
        return None
    mark, organisation, site, topics, variant, issued_at, *seconds = claims  # a page of the previous release says no seconds
    ends_at = issued_at + (seconds[0] if seconds else SECONDS)
    if time.time() > ends_at:
        return None
    return Pass(mark, UUID(organisation), UUID(site) if site else None, tuple(topics), variant, issued_at, ends_at)


def session_mark(session_key: str) -> str:
    """A session's name in tokens, from which the session's key cannot be told."""
    return hashlib.sha256(f"{_SALT}:{session_key}".encode()).hexdigest()[:20]
