"""What of this context hangs on a person: it follows when two records are merged."""

from forecourt.engines.cases.models import Case
from forecourt.runtime import references

references.declare(Case)
