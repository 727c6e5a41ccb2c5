"""How this context reaches addresses outside; `config.wiring` puts `adapters.outside` behind it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


class Unreached(Exception):
    """No answer; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Answer:
    """A status, and how long the other side asks to wait."""

    status: int
    wait_seconds: int = 0


class Outside(Protocol):
    """Addresses that people named, asked in bounded time and never inside a private network."""

    def check(self, address: str) -> None:
        """Raise Unreached where nothing may be asked, now or ever."""

    def post(self, address: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Hand the body over; raise Unreached without an answer. Redirects are answers."""


class _Tied:
    outside: Outside | None = None


def tie_outside(outside: Outside) -> None:
    """Called once, by wiring."""
    _Tied.outside = outside


def outside() -> Outside:
    if _Tied.outside is None:
        raise RuntimeError("No way outside: config.wiring calls engines.exchange.ports.tie_outside")
    return _Tied.outside
