"""A job card that is open on a screen follows what happens: what the customer decides appears without reload.

Each reaction draws only the sections that its event can change. What a class of readers may do decides the buttons drawn for them.
"""

from typing import Any, Final
from uuid import UUID

from django.template.loader import render_to_string
from django.utils import timezone, translation

from forecourt.faces.staff import live
from forecourt.faces.staff.job_cards import picture
from forecourt.faces.staff.job_cards.views import RELATED, TIMELINE_LENGTH
from forecourt.journeys.workshop.models import JobCard
from forecourt.journeys.workshop.visit_events import (
    ApprovalAsked,
    CarAccepted,
    CarCollected,
    CarReady,
    ExpectedTimeChanged,
    InvoiceIssued,
    ItemApproved,
    ItemRejected,
    ItemWithdrawn,
    StageChanged,
    TechnicianAssigned,
    WorkFinished,
    WorkFound,
    WorkStarted,
)
from forecourt.records.timeline import reading
from forecourt.runtime import access
from forecourt.runtime.actors import Actor, system
from forecourt.runtime.events import Event, subscriber
from forecourt.runtime.live import fragments

HEAD, LINES, FOUND, BILL, HISTORY = (f"staff/job_cards/_{name}.html" for name in ("head", "lines", "found", "bill", "history"))
_ALL: Final = (HEAD, LINES, FOUND, BILL)
_SECTIONS: Final[dict[type[Event], tuple[str, ...]]] = {
    ExpectedTimeChanged: (HEAD,),
    TechnicianAssigned: (HEAD,),
    WorkStarted: (HEAD, LINES),
    WorkFinished: (HEAD, LINES),
    WorkFound: (HEAD, FOUND),
    ApprovalAsked: (HEAD, FOUND),
    InvoiceIssued: (HEAD, BILL),
}
_MODEL_ROLES: Final = {"work": "adviser", "floor": "technician", "look": "read-only"}
"""Whose buttons a class of readers gets to see; back office, who only invoice, keep theirs until the invoice is there."""


def may_follow(actor: Actor, job_card_id: UUID) -> bool:
    """Whoever sees the job card."""
    found = JobCard.objects.filter(pk=job_card_id).first()
    return found is not None and access.may(actor, "workshop.see_job_card", found)


live.topic("job_card", may_follow)


@subscriber(
    ApprovalAsked, CarAccepted, CarCollected, CarReady, ExpectedTimeChanged, InvoiceIssued, ItemApproved, ItemRejected, ItemWithdrawn,
    StageChanged, TechnicianAssigned, WorkFinished, WorkFound, WorkStarted, queue="live",
)  # fmt: skip
def show_on_job_card(happened: Any) -> None:
    """Send what changed to whoever has this card open."""
    job_card_id: UUID = happened.job_card_id
    job_card = JobCard.objects.select_related(*RELATED).filter(pk=job_card_id).first()
    if job_card is None:
        return
    shown = picture.of(job_card)
    context = shown | {"owed": picture.owed(shown["invoice"], shown["agreed"])}
    sections = _SECTIONS.get(type(happened), _ALL)
    with timezone.override(job_card.site.zone):
        variants = {name: html for language in live.LANGUAGES for name, html in _rendered(context, sections, language).items()}
    fragments.push(f"job_card:{job_card.pk}", variants)


def _rendered(context: dict[str, Any], sections: tuple[str, ...], language: str) -> dict[str, str]:
    job_card: JobCard = context["job_card"]
    with translation.override(language):
        reader = system(job_card.organisation_id)
        timeline = reading.of("job_card", job_card.pk, actor=reader, limit=TIMELINE_LENGTH)
        history = render_to_string(HISTORY, {"timeline": timeline})
        return {f"{language}:{rights}": _drawn(context, sections, rights) + history for rights in live.RIGHTS}


def _drawn(context: dict[str, Any], sections: tuple[str, ...], rights: str) -> str:
    may = picture.rights_among(access.rights_of(_MODEL_ROLES[rights]))
    shown = [each for each in sections if each != BILL or rights != "look" or context["invoice"]]
    return "".join(render_to_string(each, context | {"may": may}) for each in shown)
