"""Secrets by which a browser, a mail or a code is known again: made here, kept as digests only."""

import hashlib
import hmac
import secrets
from typing import Final
from uuid import UUID

from django.conf import settings

CODE_DIGITS: Final = 6
SIGNS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that looks like another


def fresh() -> str:
    """256 random bits, fit for cookies and addresses."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """For secrets long enough that nobody can try them all."""
    return hashlib.sha256(secret.encode()).hexdigest()


def code_of(proof_id: UUID) -> str:
    """The six digits that are mailed for a proof. Made from its id and the house's key, so that they need not be kept until the mail leaves."""
    number = int.from_bytes(_derived("code", proof_id)[:8], "big") % 10**CODE_DIGITS
    return f"{number:0{CODE_DIGITS}}"


def link_of(proof_id: UUID) -> str:
    """The secret of the link that is mailed for a proof: 256 bits that only the house's key gives."""
    return _derived("link", proof_id).hex()


def code_digest(proof_id: UUID, code: str) -> str:
    """Six digits can all be tried, so their digest needs the house's key."""
    return hmac.new(_key("digest"), f"{proof_id}:{code}".encode(), hashlib.sha256).hexdigest()


def short_code() -> str:
    """Ten signs that can be read out over the phone: 50 bits."""
    return "".join(secrets.choice(SIGNS) for _ in range(10))


def short_digest(code: str) -> str:
    """All of 50 bits could be tried with time, so this needs the house's key too. Case, blanks and dashes do not matter."""
    signs = "".join(each for each in code.upper() if each in SIGNS)
    return hmac.new(_key("short"), signs.encode(), hashlib.sha256).hexdigest()


def are_equal(one: str, other: str) -> bool:
    return hmac.compare_digest(one, other)


def _derived(use: str, proof_id: UUID) -> bytes:
    return hmac.new(_key(use), proof_id.bytes, hashlib.sha256).digest()


def _key(use: str) -> bytes:
    return f"forecourt.accounts.{use}:{settings.SECRET_KEY}".encode()
