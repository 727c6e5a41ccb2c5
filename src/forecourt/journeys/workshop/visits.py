"""What arrivals, job cards, findings and billing have in common: what an event says of a visit, and the way into a stage."""

from typing import Any, Final

from forecourt.journeys.workshop.lifecycles import JOB_CARD
from forecourt.journeys.workshop.models import JobCard, StageChange
from forecourt.kernel.errors import Refusal
from forecourt.records.dealership.models import Organisation
from forecourt.records.people.models import Customer
from forecourt.runtime import clock
from forecourt.runtime.actors import Actor

SUBJECT: Final = "job_card"
"""How offers calls a job card."""


def about(job_card: JobCard) -> dict[str, Any]:
    """The ids that every event of a visit carries."""
    return {
        "job_card_id": job_card.pk,
        "appointment_id": job_card.appointment_id,
        "customer_id": job_card.customer_id,
        "vehicle_id": job_card.vehicle_id,
        "site_id": job_card.site_id,
    }


def language_of(customer: Customer) -> str:
    """The language a customer is written to: their own, else the dealer's."""
    return customer.language or Organisation.objects.get(pk=customer.organisation_id).language


def enter(job_card: JobCard, to: str, *, actor: Actor, text: str = "") -> str:
    """Move a locked job card to a stage and note who did it and when; returns the earlier stage. Refusal("wrong_state")."""
    earlier = job_card.stage
    job_card.stage = JOB_CARD.move(earlier, to, text=text)
    job_card.version += 1
    job_card.save()
    note(job_card, actor=actor)
    return earlier


def note(job_card: JobCard, *, actor: Actor) -> None:
    StageChange.objects.create(job_card=job_card, stage=job_card.stage, at=clock.now(), by_kind=actor.kind, by_id=actor.id)


def refuse_unless(job_card: JobCard, *stages: str, text: str) -> None:
    if job_card.stage not in stages:
        raise Refusal("wrong_state", text, lifecycle=JOB_CARD.name, state=job_card.stage, allowed=stages)
