"""Reading what the local mail server took: for the `/mailbox` page, the demonstration and tests. Never writes."""

from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property
from itertools import islice
from pathlib import Path

from forecourt.adapters.mailserver.store import Delivery, Store


@dataclass(frozen=True)
class Mail:
    """One delivery with its content."""

    delivery: Delivery
    raw: bytes

    @cached_property
    def parsed(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=policy.default)

    @property
    def subject(self) -> str:
        return str(self.parsed.get("Subject", ""))

    def text(self) -> str:
        """The plain text; empty if the mail has none."""
        return self._body("plain")

    def html(self) -> str:
        """The HTML; empty if the mail has none."""
        return self._body("html")

    def _body(self, kind: str) -> str:
        body = self.parsed.get_body(preferencelist=(kind,))
        return str(body.get_content()) if body is not None else ""


class Mailbox:
    """The deliveries in a folder, `FORECOURT_DATA/mail` of the running copy."""

    def __init__(self, folder: Path) -> None:
        self._store = Store(folder)

    def messages(self, limit: int = 50, to: str | None = None) -> list[Mail]:
        """The newest deliveries first; with `to`, only those to this address."""
        wanted = (delivery for delivery in self._store.newest_first() if to is None or _is_for(delivery, to))
        found = (self.message(delivery.sequence) for delivery in islice(wanted, limit))
        return [mail for mail in found if mail is not None]

    def message(self, sequence: int) -> Mail | None:
        """A delivery by its number."""
        found = self._store.find(sequence)
        return Mail(*found) if found else None

    def deliveries(self, message_id: str) -> int:
        """How often a Message-ID was taken; more than once means that it was sent twice."""
        return self._store.deliveries(message_id)

    def envelopes(self) -> list[Delivery]:
        """Every delivery without its content, the oldest first: for counting."""
        return list(self._store.newest_first())[::-1]


def _is_for(delivery: Delivery, address: str) -> bool:
    return address.casefold() in {recipient.casefold() for recipient in delivery.recipients}
