"""Taking a person's mails out of the local mail server: what went to their addresses goes, envelope and content. The index holds numbers only."""

from collections.abc import Collection
from pathlib import Path

from forecourt.adapters.mailserver.store import Store


def forget(folder: Path, addresses: Collection[str]) -> int:
    """Remove every delivery to one of these addresses; returns how many there were."""
    wanted = {address.casefold() for address in addresses}
    store = Store(folder)
    found = [each for each in store.newest_first() if wanted & {recipient.casefold() for recipient in each.recipients}]
    for delivery in found:
        store.remove(delivery)
    return len(found)
