"""The car arrives: checking in opens job card and visit; acceptance records its condition and what was agreed.

What was agreed at the counter becomes an estimate in offers, approved by the signature, so that also this work is invoiced only
because somebody agreed to it.
"""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from forecourt.engines.offers import decisions, requests
from forecourt.journeys.workshop import counters, expected, locks, visits
from forecourt.journeys.workshop.lifecycles import APPOINTMENT
from forecourt.journeys.workshop.models import Appointment, JobCard, Media, WorkLine
from forecourt.journeys.workshop.visit_events import CarAccepted, CarArrived
from forecourt.kernel import money
from forecourt.kernel.errors import Refusal
from forecourt.records.catalogue.models import WorkKind
from forecourt.records.dealership.models import Site
from forecourt.records.history import visits as history
from forecourt.records.vehicles import mileage as odometer
from forecourt.runtime import clock
from forecourt.runtime.actors import Actor
from forecourt.runtime.events import publish
from forecourt.runtime.models import StoredFile

DAMAGE_KINDS = ("scratch", "dent", "crack", "chip", "missing", "other")


@transaction.atomic
def check_in(*, actor: Actor, appointment_id: UUID) -> JobCard:
    """The car is here: open its job card with the agreed work, and its visit. Refusal("wrong_state") if it is not expected."""
    appointment = locks.appointment(appointment_id, actor=actor, right="workshop.check_in")
    appointment.state = APPOINTMENT.move(appointment.state, "arrived", text=_("Only a confirmed appointment can be checked in."))
    appointment.version += 1
    appointment.save(update_fields=["state", "version"])
    job_card = _open(appointment, actor)
    visits.note(job_card, actor=actor)
    expected.recompute(job_card, actor=actor, reason="stage")
    publish(CarArrived(**visits.about(job_card)), by=actor)
    return job_card


@transaction.atomic
def accept(
    *,
    actor: Actor,
    job_card_id: UUID,
    mileage: int,
    fuel_percent: int,
    valuables: str,
    damage: list[dict[str, Any]],
    photos: list[StoredFile],
    signature: StoredFile,
    signed_name: str,
    is_mileage_confirmed: bool = False,
) -> JobCard:
    """Take the car over as it stands; the signature agrees to the planned work. Afterwards all of it is there or nothing.

    Damage marks are `{"x", "y", "kind", "note"}`, places as shares (0 to 1) of the outline.
    Refusals: "wrong_state", "mileage_falls", "mileage_wrong", "fuel_wrong", "damage_wrong", "not_signed", "not_a_picture".
    """
    job_card = locks.job_card(job_card_id, actor=actor, right="workshop.accept")
    visits.refuse_unless(job_card, "arrived", text=_("This car has already been accepted."))
    _refuse_unsound(fuel_percent, photos, signature, signed_name)
    job_card.damage = [_mark(each) for each in damage]
    today = clock.today(job_card.site.zone)
    odometer.read(actor=actor, vehicle_id=job_card.vehicle_id, kilometres=mileage, on=today, is_confirmed=is_mileage_confirmed)
    assert job_card.visit_id is not None
    history.note_mileage(visit_id=job_card.visit_id, mileage=mileage)
    job_card.mileage, job_card.fuel_percent, job_card.valuables = mileage, fuel_percent, valuables.strip()
    job_card.signed_name, job_card.accepted_at = signed_name.strip()[:120], clock.now()
    visits.enter(job_card, "accepted", actor=actor)
    _keep_pictures(job_card, photos, signature, actor)
    _agree(job_card, actor)
    expected.recompute(job_card, actor=actor, reason="stage")
    job_card.promised_at = job_card.expected_latest_at
    job_card.save(update_fields=["promised_at"])
    publish(CarAccepted(**visits.about(job_card), mileage=mileage), by=actor)
    return job_card


def _open(appointment: Appointment, actor: Actor) -> JobCard:
    number = counters.take_next("job_card")
    visit = history.open_own(
        site_id=appointment.site_id,
        vehicle_id=appointment.vehicle_id,
        customer_id=appointment.customer_id,
        number=f"F-{number}",  # a plain number might be one that the dealer management system gave
        opened_on=clock.today(appointment.site.zone),
    )
    job_card = JobCard.objects.create(
        number=number, site=appointment.site, appointment=appointment, visit=visit, customer=appointment.customer,
        vehicle=appointment.vehicle, stage="arrived", technician_id=appointment.technician_id,
        adviser_id=appointment.adviser_id or (actor.id if actor.role == "adviser" else None),
    )  # fmt: skip
    language = visits.language_of(appointment.customer)
    kinds = {kind.code: kind for kind in WorkKind.objects.filter(code__in=appointment.work_kinds)}
    for position, code in enumerate(appointment.work_kinds, start=1):
        kind = kinds[code]
        WorkLine.objects.create(
            job_card=job_card, position=position, work_kind=code, title=kind.label(language)[:160],
            minutes=kind.minutes, net=price_of(kind, appointment.site), tax_rate=appointment.site.tax_rate,
        )  # fmt: skip
    return job_card


def price_of(kind: WorkKind, site: Site) -> Decimal:
    """The catalogue's price, net, else the time at the site's hourly rate."""
    if kind.price_net is not None:
        return kind.price_net
    return money.line_net(Decimal(kind.minutes) / 60, site.hourly_rate_net)


def _agree(job_card: JobCard, actor: Actor) -> None:
    """The planned lines become an estimate that the signature approves, item by item."""
    lines = list(job_card.lines.filter(state="planned"))
    if not lines:
        return
    request = requests.create(
        subject_kind=visits.SUBJECT,
        subject_id=job_card.pk,
        site_id=job_card.site_id,
        customer_id=job_card.customer_id,
        kind="estimate",
        currency=job_card.site.legal_entity.currency,
        items=[requests.NewItem(title=line.title, net=line.net, tax_rate=line.tax_rate, minutes=line.minutes) for line in lines],
    )
    requests.put(request_id=request.pk)
    for line, item in zip(lines, request.items.all(), strict=True):
        decisions.decide(actor=actor, item_id=item.pk, verdict="approved", shown_digest=item.shown_digest, how="signature")
        line.item_id = item.pk
        line.save(update_fields=["item_id"])


def _keep_pictures(job_card: JobCard, photos: list[StoredFile], signature: StoredFile, actor: Actor) -> None:
    for file, purpose in [*((photo, "acceptance") for photo in photos), (signature, "signature")]:
        Media.objects.create(job_card=job_card, stored_file=file, purpose=purpose, added_at=clock.now(), added_by_kind=actor.kind)


def _refuse_unsound(fuel_percent: int, photos: list[StoredFile], signature: StoredFile, signed_name: str) -> None:
    if not 0 <= fuel_percent <= 100:
        raise Refusal("fuel_wrong", _("Fuel or charge lies between 0 and 100 percent."))
    if not signed_name.strip():
        raise Refusal("not_signed", _("Who signed? Please write the name."))
    if not signature.media_type.startswith("image/") or not all(photo.media_type.startswith(("image/", "video/")) for photo in photos):
        raise Refusal("not_a_picture", _("Photos and the signature must be pictures."))


def _mark(given: dict[str, Any]) -> dict[str, Any]:
    """A damage mark as it is kept; Refusal("damage_wrong") for one that lies outside the outline or is of no kind."""
    try:
        x, y, kind, note = float(given["x"]), float(given["y"]), str(given["kind"]), str(given.get("note", "")).strip()[:200]
    except (KeyError, TypeError, ValueError):
        x, y, kind, note = -1.0, -1.0, "", ""
    if not (0 <= x <= 1 and 0 <= y <= 1 and kind in DAMAGE_KINDS):
        raise Refusal("damage_wrong", _("A damage mark could not be read. Please set it again."))
    return {"x": round(x, 4), "y": round(y, 4), "kind": kind, "note": note}
