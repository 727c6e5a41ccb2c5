"""Requests to addresses that people named: the one room through which they leave, so that nobody reaches into the operator's own network.

An address must be https, and everything that its name stands for must be a public place. The name is asked once and the connection goes
to exactly what was checked, so that a name which changes its answer in between opens nothing; certificate and Host are the name's. No
redirect is followed; the time is counted for all of a request together, so that an answer in drops ends with it, and the size is bounded.
A host that the operator named in FORECOURT_INTERNAL_HOSTS may be private. Requests do not go through a proxy: it would ask the name again.
"""

import io
import ipaddress
import os
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import IO, Any, Final
from urllib.parse import urlsplit

import certifi
from django.conf import settings

from forecourt.kernel.errors import Rejected, TryLater

SECONDS: Final = 8
LONGEST: Final = 1 << 20
_BLOCK: Final = 1 << 18
_GOOD: Final = 200
_WRAPPED: Final = tuple(ipaddress.ip_network(each) for each in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96"))
"""Networks whose addresses carry one of IPv4 inside, behind which anything may stand."""
_HERE: Final = frozenset({"127.0.0.1", "::1"})
_PORTS: Final = {"http": 80, "https": 443}


class Closed(Rejected):
    """Nothing is asked there, whenever one tries; `code` says why."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class Silent(TryLater):
    """No answer this time; `code` says why."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code


@dataclass(frozen=True)
class Place:
    """An address that was checked, and the one number at which it is asked."""

    scheme: str
    host: str
    port: int
    path: str
    number: str


@dataclass(frozen=True)
class Answer:
    """What came back; header names in small letters."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def ask(
    method: str,
    url: str,
    *,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    seconds: float = SECONDS,
    at_most: int = LONGEST,
    is_ours: bool = False,
    into: IO[bytes] | None = None,
) -> Answer:
    """One request and its answer; raises Closed or Silent. `at_most` bytes of the answer's body are read, and one more is "too_long".

    `into`: the body of a good answer is written there, piece by piece, and not kept in memory.
    """
    line = _Line(seconds)
    place = checked(url, within=line.left(), is_ours=is_ours)
    connection = _Pinned(place, line)
    try:
        connection.request(method, place.path, body=body or None, headers={"Connection": "close", **(headers or {})})
        response = connection.getresponse()
        told = {name.lower(): value for name, value in response.getheaders()}
        if into is not None and response.status == _GOOD:
            _write(response, at_most, into)
            return Answer(response.status, told)
        return Answer(response.status, told, _read(response, LONGEST if into else at_most))
    except ssl.SSLError as error:
        raise _of_tls(error) from error
    except TimeoutError as error:
        raise Silent("too_slow", "it did not answer in time") from error
    except HTTPException as error:
        raise Silent("not_http", "its answer is no HTTP") from error
    except (OSError, ValueError) as error:
        raise Silent("no_connection", "no answer") from error
    finally:
        connection.hang_up()


def checked(url: str, *, within: float = SECONDS, is_ours: bool = False) -> Place:
    """Where the address leads; Closed unless it is https at a public place, or a host that the operator named.

    `is_ours`: a twin that runs beside us, on this machine and by its number.
    """
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
        host.encode("idna")
    except ValueError as error:
        raise Closed("no_address", "that is no address") from error
    is_inside = (is_named(host) or (is_ours and host in _HERE)) and parts.scheme in _PORTS
    if not host or parts.username or (parts.scheme != "https" and not is_inside):
        raise Closed("not_https", "it must begin with https://")
    if any(letter <= " " or letter == "\x7f" for letter in url):
        raise Closed("no_address", "that is no address")
    port = port or _PORTS[parts.scheme]
    number = _number(host, port, within, is_inside=is_inside)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Place(parts.scheme, host, port, path, number)


def number_of(host: str, port: int, *, within: float = SECONDS) -> str:
    """The one number at which this host is asked, over another protocol than HTTP; Closed unless it is a public place or named by the operator."""
    host = host.strip().lower()
    try:
        host.encode("idna")
    except ValueError as error:
        raise Closed("no_address", "that is no address") from error
    if not host or not 0 < port < 1 << 16 or any(letter <= " " or letter in "/@\x7f" for letter in host):
        raise Closed("no_address", "that is no address")
    return _number(host, port, within, is_inside=is_named(host))


def is_named(host: str) -> bool:
    """Whether the operator said that this host of their own network may be asked."""
    return host in settings.INTERNAL_HOSTS


def _number(host: str, port: int, within: float, *, is_inside: bool) -> str:
    numbers = _numbers(host, port, within)
    if not is_inside and not all(is_public(each) for each in numbers):
        raise Closed("private", "it is inside a private network; the operator can name it in FORECOURT_INTERNAL_HOSTS")
    return numbers[0]


def is_public(number: str) -> bool:
    """Whether this is a place of the public internet, and of nothing behind it."""
    found = ipaddress.ip_address(number.partition("%")[0])
    inner = getattr(found, "ipv4_mapped", None)
    if inner is not None:
        return is_public(str(inner))
    if found.is_multicast or found.is_reserved or found.is_unspecified or not found.is_global:
        return False
    return not any(found in network for network in _WRAPPED if network.version == found.version)


def _numbers(host: str, port: int, within: float) -> list[str]:
    """What the name stands for; asked in a thread, since the system's resolver keeps no time limit of ours."""
    found: list[str] = []
    problems: list[Exception] = []

    def look() -> None:
        try:
            found.extend(str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            problems.append(error)

    asking = threading.Thread(target=look, daemon=True)
    asking.start()
    asking.join(max(0.0, within))
    if asking.is_alive():
        raise Silent("too_slow", "its name is not answered in time")
    if problems or not found:
        raise Silent("unknown_name", "its name is not known")
    return found


def _read(response: HTTPResponse, at_most: int) -> bytes:
    if not at_most:
        return b""
    body = response.read(at_most + 1)
    if len(body) > at_most:
        raise Closed("too_long", "its answer is too long")
    return body


def _write(response: HTTPResponse, at_most: int, into: IO[bytes]) -> None:
    written = 0
    while block := response.read(_BLOCK):
        written += len(block)
        if written > at_most:
            raise Closed("too_long", "its answer is too long")
        into.write(block)
    if response.length:
        raise Silent("no_connection", "its answer broke off")


def _of_tls(error: ssl.SSLError) -> Exception:
    if isinstance(error, ssl.SSLCertVerificationError):
        return Silent("certificate", "its certificate is not valid")
    return Silent("no_connection", "no answer")


@lru_cache(maxsize=4)
def _trust(named: str) -> ssl.SSLContext:
    """Whose certificates hold: the machine's authorities, or those of the file that SSL_CERT_FILE names."""
    context = ssl.create_default_context(cafile=named or None)
    if not named:
        context.load_verify_locations(certifi.where())
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


class _Line:
    """What is left of the time of a whole request."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds

    def left(self) -> float:
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class _Timed:
    """A socket on which each step has what is left of the whole time, however many steps there are."""

    def __init__(self, inner: socket.socket, line: _Line) -> None:
        self._inner, self._line = inner, line

    def sendall(self, data: Any) -> None:
        self._inner.settimeout(self._line.left())
        self._inner.sendall(data)

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Drops(self._inner, self._line))

    def close(self) -> None:
        """The connection lets go of it before the answer is read; `hang_up` ends it."""


class _Drops(io.RawIOBase):
    """The answer as it comes."""

    def __init__(self, inner: socket.socket, line: _Line) -> None:
        super().__init__()
        self._inner, self._line = inner, line

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._inner.settimeout(self._line.left())
        return self._inner.recv_into(buffer)


class _Pinned(HTTPConnection):
    """Goes to the number that was checked; asks it for the name."""

    def __init__(self, place: Place, line: _Line) -> None:
        super().__init__(place.host, place.port)
        self._inner: socket.socket | None = None
        self.default_port = _PORTS[place.scheme]  # so that Host names no port that goes without saying
        self._place, self._line = place, line

    def connect(self) -> None:
        self._inner = socket.create_connection((self._place.number, self._place.port), timeout=self._line.left())
        if self._place.scheme == "https":
            self._inner.settimeout(self._line.left())
            self._inner = _trust(os.environ.get("SSL_CERT_FILE", "")).wrap_socket(self._inner, server_hostname=self._place.host)
        self.sock: Any = _Timed(self._inner, self._line)

    def hang_up(self) -> None:
        self.close()
        if self._inner is not None:
            self._inner.close()
