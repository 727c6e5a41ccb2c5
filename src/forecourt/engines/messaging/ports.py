"""What messaging asks of others: a relay that takes mail, and whoever knows what a customer agreed to.

Adapters implement the relay, `records.people` answers the consent; `config.wiring` ties them in `registry`.
"""

from contextlib import AbstractContextManager
from dataclasses import dataclass
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
