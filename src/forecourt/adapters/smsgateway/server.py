"""The gateway's side of the protocol: takes texts, lists them, and tells their sender what became of them."""

import base64
import hmac
import itertools
import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from forecourt.adapters import outside
from forecourt.adapters.sms import signature
from forecourt.adapters.smsgateway import faults as bad_days
from forecourt.adapters.smsgateway.faults import Faults
from forecourt.adapters.smsgateway.store import Store, Taken
from forecourt.kernel.errors import Rejected, TryLater

ACCOUNT: Final = "local"
_MESSAGES: Final = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
_E164: Final = re.compile(r"\+[1-9]\d{6,14}")
_LONGEST_REQUEST: Final = 1 << 16
_LONGEST_BODY: Final = 1600
_LISTED: Final = 50


class Gateway(ThreadingHTTPServer):
    """Listens. Bound to this machine by its callers."""

    daemon_threads = True

    def __init__(self, folder: Path, *, host: str, port: int, token: str, faults: Faults) -> None:
        self.store, self.token, self.faults, self.count = Store(folder), token, faults, itertools.count(1)
        super().__init__((host, port), _Talk)


class _Talk(BaseHTTPRequestHandler):
    server: Gateway
    timeout = 10

    def do_GET(self) -> None:
        if self.path == "/healthz":
            self._answer(200, {"works": True})
        elif self._is_welcome():
            wanted = dict(parse_qsl(urlsplit(self.path).query)).get("To", "")
            found = itertools.islice(self.server.store.newest_first(wanted), _LISTED)
            self._answer(200, {"messages": [_shown(text) for text in found]})

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > _LONGEST_REQUEST:
            self._refuse(413, 20001)
        elif self._is_welcome():
            self._take(dict(parse_qsl(self.rfile.read(length).decode("utf-8", "replace"))))

    def _take(self, form: dict[str, str]) -> None:
        to, body, faults = form.get("To", ""), form.get("Body", ""), self.server.faults
        code = _wrong(form) or faults.refusal_of(to)
        if code:
            self._refuse(bad_days.STATUS.get(code, 400), int(code))
            return
        time.sleep(faults.slow_before_storing)
        sender = form.get("From") or form.get("MessagingServiceSid", "")
        text = self.server.store.keep(to=to, sender=sender, body=body, status=faults.status_of(to))
        time.sleep(faults.slow_after_storing)
        if faults.drops(next(self.server.count)):
            self.close_connection = True
            return
        self._answer(201, _shown(text) | {"status": "queued"})
        if form.get("StatusCallback"):
            self._tell(form["StatusCallback"], text)

    def _tell(self, address: str, text: Taken) -> None:
        """What became of it, signed, after the answer."""
        fields = {"AccountSid": ACCOUNT, "MessageSid": text.sid, "MessageStatus": text.status, "To": text.to}
        if text.status != "delivered":
            fields["ErrorCode"] = "30003"
        headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signature(self.server.token, address, fields)}
        with suppress(Rejected, TryLater):
            outside.ask("POST", address, headers=headers, body=urlencode(fields).encode(), seconds=5, is_ours=True)

    def _is_welcome(self) -> bool:
        if urlsplit(self.path).path != _MESSAGES:
            self._refuse(404, 20404)
            return False
        pair = base64.b64encode(f"{ACCOUNT}:{self.server.token}".encode()).decode()
        if not hmac.compare_digest(self.headers.get("Authorization", "").encode(), f"Basic {pair}".encode()):
            self._refuse(401, 20003)
            return False
        return True

    def _refuse(self, status: int, code: int) -> None:
        self._answer(status, {"code": code, "status": status, "message": "Refused"})

    def _answer(self, status: int, told: dict[str, Any]) -> None:
        content = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Its log would hold numbers."""


@contextmanager
def running(folder: Path, *, token: str, host: str = "127.0.0.1", port: int = 0, faults: Faults | None = None) -> Iterator[int]:
    """The gateway in threads of this process for the length of a block; gives its port."""
    with Gateway(folder, host=host, port=port, token=token, faults=faults or Faults()) as gateway:
        thread = threading.Thread(target=gateway.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield gateway.server_address[1]
        finally:
            gateway.shutdown()
            thread.join(5)


def _wrong(form: dict[str, str]) -> str:
    if not _E164.fullmatch(form.get("To", "")):
        return "21211"
    if not (form.get("From") or form.get("MessagingServiceSid")):
        return "21603"
    body = form.get("Body", "")
    return "21602" if not body else "21617" if len(body) > _LONGEST_BODY else ""


def _shown(text: Taken) -> dict[str, Any]:
    return {
        "sid": text.sid, "to": text.to, "from": text.sender, "body": text.body, "status": text.status, "error_code": None,
        "date_created": text.taken_at.strftime("%a, %d %b %Y %H:%M:%S +0000"),
    }  # fmt: skip
