"""Rows taken for change. Order, so that nobody waits for each other: appointment, then job card, then resources, then counters."""

from uuid import UUID

from forecourt.journeys.workshop.models import Appointment, JobCard
from forecourt.runtime import access
from forecourt.runtime.actors import Actor


def appointment(appointment_id: UUID, *, actor: Actor, right: str) -> Appointment:
    """The appointment, locked, if the actor may; NotFound or NotPermitted otherwise."""
    return access.fetch(Appointment, appointment_id, actor=actor, right=right, related=("site", "customer", "vehicle"), lock=True)


def job_card(job_card_id: UUID, *, actor: Actor, right: str) -> JobCard:
    """The job card, locked, if the actor may; NotFound or NotPermitted otherwise."""
    return access.fetch(JobCard, job_card_id, actor=actor, right=right, related=("site", "customer", "vehicle"), lock=True)
