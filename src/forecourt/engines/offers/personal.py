"""What of this context hangs on a person: it follows when two records are merged."""

from forecourt.engines.offers.models import Invoice, Request
from forecourt.runtime import references

references.declare(Invoice)
references.declare(Request)
