"""What happens to the question after a visit."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_noop

from forecourt.runtime.events import Event, event


@dataclass(frozen=True, kw_only=True)
class _AboutSurvey(Event):
    survey_id: UUID
    job_card_id: UUID
    customer_id: UUID
    vehicle_id: UUID
    site_id: UUID

    concerns = ("customer", "vehicle", "survey", "job_card")


@event("care.asked")
@dataclass(frozen=True, kw_only=True)
class CustomerAsked(_AboutSurvey):
    audience = "customer"
    sentence = gettext_noop("Asked how it was")
    icon = "message-circle-question-mark"


@event("care.answered")
@dataclass(frozen=True, kw_only=True)
class CustomerAnswered(_AboutSurvey):
    score: int

    audience = "customer"
    sentence = gettext_noop("Answered with {score} of 10")
    icon = "star"
