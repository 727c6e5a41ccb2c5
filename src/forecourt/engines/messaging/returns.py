"""The return path of each mail (VERP): it names the message, signed, so that a bounce finds its way home and nobody can forge one."""

import base64
import hashlib
import hmac
from uuid import UUID

from django.conf import settings

_SIGNATURE_BYTES = 5  # with the id 21 bytes: a local part of 41 characters, below the 64 that SMTP allows
_PREFIX = "return+"


def address(message_id: UUID, domain: str) -> str:
    """The envelope sender for one message."""
    token = base64.b32encode(message_id.bytes + _signature(message_id)).decode().rstrip("=").lower()
    return f"{_PREFIX}{token}@{domain}"


def read(recipient: str) -> UUID | None:
    """The message that a bounce to this address is about; None if the address is none of ours."""
    local = recipient.partition("@")[0].lower()
    token = local.removeprefix(_PREFIX).upper()
    try:
        raw = base64.b32decode(token + "=" * (-len(token) % 8))
    except ValueError:
        return None
    if not local.startswith(_PREFIX) or len(raw) != 16 + _SIGNATURE_BYTES:
        return None
    message_id = UUID(bytes=raw[:16])
    return message_id if hmac.compare_digest(raw[16:], _signature(message_id)) else None


def _signature(message_id: UUID) -> bytes:
    key = f"forecourt.messaging.returns:{settings.SECRET_KEY}".encode()
    return hmac.new(key, message_id.bytes, hashlib.sha256).digest()[:_SIGNATURE_BYTES]
