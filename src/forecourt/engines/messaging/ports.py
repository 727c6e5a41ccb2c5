"""What messaging asks of others: a relay that takes mail, a gateway that takes texts, and whoever knows what a customer agreed to.

Adapters implement relay and gateway, `records.people` answers the consent; `config.wiring` ties them in `registry`.
"""

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from forecourt.kernel.errors import TryLater


@dataclass(frozen=True)
class Envelope:
    """One mail ready to go: who it is from for bounces, who it is for, and its bytes with CRLF line ends."""

    message_id: str
    sender: str
    recipient: str
    data: bytes


@dataclass(frozen=True)
class Answer:
    """What the relay said when it took a mail."""

    code: int
    text: str


class RelayDown(TryLater):
    """The relay cannot be reached or lets nobody in: no message is to blame, all wait."""


class Unanswered(Exception):
    """The whole mail was handed over and no answer came: it may have been taken or not."""


class Relay(Protocol):
    """An open session with a relay; used for many mails one after the other."""

    def submit(self, envelope: Envelope) -> Answer:
        """Hand over one mail.

        Raises TryLater (certainly not taken), Rejected (never will be) or Unanswered (nobody knows).
        """

    def took(self, message_id: str) -> bool | None:
        """Whether the relay took this Message-ID before; None if it cannot say. Raises TryLater."""


class OpensRelay(Protocol):
    """Opens a session that is closed at the end of the block. Connecting may wait for the first mail."""

    def __call__(self) -> AbstractContextManager[Relay]: ...


@dataclass(frozen=True)
class Text:
    """One text message ready to go, to a number in E.164. `told_at`: our address where what becomes of it is told, if it may be."""

    number: str
    body: str = field(repr=False)
    told_at: str = ""


class TextGateway(Protocol):
    """Whoever carries text messages."""

    def submit(self, text: Text) -> str:
        """Hand over one text; gives the gateway's id for it.

        Raises TryLater (not taken, or not known to be), Rejected (never will be) or Unanswered (nobody knows).
        """

    def took(self, text: Text) -> bool:
        """Whether the gateway has taken this very text before. Raises TryLater."""


class ConsentVerdict(Protocol):
    @property
    def allowed(self) -> bool: ...
    @property
    def reason_code(self) -> str: ...


class Consent(Protocol):
    """Whether something may be sent to a customer, as of now; `suppression` is `none`, `address` or `complaint`."""

    def __call__(
        self, *, customer_id: UUID | None, purpose: str, channel: str, brand: str, controller: str, suppression: str
    ) -> ConsentVerdict: ...
