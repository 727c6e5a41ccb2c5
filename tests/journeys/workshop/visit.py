"""A car on its way through the workshop, as far as a test needs it."""

from decimal import Decimal
from io import BytesIO
from typing import Any

from PIL import Image

from forecourt.engines.offers.models import Item
from forecourt.journeys.workshop import appointments, arrivals, findings, job_cards
from forecourt.journeys.workshop.models import Appointment, JobCard
from forecourt.runtime import files
from forecourt.runtime.actors import Actor
from forecourt.runtime.models import Event, StoredFile
from tests.cast import Alpen, customer_actor, local

MONDAY = "2026-03-02"


def booked(dealer: Alpen, at: str = f"{MONDAY} 08:00", **more: Any) -> Appointment:
    wanted: dict[str, Any] = {"work_kinds": ["oil_service"], "source": "staff", "vehicle_id": dealer.golf.pk, **more}
    return appointments.book(actor=dealer.alice, customer_id=dealer.dana.pk, site_id=dealer.bozen.pk, starts_at=local(at), **wanted)


def arrived(dealer: Alpen, **more: Any) -> JobCard:
    return arrivals.check_in(actor=dealer.alice, appointment_id=booked(dealer, **more).pk)


def picture(actor: Actor, name: str = "photo.jpg", colour: str = "red") -> StoredFile:
    out = BytesIO()
    Image.new("RGB", (8, 8), colour).save(out, "PNG")
    return files.keep(actor=actor, name=name, data=out.getvalue(), media_type="image/png")


def accept(dealer: Alpen, job_card: JobCard, **more: Any) -> JobCard:
    values: dict[str, Any] = {
        "actor": dealer.alice, "job_card_id": job_card.pk, "mileage": 84_210, "fuel_percent": 60, "valuables": " sunglasses ",
        "damage": [{"x": 0.25, "y": 0.5, "kind": "scratch", "note": "left door"}], "photos": [picture(dealer.alice)],
        "signature": picture(dealer.alice, "signature.png", "blue"), "signed_name": "Dana Dorfer", **more,
    }  # fmt: skip
    return arrivals.accept(**values)


def accepted(dealer: Alpen, **more: Any) -> JobCard:
    return accept(dealer, arrived(dealer, **more))


def in_work(dealer: Alpen, **more: Any) -> JobCard:
    job_card = accepted(dealer, **more)
    job_cards.start_line(actor=huber(dealer), line_id=job_card.lines.get().pk)
    return fresh(job_card)


def found(dealer: Alpen, job_card: JobCard, **more: Any) -> Item:
    values: dict[str, Any] = {
        "actor": huber(dealer), "job_card_id": job_card.pk, "title": "Front brake pads", "detail": "2 mm left", "urgency": "safety",
        "net": Decimal("180.00"), "minutes": 60, "photos": [picture(huber(dealer), colour="grey")], **more,
    }  # fmt: skip
    return findings.add(**values)


def asked(dealer: Alpen, job_card: JobCard, **more: Any) -> Item:
    item = found(dealer, job_card, **more)
    findings.put(actor=huber(dealer), job_card_id=job_card.pk)
    return Item.objects.get(pk=item.pk)


def ready(dealer: Alpen, **more: Any) -> JobCard:
    job_card = in_work(dealer, **more)
    return checked(dealer, job_card)


def checked(dealer: Alpen, job_card: JobCard) -> JobCard:
    """All lines done, and checked by Alice."""
    for line in job_card.lines.filter(state="planned"):
        job_cards.start_line(actor=huber(dealer), line_id=line.pk)
    for line in job_card.lines.filter(state="in_work"):
        job_cards.finish_line(actor=huber(dealer), line_id=line.pk)
    job_cards.advance(actor=huber(dealer), job_card_id=job_card.pk, to="quality_check")
    return job_cards.advance(actor=dealer.alice, job_card_id=job_card.pk, to="ready")


def huber(dealer: Alpen) -> Actor:
    """The technician at Bay 1."""
    return dealer.actor("M. Huber")


def rossi(dealer: Alpen) -> Actor:
    """A colleague."""
    return dealer.actor("L. Rossi")


def dana(dealer: Alpen) -> Actor:
    return customer_actor(dealer.dana, via="link:visit")


def fresh(job_card: JobCard) -> JobCard:
    return JobCard.objects.get(pk=job_card.pk)


def events(prefix: str = "workshop.") -> list[str]:
    names = Event.objects.filter(name__startswith=prefix).order_by("pk").values_list("name", flat=True)
    return [name.removeprefix(prefix) for name in names]
