"""What of this context hangs on a person: it follows when two records are merged."""

from forecourt.engines.messaging.models import Message, Pause
from forecourt.runtime import references

references.declare(Message)
references.declare(Pause)
