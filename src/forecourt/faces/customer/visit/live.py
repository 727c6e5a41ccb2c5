"""The customer's page goes on by itself: each change of the visit is rendered once per language and sent."""

from uuid import UUID

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation

from forecourt.faces.customer.visit import picture
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
)
from forecourt.runtime.events import Event, subscriber
from forecourt.runtime.live import fragments

LANGUAGES = tuple(code for code, _ in settings.LANGUAGES)


@subscriber(
    CarAccepted, StageChanged, ExpectedTimeChanged, ApprovalAsked, ItemApproved, ItemRejected, ItemWithdrawn, CarReady, InvoiceIssued,
    CarCollected, queue="live",
)  # fmt: skip
def show_the_customer(event: Event) -> None:
    job_card_id: UUID = event.job_card_id  # type: ignore[attr-defined]
    card = picture.job_cards().get(pk=job_card_id)
    fragments.push(picture.topic(job_card_id), {language: _rendered(card, language) for language in LANGUAGES})


def _rendered(card: JobCard, language: str) -> str:
    with translation.override(language), timezone.override(card.site.zone):
        shown = picture.of(card)
        # The list of a person's cars follows the same topic; each page takes the piece it has.
        progress = {"job_card_id": card.pk, "stage": card.stage, "expected": shown["expected"], "to_decide": len(shown["found"])}
        return render_to_string("customer/visit/_visit.html", shown) + render_to_string("customer/cars/_progress.html", {"here": progress})
