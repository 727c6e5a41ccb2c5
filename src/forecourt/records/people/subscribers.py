"""What people's records do when something happened to them."""

from forecourt.records.people import merges
from forecourt.records.people.events import CustomersMerged
from forecourt.runtime.events import subscriber


@subscriber(CustomersMerged)
def gather_what_came_late(event: CustomersMerged) -> None:
    """Rows that were being written while the records were merged."""
    merges.gather_strays(merge_id=event.merge_id)
