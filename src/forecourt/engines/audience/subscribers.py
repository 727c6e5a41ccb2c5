"""What changed rules and decided lines lead to, and that what segments read follows the records."""

from forecourt.engines.audience import background, facts, profiles, rules
from forecourt.engines.audience.events import (
    DecisionTakenBack,
    FactsRefreshed,
    LearnerSwitched,
    LinesDecided,
    RulesChanged,
    SegmentMade,
    SegmentRestored,
)
from forecourt.engines.audience.learning import deciding, teaching
from forecourt.engines.audience.segments import history
from forecourt.records.catalogue.events import StandardWorkInstalled, WorkKindChanged
from forecourt.records.dealership.events import OrganisationFounded, SiteOpened
from forecourt.records.history.events import DayPutRight, MileagePutRight
from forecourt.records.people.events import (
    ConsentGiven,
    ConsentRuleSet,
    ConsentsEntered,
    ConsentWithdrawn,
    CustomerChanged,
    CustomersMerged,
    MergeUndone,
    Objected,
    PersonErased,
)
from forecourt.records.vehicles.events import VehicleChanged, VehicleMergeUndone, VehiclesMerged
from forecourt.runtime import scope
from forecourt.runtime.actors import system
from forecourt.runtime.events import Event, subscriber

_OF_PAPERS = frozenset({"statutory_test_due_on", "first_registered_on", "country", "service_due_on", "service_due_km"})


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


@subscriber(VehicleChanged, queue="bulk")
def follow_the_car(event: VehicleChanged) -> None:
    """What is due hangs on its papers; a reading of its mileage is taken in with its next visit."""
    if _OF_PAPERS & set(event.fields):
        facts.refresh(vehicle_ids=[event.vehicle_id])
    else:
        profiles.refresh(vehicle_ids=[event.vehicle_id])


@subscriber(MileagePutRight, DayPutRight, queue="bulk")
def read_the_car_anew(event: MileagePutRight | DayPutRight) -> None:
    """Its yearly mileage, and with it what is due, hangs on every reading and on its day."""
    facts.refresh(vehicle_ids=[event.vehicle_id])


@subscriber(CustomerChanged, ConsentGiven, ConsentWithdrawn, Objected, queue="bulk")
def follow_the_keeper(event: CustomerChanged | ConsentGiven | ConsentWithdrawn | Objected) -> None:
    profiles.refresh(customer_ids=[event.customer_id])


@subscriber(CustomersMerged, MergeUndone, queue="bulk")
def follow_both_records(event: CustomersMerged | MergeUndone) -> None:
    profiles.refresh(customer_ids=[event.customer_id, event.absorbed_id])


@subscriber(VehiclesMerged, VehicleMergeUndone, queue="bulk")
def read_both_cars_anew(event: VehiclesMerged | VehicleMergeUndone) -> None:
    """What was done on either counts for the one that stands."""
    facts.refresh(vehicle_ids=[event.vehicle_id, event.absorbed_id])


@subscriber(SiteOpened, queue="bulk")
def measure_to_the_new_site(event: SiteOpened) -> None:
    """Who never came may live nearer to it."""
    profiles.refresh()


@subscriber(ConsentsEntered, ConsentRuleSet, queue="bulk")
def read_the_ledger_anew(event: ConsentsEntered | ConsentRuleSet) -> None:
    """Many lines at once, or another rule for all of them."""
    profiles.refresh()


@subscriber(FactsRefreshed, queue="bulk")
def note_who_is_in_which_segment(event: FactsRefreshed) -> None:
    history.note()


@subscriber(SegmentMade, SegmentRestored, queue="bulk")
def begin_its_history(event: SegmentMade | SegmentRestored) -> None:
    history.note(segment_ids=[event.segment_id])


@subscriber(PersonErased)
def throw_the_lake_away(event: PersonErased) -> None:
    """It names no person, but what it tells of an erased person's car must go too; the next whole refresh writes it anew."""
    facts.discard_lake()
