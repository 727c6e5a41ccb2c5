"""A gateway for text messages that speaks the protocol of Twilio's Messages resource, as several providers do.

`POST …/Accounts/<account>/Messages.json` with basic authentication and a form (To, From or MessagingServiceSid, Body, StatusCallback)
answers JSON with the message's `sid`; `GET` of the same address lists what it took. What becomes of a message it tells by a POST signed
with HMAC-SHA1 over our address and the sorted fields (`X-Twilio-Signature`). Fills `engines.messaging.ports.TextGateway`.
Source: https://www.twilio.com/docs/messaging/api/message-resource and https://www.twilio.com/docs/usage/security
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote, unquote, urlencode, urlsplit

from forecourt.adapters import outside
from forecourt.engines.messaging.ports import RelayDown, Text, Unanswered
from forecourt.kernel.errors import Rejected, TryLater

SECONDS: Final = 10.0
_LONGEST: Final = 1 << 18
_VERSION: Final = "2010-04-01"
_BEFORE: Final = frozenset({"unknown_name", "certificate"})  # nothing was said yet: certainly not taken
_GONE: Final = frozenset({"failed", "undelivered", "canceled"})


@dataclass(frozen=True)
class Gateway:
    """Where texts are handed over and in whose name. The token is a secret: it is in no repr, log or message."""

    origin: str
    account: str
    token: str = field(repr=False)
    sender: str
    is_ours: bool = False
    seconds: float = SECONDS

    def submit(self, text: Text) -> str:
        """Hand one over; gives the gateway's own id for it."""
        sender = "MessagingServiceSid" if self.sender.startswith("MG") else "From"
        form = {"To": text.number, sender: self.sender, "Body": text.body}
        if text.told_at:
            form["StatusCallback"] = text.told_at
        told = self._ask("POST", form=form)
        return str(told.get("sid", ""))

    def took(self, text: Text) -> bool:
        """Whether it has this very text to this number already. Raises TryLater."""
        try:
            told = self._ask("GET", query=urlencode({"To": text.number, "PageSize": "50"}))
        except (Unanswered, Rejected) as fault:
            raise TryLater("the gateway could not be asked") from fault
        known = told.get("messages")
        return isinstance(known, list) and any(_is_same(each, text) for each in known)

    def _ask(self, method: str, *, form: Mapping[str, str] | None = None, query: str = "") -> dict[str, Any]:
        pair = base64.b64encode(f"{self.account}:{self.token}".encode()).decode()
        headers = {"Authorization": f"Basic {pair}", "Accept": "application/json"}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        address = f"{self.origin}/{_VERSION}/Accounts/{quote(self.account, safe='')}/Messages.json"
        try:
            reply = outside.ask(
                method, f"{address}?{query}" if query else address, headers=headers, body=urlencode(form).encode() if form else b"",
                seconds=self.seconds, at_most=_LONGEST, is_ours=self.is_ours,
            )  # fmt: skip
        except outside.Silent as fault:
            if fault.code in _BEFORE:
                raise RelayDown(fault.reason) from fault
            raise Unanswered(fault.reason) from fault
        except outside.Closed as fault:
            if fault.code == "too_long":
                raise Unanswered(fault.reason) from fault
            raise
        return _judged(reply)


def gateway(url: str, sender: str, *, is_ours: bool = False, seconds: float = SECONDS) -> Gateway:
    """The gateway of `https://ACCOUNT:TOKEN@HOST`. `is_ours`: the twin on this machine."""
    parts = urlsplit(url)
    return Gateway(
        origin=f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path.rstrip('/')}", account=unquote(parts.username or ""), token=unquote(parts.password or ""),
        sender=sender, is_ours=is_ours, seconds=seconds,
    )  # fmt: skip


def signature(token: str, address: str, fields: Mapping[str, str]) -> str:
    """How the gateway signs what it tells us: HMAC-SHA1 over the address and each field's name and value, by name."""
    told = address + "".join(name + fields[name] for name in sorted(fields))
    return base64.b64encode(hmac.new(token.encode(), told.encode(), hashlib.sha1).digest()).decode()


def is_signed(token: str, address: str, fields: Mapping[str, str], given: str) -> bool:
    return bool(token) and hmac.compare_digest(signature(token, address, fields).encode(), given.encode("utf-8", "replace"))


def _judged(reply: outside.Answer) -> dict[str, Any]:
    """What it said; what went wrong is told by numbers, since its sentences repeat the number that was written to."""
    try:
        told = json.loads(reply.body)
    except ValueError:
        told = None
    told = told if isinstance(told, dict) else {}
    if 200 <= reply.status < 300:
        return told
    code = told.get("code")
    reason = f"{reply.status} {code}" if isinstance(code, int) else str(reply.status)
    if reply.status in {401, 403} and code != _NOT_THERE:
        raise RelayDown(reason)  # it does not let us in: no message is to blame
    if reply.status == 429 or reply.status >= 500:
        raise TryLater(reason)
    raise Rejected(reason)


_NOT_THERE: Final = 21408  # sending to that country is not switched on: of this number, for good


def _is_same(known: object, text: Text) -> bool:
    return (
        isinstance(known, dict)
        and known.get("to") == text.number
        and str(known.get("body", "")).strip() == text.body.strip()
        and known.get("status") not in _GONE
    )
