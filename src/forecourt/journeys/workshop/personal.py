"""What of this context hangs on a person: it follows when two records are merged."""

from forecourt.journeys.workshop.models import Appointment, JobCard
from forecourt.runtime import references

references.declare(Appointment)
references.declare(JobCard)
