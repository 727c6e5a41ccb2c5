"""One question and a comment, the same evening.

A visit plans its survey when the car is collected; it goes out in the evening of that day by the site's clock, if the customer was not
asked within thirty days. A low score opens a case and marketing to this customer pauses until it is solved and confirmed.
"""

from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from forecourt.engines.cases import cases
from forecourt.engines.messaging import outbox, pauses, purposes
from forecourt.journeys.care.events import CustomerAnswered, CustomerAsked
from forecourt.journeys.care.models import Survey
from forecourt.journeys.workshop.models import JobCard, StageChange
from forecourt.kernel.errors import NotFound, Refusal
from forecourt.records.dealership.models import Site
from forecourt.runtime import access, clock
from forecourt.runtime.actors import Actor, system
from forecourt.runtime.events import publish

EVENING: Final = time(18, 30)
LOW_SCORE: Final = 6
ASKED_AT_MOST_EVERY: Final = timedelta(days=30)
COMMENT_LETTERS: Final = 2000


@transaction.atomic
def plan(*, job_card_id: UUID, customer_id: UUID, vehicle_id: UUID, site_id: UUID) -> Survey:
    """Plan the question for this visit's evening; once per visit."""
    site = Site.objects.get(pk=site_id)
    survey, _made = Survey.objects.get_or_create(
        job_card_id=job_card_id,
        defaults={
            "customer_id": customer_id,
            "vehicle_id": vehicle_id,
            "site_id": site_id,
            "due_at": this_evening(_collected_at(job_card_id), site.zone),
        },
    )
    return survey


def _collected_at(job_card_id: UUID) -> datetime:
    """The evening is that of the collection, however late its reaction runs."""
    at = StageChange.objects.filter(job_card_id=job_card_id, stage="collected").values_list("at", flat=True).last()
    return at or clock.now()


def this_evening(at: datetime, zone: str) -> datetime:
    """18:30 of the day at the place; an hour later for who collects in the evening itself."""
    local = at.astimezone(ZoneInfo(zone))
    evening = datetime.combine(local.date(), EVENING, ZoneInfo(zone))
    return max(evening, local + timedelta(minutes=30)).astimezone(at.tzinfo)


@transaction.atomic
def send(*, survey_id: UUID) -> Survey:
    """Put the question into the outbox, or say why it is skipped. Consent is decided when it leaves."""
    survey = Survey.objects.select_for_update(of=("self",)).select_related("customer").get(pk=survey_id)
    if survey.state != "planned":
        return survey
    survey.skipped_because = _why_not(survey)
    survey.state = "skipped" if survey.skipped_because else "sent"
    survey.sent_at = None if survey.skipped_because else clock.now()
    survey.save(update_fields=["state", "skipped_because", "sent_at"])
    if survey.state == "sent":
        outbox.queue(
            cause_kind="survey", cause_id=survey.pk, step="question", customer_id=survey.customer_id, address=survey.customer.email,
            purpose="survey", language=survey.customer.language or "en", template="how_was_it", facts={}, site_id=survey.site_id,
        )  # fmt: skip
    return survey


@transaction.atomic
def left(*, survey_id: UUID) -> None:
    """The question went out."""
    survey = Survey.objects.get(pk=survey_id)
    publish(CustomerAsked(**_about(survey)), by=system(survey.organisation_id, via="care"))


def held_back(*, survey_id: UUID, reason: str) -> None:
    """The question must not or could not go, so the customer was not asked and may be after the next visit."""
    rows = Survey.objects.filter(pk=survey_id, state="sent")
    rows.update(state="skipped", skipped_because=reason[:40], sent_at=None)


@transaction.atomic
def answer(*, actor: Actor, survey_id: UUID, score: int, comment: str = "") -> Survey:
    """The customer answers, once. Refusal("no_score", "too_long", "answered")."""
    survey = Survey.objects.select_for_update(of=("self",)).select_related("customer").filter(pk=survey_id).first()
    if survey is None:
        raise NotFound
    access.require(actor, "care.answer", survey)
    if not 0 <= score <= 10:
        raise Refusal("no_score", _("Please choose a number from 0 to 10."))
    if len(comment) > COMMENT_LETTERS:
        raise Refusal("too_long", _("Please keep it under %(letters)s characters.") % {"letters": COMMENT_LETTERS})
    if survey.state == "answered":
        raise Refusal("answered", _("You have answered already. Thank you."))
    survey.state, survey.score, survey.comment, survey.answered_at = "answered", score, comment.strip(), clock.now()
    survey.save(update_fields=["state", "score", "comment", "answered_at"])
    publish(CustomerAnswered(**_about(survey), score=score), by=actor)
    if score <= LOW_SCORE:
        _open_case(survey)
    return survey


def _open_case(survey: Survey) -> None:
    adviser_id = JobCard.objects.filter(pk=survey.job_card_id).values_list("adviser_id", flat=True).first()
    case = cases.open_case(
        actor=system(survey.organisation_id, via="care"), kind="low_score", site_id=survey.site_id, customer_id=survey.customer_id,
        vehicle_id=survey.vehicle_id, cause_kind="survey", cause_id=survey.pk, owner_id=adviser_id, note=survey.comment,
    )  # fmt: skip
    pauses.begin(customer_id=survey.customer_id, purposes=purposes.MARKETING, reason="case_open", cause_id=case.pk)


def _why_not(survey: Survey) -> str:
    if not survey.customer.email:
        return "no_address"
    since = clock.now() - ASKED_AT_MOST_EVERY
    asked = Survey.objects.filter(customer_id=survey.customer_id, sent_at__gt=since).exclude(pk=survey.pk)
    return "asked_recently" if asked.exists() else ""


def _about(survey: Survey) -> dict[str, UUID]:
    return {
        "survey_id": survey.pk,
        "job_card_id": survey.job_card_id,
        "customer_id": survey.customer_id,
        "vehicle_id": survey.vehicle_id,
        "site_id": survey.site_id,
    }
