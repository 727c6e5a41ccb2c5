"""What the customer's page of a visit shows, gathered once, for the page and for its live fragments."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from forecourt.engines.offers.models import Item
from forecourt.journeys.workshop import billing, findings, progress
from forecourt.journeys.workshop.models import JobCard
from forecourt.kernel import money
from forecourt.records.dealership.models import StaffMember
from forecourt.runtime import files
from forecourt.runtime.models import StoredFile


@dataclass(frozen=True)
class Found:
    """An item to decide on, with its pictures' addresses."""

    item: Item
    photos: list[tuple[str, str]]  # small, full


@dataclass(frozen=True)
class Expected:
    """When the car will be ready, on the site's wall clock."""

    earliest: datetime
    latest: datetime

    @property
    def is_one_time(self) -> bool:
        return self.earliest == self.latest


def topic(job_card_id: UUID) -> str:
    return f"visit:{job_card_id}"


def job_cards() -> QuerySet[JobCard]:
    return JobCard.objects.select_related("vehicle", "site__legal_entity", "customer", "appointment").prefetch_related(
        "stage_changes", "lines"
    )


def of(card: JobCard) -> dict[str, Any]:
    """The context of the template."""
    waiting = list(findings.to_decide(card))
    agreed = _gross((line.tax_rate, line.net) for line in card.lines.all() if line.state != "dropped")
    together = _gross(
        [
            *((line.tax_rate, line.net) for line in card.lines.all() if line.state != "dropped"),
            *((item.tax_rate, item.net) for item in waiting),
        ]
    )
    return {
        "card": card,
        "vehicle": card.vehicle,
        "site": card.site,
        "currency": card.site.legal_entity.currency,
        "adviser": StaffMember.objects.filter(pk=card.adviser_id).first() if card.adviser_id else None,
        "expected": expected(card),
        "steps": [(number, step, _local(step.at, card)) for number, step in enumerate(_steps(card), 1)],
        "found": [Found(item, _photos(item)) for item in waiting],
        "decided": [] if card.stage in {"ready", "collected"} else list(findings.decided(card)),
        "agreed": agreed,
        "together": together,
        "invoice": billing.of(card),
        "summary": billing.summary(card) if card.stage in {"ready", "collected"} else None,
    }


def _steps(card: JobCard) -> list[progress.Step]:
    return [step for step in progress.customer_steps(card) if step.state != "skipped"]


def _gross(lines: Any) -> Decimal:
    return money.totals(lines).gross


def expected(card: JobCard) -> Expected | None:
    """When it will be ready; None if nobody knows, or if it is."""
    if card.expected_latest_at is None or card.stage in {"ready", "collected"}:
        return None
    earliest = _local(card.expected_earliest_at or card.expected_latest_at, card)
    latest = _local(card.expected_latest_at, card)
    assert earliest is not None
    assert latest is not None
    return Expected(earliest, latest)


def _local(instant: datetime | None, card: JobCard) -> datetime | None:
    return instant.astimezone(ZoneInfo(card.site.zone)) if instant else None


def _photos(item: Item) -> list[tuple[str, str]]:
    stored = StoredFile.objects.in_bulk(item.photos)
    return [(files.signed_url(stored[photo], "small"), files.signed_url(stored[photo])) for photo in item.photos if photo in stored]
