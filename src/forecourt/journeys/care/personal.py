"""What of this context hangs on a person: it follows when two records are merged."""

from forecourt.journeys.care.models import Survey
from forecourt.runtime import references

references.declare(Survey)
