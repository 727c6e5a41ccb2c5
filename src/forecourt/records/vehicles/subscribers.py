"""What cars' records do when something happened to them."""

from forecourt.records.vehicles import merges
from forecourt.records.vehicles.events import VehiclesMerged
from forecourt.runtime.events import subscriber


@subscriber(VehiclesMerged)
def gather_what_came_late(event: VehiclesMerged) -> None:
    """Rows that were being written while the records were merged."""
    merges.gather_strays(merge_id=event.merge_id)
