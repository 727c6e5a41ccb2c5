"""How messages between programs are signed: Standard Webhooks 1.0 (github.com/standard-webhooks/standard-webhooks), symmetric.

HMAC-SHA256 over `id.timestamp.body`, as `v1,<base64>` in `webhook-signature`; several signatures stand beside each other with a space, so
that a secret can be changed without a gap. A secret is 32 random bytes, written `whsec_<base64>`. The library of that name is not used: it wants
the whole body in memory and knows one secret; here 64 MB pass by in pieces, and two secrets hold while one is changed.
"""

import base64
import binascii
import hmac
import secrets
import time
from collections.abc import Sequence
from typing import Final

PREFIX: Final = "whsec_"
TOLERANCE_SECONDS: Final = 300
LONGEST_ID: Final = 120
_VERSION: Final = "v1,"
_MOST_SIGNATURES: Final = 10


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def now() -> int:
    """Seconds by the machine's clock: the other side knows nothing of business time."""
    return int(time.time())


def is_fresh(timestamp: str) -> bool:
    """Whether a message was signed within five minutes, before or after now."""
    return timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12 and abs(now() - int(timestamp)) <= TOLERANCE_SECONDS


class Signature:
    """Worked out while the body passes by, so that nothing has to be held in memory."""

    def __init__(self, keys: Sequence[str], *, message_id: str, timestamp: str) -> None:
        head = f"{message_id}.{timestamp}.".encode()
        self._each = [hmac.new(_key(key), head, "sha256") for key in keys]

    def update(self, part: bytes) -> None:
        for each in self._each:
            each.update(part)

    def header(self) -> str:
        return " ".join(_VERSION + base64.b64encode(each.digest()).decode() for each in self._each)

    def holds(self, header: str) -> bool:
        """Whether one of the signatures given is one of ours; all are compared, each in constant time."""
        given = [each.encode() for each in header.split(" ")[:_MOST_SIGNATURES]]
        ours = [each.encode() for each in self.header().split(" ")]
        return any([hmac.compare_digest(one, other) for one in ours for other in given])  # noqa: C419 - no stopping at the first


def headers(keys: Sequence[str], *, message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers of a message that leaves."""
    signature = Signature(keys, message_id=message_id, timestamp=str(timestamp))
    signature.update(body)
    return {"webhook-id": message_id, "webhook-timestamp": str(timestamp), "webhook-signature": signature.header()}


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("That is no secret of ours.") from error
