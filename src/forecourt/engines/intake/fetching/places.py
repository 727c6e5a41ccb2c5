"""What fetching asks of a place where files lie. The places themselves are adapters; `config.wiring` ties them.

A place is opened for one look. It names the files that fit, hands their bytes over, and puts away what was taken.
"""

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import IO, Any, Final, Protocol

from forecourt.engines.intake.ports import Limits

MOST_NAMES: Final = 10_000


class Unreached(Exception):
    """The place cannot be looked at; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Unchanged(Exception):
    """What lies there is what was taken before."""


class Unfit(Exception):
    """This one file cannot be taken, now or ever: too_large, vanished, no_file."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Found:
    """A file that lies there. `mark` changes when it does; `is_whole`: its sender says that it is complete."""

    name: str
    mark: str
    changed: float = 0
    is_whole: bool = False


@dataclass(frozen=True)
class Address:
    """All that a place needs to be opened."""

    kind: str
    organisation: str  # the dealer's short name: their folder is called so
    place: dict[str, Any]
    secret: str = field(default="", repr=False)
    host_key: str = ""
    # mark of what was taken before, by name
    taken: dict[str, str] = field(default_factory=dict)
    at_most: int = Limits().file_bytes


class Place(Protocol):
    """An open place."""

    @property
    def host_key(self) -> str:
        """Of the machine that answered; empty where there is none."""

    def check(self) -> None:
        """Try what opening it did not. Raises Unreached."""

    def files(self) -> list[Found]:
        """What fits the pattern, at most MOST_NAMES. Raises Unreached."""

    def fetch(self, found: Found, into: IO[bytes]) -> str:
        """Write it down; returns the mark of what was read. Raises Unreached, Unchanged, Unfit."""

    def put_away(self, found: Found, *, refused: str = "") -> None:
        """It was taken, or refused for this reason. Never raises for what is away already."""


class Opener(Protocol):
    """Opens the place at this address; raises Unreached."""

    def __call__(self, address: Address) -> AbstractContextManager[Place]: ...


_openers: dict[str, Opener] = {}


def tie(kind: str, opener: Opener) -> None:
    """Called once for each kind, by wiring."""
    _openers[kind] = opener


def opened(address: Address) -> AbstractContextManager[Place]:
    """The place, open. Raises Unreached."""
    return _openers[address.kind](address)
