"""What the workshop does when something happens elsewhere."""

from forecourt.journeys.workshop import (
    notices,  # noqa: F401 - what customers are told is a reaction too
    resources,
)
from forecourt.records.dealership.events import BayAdded, BayChanged, SiteHoursChanged, StaffAbsent, StaffChanged, StaffJoined
from forecourt.runtime.events import subscriber


@subscriber(BayAdded, BayChanged, SiteHoursChanged, StaffAbsent, StaffChanged, StaffJoined)
def keep_resources_in_line(event: BayAdded | BayChanged | SiteHoursChanged | StaffAbsent | StaffChanged | StaffJoined) -> None:
    """Bays and technicians become bookable, or cease to be."""
    if event.site_id is not None:
        resources.refresh(site_id=event.site_id)
