"""The end of a visit on paper: the invoice over approved and finished work, and what the customer takes home to know."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from forecourt.engines.offers import invoices
from forecourt.engines.offers.models import Invoice, Item
from forecourt.journeys.workshop import locks, visits
from forecourt.journeys.workshop.models import JobCard, WorkLine
from forecourt.journeys.workshop.visit_events import InvoiceIssued
from forecourt.kernel.errors import NotFound
from forecourt.records.dealership.models import LegalEntity, Organisation
from forecourt.records.history import visits as history
from forecourt.runtime import access, clock
from forecourt.runtime.actors import Actor
from forecourt.runtime.events import publish
from forecourt.runtime.models import StoredFile

PAYABLE_DAYS: Final = 14


@dataclass(frozen=True)
class Summary:
    """What was done, what the customer declined, and what of that should not wait: titles in the customer's language."""

    done: list[str]
    declined: list[str]
    advice: list[str]


@transaction.atomic
def invoice(*, actor: Actor, job_card_id: UUID) -> Invoice:
    """Invoice what was approved and done; asked again, the same invoice. The visit's history gets its lines.

    Refusals: "wrong_state" before the car is ready, "nothing_to_invoice", and those of `offers.invoices`.
    """
    job_card = locks.job_card(job_card_id, actor=actor, right="workshop.invoice")
    issued = of(job_card)
    if issued is not None:
        return issued
    visits.refuse_unless(job_card, "ready", "collected", text=_("The invoice is issued when the car is ready."))
    lines = list(job_card.lines.filter(state="done"))
    legal_entity = job_card.site.legal_entity
    issued = invoices.issue(
        legal_entity=legal_entity,
        site_id=job_card.site_id,
        subject_kind=visits.SUBJECT,
        subject_id=job_card.pk,
        customer_id=job_card.customer_id,
        lines=[_line(line) for line in lines],
        parties={"seller": _seller(job_card, legal_entity), "buyer": _buyer(job_card)},
        about=_about(job_card),
        language=visits.language_of(job_card.customer),
        issued_on=clock.today(job_card.site.zone),
    )
    _write_history(job_card, lines, issued, actor)
    publish(
        InvoiceIssued(**visits.about(job_card), invoice_id=issued.pk, net=issued.net, gross=issued.gross, currency=issued.currency),
        by=actor,
    )
    return issued


def of(job_card: JobCard) -> Invoice | None:
    """The invoice of a visit, if it was issued."""
    return invoices.of_subject(visits.SUBJECT, job_card.pk)


def paper(*, actor: Actor, job_card_id: UUID) -> StoredFile:
    """The invoice as PDF, for staff and for its customer. NotFound before it is issued."""
    right = "workshop.decide" if actor.kind == "customer" else "workshop.see_job_card"
    issued = of(access.fetch(JobCard, job_card_id, actor=actor, right=right))
    if issued is None:
        raise NotFound
    return invoices.printed(actor=actor, invoice_id=issued.pk)


def summary(job_card: JobCard) -> Summary:
    """What the customer should know when the car is back."""
    rejected = list(
        Item.objects.filter(request__subject_kind=visits.SUBJECT, request__subject_id=job_card.pk, state="rejected").order_by(
            "request__number", "position"
        )
    )
    return Summary(
        done=list(job_card.lines.filter(state="done").values_list("title", flat=True)),
        declined=[item.title for item in rejected],
        advice=[item.title for item in rejected if item.urgency in {"safety", "soon"}],
    )


def _line(line: WorkLine) -> invoices.NewLine:
    assert line.item_id is not None  # only approved work is started
    return invoices.NewLine(item_id=line.item_id, text=line.title, unit_price=line.net)


def _seller(job_card: JobCard, legal_entity: LegalEntity) -> dict[str, Any]:
    site = job_card.site
    organisation = Organisation.objects.get(pk=job_card.organisation_id)
    return {
        "brand": organisation.name,
        "colour": organisation.brand_colour,
        "name": legal_entity.name,
        "address": [site.street, f"{site.postcode} {site.city}"],
        "phone": site.phone,
        "email": site.email,
        "tax_number": legal_entity.tax_number,
        "iban": legal_entity.iban,
    }


def _buyer(job_card: JobCard) -> dict[str, Any]:
    customer = job_card.customer
    address = [customer.street, f"{customer.postcode} {customer.city}".strip()]
    return {"name": customer.name, "address": [part for part in address if part]}


def _about(job_card: JobCard) -> dict[str, Any]:
    today = clock.today(job_card.site.zone)
    done = max((line.done_at for line in job_card.lines.filter(state="done") if line.done_at), default=None)
    vehicle = job_card.vehicle
    return {
        "delivered_on": (done.astimezone(ZoneInfo(job_card.site.zone)).date() if done else today).isoformat(),
        "due_on": (today + timedelta(days=PAYABLE_DAYS)).isoformat(),
        "customer_number": job_card.customer.number,
        "order_number": str(job_card.number),
        "car": str(vehicle),
        "plate": vehicle.plate,
        "vin": vehicle.vin,
        "mileage": job_card.mileage,
    }


def _write_history(job_card: JobCard, lines: list[WorkLine], issued: Invoice, actor: Actor) -> None:
    assert job_card.visit_id is not None
    work = [history.DoneWork(code=line.work_kind, text=line.title, minutes=line.minutes, net=line.net) for line in lines]
    history.record(actor=actor, visit_id=job_card.visit_id, work=work, net_total=issued.net)
