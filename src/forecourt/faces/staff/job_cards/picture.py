"""What the page of a job card shows, read once; the page and the live updates draw the same sections from it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from forecourt.engines.offers.models import Invoice, Item
from forecourt.journeys.workshop import billing, findings
from forecourt.journeys.workshop.lifecycles import JOB_CARD, STAGES
from forecourt.journeys.workshop.models import JobCard, Media, StageChange, WorkLine
from forecourt.kernel import money
from forecourt.records.dealership.models import StaffMember
from forecourt.runtime import access, files
from forecourt.runtime.actors import Actor
from forecourt.runtime.models import StoredFile

RIGHTS: Final = {
    "accept": "workshop.accept",
    "advance": "workshop.advance_stage",
    "work": "workshop.work_on_line",
    "find": "workshop.add_finding",
    "decide": "workshop.decide_for_customer",
    "check": "workshop.quality_check",
    "invoice": "workshop.invoice",
    "collect": "workshop.collect",
}
_STEPS: Final[dict[tuple[str, str], Promise | str]] = {
    ("accepted", "in_work"): _("Start work"),
    ("in_work", "quality_check"): _("To the quality check"),
    ("quality_check", "in_work"): _("Not passed: back to work"),
    ("quality_check", "washed"): _("Passed: to the wash"),
    ("quality_check", "ready"): _("Passed: ready"),
    ("washed", "ready"): _("Washed: ready"),
    ("ready", "in_work"): _("Back to work"),
    ("waiting_parts", "in_work"): _("Parts are here: go on"),
    ("waiting_approval", "in_work"): _("Go on working"),
}
_TO_PARTS = _("Wait for parts")
_OTHER_WAYS: Final = ("arrived", "accepted", "waiting_approval", "collected")  # each has a page or button of its own
_FORWARD: Final = {"quality_check", "washed", "ready"}


@dataclass(frozen=True)
class Way:
    """A stage that can follow; `why_not` says why it cannot now."""

    to: str
    label: Promise | str
    is_forward: bool
    why_not: Promise | str = ""


@dataclass(frozen=True)
class Step:
    stage: str
    state: str  # done | now | next
    at: Any


@dataclass(frozen=True)
class Found:
    """An item that was found, with its pictures and where it stands."""

    item: Item
    request_state: str  # draft | open | answered | withdrawn
    photos: list[tuple[str, str, StoredFile]]

    @property
    def is_draft(self) -> bool:
        return self.request_state == "draft" and self.item.state == "pending"

    @property
    def is_open(self) -> bool:
        return self.request_state == "open" and self.item.state == "pending"


def rights_of(actor: Actor, job_card: JobCard) -> dict[str, bool]:
    """What this person may do to this card, by short names."""
    return {name: access.may(actor, right, job_card) for name, right in RIGHTS.items()}


def rights_among(rights: frozenset[str]) -> dict[str, bool]:
    """The same for a class of people, as live renderings know them."""
    return {name: right in rights for name, right in RIGHTS.items()}


def of(job_card: JobCard) -> dict[str, Any]:
    """Everything but the reader's rights and the timeline."""
    lines = list(job_card.lines.all())
    found = _found(job_card)
    technicians = list(StaffMember.objects.filter(role="technician", is_active=True))
    names = {each.pk: each.name for each in StaffMember.objects.filter(pk__in=_people(job_card, lines))}
    ours = [(each.pk, each.name) for each in technicians if not each.sites or job_card.site_id in each.sites]
    return {
        "job_card": job_card,
        "vehicle": job_card.vehicle,
        "customer": job_card.customer,
        "currency": job_card.site.legal_entity.currency,
        "steps": _steps(job_card),
        "ways": _ways(job_card, lines, found),
        "lines": [(line, names.get(line.worked_by_id or job_card.pk, "")) for line in lines],
        "can_work": job_card.stage in findings.POSSIBLE,
        "found": found,
        "has_draft": any(each.is_draft for each in found),
        "technicians": ours,
        "technician": names.get(job_card.technician_id or job_card.pk, ""),
        "adviser": names.get(job_card.adviser_id or job_card.pk, ""),
        "checked_by": names.get(job_card.checked_by_id or job_card.pk, ""),
        "invoice": billing.of(job_card),
        "agreed": _agreed(job_card, lines),
        **_media(job_card),
    }


def owed(invoice: Invoice | None, agreed: money.Totals) -> tuple[Decimal, Decimal, Decimal]:
    """Net, tax and gross of the invoice, else of what was agreed so far."""
    source: Any = invoice or agreed
    return source.net, source.tax, source.gross


def _people(job_card: JobCard, lines: list[WorkLine]) -> set[UUID]:
    named = (job_card.technician_id, job_card.adviser_id, job_card.checked_by_id, *(line.worked_by_id for line in lines))
    return {each for each in named if each}


def _steps(job_card: JobCard) -> list[Step]:
    reached: dict[str, Any] = {}
    for change in StageChange.objects.filter(job_card=job_card):
        reached[change.stage] = change.at
    now = STAGES.index(job_card.stage)
    shown = [stage for stage in STAGES[1:] if stage in reached or stage not in {"waiting_parts", "waiting_approval", "washed"}]
    return [Step(stage, _state(STAGES.index(stage), now), reached.get(stage)) for stage in shown]


def _state(place: int, now: int) -> str:
    if place == now:
        return "now"
    return "done" if place < now else "next"


def _ways(job_card: JobCard, lines: list[WorkLine], found: list[Found]) -> list[Way]:
    why_not = _why_not_forward(lines, found)
    ways = []
    for to in JOB_CARD.moves.get(job_card.stage, ()):
        if to in _OTHER_WAYS:
            continue
        label = _TO_PARTS if to == "waiting_parts" else _STEPS.get((job_card.stage, to), to)
        is_forward = to in _FORWARD or (to == "in_work" and job_card.stage not in {"quality_check", "ready"})
        ways.append(Way(to, label, is_forward, why_not if to in _FORWARD else ""))
    return ways


def _why_not_forward(lines: list[WorkLine], found: list[Found]) -> Promise | str:
    if any(line.state in {"planned", "in_work"} for line in lines):
        return _("Not all work is finished.")
    if any(each.is_draft or each.is_open for each in found):
        return _("The customer has not decided on everything that was found.")
    return ""


def _found(job_card: JobCard) -> list[Found]:
    requests = {request.pk: request for request in findings.of(job_card)}
    items = list(Item.objects.filter(request__in=requests).order_by("request__number", "position"))
    pictures = {file.pk: file for file in StoredFile.objects.filter(pk__in={photo for item in items for photo in item.photos})}
    return [
        Found(item, requests[item.request_id].state, [_picture(pictures[photo]) for photo in item.photos if photo in pictures])
        for item in items
    ]


def _picture(file: StoredFile) -> tuple[str, str, StoredFile]:
    return files.signed_url(file, "small"), files.signed_url(file), file


def _agreed(job_card: JobCard, lines: list[WorkLine]) -> money.Totals:
    currency = job_card.site.legal_entity.currency
    return money.totals([(line.tax_rate, line.net) for line in lines if line.state != "dropped"], money.minor_units(currency))


def _media(job_card: JobCard) -> dict[str, Any]:
    rows = Media.objects.filter(job_card=job_card).select_related("stored_file").order_by("added_at")
    booked = Media.objects.filter(appointment_id=job_card.appointment_id).select_related("stored_file").order_by("added_at")
    by_purpose: dict[str, list[tuple[str, str, StoredFile]]] = {}
    for each in (*booked, *rows):
        by_purpose.setdefault(each.purpose, []).append(_picture(each.stored_file))
    signature = by_purpose.get("signature") or []
    return {
        "acceptance": by_purpose.get("acceptance", []),
        "booking": by_purpose.get("booking", []),
        "signature": signature[0] if signature else None,
    }
