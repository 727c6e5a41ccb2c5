"""Signed permission to follow some topics for ten minutes: the page carries it, the live process checks it without asking a database."""

import hashlib
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
    """Seconds since 1970 by the machine's clock: how long a token holds is no business time."""

    @property
    def ends_at(self) -> float:
        return self.issued_at + SECONDS


def issue(session_key: str, organisation_id: UUID, site_id: UUID | None, topics: list[str], variant: str) -> str:
    """A token for the page that is being rendered. `variant` names the rendering this page gets, such as `de:adviser`."""
    site = str(site_id) if site_id else ""
    claims = [session_mark(session_key), str(organisation_id), site, topics, variant, round(time.time(), 2)]
    return signing.Signer(salt=_SALT).sign_object(claims, compress=True)


def check(token: str, *, secret: str) -> Pass | None:
    """The pass in a token; None if it was tampered with or is older than ten minutes. Needs no Django settings."""
    try:
        claims = signing.Signer(key=secret, salt=_SALT, fallback_keys=[]).unsign_object(token)
    except signing.BadSignature:
        return None
    mark, organisation, site, topics, variant, issued_at = claims
    if time.time() - issued_at > SECONDS:
        return None
    return Pass(mark, UUID(organisation), UUID(site) if site else None, tuple(topics), variant, issued_at)


def session_mark(session_key: str) -> str:
    """A session's name in tokens, from which the session's key cannot be told."""
    return hashlib.sha256(f"{_SALT}:{session_key}".encode()).hexdigest()[:20]
