"""What of this context hangs on a person: it follows when two records are merged."""

from forecourt.engines.audience.models import DueWork, VehicleFacts
from forecourt.runtime import references

references.declare(DueWork)
references.declare(VehicleFacts)
