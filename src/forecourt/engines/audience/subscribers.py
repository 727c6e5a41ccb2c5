"""What changed rules lead to, and that what segments read follows the records."""

from forecourt.engines.audience import facts, profiles, rules
from forecourt.engines.audience.events import FactsRefreshed, RulesChanged, SegmentMade, SegmentRestored
from forecourt.engines.audience.segments import history
from forecourt.records.catalogue.events import StandardWorkInstalled, WorkKindChanged
from forecourt.records.dealership.events import OrganisationFounded
from forecourt.records.people.events import (
    ConsentGiven,
    ConsentRuleSet,
    ConsentsEntered,
    ConsentWithdrawn,
    CustomerChanged,
    CustomersMerged,
    MergeUndone,
    Objected,
)
from forecourt.records.vehicles.events import VehicleChanged
from forecourt.runtime.events import Event, subscriber


@subscriber(OrganisationFounded)
def begin_with_the_standard_rules(event: OrganisationFounded) -> None:
    rules.install()


@subscriber(RulesChanged, WorkKindChanged, StandardWorkInstalled, queue="bulk")
def work_out_anew(event: Event) -> None:
    """The whole history is read again under the new rules or intervals; only distinct texts are matched."""
    facts.refresh()


@subscriber(VehicleChanged)
def follow_the_car(event: VehicleChanged) -> None:
    profiles.refresh(vehicle_ids=[event.vehicle_id])


@subscriber(CustomerChanged, ConsentGiven, ConsentWithdrawn, Objected)
def follow_the_keeper(event: CustomerChanged | ConsentGiven | ConsentWithdrawn | Objected) -> None:
    profiles.refresh(customer_ids=[event.customer_id])


@subscriber(CustomersMerged, MergeUndone)
def follow_both_records(event: CustomersMerged | MergeUndone) -> None:
    profiles.refresh(customer_ids=[event.customer_id, event.absorbed_id])


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
