"""What of this context hangs on a person: it follows when two records are merged."""

from forecourt.records.history.models import Visit
from forecourt.runtime import references

references.declare(Visit)
