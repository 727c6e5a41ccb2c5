"""One request over HTTP to a place that somebody named, so that it can neither lead into our own network nor hold us up.

The name is resolved once and that very address is connected to; it must be public. No redirect is followed, no proxy of the environment
used. Time and size of the whole exchange are bounded, whatever the other side does.
"""

import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import Final, Self
from urllib.parse import urlsplit

from forecourt.kernel.errors import Rejected, TryLater

_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    body: bytes


class NotReached(TryLater):
    """Nothing was said yet: the other side certainly did nothing."""


class NoReply(Exception):
    """The request was being sent, or was sent, and no whole answer came: it may have been done or not."""


def ask(
    method: str, url: str, *, headers: Mapping[str, str], body: bytes = b"", seconds: float, longest: int, is_ours: bool = False
) -> Reply:
    """Ask once. `is_ours`: a twin on this machine, and only there, may be asked without TLS.

    Raises Rejected for an address that must not be asked, NotReached or NoReply.
    """
    parts = urlsplit(url)
    host, is_secure = parts.hostname or "", parts.scheme == "https"
    if parts.username or not host or not (is_secure or (is_ours and parts.scheme == "http" and host in _LOOPBACK)):
        raise Rejected("the address must begin with https://")
    port = parts.port or (443 if is_secure else 80)
    line = _Line(host, port, _addresses(host, port, is_ours=is_ours), is_secure=is_secure, seconds=seconds)
    path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    with line:
        return line.talk(method, path, dict(headers), body, longest)


class _Line:
    """A connection that is cut when its time is over."""

    def __init__(self, host: str, port: int, addresses: list[str], *, is_secure: bool, seconds: float) -> None:
        self._connection = HTTPConnection(host, port, timeout=seconds)
        self._place, self._addresses, self._is_secure, self._seconds = (host, port), addresses, is_secure, seconds
        self._is_over = threading.Event()
        self._watch = threading.Timer(seconds, self._cut)
        self._watch.daemon = True

    def __enter__(self) -> Self:
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._watch.cancel()
        self._connection.close()

    def talk(self, method: str, path: str, headers: dict[str, str], body: bytes, longest: int) -> Reply:
        try:
            self._connection.sock = self._connected()
        except OSError as fault:
            raise NotReached(type(fault).__name__) from fault
        try:
            self._connection.request(method, path, body=body or None, headers=headers)
            answer = self._connection.getresponse()
            content = answer.read(longest + 1)
        except (OSError, HTTPException, ValueError) as fault:
            raise NoReply(type(fault).__name__) from fault
        if self._is_over.is_set() or len(content) > longest:
            raise NoReply("too long")
        return Reply(answer.status, content)

    def _connected(self) -> socket.socket:
        plain = _first_that_answers(self._addresses, self._place[1], self._seconds)
        if not self._is_secure:
            return plain
        try:
            return ssl.create_default_context().wrap_socket(plain, server_hostname=self._place[0])
        except BaseException:
            plain.close()
            raise

    def _cut(self) -> None:
        self._is_over.set()
        if self._connection.sock is not None:
            with suppress(OSError):  # the plain way to shut it: the TLS layer may be reading in the other thread
                socket.socket.shutdown(self._connection.sock, socket.SHUT_RDWR)


def _first_that_answers(addresses: list[str], port: int, seconds: float) -> socket.socket:
    last: OSError = OSError("no address")
    for address in addresses[:4]:
        try:
            return socket.create_connection((address, port), timeout=seconds / 4)
        except OSError as fault:
            last = fault
    raise last


def _addresses(host: str, port: int, *, is_ours: bool) -> list[str]:
    try:
        found = list(dict.fromkeys(str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
    except (OSError, UnicodeError) as fault:
        raise NotReached("its name is not known") from fault
    wrong = [each for each in found if not (ipaddress.ip_address(each).is_loopback if is_ours else ipaddress.ip_address(each).is_global)]
    if wrong or not found:
        raise Rejected("it is not at a public address")
    return found
