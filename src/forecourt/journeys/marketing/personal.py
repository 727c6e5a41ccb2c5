"""What of this context hangs on a person: it follows when two records are merged."""

from forecourt.journeys.marketing.models import Invitation
from forecourt.runtime import references

references.declare(Invitation)
