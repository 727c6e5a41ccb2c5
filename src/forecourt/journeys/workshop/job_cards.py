"""Job cards: the stages of requirement W4, who works on what, the check by somebody else, and the way out.

A car is ready only after somebody other than its technician has checked it.
"""

from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from forecourt.engines.offers.models import Item
from forecourt.journeys.workshop import expected, locks, visits
from forecourt.journeys.workshop.lifecycles import JOB_CARD, WORK_LINE
from forecourt.journeys.workshop.models import JobCard, WorkLine
from forecourt.journeys.workshop.progress import Step, customer_steps
from forecourt.journeys.workshop.visit_events import (
    CarCollected,
    CarReady,
    StageChanged,
    TechnicianAssigned,
    WorkFinished,
    WorkStarted,
)
from forecourt.kernel.errors import NotFound, Refusal
from forecourt.records.dealership.models import StaffMember
from forecourt.records.history import visits as history
from forecourt.runtime import access, clock
from forecourt.runtime.actors import Actor
from forecourt.runtime.events import publish

__all__ = ["Step", "advance", "assign", "collect", "customer_steps", "finish_line", "start_line"]

WORKING: Final = ("accepted", "in_work", "waiting_parts", "waiting_approval")
_OWN_ACTIONS: Final = ("booked", "arrived", "accepted", "collected")


@transaction.atomic
def advance(*, actor: Actor, job_card_id: UUID, to: str, version: int | None = None) -> JobCard:
    """Move a car to another stage. Leaving the quality check forwards is passing it, so only somebody else than the technician may.

    Refusals: "wrong_state", "changed_meanwhile", "work_left", "approval_open", "nothing_to_decide", "own_work", "not_checked".
    """
    if to == "collected":
        return collect(actor=actor, job_card_id=job_card_id, version=version)
    job_card = locks.job_card(job_card_id, actor=actor, right="workshop.advance_stage")
    _refuse_outdated(job_card, version)
    _refuse_move(job_card, to)
    _refuse_unfit(job_card, to)
    if job_card.stage == "quality_check" and to in {"washed", "ready"}:
        _pass_check(job_card, actor)
    if to == "in_work":
        job_card.checked_by_id = None  # whatever is done now must be checked again
    if to == "ready" and job_card.checked_by_id is None:
        raise Refusal("not_checked", _("The car is ready only after somebody else than its technician has checked it."))
    earlier = visits.enter(job_card, to, actor=actor)
    expected.recompute(job_card, actor=actor, reason="stage")
    if to == "ready":
        assert job_card.checked_by_id is not None
        publish(CarReady(**visits.about(job_card), checked_by_id=job_card.checked_by_id), by=actor)
    else:
        publish(StageChanged(**visits.about(job_card), stage=to, earlier=earlier), by=actor)
    return job_card


@transaction.atomic
def assign(*, actor: Actor, job_card_id: UUID, technician_id: UUID) -> JobCard:
    """Give the car to a technician of its site. NotFound for anyone else."""
    job_card = locks.job_card(job_card_id, actor=actor, right="workshop.advance_stage")
    member = StaffMember.objects.filter(pk=technician_id, role="technician", is_active=True).first()
    if member is None or (member.sites and job_card.site_id not in member.sites):
        raise NotFound
    if job_card.technician_id != technician_id:
        job_card.technician_id, job_card.version = technician_id, job_card.version + 1
        job_card.save(update_fields=["technician_id", "version"])
        publish(TechnicianAssigned(**visits.about(job_card), technician_id=technician_id), by=actor)
    return job_card


@transaction.atomic
def start_line(*, actor: Actor, line_id: UUID) -> WorkLine:
    """Somebody begins with a line; the car goes into work with its first one. Refusals: "wrong_state", "not_approved"."""
    line, job_card = _line(actor, line_id)
    visits.refuse_unless(job_card, *WORKING, text=_("Work begins after the car was accepted and ends with the quality check."))
    if line.item_id is None or not Item.objects.filter(pk=line.item_id, state="approved").exists():
        raise Refusal("not_approved", _("The customer has not approved this work."))
    line.state = WORK_LINE.move(line.state, "in_work", text=_("This line is already in work or done."))
    line.started_at, line.worked_by_id = clock.now(), _worker(actor)
    line.save(update_fields=["state", "started_at", "worked_by_id"])
    if job_card.technician_id is None and actor.role == "technician":
        job_card.technician_id = actor.id
    publish(WorkStarted(**visits.about(job_card), line_id=line.pk), by=actor)
    if job_card.stage in {"accepted", "waiting_parts"}:
        earlier = visits.enter(job_card, "in_work", actor=actor)
        publish(StageChanged(**visits.about(job_card), stage="in_work", earlier=earlier), by=actor)
    expected.recompute(job_card, actor=actor, reason="work")
    return line


@transaction.atomic
def finish_line(*, actor: Actor, line_id: UUID) -> WorkLine:
    """A line that was begun is done. Refusal("wrong_state") otherwise."""
    line, job_card = _line(actor, line_id)
    visits.refuse_unless(job_card, *WORKING, text=_("Work begins after the car was accepted and ends with the quality check."))
    WORK_LINE.refuse_unless(line.state, "in_work", text=_("Only a line that was begun can be finished."))
    line.state, line.done_at = WORK_LINE.move(line.state, "done"), clock.now()
    line.save(update_fields=["state", "done_at"])
    publish(WorkFinished(**visits.about(job_card), line_id=line.pk), by=actor)
    expected.recompute(job_card, actor=actor, reason="work")
    return line


@transaction.atomic
def collect(*, actor: Actor, job_card_id: UUID, version: int | None = None) -> JobCard:
    """The customer has the key; the visit is over. Refusals: "wrong_state", "changed_meanwhile"."""
    job_card = locks.job_card(job_card_id, actor=actor, right="workshop.collect")
    _refuse_outdated(job_card, version)
    visits.enter(job_card, "collected", actor=actor, text=_("Only a car that is ready can be collected."))
    assert job_card.visit_id is not None
    history.close(visit_id=job_card.visit_id, closed_on=clock.today(job_card.site.zone))
    publish(CarCollected(**visits.about(job_card), visit_id=job_card.visit_id), by=actor)
    return job_card


def _line(actor: Actor, line_id: UUID) -> tuple[WorkLine, JobCard]:
    """A line and its job card, both locked, in the order of `locks`."""
    job_card_id = WorkLine.objects.filter(pk=line_id).values_list("job_card_id", flat=True).first()
    if job_card_id is None:
        raise NotFound
    job_card = locks.job_card(job_card_id, actor=actor, right="workshop.work_on_line")
    return access.fetch(WorkLine, line_id, actor=actor, right="workshop.work_on_line", lock=True), job_card


def _worker(actor: Actor) -> UUID | None:
    return actor.id if actor.kind == "staff" else None


def _refuse_outdated(job_card: JobCard, version: int | None) -> None:
    if version is not None and version != job_card.version:
        raise Refusal("changed_meanwhile", _("The job card has changed meanwhile; this is how it stands now."), job_card=job_card)


def _refuse_move(job_card: JobCard, to: str) -> None:
    if to in _OWN_ACTIONS or to not in JOB_CARD.states:
        raise Refusal("wrong_state", _("This step has its own page: check-in and acceptance."), state=job_card.stage, allowed=())
    JOB_CARD.move(job_card.stage, to, text=_("The car cannot go to this stage from where it is."))


def _refuse_unfit(job_card: JobCard, to: str) -> None:
    """Nothing is left to do or to decide when the check begins, and there is something to decide when we wait for it."""
    pending = Item.objects.filter(request__subject_kind=visits.SUBJECT, request__subject_id=job_card.pk, state="pending")
    if to in {"quality_check", "washed", "ready"}:
        left = list(job_card.lines.filter(state__in=("planned", "in_work")).values_list("title", flat=True))
        if left:
            raise Refusal("work_left", _("Not finished yet: %(work)s") % {"work": ", ".join(left)}, left=left)
        if pending.exists():
            raise Refusal("approval_open", _("The customer has not decided on everything that was found."))
    if to == "waiting_approval" and not pending.filter(request__state="open").exists():
        raise Refusal("nothing_to_decide", _("There is nothing for the customer to decide."))


def _pass_check(job_card: JobCard, actor: Actor) -> None:
    access.require(actor, "workshop.quality_check", job_card)
    workers = {job_card.technician_id, *job_card.lines.values_list("worked_by_id", flat=True)}
    if actor.kind != "staff" or actor.id is None or actor.id in workers:
        raise Refusal("own_work", _("Somebody other than the technician must check the car."))
    job_card.checked_by_id = actor.id
