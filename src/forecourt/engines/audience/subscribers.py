"""What changed rules lead to."""

from forecourt.engines.audience import facts
from forecourt.engines.audience.events import RulesChanged
from forecourt.records.catalogue.events import StandardWorkInstalled, WorkKindChanged
from forecourt.runtime.events import Event, subscriber


@subscriber(RulesChanged, WorkKindChanged, StandardWorkInstalled, queue="bulk")
def work_out_anew(event: Event) -> None:
    """The whole history is read again under the new rules or intervals; only distinct texts are matched."""
    facts.refresh()
