"""What the workshop does when something happens elsewhere."""

from forecourt.journeys.workshop import (
    appointments,
    notices,  # noqa: F401 - what customers are told is a reaction too
    resources,
)
from forecourt.records.dealership.events import BayAdded, BayChanged, SiteHoursChanged, StaffAbsent, StaffChanged, StaffJoined
from forecourt.records.vehicles.events import VehicleMergeUndone, VehiclesMerged
from forecourt.runtime.events import subscriber


@subscriber(BayAdded, BayChanged, SiteHoursChanged, StaffAbsent, StaffChanged, StaffJoined)
def keep_resources_in_line(event: BayAdded | BayChanged | SiteHoursChanged | StaffAbsent | StaffChanged | StaffJoined) -> None:
    """Bays and technicians become bookable, or cease to be."""
    if event.site_id is not None:
        resources.refresh(site_id=event.site_id)


@subscriber(VehiclesMerged, VehicleMergeUndone)
def hold_the_time_of_the_car_that_stands(event: VehiclesMerged | VehicleMergeUndone) -> None:
    """What was booked for one record of the car keeps the other from being booked at the same hour, and no longer once they are two again."""
    appointments.hold_their_cars(vehicle_ids=[event.vehicle_id, event.absorbed_id])
