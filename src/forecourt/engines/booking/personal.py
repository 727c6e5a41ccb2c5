"""Nothing of this context hangs on a person: who holds a time is named by the appointment."""

from forecourt.engines.booking.models import Closure, Reservation, Resource
from forecourt.runtime import personal_data

personal_data.impersonal(
    Resource, Closure, Reservation, because="time of bays, staff and house cars; whose appointment it is says the appointment"
)
