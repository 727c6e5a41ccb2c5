"""What changed rules and decided lines lead to."""

from forecourt.engines.audience import background, facts, rules
from forecourt.engines.audience.events import DecisionTakenBack, FactsRefreshed, LearnerSwitched, LinesDecided, RulesChanged
from forecourt.engines.audience.learning import deciding, teaching
from forecourt.records.catalogue.events import StandardWorkInstalled, WorkKindChanged
from forecourt.records.dealership.events import OrganisationFounded
from forecourt.runtime import scope
from forecourt.runtime.actors import system
from forecourt.runtime.events import Event, subscriber


@subscriber(OrganisationFounded)
def begin_with_the_standard_rules(event: OrganisationFounded) -> None:
    rules.install()


@subscriber(RulesChanged, WorkKindChanged, StandardWorkInstalled, queue="bulk")
def work_out_anew(event: Event) -> None:
    """The whole history is read again under the new rules or intervals; only distinct texts are matched."""
    facts.refresh()


@subscriber(LinesDecided, DecisionTakenBack, queue="bulk")
def apply_what_people_decided(event: LinesDecided | DecisionTakenBack) -> None:
    """The cars with these lines are worked out anew, and the learner has something new to learn."""
    actor = system(scope.organisation_id(), via="lines_decided")
    teaching.apply_decisions(deciding.texts_of(event.batch_id), actor=actor)
    background.learn.defer(by=actor, organisation_id=str(actor.organisation_id), is_counted=False)


@subscriber(FactsRefreshed, LearnerSwitched)
def learn_from_what_is_decided(event: FactsRefreshed | LearnerSwitched) -> None:
    """The history was read anew, or the dealer wants the learner to speak or to be silent."""
    actor = system(scope.organisation_id(), via="learning")
    is_switched = isinstance(event, LearnerSwitched)
    background.learn.defer(by=actor, organisation_id=str(actor.organisation_id), is_counted=not is_switched, is_answered=is_switched)
