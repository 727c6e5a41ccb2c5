"""What changed rules lead to."""

from forecourt.engines.audience import facts, rules
from forecourt.engines.audience.events import RulesChanged
from forecourt.records.catalogue.events import StandardWorkInstalled, WorkKindChanged
from forecourt.records.dealership.events import OrganisationFounded
from forecourt.records.people.events import PersonErased
from forecourt.runtime.events import Event, subscriber


@subscriber(OrganisationFounded)
def begin_with_the_standard_rules(event: OrganisationFounded) -> None:
    rules.install()


@subscriber(RulesChanged, WorkKindChanged, StandardWorkInstalled, queue="bulk")
def work_out_anew(event: Event) -> None:
    """The whole history is read again under the new rules or intervals; only distinct texts are matched."""
    facts.refresh()


@subscriber(PersonErased)
def throw_the_lake_away(event: PersonErased) -> None:
    """It names no person, but what it tells of an erased person's car must go too; the next whole refresh writes it anew."""
    facts.discard_lake()
